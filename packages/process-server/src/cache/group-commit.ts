/**
 * Makes the caches of all disks durable together: one round at a time, and whoever asks while a round runs is served by the next.
 *
 * Invariant: `commit` settles only after a sync of that log which began after the call. Worst outcome if broken: records are
 * acknowledged as cached and lost by a crash, after the agent has dropped them.
 *
 * ```
 *  disk 1  append ─┐        append ──┐
 *  disk 2  append ─┼─ round ──────── ┼─ round ──
 *  disk 3    append┘ (fdatasync ×3)  └ (×1)
 * ```
 *
 * The busier the server, the more records share a round. A log that fails fails its own callers alone.
 */

/** What can be made durable: a change log. */
export interface Durable {
  /** All that was appended before the call is durable when it settles. */
  sync(): Promise<unknown>;
}

interface Waiting {
  readonly settled: Promise<void>;
  resolve(): void;
  reject(reason: unknown): void;
}

export class GroupCommit {
  #waiting = new Map<Durable, Waiting>();
  #running = false;

  /** Settles when all that was appended to `log` before the call is durable; rejects with what its sync rejects with. */
  commit(log: Durable): Promise<void> {
    const known = this.#waiting.get(log);
    if (known !== undefined) return known.settled;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.set(log, { settled: promise, resolve, reject });
    if (!this.#running) void this.#rounds();
    return promise;
  }

  async #rounds(): Promise<void> {
    this.#running = true;
    // What else becomes ready in this turn shares the first round.
    await Promise.resolve();
    while (this.#waiting.size > 0) {
      const round = this.#waiting;
      this.#waiting = new Map();
      await Promise.all(Array.from(round, ([log, waiting]) => log.sync().then(waiting.resolve, waiting.reject)));
    }
    this.#running = false;
  }
}
