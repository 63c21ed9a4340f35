import type { Consistency, JournalPoint, PointKind, PointMember, TimeRange } from "../recovery-point.ts";

/** A recovery point of a machine that every one of its members holds. */
export interface MachinePoint {
  readonly id: string;
  readonly machineId: string;
  readonly number: number;
  readonly timeMicros: number;
  readonly validUntilMicros: number;
  readonly kind: PointKind;
  readonly consistency: Consistency;
  readonly epoch: number;
  readonly members: readonly PointMember[];
  readonly missingDiskIds: readonly string[];
  readonly locked: boolean;
  /** When the last of its locks ends by itself, wall clock; undefined when one does not, or there is none. */
  readonly lockedUntilMicros: number | undefined;
}

/** What one disk's journal holds of a point. */
export interface HeldMember {
  readonly diskId: string;
  readonly point: JournalPoint;
}

/** A disk's journal as far as its points are asked for. */
export interface PointHolder {
  readonly diskId: string;
  points(range?: TimeRange): readonly JournalPoint[];
  point(id: string): JournalPoint | undefined;
}

/** Points of a machine that all their members hold, oldest first. */
export function machinePoints(
  machineId: string,
  holders: ReadonlyMap<string, PointHolder>,
  range: TimeRange = {},
): MachinePoint[] {
  const joined: MachinePoint[] = [];
  for (const holder of holders.values()) {
    for (const point of holder.points(range)) {
      // The first of its members tells a point, so that it is told once.
      if (point.memberDiskIds[0] !== holder.diskId) continue;
      const whole = joinedPoint(machineId, point, (diskId, id) => holders.get(diskId)?.point(id));
      if (whole !== undefined) joined.push(whole);
    }
  }
  return joined.sort((a, b) => a.timeMicros - b.timeMicros || a.number - b.number);
}

/**
 * The machine's point, when `lookup` finds it in every member's journal; undefined when one lacks it. It holds as long as the member
 * that holds it for the shortest time, and is locked when one of them is.
 */
function joinedPoint(
  machineId: string,
  first: JournalPoint,
  lookup: (diskId: string, pointId: string) => JournalPoint | undefined,
): MachinePoint | undefined {
  const held: HeldMember[] = [];
  for (const diskId of first.memberDiskIds) {
    const point = lookup(diskId, first.id);
    if (point === undefined) return undefined;
    held.push({ diskId, point });
  }
  const { id, number, timeMicros, kind, consistency, epoch, missingDiskIds } = first;
  return {
    id,
    machineId,
    number,
    timeMicros,
    validUntilMicros: Math.min(...held.map(({ point }) => point.validUntilMicros)),
    kind,
    consistency,
    epoch,
    members: held.map(({ diskId, point }) => ({ diskId, branch: point.branch, sequence: point.sequence })),
    missingDiskIds,
    ...lockOf(held),
  };
}

function lockOf(held: readonly HeldMember[]): Pick<MachinePoint, "locked" | "lockedUntilMicros"> {
  const ends = held.filter(({ point }) => point.locked).map(({ point }) => point.lockedUntilMicros ?? Infinity);
  const last = Math.max(0, ...ends);
  return { locked: ends.length > 0, lockedUntilMicros: last > 0 && last < Infinity ? last : undefined };
}
