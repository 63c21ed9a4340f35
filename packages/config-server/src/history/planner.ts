// What an installation needs, from what was observed of it. Pure: a figure for which too little is known is null, and each says from what it comes.
import type { PolicySettings, ProtectionPlan } from "@leeward/api";
import { formatBytes, formatDuration } from "@leeward/base";
import { parseRetention, type RetentionTiers } from "../plans/retention-text.ts";
import type { HourSample } from "../store/sample-rows.ts";
import { most, quantile } from "./statistics.ts";

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3_600;
const MINUTE_SECONDS = 60;
/** Less than so much observation says nothing. */
const OBSERVED_SECONDS_MIN = HOUR_SECONDS;
const CUT_BYTES_MIN = 16 * 1024 ** 2;
const RECEIVED_BYTES_MIN = 256 * 1024 ** 2;
const GB = 1e9;
/** Cores of a process server, and the part of them that forwarding may take. */
const SERVER_CORES = 2;
const SERVER_SHARE = 0.5;
const OUTAGE_HOURS = 4;

export interface ObservedDisk {
  readonly machineId: string;
  /** Null while nobody says it. */
  readonly sizeBytes: number | null;
  readonly policy: Pick<PolicySettings, "retention">;
  readonly hours: readonly HourSample[];
}

export interface Observed {
  readonly disks: readonly ObservedDisk[];
  /** Of all process servers since their start: raw bytes that were cut, and what they became; raw bytes taken in, and the processor's time. */
  readonly cutRawBytes: number;
  readonly cutSealedBytes: number;
  readonly receivedBytes: number;
  readonly cpuSeconds: number;
  /** What process servers may send together; null where one has no limit. */
  readonly limitBytesPerSecond: number | null;
}

export interface WhatIf {
  readonly retentionDays?: number;
  readonly growth?: number;
  readonly machines?: number;
  readonly churnFactor?: number;
  readonly outageHours?: number;
  readonly bandwidth?: number;
}

export function planProtection(observed: Observed, what: WhatIf): ProtectionPlan {
  const machines = [...Map.groupBy(observed.disks, ({ machineId }) => machineId)];
  const seen = observationOf(observed);
  const { growth = 0, churnFactor = 1, outageHours = OUTAGE_HOURS } = what;
  const scale = machines.length === 0 ? null : ((what.machines ?? machines.length) / machines.length) * (1 + growth);
  const churned = (value: number | null): number | null => times(value, scale, churnFactor);
  const sent = (value: number | null): number | null => ratio(churned(value), seen.compression);
  const retained = (disks: readonly ObservedDisk[]): number | null =>
    ratio(total(disks.map((disk) => retainedOf(disk, { ...what, growth, churnFactor }))), seen.compression);
  const diskBytes = times(seen.diskBytes, scale);
  const retentionBytes = times(
    retained(observed.disks),
    machines.length === 0 ? null : (what.machines ?? machines.length) / machines.length,
  );
  const bandwidth = what.bandwidth ?? observed.limitBytesPerSecond;
  const cores = ratio(times(churned(seen.p95), seen.cpuSecondsPerGb), GB);
  return {
    observedSeconds: seen.seconds,
    observed: {
      machines: machines.length,
      diskBytes: seen.diskBytes,
      churnBytesPerDay: times(seen.mean, DAY_SECONDS),
      churnP95BytesPerSecond: seen.p95,
      churnPeakBytesPerSecond: seen.peak,
      compression: seen.compression,
      cpuSecondsPerGb: seen.cpuSecondsPerGb,
    },
    needs: {
      bandwidthBytesPerSecond: sent(seen.p95),
      bandwidthPeakBytesPerSecond: sent(seen.peak),
      retentionBytes,
      cacheBytes: times(churned(seen.p95), outageHours * HOUR_SECONDS),
      processServers: cores === null ? null : Math.max(1, Math.ceil(cores / (SERVER_CORES * SERVER_SHARE))),
      masterTargetBytes: retentionBytes === null || diskBytes === null ? null : retentionBytes + diskBytes,
      initialSeconds: ratio(ratio(diskBytes, seen.compression), bandwidth),
    },
    basis: basisOf(seen, { outageHours, bandwidth, isAsked: what.bandwidth !== undefined }),
    perMachine: machines.map(([machine, disks]) => ({
      machine,
      churnBytesPerDay: times(total(disks.map(meanOf)), scale === null ? null : 1, DAY_SECONDS),
      retentionBytes: retained(disks),
      observedSeconds: Math.max(0, ...disks.map(secondsOf)),
    })),
  };
}

interface Observation {
  readonly seconds: number;
  readonly diskBytes: number | null;
  readonly mean: number | null;
  readonly p95: number | null;
  readonly peak: number | null;
  readonly compression: number | null;
  readonly cpuSecondsPerGb: number | null;
}

function observationOf({ disks, ...servers }: Observed): Observation {
  const seconds = disks.length === 0 ? 0 : Math.max(...disks.map(secondsOf));
  const isEnough = seconds >= OBSERVED_SECONDS_MIN;
  const hours = [
    ...Map.groupBy(
      disks.flatMap((disk) => disk.hours.filter(({ minutes }) => minutes > 0)),
      ({ hour }) => hour,
    ).values(),
  ];
  const rates = hours.map((own) => total(own.map((hour) => hour.churnP95)) ?? 0);
  const peaks = hours.map((own) => total(own.map((hour) => hour.churnMax)) ?? 0);
  return {
    seconds,
    diskBytes: disks.length === 0 ? null : total(disks.map(({ sizeBytes }) => sizeBytes)),
    mean: total(disks.map(meanOf)),
    p95: isEnough ? quantile(rates, 0.95) : null,
    peak: isEnough ? most(peaks) : null,
    compression: servers.cutRawBytes < CUT_BYTES_MIN ? null : ratio(servers.cutRawBytes, servers.cutSealedBytes),
    cpuSecondsPerGb:
      servers.receivedBytes < RECEIVED_BYTES_MIN ? null : ratio(servers.cpuSeconds * GB, servers.receivedBytes),
  };
}

/** Bytes by the second; null for a disk that was not heard for long enough. */
function meanOf(disk: ObservedDisk): number | null {
  const seconds = secondsOf(disk);
  if (seconds < OBSERVED_SECONDS_MIN) return null;
  return disk.hours.reduce((sum, { writtenBytes }) => sum + writtenBytes, 0) / seconds;
}

function secondsOf({ hours }: ObservedDisk): number {
  return hours.reduce((sum, { minutes }) => sum + minutes, 0) * MINUTE_SECONDS;
}

/**
 * Raw bytes that the points of a disk rest on, at most: all that was written in the time of which every point is kept; behind it, of each step the
 * disk once at most, and never more than was written. How often the same place is written is not known, so it is an upper bound.
 */
function retainedOf(
  disk: ObservedDisk,
  what: WhatIf & { readonly growth: number; readonly churnFactor: number },
): number | null {
  const mean = meanOf(disk);
  if (mean === null || disk.sizeBytes === null) return null;
  const rate = mean * (1 + what.growth) * what.churnFactor;
  const sizeBytes = disk.sizeBytes * (1 + what.growth);
  return zonesOf(parseRetention(disk.policy.retention), what.retentionDays).reduce((sum, { seconds, stepSeconds }) => {
    const written = rate * seconds;
    if (stepSeconds === 0) return sum + written;
    return sum + Math.min(written, (seconds / stepSeconds) * Math.min(sizeBytes, rate * stepSeconds));
  }, 0);
}

/** How long each part of a retention is, and its step; 0 where every point is kept. With other days, the last part ends there. */
function zonesOf(
  { retentionSeconds, thinningTiers }: RetentionTiers,
  days: number | undefined,
): { readonly seconds: number; readonly stepSeconds: number }[] {
  const reach = days === undefined ? retentionSeconds : days * DAY_SECONDS;
  const starts = [{ afterSeconds: 0, stepSeconds: 0 }, ...thinningTiers].filter(
    ({ afterSeconds }) => afterSeconds < reach,
  );
  return starts.map(({ afterSeconds, stepSeconds }, index) => ({
    seconds: (starts[index + 1]?.afterSeconds ?? reach) - afterSeconds,
    stepSeconds,
  }));
}

function basisOf(
  seen: Observation,
  {
    outageHours,
    bandwidth,
    isAsked,
  }: { readonly outageHours: number; readonly bandwidth: number | null; readonly isAsked: boolean },
): Record<string, string> {
  const time = formatDuration(seen.seconds);
  const churn =
    seen.p95 === null
      ? `Churn was heard for ${time} only; ${formatDuration(OBSERVED_SECONDS_MIN)} are needed.`
      : `churn heard for ${time}`;
  const compression =
    seen.compression === null
      ? `Process servers have cut less than ${formatBytes(CUT_BYTES_MIN)} since their start.`
      : `compression of ${seen.compression.toFixed(2)} since the process servers' start`;
  const sent = [seen.p95, seen.compression].includes(null)
    ? [seen.p95 === null ? churn : "", seen.compression === null ? compression : ""]
        .filter((text) => text !== "")
        .join(" ")
    : `${churn}, with ${compression}`;
  return {
    churnPeakBytesPerSecond:
      "Each disk's busiest minute of an hour, added up, and of these hours the most: disks need not be busy at once.",
    bandwidthBytesPerSecond: `The 95th percentile of hours, of each the 95th percentile of its minutes: ${sent}`,
    bandwidthPeakBytesPerSecond: `As churnPeakBytesPerSecond: ${sent}`,
    retentionBytes: `An upper bound by the policies' retention with its thinning, of a step at most the whole disk: ${sent}`,
    cacheBytes: `What comes in raw for ${formatDuration(outageHours * HOUR_SECONDS)} at the 95th percentile: ${churn}`,
    processServers:
      seen.cpuSecondsPerGb === null
        ? `Process servers have taken in less than ${formatBytes(RECEIVED_BYTES_MIN)} since their start.`
        : `${seen.cpuSecondsPerGb.toFixed(2)} s of a core for each 10^9 bytes since the start, and ${SERVER_CORES} cores for each server, half of them used: ${churn}`,
    masterTargetBytes: `retentionBytes and the disks as a whole, which may compress: ${sent}`,
    initialSeconds:
      bandwidth === null
        ? "No limit is set at every process server, and no bandwidth was given."
        : `The disks as a whole at ${formatBytes(bandwidth)}/s, ${isAsked ? "as given" : "the process servers' limits now"}: ${compression}`,
  };
}

/** Null when one is, or when there is none. */
function total(values: readonly (number | null)[]): number | null {
  if (values.length === 0) return null;
  return values.reduce((sum, value) => (sum === null || value === null ? null : sum + value), 0);
}

function times(...values: readonly (number | null)[]): number | null {
  return values.reduce((product, value) => (product === null || value === null ? null : product * value), 1);
}

function ratio(value: number | null, by: number | null): number | null {
  return value === null || by === null || by === 0 ? null : value / by;
}
