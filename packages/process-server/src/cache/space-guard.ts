import { anySignal, type Fault } from "@leeward/base";
import type { Clock, Files, SpaceStatus } from "@leeward/world";
import { asFault, cacheSpaceLow } from "../faults.ts";
import { LIMITS } from "../limits.ts";

export interface SpaceGuardOptions {
  readonly files: Files;
  readonly clock: Clock;
  readonly folder: string;
  /** Bytes of the file system that intake never touches: cutting needs room before it frees any. */
  readonly reserveBytes: number;
  /** Called whenever intake has to stop, or may go on. */
  readonly onChange: () => void;
}

/** Watches the free space of the cache's file system. Intake stops below the reserve, and goes on above one and a quarter of it. */
export class SpaceGuard {
  readonly #options: SpaceGuardOptions;
  #space: SpaceStatus = { freeBytes: 0, totalBytes: 0 };
  #low: Fault | undefined;
  #nap: AbortController | undefined;

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

  /** Looks every while, and when it is asked to. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look();
      const nap = new AbortController();
      this.#nap = nap;
      try {
        await this.#options.clock.sleep(LIMITS.spaceLookEveryMs, anySignal([signal, nap.signal]));
      } catch (error) {
        if (!nap.signal.aborted || signal.aborted) throw error;
      }
    }
  }

  /** Lets `run` look soon: a write found the file system full. */
  ask(): void {
    this.#nap?.abort();
  }

  async look(): Promise<void> {
    const before = this.#low?.code;
    this.#low = await this.#measure();
    if (before !== this.#low?.code) this.#options.onChange();
  }

  async #measure(): Promise<Fault | undefined> {
    const { files, folder, reserveBytes } = this.#options;
    try {
      this.#space = await files.space(folder);
    } catch (error) {
      return asFault(error);
    }
    const { freeBytes } = this.#space;
    const wanted = this.#low === undefined ? reserveBytes : reserveBytes * 1.25;
    return freeBytes < wanted ? cacheSpaceLow({ free: freeBytes, reserve: reserveBytes }) : undefined;
  }
}
