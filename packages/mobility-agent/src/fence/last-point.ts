// The last point before a planned failover.
//
//   applications to rest ─► writes stopped for good ─► those under way ended ─► mark, point queued ─► stored by the target
//
// Invariant: every write that was acknowledged is in the point. No write gets in once the machine is fenced, and the mark is raised when those have ended
// that were in. Worst outcome if broken: an application that was told of a write which the other side never sees.
//
// Nothing that goes wrong here lets a write in again: what is in the way of the point is shown, and it is tried again.
import { Fault, isFault } from "@leeward/base";
import type { Consistency, PlannedDisk, PointRecord } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import type { DiskHost } from "../disk/disk-host.ts";
import { disksNotReady } from "../faults.ts";
import { FENCE_RETRY_MS_MAX, FENCE_RETRY_MS_MIN } from "../limits.ts";
import type { PointCoordinator } from "../marks/point-coordinator.ts";
import type { PointQueue } from "../marks/point-queue.ts";

/** A disk of a machine that is fenced. */
export interface StoppedDisk {
  readonly planned: Pick<PlannedDisk, "diskId">;
  readonly keeper: Pick<DiskHost, "settleWrites" | "facts">;
}

export interface LastPointOptions {
  readonly clock: Clock;
  readonly disks: () => readonly StoppedDisk[];
  readonly points: Pick<PointCoordinator, "last">;
  readonly queue: Pick<PointQueue, "until" | "waiting" | "refusalOf">;
  /** Told what is in the way, and that nothing is. */
  readonly onFault: (fault: Fault | undefined) => void;
}

/** Makes the point of a machine that is fenced, again and again until the target has one. Rejects when the signal aborts. */
export async function makeLastPoint(
  options: LastPointOptions,
  reached: Consistency,
  signal: AbortSignal,
): Promise<PointRecord> {
  const { clock, onFault } = options;
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      const record = await madeOnce(options, reached);
      onFault(undefined);
      await stored(options, record, signal);
      return record;
    } catch (error) {
      if (!isFault(error)) throw error;
      onFault(error);
    }
    await clock.sleep(Math.min(FENCE_RETRY_MS_MAX, FENCE_RETRY_MS_MIN * 2 ** Math.min(attempt, 16)), signal);
  }
}

/** Settles when no disk has a write under way. @throws Fault when one of them ended meanwhile; it takes none either when it is back */
export async function settleWrites(disks: readonly StoppedDisk[]): Promise<void> {
  await Promise.all(disks.map(({ keeper }) => keeper.settleWrites()));
}

async function madeOnce({ disks, points }: LastPointOptions, reached: Consistency): Promise<PointRecord> {
  const all = disks();
  await settleWrites(all);
  // Nothing is frozen for a point that could not be one.
  const copied = all.filter(({ keeper }) => keeper.facts()?.state !== "protected");
  if (copied.length > 0) throw disksNotReady(copied.map(({ planned }) => planned.diskId));
  const record = await points.last(reached);
  if (record.missingDiskIds.length > 0) throw disksNotReady(record.missingDiskIds);
  return record;
}

/** @throws Fault why the target will never hold it */
async function stored({ queue }: LastPointOptions, { number }: PointRecord, signal: AbortSignal): Promise<void> {
  await queue.until(() => !queue.waiting().some((each) => each.number === number), signal);
  const refusal = queue.refusalOf(number);
  if (refusal !== undefined) throw refusal;
}

/** The agent ended between the rest and the point. */
export function restLost(): Fault {
  return new Fault({
    code: "hold-lost",
    kind: "transient",
    message:
      "The agent was started again after it had brought applications to rest, and before the last point: that is a crash-consistent one.",
  });
}
