import { firstOf, Mutex } from "@leeward/base";
import type { Capture } from "./capture.ts";
import { asFault } from "./splitter-fault.ts";

/**
 * What a splitter does to its log by itself: makes records durable, and so sendable, without any FLUSH, `syncIntervalMs` after the first of them, or
 * as soon as `syncBytes` wait; then seals and trims log files.
 *
 * Invariant: from when `pause` settles until `resume` nothing of it is under way, so that whoever has the file system of the log held still meanwhile
 * is not held by it too. Worst outcome if broken: a thread that stands still, and a log that is never trimmed.
 */
export class LogUpkeep {
  readonly #capture: Capture;
  readonly #alone = new Mutex();
  #paused: { readonly begun: Promise<void>; readonly end: () => void } | undefined;

  constructor(capture: Capture) {
    this.#capture = capture;
  }

  async run(signal: AbortSignal): Promise<never> {
    const capture = this.#capture;
    const { limits, world } = capture.parts;
    for (;;) {
      await capture.until(() => capture.unsyncedBytes > 0 || capture.log.hasToRely || capture.log.hasToTrim, signal);
      await firstOf(signal, [
        (either) => capture.until(() => capture.unsyncedBytes >= limits.syncBytes, either),
        (either) => world.clock.sleep(limits.syncIntervalMs, either),
      ]);
      await this.#alone.hold(() => this.#tend());
    }
  }

  /** Settles when what was under way has ended. A second call waits for the same. */
  pause(): Promise<void> {
    if (this.#paused === undefined) {
      const begun = Promise.withResolvers<void>();
      const ended = Promise.withResolvers<void>();
      this.#paused = { begun: begun.promise, end: ended.resolve };
      void this.#alone.hold(() => {
        begun.resolve();
        return ended.promise;
      });
    }
    return this.#paused.begun;
  }

  /** What waited is done now; without a pause it does nothing. */
  resume(): void {
    this.#paused?.end();
    this.#paused = undefined;
  }

  async #tend(): Promise<void> {
    const capture = this.#capture;
    await capture.syncLog();
    try {
      await capture.rely();
      await capture.log.tend();
      capture.notify();
    } catch (error) {
      capture.leaveLog(asFault(error));
    }
  }
}
