import type { Clock } from "@leeward/world";
import type { MarkSource } from "./splitter-options.ts";

/** How often waiting writes look whether they may go on, milliseconds. */
const LOOK_EVERY_MS = 1;

/**
 * Where writes wait while their machine holds them for a mark that several machines take at one moment.
 *
 * Invariant: a write goes on only after it saw that nothing is held; when it ends a hold whose time is over, that is noted in the shared
 * memory before it goes on. Worst outcome if broken: a write that is before the mark of this machine, and was made because of one
 * that is after the mark of another.
 *
 * It asks nobody but memory and its own thread's clock, so a stuck main thread holds no write for longer than the hold's time.
 */
export class HoldGate {
  readonly #marks: MarkSource;
  readonly #clock: Clock;
  readonly #never = new AbortController().signal;
  #waiting: Promise<void> | undefined;

  constructor(marks: MarkSource, clock: Clock) {
    this.#marks = marks;
    this.#clock = clock;
  }

  get isShut(): boolean {
    return this.#marks.held();
  }

  /** Resolves when the hold that is seen now has ended. The next one may have begun by then: look again. */
  opened(): Promise<void> {
    // It is forgotten in a turn of its own: a hold whose time is over already ends before there is anything to forget.
    this.#waiting ??= this.#wait().finally(() => {
      this.#waiting = undefined;
    });
    return this.#waiting;
  }

  async #wait(): Promise<void> {
    while (this.#marks.held()) {
      this.#marks.expireHold(this.#clock.monotonicMicros());
      if (this.#marks.held()) await this.#clock.sleep(LOOK_EVERY_MS, this.#never);
    }
  }
}
