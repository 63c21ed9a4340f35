/**
 * The journals of one machine's disks together: its recovery points are those that every member holds.
 *
 * Invariant: a listed point can be opened on every member. It is stored member by member, so a crash may leave it in some: then
 * it is not listed, and storing it again completes it. Worst outcome: disks of one machine are started from different moments.
 */
import { Fault } from "@leeward/base";
import type { HistoryInterval } from "../history/interval.ts";
import type { Journal } from "../journal.ts";
import type { PointAt, PointRecord, TimeRange } from "../recovery-point.ts";
import { machinePointAt } from "./machine-choice.ts";
import { type MachinePoint, machinePoints } from "./machine-point.ts";

export class MachineJournal {
  readonly machineId: string;
  readonly #journals = new Map<string, Journal>();

  constructor(machineId: string) {
    this.machineId = machineId;
  }

  /** The journal stays its owner's, who detaches it before closing it. */
  attach(journal: Journal): void {
    this.#journals.set(journal.diskId, journal);
  }

  detach(diskId: string): void {
    this.#journals.delete(diskId);
  }

  disk(diskId: string): Journal | undefined {
    return this.#journals.get(diskId);
  }

  /**
   * Waits until every member's journal covers the point, then stores it in each; says again what is stored already, or lets it
   * hold longer. The point is recoverable when it settles. Nothing is stored when a member refuses it. Of disks for which `isBrought`
   * holds nothing more will come that the point stands on: they are not waited for.
   * @throws Fault `point-foreign` when a member's journal is not attached, `point-lost`, and as `Journal.addPoint`
   */
  async storePoint(
    point: PointRecord,
    signal: AbortSignal,
    isBrought: (diskId: string) => boolean = () => false,
  ): Promise<void> {
    await this.untilCovered(point, signal, isBrought);
    await this.addCovered(point, signal);
  }

  /** The first half of `storePoint`: nothing is stored yet. */
  async untilCovered(
    point: PointRecord,
    signal: AbortSignal,
    isBrought: (diskId: string) => boolean = () => false,
  ): Promise<void> {
    await Promise.all(
      this.#membersOf(point).map(({ journal, member }) =>
        journal.untilCovered(member, { isBrought: isBrought(journal.diskId) }, signal),
      ),
    );
  }

  /** The second half, which waits for no peer, and has ended when it settles: also when the signal aborts, nothing of it goes on. */
  async addCovered(point: PointRecord, signal: AbortSignal): Promise<void> {
    const members = this.#membersOf(point);
    for (const { journal } of members) journal.checkPoint(point);
    for (const { journal } of members) {
      signal.throwIfAborted();
      await journal.addPoint(point);
    }
  }

  /** Points that all their members hold, oldest first. */
  points(range: TimeRange = {}): MachinePoint[] {
    return machinePoints(this.machineId, this.#journals, range);
  }

  /** The journals that list the point. */
  holdersOf(pointId: string): Journal[] {
    return [...this.#journals.values()].filter((journal) => journal.point(pointId) !== undefined);
  }

  /** How well each stretch of time of each disk can be recovered. */
  history(range: TimeRange = {}): { readonly diskId: string; readonly intervals: HistoryInterval[] }[] {
    return Array.from(this.#journals, ([diskId, journal]) => ({ diskId, intervals: journal.history(range) }));
  }

  /** As machinePointAt. */
  resolve(at: PointAt): MachinePoint {
    return machinePointAt(this.machineId, this.#journals, at);
  }

  #membersOf(point: PointRecord): { journal: Journal; member: PointRecord["members"][number] }[] {
    return point.members.map((member) => {
      const journal = this.#journals.get(member.diskId);
      if (journal !== undefined && point.machineId === this.machineId) return { journal, member };
      throw new Fault({
        code: "point-foreign",
        kind: "protocol",
        message: `The recovery point ${point.id} names a disk that is not journaled here.`,
        detail: { point: point.id, disk: member.diskId, machine: point.machineId },
      });
    });
  }
}
