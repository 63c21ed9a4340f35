import { orAborted } from "@leeward/base";
import type { Clock } from "@leeward/world";
import type { MarkClock } from "../marks/mark-clock.ts";
import type { PointCoordinator, RaisedMark } from "../marks/point-coordinator.ts";
import type { GroupMark, Held, MachineHold, MarkedPart, PreparedHold } from "./machine-hold.ts";

const MICROS_PER_MS = 1_000;

export interface SplitterHoldOptions {
  readonly clock: Clock;
  readonly marks: Pick<MarkClock, "hold" | "isHeld" | "release">;
  readonly points: Pick<PointCoordinator, "inTurn">;
}

/**
 * Holds the writes of disks that are served by a splitter, in the memory that their workers read at each write.
 *
 * The turn for a mark is taken before the hold, because the mark before may still wait for a slow disk; so from the hold on nothing is waited
 * for. The turn lasts until the machine's point is queued, since one mark at a time is settled.
 */
export class SplitterHold implements MachineHold {
  readonly #options: SplitterHoldOptions;

  constructor(options: SplitterHoldOptions) {
    this.#options = options;
  }

  async prepare(signal: AbortSignal): Promise<PreparedHold> {
    const ready = Promise.withResolvers<PreparedHold>();
    const { points, clock, marks } = this.#options;
    const turn = points.inTurn(async (raise) => {
      signal.throwIfAborted();
      const own = new Turn({ clock, marks, raise });
      const onAbort = (): void => own.release();
      signal.addEventListener("abort", onAbort, { once: true });
      ready.resolve(own);
      await own.ended;
      signal.removeEventListener("abort", onAbort);
    });
    turn.catch((error: unknown) => ready.reject(error));
    return orAborted(ready.promise, signal);
  }
}

class Turn implements PreparedHold, Held {
  readonly #clock: Clock;
  readonly #marks: SplitterHoldOptions["marks"];
  readonly #raise: (mark: GroupMark) => RaisedMark;
  readonly #end = Promise.withResolvers<void>();
  #hold: number | undefined;
  #over = false;

  constructor(
    parts: Pick<SplitterHoldOptions, "clock" | "marks"> & { readonly raise: (mark: GroupMark) => RaisedMark },
  ) {
    this.#clock = parts.clock;
    this.#marks = parts.marks;
    this.#raise = parts.raise;
  }

  /** Settles when the turn is over. */
  get ended(): Promise<void> {
    return this.#end.promise;
  }

  async hold(limitMs: number): Promise<Held> {
    if (!this.#over) this.#hold = this.#marks.hold(this.#clock.monotonicMicros() + limitMs * MICROS_PER_MS);
    return this;
  }

  stillHeld(): boolean {
    return !this.#over && this.#hold !== undefined && this.#marks.isHeld(this.#hold);
  }

  mark(mark: GroupMark): MarkedPart | undefined {
    if (this.#hold === undefined || !this.stillHeld()) {
      this.release();
      return undefined;
    }
    this.#over = true;
    const raised = this.#raise(mark);
    // First the mark, then the release: when that finds the hold gone, a write went on before the mark, perhaps before it in the log too.
    if (!this.#marks.release(this.#hold)) {
      this.#end.resolve();
      return undefined;
    }
    const record = raised.record();
    record.then(
      () => this.#end.resolve(),
      () => this.#end.resolve(),
    );
    return { record };
  }

  release(): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#hold !== undefined) this.#marks.release(this.#hold);
    this.#end.resolve();
  }
}
