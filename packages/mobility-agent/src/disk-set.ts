import { Waiters } from "@leeward/base";
import { ALWAYS, type TimeWindow } from "@leeward/daemon";
import type { PlannedDisk } from "@leeward/proto";
import type { DiskFeed } from "./delivery/disk-feed.ts";
import type { DiskPolicy } from "./disk/disk-host.ts";
import type { DiskKeeper } from "./disk/disk-keeper.ts";
import { livePointIntervalMsOf } from "./marks/point-intervals.ts";

/** A disk that the plan names, with what serves it and what delivers it. */
export interface AgentDisk {
  readonly planned: PlannedDisk;
  readonly keeper: DiskKeeper;
  readonly feed: DiskFeed;
}

interface Running extends AgentDisk {
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

export interface DiskSetOptions {
  readonly make: (planned: PlannedDisk) => { readonly keeper: DiskKeeper; readonly feed: DiskFeed };
  /** A mistake of ours ended a disk's keeper. */
  readonly onFailure: (error: unknown) => void;
  /** Nobody uses a disk any more that had left the plan. */
  readonly onReleased: (diskId: string) => void;
}

/**
 * The disks that the plan in force names: started when they come, told when their policy changes. One that leaves the plan is released:
 * it stays served, as a plain disk, for as long as an application uses it.
 */
export class DiskSet {
  readonly #options: DiskSetOptions;
  readonly #waiters = new Waiters();
  readonly #disks = new Map<string, Running>();
  readonly #released = new Map<string, Running>();

  constructor(options: DiskSetOptions) {
    this.#options = options;
  }

  all(): readonly AgentDisk[] {
    return [...this.#disks.values()];
  }

  /** Whether something of the disk is open: it is in the plan, or was and is still used. */
  has(diskId: string): boolean {
    return this.#disks.has(diskId) || this.#released.has(diskId);
  }

  /** Whether the disk at the resolved path is still used through the address of a protection that has ended. */
  isReleasedAt(path: string): boolean {
    return [...this.#released.values()].some(({ keeper }) => keeper.settings.path === path);
  }

  /** Resolves when a disk came or went. */
  changed(): Promise<void> {
    return this.#waiters.next();
  }

  /** Brings the set to what `planned` names. A disk whose path is another, or that is to be made what its replica machine's is, or was, is closed cleanly before this settles. */
  async apply(planned: readonly PlannedDisk[]): Promise<void> {
    const wanted = new Map(planned.map((disk) => [disk.diskId, disk]));
    const moved: Running[] = [];
    for (const disk of this.#disks.values()) {
      const next = wanted.get(disk.planned.diskId);
      if (next === undefined) this.#release(disk);
      else if (next.path !== disk.planned.path || goesAnotherWay(disk.planned, next)) moved.push(disk);
    }
    const returned = [...this.#released.values()].filter((disk) => wanted.has(disk.planned.diskId));
    await Promise.all([...moved, ...returned].map((disk) => this.#close(disk)));
    for (const disk of wanted.values()) {
      const running = this.#disks.get(disk.diskId);
      if (running === undefined) this.#start(disk);
      else {
        running.keeper.setPolicy(policyOf(disk));
        this.#disks.set(disk.diskId, { ...running, planned: disk });
      }
    }
    this.#waiters.notify();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#disks.values(), ...this.#released.values()].map((disk) => this.#close(disk)));
  }

  #start(planned: PlannedDisk): void {
    const controller = new AbortController();
    const { keeper, feed } = this.#options.make(planned);
    const ended = keeper
      .run(controller.signal)
      .catch((error: unknown) => this.#options.onFailure(error))
      .then(() => this.#forget(planned.diskId));
    this.#disks.set(planned.diskId, { planned, keeper, feed, controller, ended });
  }

  #release(disk: Running): void {
    this.#disks.delete(disk.planned.diskId);
    this.#released.set(disk.planned.diskId, disk);
    disk.keeper.release();
  }

  #forget(diskId: string): void {
    if (this.#released.delete(diskId)) this.#options.onReleased(diskId);
  }

  async #close(disk: Running): Promise<void> {
    this.#disks.delete(disk.planned.diskId);
    disk.controller.abort();
    this.#waiters.notify();
    await disk.ended;
  }
}

/** Whether the disk is written from its replica machine instead of being served, or the other way round, or for another failover; or goes on elsewhere. */
function goesAnotherWay(before: PlannedDisk, after: PlannedDisk): boolean {
  const { reverse: was, origin: from } = before;
  const { reverse: is, origin: to } = after;
  if (was?.failoverId !== is?.failoverId || was?.branch !== is?.branch || was?.sequence !== is?.sequence) return true;
  return was?.whole !== is?.whole || (to !== undefined && to.failoverId !== from?.failoverId);
}

/** A planned disk's policy in the words of whoever serves it. */
export function policyOf(planned: PlannedDisk): DiskPolicy {
  const { logBytesMax, copyBytesPerSecondMax } = planned.policy;
  const rescanIntervalMs = livePointIntervalMsOf(planned);
  return { logBytesMax, copyBytesPerSecondMax, resyncWindow: resyncWindowOf(planned), rescanIntervalMs };
}

/** When a rescan may read a planned disk. */
export function resyncWindowOf(planned: PlannedDisk): TimeWindow {
  return planned.policy.resyncWindow ?? ALWAYS;
}
