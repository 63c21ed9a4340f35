// Locks of points: what a person wants to be kept, at every disk of the machine that is journaled here.
import { Fault, formatTime } from "@leeward/base";
import type { Journal, MachineJournal, ShownPin } from "@leeward/journal";
import type { LockPoint, UnlockPoint } from "@leeward/proto";

/**
 * Durable at all disks when it settles; said again, it completes what a crash left half done.
 * @throws Fault `point-missing`, `point-lock-shorter`, `pins-full`, `journal-full`
 */
export async function lockPoint(machine: MachineJournal | undefined, asked: LockPoint): Promise<void> {
  const { pointId, owner, reason, untilMicros } = asked;
  const journals = holdersOf(machine, pointId);
  const longest = longestOf(journals.flatMap((journal) => locksOn(journal, pointId)));
  if (longest !== undefined && endOf(longest) > (untilMicros === 0 ? Number.MAX_SAFE_INTEGER : untilMicros))
    throw shorter(longest);
  for (const journal of journals) await journal.lockPoint(pointId, { owner, reason, untilMicros });
}

/** One that is not locked is no error: a lock may have ended meanwhile. @throws Fault `point-missing`, `journal-full` */
export async function unlockPoint(machine: MachineJournal | undefined, { pointId }: UnlockPoint): Promise<void> {
  for (const journal of holdersOf(machine, pointId)) await journal.unlockPoint(pointId);
}

/** @throws Fault `point-locked` when a lock of the journal holds */
export function refuseLocked(journal: Journal): void {
  const locks = journal.locks();
  const longest = longestOf(locks);
  if (longest === undefined) return;
  const { pointId, owner, reason, untilMicros } = longest;
  throw new Fault({
    code: "point-locked",
    kind: "operator",
    message: `The recovery point ${pointId} was locked by ${owner} ${untilText(longest)}${reason === "" ? "" : ` (${reason})`}; nothing is deleted.`,
    remedy: "Wait until the lock ends, or have an administrator unlock it: `leeward point unlock MACHINE POINT`.",
    detail: {
      point: pointId,
      owner,
      until: untilMicros === undefined ? null : formatTime(untilMicros),
      locks: locks.length,
    },
  });
}

function holdersOf(machine: MachineJournal | undefined, pointId: string): readonly Journal[] {
  const holders = machine?.holdersOf(pointId) ?? [];
  if (holders.length > 0) return holders;
  throw new Fault({
    code: "point-missing",
    kind: "operator",
    message: `No recovery point ${pointId} is held.`,
    remedy: "See `leeward point list MACHINE`; older points may have gone by the policy's retention.",
    detail: { point: pointId },
  });
}

function locksOn(journal: Journal, pointId: string): readonly ShownPin[] {
  return journal.locks().filter((lock) => lock.pointId === pointId);
}

function longestOf(locks: readonly ShownPin[]): ShownPin | undefined {
  return locks.toSorted((a, b) => endOf(b) - endOf(a) || 0)[0];
}

function endOf({ untilMicros }: ShownPin): number {
  return untilMicros ?? Number.MAX_SAFE_INTEGER;
}

function untilText({ untilMicros }: ShownPin): string {
  return untilMicros === undefined ? "without end" : `until ${formatTime(untilMicros)}`;
}

function shorter(lock: ShownPin): Fault {
  return new Fault({
    code: "point-lock-shorter",
    kind: "operator",
    message: `The recovery point is locked ${untilText(lock)} already; a lock is not made shorter.`,
    remedy: "Have an administrator unlock it first: `leeward point unlock MACHINE POINT`.",
    detail: { point: lock.pointId, owner: lock.owner },
  });
}
