/**
 * What the locked points of one disk need, held by the store itself too, where it can: the files that their views read, and keys.json.
 *
 * A lock with an end is held until that end. One without is held for a while, which is made longer again and again: so nothing is held for ever, and nothing ever has to be let go. What was held stays
 * held after a lock was taken away. Worst outcome: `held` counts a lock whose files can be destroyed.
 */
import { type Fault, isFault, MICROS_PER_MS } from "@leeward/base";
import type { Journal, ShownPin } from "@leeward/journal";
import { isStoreFault } from "@leeward/object-store";
import type { Clock } from "@leeward/world";
import { ENDLESS_HOLD_MS, ENDLESS_HOLD_MS_MIN, HOLDS_ANEW_MS, HOLDS_AT_ONCE } from "../limits.ts";
import type { HoldFile } from "./journal-home.ts";

/** Until when a file has to be held, and until when it is where it is not. */
interface Wanted {
  readonly atLeastMicros: number;
  readonly untilMicros: number;
}

export class PointHolds {
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #hold: HoldFile;
  /** Of each file that is needed, until when it is held, as far as that is known. */
  #heldUntil = new Map<string, number>();
  /** Until when all is held that the points of locks need, by the ids of their pins, and what the files were then. */
  #heldLocks: ReadonlyMap<string, number> = new Map();
  #layout = -1;
  #descriptions = 0;
  /** Of the monotonic clock. */
  #againMicros = 0;

  constructor(clock: Clock, journal: Journal, hold: HoldFile) {
    this.#clock = clock;
    this.#journal = journal;
    this.#hold = hold;
  }

  /** Locks that hold now, and those of them that the store keeps as well. */
  get counts(): { readonly locks: number; readonly held: number } {
    const locks = this.#journal.locks();
    if (this.#layout !== this.#journal.layout) return { locks: locks.length, held: 0 };
    const now = this.#clock.wallMicros();
    return { locks: locks.length, held: locks.filter(({ pinId }) => (this.#heldLocks.get(pinId) ?? 0) > now).length };
  }

  /** keys.json was written anew: that content is not held yet. */
  forgetDescription(): void {
    this.#descriptions += 1;
    this.#layout = -1;
  }

  /** Holds what is needed and not held yet. @throws what a file could not be held for, when the others are */
  async look(signal: AbortSignal): Promise<void> {
    const { layout } = this.#journal;
    const descriptions = this.#descriptions;
    if (this.#layout !== layout) this.#heldUntil.delete(this.#description);
    const locks = this.#journal.locks();
    if (this.#isSettled(locks)) return;
    const wanted = this.#wantedBy(locks);
    this.#heldUntil = new Map(Array.from(this.#heldUntil).filter(([path]) => wanted.has(path)));
    const due = [...wanted].filter(([path, { atLeastMicros }]) => (this.#heldUntil.get(path) ?? 0) < atLeastMicros);
    let failed: Fault | undefined;
    for (let first = 0; first < due.length; first += HOLDS_AT_ONCE) {
      const some = due.slice(first, first + HOLDS_AT_ONCE);
      const faults = await Promise.all(some.map(([path, { untilMicros }]) => this.#faultOf(path, untilMicros, signal)));
      failed ??= faults.find((fault) => fault !== undefined);
      // A store that is away is away for the rest too.
      if (isStoreFault(failed)) throw failed;
    }
    // What was replaced meanwhile has successors, which are looked at the next time.
    if (layout !== this.#journal.layout || descriptions !== this.#descriptions) return;
    if (failed !== undefined) throw failed;
    this.#layout = layout;
    this.#heldLocks = new Map(locks.map((lock) => [lock.pinId, this.#heldUntilOf(lock)]));
    this.#againMicros = this.#clock.monotonicMicros() + HOLDS_ANEW_MS * MICROS_PER_MS;
  }

  /** Whether all was held for these very locks, and it is not yet time to make longer what has no end. */
  #isSettled(locks: readonly ShownPin[]): boolean {
    const isDue = this.#clock.monotonicMicros() >= this.#againMicros;
    return !isDue && this.#layout === this.#journal.layout && locks.every(({ pinId }) => this.#heldLocks.has(pinId));
  }

  /** A point that was withdrawn needs nothing, and is kept by nobody. */
  #heldUntilOf(lock: ShownPin): number {
    return this.#journal.point(lock.pointId) === undefined ? 0 : this.#endOf(lock).atLeastMicros;
  }

  get #description(): string {
    return `${this.#journal.folder}/keys.json`;
  }

  #wantedBy(locks: readonly ShownPin[]): Map<string, Wanted> {
    const wanted = new Map<string, Wanted>();
    for (const lock of locks) {
      const until = this.#endOf(lock);
      for (const path of [this.#description, ...this.#journal.neededFiles(lock.pointId)]) {
        const other = wanted.get(path) ?? until;
        wanted.set(path, {
          atLeastMicros: Math.max(until.atLeastMicros, other.atLeastMicros),
          untilMicros: Math.max(until.untilMicros, other.untilMicros),
        });
      }
    }
    return wanted;
  }

  #endOf({ untilMicros }: ShownPin): Wanted {
    if (untilMicros !== undefined) return { atLeastMicros: untilMicros, untilMicros };
    const now = this.#clock.wallMicros();
    return {
      atLeastMicros: now + ENDLESS_HOLD_MS_MIN * MICROS_PER_MS,
      untilMicros: now + ENDLESS_HOLD_MS * MICROS_PER_MS,
    };
  }

  /** Why the file could not be held. */
  async #faultOf(path: string, untilMicros: number, signal: AbortSignal): Promise<Fault | undefined> {
    try {
      await this.#hold(path, untilMicros, signal);
      this.#heldUntil.set(path, untilMicros);
      return undefined;
    } catch (error) {
      if (signal.aborted || !isFault(error)) throw error;
      return error;
    }
  }
}
