import { Waiters } from "@leeward/base";
import { diskClosed } from "@leeward/block";

/**
 * The calls of a device that is open: counted while they are under way, refused from its closing on.
 *
 * Invariant: once `close` was called none begins, and when `idle` settles none is under way. Worst outcome if broken: a write that reaches the disk
 * after its log was sealed, and is in no history.
 */
export class OpenCalls {
  readonly #disk: string;
  readonly #idle = new Waiters();
  #underWay = 0;
  #isClosed = false;

  /** `disk` is what refusals name. */
  constructor(disk: string) {
    this.#disk = disk;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** From here on calls are refused. */
  close(): void {
    this.#isClosed = true;
  }

  /** Settles when no call is under way any more; after `close`. */
  async idle(): Promise<void> {
    while (this.#underWay > 0) await this.#idle.next();
  }

  /** Counts one call; `end` follows. It was not refused: whoever calls has looked. */
  begin(): void {
    this.#underWay += 1;
  }

  end(): void {
    this.#underWay -= 1;
    if (this.#underWay === 0 && this.#isClosed) this.#idle.notify();
  }

  /** @throws Fault `disk-closed` */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isClosed) return this.refuse("flush");
    this.begin();
    try {
      return await work();
    } finally {
      this.end();
    }
  }

  /** Rejects with Fault `disk-closed`. */
  refuse(operation: "read" | "write" | "flush" | "allocation"): Promise<never> {
    return Promise.reject(diskClosed({ disk: this.#disk, operation }));
  }
}
