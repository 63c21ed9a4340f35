import { Waiters } from "@leeward/base";
import type { PlannedDisk } from "@leeward/proto";
import type { DiskFeed } from "./delivery/disk-feed.ts";
import type { DiskKeeper } from "./disk/disk-keeper.ts";

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
}

/** The disks that the plan in force names: started when they come, closed when they go, told when their policy changes. */
export class DiskSet {
  readonly #options: DiskSetOptions;
  readonly #waiters = new Waiters();
  readonly #disks = new Map<string, Running>();

  constructor(options: DiskSetOptions) {
    this.#options = options;
  }

  all(): readonly AgentDisk[] {
    return [...this.#disks.values()];
  }

  /** Resolves when a disk came or went. */
  changed(): Promise<void> {
    return this.#waiters.next();
  }

  /** Brings the set to what `planned` names. A disk that goes is closed cleanly before this settles. */
  async apply(planned: readonly PlannedDisk[]): Promise<void> {
    const wanted = new Map(planned.map((disk) => [disk.diskId, disk]));
    const gone = [...this.#disks.values()].filter(({ planned: old }) => wanted.get(old.diskId)?.path !== old.path);
    await Promise.all(gone.map((disk) => this.#close(disk)));
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
    await Promise.all([...this.#disks.values()].map((disk) => this.#close(disk)));
  }

  #start(planned: PlannedDisk): void {
    const controller = new AbortController();
    const { keeper, feed } = this.#options.make(planned);
    const ended = keeper.run(controller.signal).catch((error: unknown) => this.#options.onFailure(error));
    this.#disks.set(planned.diskId, { planned, keeper, feed, controller, ended });
  }

  async #close(disk: Running): Promise<void> {
    this.#disks.delete(disk.planned.diskId);
    disk.controller.abort();
    this.#waiters.notify();
    await disk.ended;
  }
}

/** A planned disk's policy in the words of whoever serves it. */
export function policyOf(planned: PlannedDisk): { logBytesMax: number; copyBytesPerSecondMax: number } {
  const { logBytesMax, copyBytesPerSecondMax } = planned.policy;
  return { logBytesMax, copyBytesPerSecondMax };
}
