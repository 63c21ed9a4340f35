// Holds the writes of all of a machine's disks: of those that a splitter serves in the memory that their workers read at each write, of those that
// others write to by freezing their file systems.
//
//   copy what changed, sync, … ─► turn for a mark ─► freeze all, read the rest ─► hold ─► (T) ─► mark, release ─► prove, thaw ─► record
//   └─────────────── prepare ─────────────────────┘ └──────── freeze ─────────┘ └ hold ┘        └──────────── mark ──────────┘
//
// File systems are frozen first, and the splitter's writes held last. A freeze takes long (it writes out what is dirty, and the disk is read
// meanwhile), a hold no time at all, and has a time of its own (200 ms) that a freeze would use up. The other way round a file system that lies
// on a served disk would wait in its freeze for the very writes that are held.
//
// The turn for a mark is taken before anything is held, because the mark before may still wait for a slow disk; so from then on nothing is
// waited for. The turn lasts until the machine's point is queued, or all has been let go: one mark at a time is settled, and no mark but the one
// that it was for stands behind what was read from frozen disks.
import { MICROS_PER_MS, orAborted } from "@leeward/base";
import type { PointRecord } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import { GROUP_FREEZE_REST_FACTOR, HOLD_MS_MAX } from "../limits.ts";
import type { FileSystemHold, HeldMoment } from "../marks/file-system-hold.ts";
import type { MarkClock } from "../marks/mark-clock.ts";
import type { PointCoordinator, RaisedMark } from "../marks/point-coordinator.ts";
import type { GroupMark, Held, MachineHold, MarkedPart, PreparedHold } from "./machine-hold.ts";

export interface DisksHoldOptions {
  readonly clock: Clock;
  readonly marks: Pick<MarkClock, "hold" | "isHeld" | "release">;
  readonly points: Pick<PointCoordinator, "inTurn">;
  /** Holds the disks still that others write to; undefined while there are none, or they are not to be held still now. */
  readonly fileSystems: () => FileSystemHold | undefined;
}

export class DisksHold implements MachineHold {
  readonly #options: DisksHoldOptions;
  /** Until when no file system is frozen again, of the monotonic clock. */
  #restUntilMicros = 0;

  constructor(options: DisksHoldOptions) {
    this.#options = options;
  }

  async prepare(signal: AbortSignal): Promise<PreparedHold> {
    const fileSystems = this.#options.fileSystems();
    if (fileSystems !== undefined) {
      await this.#rest(signal);
      await fileSystems.prepare(signal);
    }
    return this.#takeTurn(fileSystems, signal);
  }

  #takeTurn(fileSystems: FileSystemHold | undefined, signal: AbortSignal): Promise<PreparedHold> {
    const ready = Promise.withResolvers<PreparedHold>();
    const { points, clock, marks } = this.#options;
    const turn = points.inTurn(async (raise) => {
      signal.throwIfAborted();
      const own = new Turn({ clock, marks, raise, fileSystems });
      const onAbort = (): void => own.release();
      signal.addEventListener("abort", onAbort, { once: true });
      ready.resolve(own);
      await own.ended;
      signal.removeEventListener("abort", onAbort);
      this.#noteFrozen(own.frozenMicros);
    });
    turn.catch((error: unknown) => ready.reject(error));
    return orAborted(ready.promise, signal);
  }

  #noteFrozen(frozenMicros: number): void {
    this.#restUntilMicros = this.#options.clock.monotonicMicros() + GROUP_FREEZE_REST_FACTOR * frozenMicros;
  }

  async #rest(signal: AbortSignal): Promise<void> {
    const leftMs = Math.ceil((this.#restUntilMicros - this.#options.clock.monotonicMicros()) / MICROS_PER_MS);
    if (leftMs > 0) await this.#options.clock.sleep(leftMs, signal);
  }
}

interface TurnParts {
  readonly clock: Clock;
  readonly marks: DisksHoldOptions["marks"];
  readonly raise: (mark: GroupMark) => RaisedMark;
  readonly fileSystems: FileSystemHold | undefined;
}

class Turn implements PreparedHold, Held {
  readonly #parts: TurnParts;
  readonly #end = Promise.withResolvers<void>();
  #freeze: { readonly sinceMicros: number; readonly begun: Promise<HeldMoment> } | undefined;
  #hold: number | undefined;
  #over = false;
  /** How long file systems were frozen. */
  frozenMicros = 0;

  constructor(parts: TurnParts) {
    this.#parts = parts;
  }

  get freezeMs(): number {
    return this.#parts.fileSystems === undefined ? 0 : HOLD_MS_MAX;
  }

  /** Settles when the turn is over and nothing is held. */
  get ended(): Promise<void> {
    return this.#end.promise;
  }

  async freeze(): Promise<void> {
    const { fileSystems, clock } = this.#parts;
    if (this.#over || fileSystems === undefined || this.#freeze !== undefined) return;
    this.#freeze = { sinceMicros: clock.monotonicMicros(), begun: fileSystems.begin() };
    await this.#freeze.begun;
  }

  async hold(limitMs: number): Promise<Held> {
    const { marks, clock } = this.#parts;
    if (!this.#over) this.#hold = marks.hold(clock.monotonicMicros() + limitMs * MICROS_PER_MS);
    return this;
  }

  stillHeld(): boolean {
    return !this.#over && this.#hold !== undefined && this.#parts.marks.isHeld(this.#hold);
  }

  mark(mark: GroupMark): MarkedPart | undefined {
    if (this.#hold === undefined || !this.stillHeld()) {
      this.release();
      return undefined;
    }
    this.#over = true;
    const raised = this.#parts.raise(mark);
    // First the mark, then the release: when that finds the hold gone, a write went on before the mark, perhaps before it in the log too.
    if (!this.#parts.marks.release(this.#hold)) {
      this.#endAfter(this.#thaw((moment) => moment.cancel()));
      return undefined;
    }
    const record = this.#record(raised);
    this.#endAfter(record);
    return { record };
  }

  release(): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#hold !== undefined) this.#parts.marks.release(this.#hold);
    this.#endAfter(this.#thaw((moment) => moment.cancel()));
  }

  /** The disks are asked once it is known of each whether it was still until the mark. */
  async #record(raised: RaisedMark): Promise<PointRecord | undefined> {
    return raised.record(await this.#thaw((moment) => moment.end()));
  }

  /** Also what is being frozen only now. */
  async #thaw<T>(how: (moment: HeldMoment) => Promise<T>): Promise<T | undefined> {
    if (this.#freeze === undefined) return undefined;
    const { sinceMicros, begun } = this.#freeze;
    const outcome = await how(await begun);
    this.frozenMicros = this.#parts.clock.monotonicMicros() - sinceMicros;
    return outcome;
  }

  /** A failure is told to whoever asked for the freeze, or for the record. */
  #endAfter(last: Promise<unknown>): void {
    last.then(
      () => this.#end.resolve(),
      () => this.#end.resolve(),
    );
  }
}
