import type { PointRecord, PointStored } from "@leeward/proto";
import type { HeldDisk } from "../cache/held-disk.ts";
import type { PointSource } from "./point-sender.ts";
import type { PointStore } from "./point-store.ts";

/** The disks of the plan, by id. */
export type DiskTable = ReadonlyMap<string, { readonly disk: HeldDisk }>;

/** Who tells a machine's agent. */
export type Relay = (stored: PointStored) => void;

/**
 * The machines' points on their way to main targets: which go to which, and when a point is settled.
 *
 * A point is sent after the target has journaled what it stands on. It is settled when every main target of one of its members
 * holds it. The agent is told in the order of the numbers, since it takes one answer for all before it.
 */
export class PointDesk implements PointSource {
  readonly #store: PointStore;
  readonly #disks: () => DiskTable;
  readonly #relay: Relay;
  /** Of points that wait for a further target: which have answered. */
  readonly #partly = new Map<string, Set<string>>();
  /** Answers of each machine that came before those to lower numbers did, in the order of the numbers. */
  readonly #ahead = new Map<string, PointStored[]>();

  constructor(parts: { readonly store: PointStore; readonly disks: () => DiskTable; readonly relay: Relay }) {
    this.#store = parts.store;
    this.#disks = parts.disks;
    this.#relay = parts.relay;
  }

  /** Machines of which points may wait for a target. */
  machines(): Iterable<string> {
    return this.#store.machines();
  }

  /** Points that were sent are few: the search is short. */
  nextFor(targetId: string, machineId: string, isSent: (point: PointRecord) => boolean): PointRecord | undefined {
    for (const point of this.#store.pendingOf(machineId)) {
      const elsewhere =
        !this.#targetsOf(point).includes(targetId) || this.#partly.get(keyOf(point))?.has(targetId) === true;
      if (elsewhere || isSent(point)) continue;
      return this.#isReady(point, targetId) ? point : undefined;
    }
    return undefined;
  }

  /** The oldest number of the machine that waits. */
  oldestOf(machineId: string): number | undefined {
    return this.#store.pendingOf(machineId)[0]?.number;
  }

  async stored(targetId: string, stored: PointStored): Promise<void> {
    const { machineId, number, validUntilMicros } = stored;
    const point = this.#store.pendingOf(machineId).find((each) => each.number === number);
    if (point !== undefined && point.validUntilMicros <= validUntilMicros) {
      if (!this.#isHeldByAll(point, targetId)) return;
      await this.#store.settle(stored);
    }
    this.#tellAgent(stored);
  }

  /** Forgets a machine that is not forwarded any more. */
  async drop(machineId: string): Promise<void> {
    this.#ahead.delete(machineId);
    await this.#store.drop(machineId);
  }

  #tellAgent(stored: PointStored): void {
    const { machineId } = stored;
    const waiting = [...(this.#ahead.get(machineId) ?? []), stored].sort((a, b) => a.number - b.number);
    const oldest = this.oldestOf(machineId) ?? Number.POSITIVE_INFINITY;
    for (const each of waiting) if (each.number < oldest) this.#relay(each);
    const rest = waiting.filter(({ number }) => number >= oldest);
    if (rest.length === 0) this.#ahead.delete(machineId);
    else this.#ahead.set(machineId, rest);
  }

  #isHeldByAll(point: PointRecord, targetId: string): boolean {
    const targets = this.#targetsOf(point);
    if (targets.length <= 1) return true;
    const key = keyOf(point);
    const answered = this.#partly.get(key) ?? new Set<string>();
    answered.add(targetId);
    const all = targets.every((target) => answered.has(target));
    if (all) this.#partly.delete(key);
    else this.#partly.set(key, answered);
    return all;
  }

  #targetsOf(point: PointRecord): string[] {
    const targets = new Set<string>();
    for (const { diskId } of point.members) {
      const disk = this.#disks().get(diskId)?.disk;
      if (disk !== undefined) targets.add(disk.plan.targetId);
    }
    return Array.from(targets);
  }

  /** What this server holds of the members is with the target; of what it does not hold it cannot say, and the target looks for itself. */
  #isReady(point: PointRecord, targetId: string): boolean {
    return point.members.every(({ diskId, branch, sequence }) => {
      const disk = this.#disks().get(diskId)?.disk;
      if (disk === undefined || disk.plan.targetId !== targetId) return true;
      const held = disk.branches.find((each) => each.id === branch);
      if (held !== undefined) return held.journaled >= sequence;
      // Another branch is held: this one has left. None is: it has not begun yet.
      return disk.branches.length > 0 && disk.wanted?.branch !== branch;
    });
  }
}

function keyOf({ machineId, number, validUntilMicros }: PointRecord): string {
  return `${machineId} ${number} ${validUntilMicros}`;
}
