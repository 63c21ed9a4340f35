// Rows and reports as the API shows them. Pure: what is unknown is null, and nothing is made up.
import type { Bandwidth, Disk, Job, Machine, Opened, Point, Scope, Server, StandingFault, Token } from "@leeward/api";
import { formatTime, MICROS_PER_SECOND } from "@leeward/base";
import { formatBandwidth, type ThrottleStatus } from "@leeward/daemon";
import type { OpenedPoint, PointItem, RescanStatus, TargetDiskStatus } from "@leeward/proto";
import type { JobRunner } from "../jobs/job-runner.ts";
import { progressOf } from "../protection/progress.ts";
import { seedAwaited } from "../protection/seed-faults.ts";
import { diskStateOf, rpoSecondsOf } from "../sessions/disk-health.ts";
import type { DiskReports } from "../sessions/reports.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { StatusNotice } from "../store/report-rows.ts";
import type { SeedRow } from "../store/seed-rows.ts";
import { type TokenRow, tokenStateOf } from "../store/token-rows.ts";
import type { VerifyRow } from "../store/verify-rows.ts";
import { standingFault } from "./standing-fault.ts";
import { type TargetFacts, targetViews } from "./target-views.ts";

export interface ViewFacts extends TargetFacts {
  readonly nowMicros: number;
  /** The member's clock minus ours, microseconds: of its session, else as it was last known. */
  readonly clockOffsetOf: (member: MemberRow) => number | null;
  /** How far the disk's comparison with its replica is. */
  readonly verifyOf: (diskId: string) => VerifyRow;
  /** What its target is given of it beforehand. */
  readonly seedOf: (diskId: string) => SeedRow | undefined;
  /** The longest that anything of a disk has been waiting at this process server, seconds. */
  readonly uploadDelayAt: (serverId: string) => number;
}

export function machineView(machine: MemberRow, disks: readonly DiskRow[], facts: ViewFacts): Machine {
  const offset = facts.clockOffsetOf(machine);
  return {
    id: machine.id,
    name: machine.name,
    state: memberState(machine, facts.isOnline),
    epoch: machine.epoch,
    agentVersion: machine.softwareVersion,
    lastSeen: maybeTime(lastSeenMicros(machine, facts)),
    disks: disks.map((disk) => diskView(disk, machine, facts)),
    enrolledAt: formatTime(machine.enrolledMicros),
    clockOffsetSeconds: offset === null ? null : offset / MICROS_PER_SECOND,
    certificateExpiresAt: formatTime(machine.certificateEndMicros),
    bandwidth: bandwidthView(machine, facts),
    autoProtect: { policy: machine.autoProtectPolicy, exclude: [...machine.autoProtectExclude] },
    recovery: machine.recovery,
    cacheAccount: cacheAccountView(machine, facts),
  };
}

/** What was said of the container is known while there is a session: later something else may wait there. */
function cacheAccountView(machine: MemberRow, facts: ViewFacts): Machine["cacheAccount"] {
  if (machine.cacheAccount === null) return null;
  const status = facts.isOnline(machine.id) ? facts.reports.of(machine.id)?.status : undefined;
  const said = status?.kind === "agentStatus" ? status.value.cacheAccount : undefined;
  const { requestsPerGb = 0 } = said?.store ?? {};
  return {
    ...machine.cacheAccount,
    waitingBytes: said?.waitingBytes ?? null,
    requestsPerGb: requestsPerGb > 0 ? requestsPerGb : null,
  };
}

/** What was said of the limit in force is known while there is a session: later another may be. */
function bandwidthView(member: MemberRow, facts: ViewFacts): Bandwidth {
  const said = facts.isOnline(member.id) ? bandwidthOf(facts.reports.of(member.id)?.status) : undefined;
  return {
    schedule: formatBandwidth(member.bandwidth),
    timeZone: said?.timeZone ?? null,
    bytesPerSecond: said?.bytesPerSecond ?? null,
    until: timeOrNone(said?.untilMicros),
    waitedSeconds: said === undefined ? null : said.waitedMicros / MICROS_PER_SECOND,
    sentBytes: said?.sentBytes ?? null,
  };
}

/** What a member last said of the limit on what it sends. */
export function bandwidthOf(status: StatusNotice | undefined): ThrottleStatus | undefined {
  return status === undefined || status.kind === "masterTargetStatus" ? undefined : status.value.bandwidth;
}

export function diskView(disk: DiskRow, machine: MemberRow | undefined, facts: ViewFacts): Disk {
  const reports = facts.reports.ofDisk(disk);
  const { agent, processServer, masterTarget } = reports;
  const clockOffsetMicros = machine === undefined ? null : facts.clockOffsetOf(machine);
  const now = { wallMicros: facts.nowMicros, clockOffsetMicros };
  const ended = disk.state !== "protected";
  return {
    id: disk.id,
    name: disk.name,
    machine: disk.machineId,
    path: disk.path,
    sizeBytes: agent?.sizeBytes ?? null,
    capture: disk.capture,
    state: ended ? "stopped" : diskStateOf(reports),
    nbdUri: ended || agent === undefined || agent.nbdUri === "" ? null : agent.nbdUri,
    sequence: {
      written: agent?.writtenSequence ?? null,
      cached: processServer?.cachedSequence ?? agent?.cachedSequence ?? null,
      journaled: masterTarget?.journaledSequence ?? agent?.journaledSequence ?? null,
    },
    rpoSeconds: rpoSecondsOf(reports, now),
    progress: progressOf(agent?.progress),
    rescan: ended ? null : rescanView(agent?.rescan),
    faults: [...faultsOf(reports), ...seedFaults({ disk, machine }, ended ? undefined : facts.seedOf(disk.id))],
    policy: disk.policy,
    processServer: disk.processServerId,
    masterTarget: disk.masterTargetId,
    targets: targetViews(disk, { now, reports }, facts),
    history: masterTarget?.history ?? null,
    newestPoint: timeOrNone(masterTarget?.newestPointMicros),
    oldestPoint: timeOrNone(masterTarget?.oldestPointMicros),
    pointCount: masterTarget?.pointCount ?? null,
    journalBytes: masterTarget?.journalBytes ?? null,
    logBytes: agent?.logBytes ?? null,
    historyForecast: ended ? null : forecastView(masterTarget?.forecast, facts.nowMicros),
    heldExcess: ended ? null : heldExcessView(masterTarget?.heldExcess),
    merging: progressOf(masterTarget?.merging),
    verify: verifyView(facts.verifyOf(disk.id)),
  };
}

function rescanView(rescan: RescanStatus | undefined): Disk["rescan"] {
  if (rescan === undefined) return null;
  const { beganMicros, endedMicros, tookMicros } = rescan;
  const tookSeconds = endedMicros === 0 ? null : tookMicros / MICROS_PER_SECOND;
  return { beganAt: timeOrNone(beganMicros), endedAt: timeOrNone(endedMicros), tookSeconds };
}

function forecastView(forecast: TargetDiskStatus["forecast"], nowMicros: number): Disk["historyForecast"] {
  if (forecast === undefined) return null;
  const { atMicros, ...told } = forecast;
  return { at: formatTime(atMicros), inSeconds: Math.max(0, (atMicros - nowMicros) / MICROS_PER_SECOND), ...told };
}

function heldExcessView(excess: TargetDiskStatus["heldExcess"]): Disk["heldExcess"] {
  if (excess === undefined) return null;
  const holders = excess.holders.map(({ pointId: point, timeMicros, untilMicros, kind, owner, reason }) => {
    return { point, time: formatTime(timeMicros), kind, owner, reason, until: timeOrNone(untilMicros) };
  });
  return { ...excess, holders };
}

function verifyView(row: VerifyRow): Disk["verify"] {
  return {
    lastPassEndedAt: maybeTime(row.lastEndedMicros),
    passBegunAt: maybeTime(row.begunMicros),
    doneBytes: row.begunMicros === null ? 0 : row.offset,
    differingBytes: row.begunMicros === null ? row.lastDifferingBytes : row.differingBytes,
  };
}

/** Every fault that stands anywhere on the disk's way, each code once. */
export function faultsOf({ agent, processServer, masterTarget }: DiskReports): StandingFault[] {
  const items = [...(agent?.faults ?? []), ...(processServer?.faults ?? []), ...(masterTarget?.faults ?? [])];
  const byCode = new Map(items.map((item) => [item.code, standingFault(item)]));
  return [...byCode.values()];
}

/** That it waits for its seed, while it does. */
export function seedFaults(
  { disk, machine }: { readonly disk: DiskRow; readonly machine: MemberRow | undefined },
  seed: SeedRow | undefined,
): StandingFault[] {
  if (seed?.state !== "awaited") return [];
  const { code, kind, message } = seedAwaited(`${machine?.name ?? disk.machineId}/${disk.name}`);
  return [{ code, kind, message, since: formatTime(seed.askedMicros) }];
}

/** How it is, and its room, are known while there is a session: what was said before it ended is of then. */
export function serverView(server: MemberRow, facts: ViewFacts): Server {
  const status = facts.isOnline(server.id) ? facts.reports.of(server.id)?.status : undefined;
  const { addressHost, addressPort } = server;
  return {
    id: server.id,
    name: server.name,
    role: server.role === "process-server" ? "process-server" : "master-target",
    state: memberState(server, facts.isOnline),
    softwareVersion: server.softwareVersion,
    address: addressHost === null || addressPort === null ? null : `${addressHost}:${addressPort}`,
    lastSeen: maybeTime(lastSeenMicros(server, facts)),
    enrolledAt: formatTime(server.enrolledMicros),
    certificateExpiresAt: formatTime(server.certificateEndMicros),
    ...spaceOf(status),
    uploadDelaySeconds: status?.kind === "processServerStatus" ? facts.uploadDelayAt(server.id) : null,
    health: status === undefined || status.kind === "agentStatus" ? null : { ...status.value.health },
    faults: [],
    bandwidth: server.role === "process-server" ? bandwidthView(server, facts) : null,
    store: storeOf(status),
  };
}

function storeOf(status: StatusNotice | undefined): Server["store"] {
  if (status?.kind !== "masterTargetStatus" || status.value.store === undefined) return null;
  const { requestsPerGb, heldLocks = null, ...store } = status.value.store;
  return { ...store, requestsPerGb: requestsPerGb > 0 ? requestsPerGb : null, heldLocks };
}

/** Room for what a server keeps: a process server's cache, a master target's journal. */
export function spaceOf(status: StatusNotice | undefined): { freeBytes: number | null; totalBytes: number | null } {
  if (status?.kind === "processServerStatus") {
    return { freeBytes: status.value.cacheFreeBytes, totalBytes: status.value.cacheTotalBytes };
  }
  if (status?.kind === "masterTargetStatus")
    return { freeBytes: status.value.freeBytes, totalBytes: status.value.totalBytes };
  return { freeBytes: null, totalBytes: null };
}

export function jobView(job: JobRow, jobs: JobRunner): Job {
  return {
    id: job.id,
    kind: job.kind,
    subject: job.subject,
    state: job.state,
    progress: jobs.progressOf(job),
    error: job.error,
    startedAt: maybeTime(job.startedMicros),
    endedAt: maybeTime(job.endedMicros),
    createdAt: formatTime(job.createdMicros),
    machine: job.machineId === "" ? null : job.machineId,
    disk: job.diskId === "" ? null : job.diskId,
    result: job.result,
  };
}

/** Machines by their ids; null for no limit. */
export function scopeView(scope: readonly string[] | null): Scope | null {
  return scope === null ? null : { machines: [...scope] };
}

export function tokenView(token: TokenRow, nowMicros: number): Token {
  return {
    id: token.id,
    role: token.role,
    state: tokenStateOf(token, nowMicros),
    createdAt: formatTime(token.createdMicros),
    createdBy: token.createdBy,
    expiresAt: maybeTime(token.expiresMicros),
    usedAt: maybeTime(token.usedMicros),
    usedBy: token.usedBy,
    note: token.note,
    scope: scopeView(token.scope),
  };
}

export function pointView(point: PointItem): Point {
  return {
    id: point.id,
    machine: point.machineId,
    time: formatTime(point.timeMicros),
    validUntil: formatTime(point.validUntilMicros),
    epoch: point.epoch,
    kind: point.kind,
    consistency: point.consistency,
    disks: Object.fromEntries(point.members.map(({ diskId, branch, sequence }) => [diskId, { branch, sequence }])),
    locked: point.locked,
    lockedUntil: timeOrNone(point.lockedUntilMicros),
  };
}

export function openedView(opened: OpenedPoint): Opened {
  const { id, pointId: point, machineId, diskId: disk, nbdUri, readOnly, sizeBytes } = opened;
  return { id, point, machine: machineId, disk, nbdUri, readOnly, sizeBytes };
}

export function memberState(member: MemberRow, isOnline: ViewFacts["isOnline"]): "online" | "offline" | "removed" {
  if (member.removedMicros !== null) return "removed";
  return isOnline(member.id) ? "online" : "offline";
}

function lastSeenMicros(member: MemberRow, facts: ViewFacts): number | null {
  return facts.isOnline(member.id) ? facts.nowMicros : member.lastSeenMicros;
}

function maybeTime(micros: number | null): string | null {
  return micros === null ? null : formatTime(micros);
}

/** 0 is none. */
function timeOrNone(micros: number | undefined): string | null {
  return micros === undefined || micros === 0 ? null : formatTime(micros);
}
