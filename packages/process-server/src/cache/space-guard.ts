import { Fault, Waiters } from "@leeward/base";
import type { Clock, Files, SpaceStatus } from "@leeward/world";
import { cacheSpaceLow } from "../faults.ts";
import { LIMITS } from "../limits.ts";

export interface SpaceGuardOptions {
  readonly files: Files;
  readonly clock: Clock;
  readonly folder: string;
  /** Bytes of the file system that intake never touches: cutting needs room before it frees any. */
  readonly reserveBytes: number;
}

/** Watches the free space of the cache's file system. Intake stops below the reserve, and goes on above one and a quarter of it. */
export class SpaceGuard {
  readonly #options: SpaceGuardOptions;
  #space: SpaceStatus = { freeBytes: 0, totalBytes: 0 };
  #low: Fault | undefined;
  /** Notified whenever intake may go on. */
  readonly relieved = new Waiters();

  constructor(options: SpaceGuardOptions) {
    this.#options = options;
  }

  get space(): SpaceStatus {
    return this.#space;
  }

  /** Set while intake waits. */
  get low(): Fault | undefined {
    return this.#low;
  }

  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.look();
      await this.#options.clock.sleep(LIMITS.spaceLookEveryMs, signal);
    }
  }

  /** Looks at once: after a write that found the file system full, or after something was removed. */
  async look(): Promise<void> {
    const { files, folder, reserveBytes } = this.#options;
    try {
      this.#space = await files.space(folder);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#low = error;
      return;
    }
    const { freeBytes } = this.#space;
    const wanted = this.#low === undefined ? reserveBytes : reserveBytes + reserveBytes / 4;
    const before = this.#low;
    this.#low = freeBytes < wanted ? cacheSpaceLow({ free: freeBytes, reserve: reserveBytes }) : undefined;
    if (before !== undefined && this.#low === undefined) this.relieved.notify();
  }
}
