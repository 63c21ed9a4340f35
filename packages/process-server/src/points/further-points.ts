/**
 * The machines' points on their way to further targets: each target's wait in a store of its own, so that none holds up another, nor the agent.
 *
 * ```
 *  agent ──point──► further-points/<target>/  durable ──► points/  durable ──► sent to each
 * ```
 *
 * The agent is told when the main target has a point, and forgets it then: so it is durable for the further targets before it is for the main one.
 * What goes to a target names the disks that go there as members, and the others as missing. A point waits until the target has journaled what it
 * stands on; one that stands on what the target will never get is let go.
 */
import type { PointRecord, PointStored } from "@leeward/proto";
import type { Files } from "@leeward/world";
import type { HeldDisk } from "../cache/held-disk.ts";
import { LIMITS } from "../limits.ts";
import type { DiskTable } from "./point-desk.ts";
import type { PointSource } from "./point-sender.ts";
import { PointStore } from "./point-store.ts";

export class FurtherPoints implements PointSource, AsyncDisposable {
  readonly #files: Files;
  readonly #folder: string;
  readonly #disks: () => DiskTable;
  readonly #stores = new Map<string, PointStore>();

  private constructor(files: Files, folder: string, disks: () => DiskTable) {
    this.#files = files;
    this.#folder = folder;
    this.#disks = disks;
  }

  /** `folder` exists, and is durable. */
  static async open(files: Files, folder: string, disks: () => DiskTable): Promise<FurtherPoints> {
    const points = new FurtherPoints(files, folder, disks);
    for (const targetId of await files.list(folder)) await points.#open(targetId);
    return points;
  }

  /** Whether points of the machine go to the target as to a further one. */
  serves(targetId: string, machineId: string): boolean {
    const disks = this.#disksOf(machineId);
    return disks.some((disk) => isFurther(disk, targetId)) && !disks.some(({ plan }) => plan.targetId === targetId);
  }

  /** Keeps the point for each further target of the machine, in the place of the oldest where too many wait; durable when it settles. @throws what the files throw */
  async put(point: PointRecord): Promise<void> {
    const { machineId } = point;
    for (const [targetId, store] of this.#stores) {
      if (!this.serves(targetId, machineId) || this.#partOf(point, targetId).members.length === 0) continue;
      const [oldest] = store.pendingOf(machineId);
      if (oldest !== undefined && store.pendingOf(machineId).length >= LIMITS.furtherPointsMax)
        await store.settle(oldest);
      await store.put(point);
    }
  }

  /** Opens a store for each further target of the plan, and forgets what waits for others. */
  async follow(): Promise<void> {
    const wanted = new Set<string>();
    for (const { disk } of this.#disks().values()) for (const { targetId } of disk.further) wanted.add(targetId);
    for (const targetId of wanted) if (!this.#stores.has(targetId)) await this.#open(targetId);
    for (const [targetId, store] of this.#stores) {
      if (wanted.has(targetId)) {
        await this.#forgetForeign(targetId, store);
        continue;
      }
      this.#stores.delete(targetId);
      await store[Symbol.asyncDispose]();
      await this.#files.removeFolder(`${this.#folder}/${targetId}`);
    }
  }

  /** Machines of which points may wait for the target; for any, when none is given. */
  machines(targetId?: string): Iterable<string> {
    if (targetId !== undefined) return this.#stores.get(targetId)?.machines() ?? [];
    return new Set(Array.from(this.#stores.values()).flatMap((store) => [...store.machines()]));
  }

  nextFor(targetId: string, machineId: string, isSent: (point: PointRecord) => boolean): PointRecord | undefined {
    if (!this.serves(targetId, machineId)) return undefined;
    for (const point of this.#stores.get(targetId)?.pendingOf(machineId) ?? []) {
      if (isSent(point)) continue;
      return this.#isReady(point, targetId) ? this.#partOf(point, targetId) : undefined;
    }
    return undefined;
  }

  async stored(targetId: string, stored: PointStored): Promise<void> {
    await this.#stores.get(targetId)?.settle(stored);
  }

  /** Forgets a machine that is not forwarded any more. */
  async drop(machineId: string): Promise<void> {
    for (const store of this.#stores.values()) await store.drop(machineId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const store of this.#stores.values()) await store[Symbol.asyncDispose]();
  }

  /** Points of which no disk goes to the target any more. */
  async #forgetForeign(targetId: string, store: PointStore): Promise<void> {
    for (const machineId of store.machines()) {
      const foreign = store.pendingOf(machineId).filter((point) => this.#partOf(point, targetId).members.length === 0);
      for (const point of foreign) await store.settle(point);
    }
  }

  async #open(targetId: string): Promise<void> {
    const folder = `${this.#folder}/${targetId}`;
    this.#stores.set(targetId, await PointStore.open(this.#files, folder));
    await this.#files.syncFolder(this.#folder);
  }

  #disksOf(machineId: string): HeldDisk[] {
    return Array.from(this.#disks().values(), ({ disk }) => disk).filter(({ plan }) => plan.machineId === machineId);
  }

  /** The point as the target is to have it. */
  #partOf(point: PointRecord, targetId: string): PointRecord {
    const members = point.members.filter(({ diskId }) => this.#goesTo(diskId, targetId));
    const others = point.members.filter((member) => !members.includes(member));
    return { ...point, members, missingDiskIds: [...point.missingDiskIds, ...others.map(({ diskId }) => diskId)] };
  }

  #isReady(point: PointRecord, targetId: string): boolean {
    return point.members.every(({ diskId, branch, sequence }) => {
      const disk = this.#disks().get(diskId)?.disk;
      if (disk === undefined || !isFurther(disk, targetId)) return true;
      const held = disk.branches.find((each) => each.id === branch);
      // A target that was left behind says for itself that it lacks what the point stands on.
      if (held !== undefined) return (held.journaledBy(targetId) ?? Number.POSITIVE_INFINITY) >= sequence;
      return disk.branches.length > 0 && disk.wanted?.branch !== branch;
    });
  }

  #goesTo(diskId: string, targetId: string): boolean {
    const disk = this.#disks().get(diskId)?.disk;
    return disk !== undefined && isFurther(disk, targetId);
  }
}

function isFurther(disk: HeldDisk, targetId: string): boolean {
  return disk.further.some((target) => target.targetId === targetId);
}
