// What a drill has shown, as a document for people who were not there. Pure: what was not come to is null, nothing is made up, and each number says what it
// is the measure of.
import type { DrillReport } from "@leeward/api";
import { assert, formatTime, MICROS_PER_SECOND } from "@leeward/base";
import { DRILL_WINDOW_BYTES } from "../limits.ts";
import type { DrillEvidence, DrillRow } from "../store/drill-rows.ts";

export interface ReportFacts {
  readonly machineName: string;
  readonly targetName: string;
  readonly serverId: string;
  readonly softwareVersion: string;
  /** Base64. */
  readonly screenPng: string | null;
  readonly endedMicros: number;
}

const RPO_WORDS =
  "Age of the recovery point when the drill was asked for, by the machine's own clock. While a machine is idle its point holds on and grows no older.";
const RTO_WORDS =
  "From the order of the machine until its processor ran, and until each check was decided. What a failover does not do is not in it: choosing the point and the digests before. " +
  "Of a check that an interruption made anew, it is the time of the last look.";

export function reportOf(row: DrillRow, facts: ReportFacts): DrillReport {
  const { order, evidence } = row;
  const { at, ...settings } = order;
  const { point, orderedMicros } = evidence;
  return {
    format: 1,
    drill: row.id,
    installation: facts.serverId,
    softwareVersion: facts.softwareVersion,
    outcome: outcomeOf(evidence),
    problems: evidence.problems,
    machine: { id: row.machineId, name: facts.machineName },
    masterTarget: { id: row.masterTargetId, name: facts.targetName },
    asked: { by: row.actor, scheduled: row.scheduled, time: formatTime(row.createdMicros), at },
    settings,
    point:
      point === undefined
        ? null
        : {
            id: point.id,
            time: formatTime(point.timeMicros),
            validUntil: formatTime(point.validUntilMicros),
            consistency: point.consistency,
            missingDisks: point.missing,
          },
    failover: evidence.failoverId ?? null,
    rpo: { seconds: point?.ageSeconds ?? null, words: RPO_WORDS },
    rto: {
      orderedAt: orderedMicros === undefined ? null : formatTime(orderedMicros),
      startSeconds: secondsAfter(orderedMicros, evidence.startedMicros),
      words: RTO_WORDS,
    },
    checks: order.checks.map((check, index) => {
      const found = evidence.checks?.[index];
      const afterOrderSeconds = secondsAfter(orderedMicros, found?.decidedMicros);
      return { check, ok: found?.ok ?? null, afterOrderSeconds, said: found?.said ?? "" };
    }),
    screen: {
      png: facts.screenPng,
      why: facts.screenPng === null ? (evidence.screenWhy ?? "It was not come to.") : null,
    },
    proof: proofOf(row),
    cleanup: cleanupOf(evidence),
    interruptions: evidence.interruptions.map(({ micros, state, why }) => ({ time: formatTime(micros), state, why })),
    endedAt: formatTime(facts.endedMicros),
  };
}

/** Passed is what has nothing against it and was come to; a check that was not made passes nothing. */
export function outcomeOf({ problems, checks, cleared }: DrillEvidence): DrillReport["outcome"] {
  const isWhole = checks?.every(({ ok }) => ok) === true && cleared?.confirmed === true;
  assert(isWhole || problems.length > 0, "a drill that was not come through says why");
  return isWhole && problems.length === 0 ? "passed" : "failed";
}

function secondsAfter(fromMicros: number | undefined, micros: number | undefined): number | null {
  if (fromMicros === undefined || micros === undefined) return null;
  return Math.max(0, (micros - fromMicros) / MICROS_PER_SECOND);
}

const EQUAL_WORDS =
  "All disks of the recovery point were read from end to end before the machine was ordered, and again after it was removed: stored bytes, opened and read anew, " +
  "verified, decrypted and decompressed, as a recovery reads them. Both times they gave the same digests, so this point gives a recovery the same bytes as before the drill. " +
  "It says nothing of other points. A digest is the SHA-256 of the SHA-256s of the disk's windows, one after another.";

function proofOf({ order, evidence }: DrillRow): DrillReport["proof"] {
  const { before = [], after } = evidence;
  const kind = order.proof ?? "full";
  const disks = before.map(({ diskId, name, sizeBytes, sha256 }, index) => {
    const again = after?.[index]?.sha256 ?? null;
    return { disk: diskId, name, sizeBytes, before: sha256, after: again };
  });
  const windowBytes = DRILL_WINDOW_BYTES;
  if (kind === "none") {
    return {
      kind,
      result: "not-proved",
      words: "Nothing was compared: the drill was asked for without proof.",
      windowBytes,
      disks,
    };
  }
  if (disks.length === 0 || disks.some((disk) => disk.after === null)) {
    const words = "Nothing is proved: the disks of the point were not digested both before and after.";
    return { kind, result: "not-proved", words, windowBytes, disks };
  }
  const isEqual = disks.every((disk) => disk.before === disk.after);
  const words = isEqual
    ? EQUAL_WORDS
    : "The recovery point gave other digests after the drill than before: it does not hold what it held.";
  return { kind, result: isEqual ? "equal" : "different", words, windowBytes, disks };
}

function cleanupOf({ failoverId, cleared }: DrillEvidence): DrillReport["cleanup"] {
  if (failoverId === undefined)
    return { done: true, endedAt: null, words: "Nothing was started, so there was nothing to remove." };
  if (cleared === undefined) return { done: false, endedAt: null, words: "The test failover was not ended." };
  const words = cleared.confirmed
    ? "The master target answered that nothing of the test failover's machine is left, and, asked for its console afterwards, that it knows no such machine."
    : "The test failover has ended, but the master target did not confirm that it knows no such machine.";
  return { done: cleared.confirmed, endedAt: formatTime(cleared.micros), words };
}
