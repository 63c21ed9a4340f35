import { isFault } from "@leeward/base";
import type { GroupAnswer, GroupAsk, PlannedGroup, PointRecord } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import {
  GROUP_HOLD_MS_MAX,
  GROUP_HOLD_PAUSE_MS,
  GROUP_PARTS_MAX,
  GROUP_PREPARED_MS_MAX,
  HOLD_MS_MAX,
} from "../limits.ts";
import type { Held, MachineHold, PreparedHold } from "./machine-hold.ts";

/** What a member says to a step. */
export type Reply = Pick<GroupAnswer, "outcome" | "freezeMs">;

/** So many digits of a point's id are those of its group's revision. */
export const REVISION_DIGITS = 12;
const MICROS_PER_MS = 1_000;

export interface GroupMemberOptions {
  readonly clock: Clock;
  readonly hold: MachineHold;
  /** The group that the machine's plan names now. */
  readonly group: () => PlannedGroup | undefined;
}

/** A round that a member of the group has begun here. */
interface Round {
  readonly pointId: string;
  readonly from: string;
  readonly over: AbortController;
  /** Ends the round when a step has lasted too long. */
  timer: AbortController;
  prepared: PreparedHold | undefined;
  held: Held | undefined;
}

/**
 * This machine's part in the rounds of its group, whoever coordinates them: GroupRound says what each step promises.
 *
 * What it keeps true, whoever asks: writes are held for at most 200 ms at a time by the machine's own timers, and then go on for at least
 * 500 ms; file systems are frozen for at most 2 s at a time by theirs, and then let go for three times as long as they were (DisksHold); each
 * member of the group has at most one round here; a turn for a mark that nobody makes use of is given back.
 *
 * ```
 *             prepare             freeze, where file systems have to be          hold              mark
 *  (none) ──────────────► prepared ─────────────────────────────────────► frozen ───────► held ──────────► part of the point
 *                            │ │ release, 3.5 s, another round    release, 2 s │           ▲ │ release, 200 ms
 *                            │ └───────────────────► (none) ◄──────────────────┴───────────┼─┘
 *                            └─────────────────────────────────────────────────────────────┘ hold, of others
 * ```
 */
export class GroupMember {
  readonly #options: GroupMemberOptions;
  readonly #rounds = new Map<string, Round>();
  readonly #parts = new Map<string, Promise<PointRecord | undefined>>();
  readonly #heardMicros = new Map<string, number>();
  /** Until when no hold may begin, of the monotonic clock. */
  #restUntilMicros = 0;

  constructor(options: GroupMemberOptions) {
    this.#options = options;
  }

  /** When the member asked for something last, of the monotonic clock; undefined when it never did. */
  heardMicros(machineId: string): number | undefined {
    return this.#heardMicros.get(machineId);
  }

  /** The machine's own point in a point of the group, made lately; undefined when it has none. */
  part(pointId: string): Promise<PointRecord | undefined> | undefined {
    return this.#parts.get(pointId);
  }

  /** Does what `from`, a member of the group, asks, and answers it; undefined where no answer is wanted. */
  async answer(ask: GroupAsk, from: string): Promise<Reply | undefined> {
    this.#heardMicros.set(from, this.#options.clock.monotonicMicros());
    const { pointId, step } = ask;
    switch (step) {
      case "prepare":
        return this.#prepare(ask, from);
      case "freeze":
        return this.#freeze(this.#roundOf(pointId, from));
      case "hold":
        return this.#hold(this.#roundOf(pointId, from));
      case "mark":
        return this.#mark(ask, this.#roundOf(pointId, from));
      case "release": {
        const round = this.#roundOf(pointId, from);
        if (round !== undefined) this.#end(round);
        return undefined;
      }
    }
  }

  /** Gives back all that is held or prepared. */
  close(): void {
    for (const round of this.#rounds.values()) this.#end(round);
  }

  async #prepare({ pointId, revisionId }: GroupAsk, from: string): Promise<Reply> {
    const revision = this.#options.group()?.revisionId;
    const differs = revision !== revisionId || !pointId.startsWith(revision.slice(0, REVISION_DIGITS));
    if (differs || this.#parts.has(pointId)) return PLAN_DIFFERS;
    const before = this.#rounds.get(from);
    if (before !== undefined) this.#end(before);
    const [over, timer] = [new AbortController(), new AbortController()];
    const round: Round = { pointId, from, over, timer, prepared: undefined, held: undefined };
    this.#rounds.set(from, round);
    this.#endAfter(round, GROUP_PREPARED_MS_MAX);
    const { signal } = round.over;
    try {
      const prepared = await this.#options.hold.prepare(signal);
      await this.#rest(signal);
      round.prepared = prepared;
      return { outcome: "done", freezeMs: prepared.freezeMs };
    } catch (error) {
      // A machine whose disk is full makes no points now; it says so where it makes its own.
      if (!signal.aborted && !isFault(error)) throw error;
      this.#end(round);
      return EXPIRED;
    }
  }

  async #freeze(round: Round | undefined): Promise<Reply> {
    const prepared = round?.prepared;
    if (round === undefined || prepared === undefined) return EXPIRED;
    // Not to be held while that lasts.
    round.prepared = undefined;
    this.#endAfter(round, HOLD_MS_MAX);
    await prepared.freeze();
    if (round.over.signal.aborted) return EXPIRED;
    round.prepared = prepared;
    return DONE;
  }

  async #hold(round: Round | undefined): Promise<Reply> {
    const prepared = round?.prepared;
    if (round === undefined || prepared === undefined || round.held !== undefined) return EXPIRED;
    round.prepared = undefined;
    this.#endAfter(round, GROUP_HOLD_MS_MAX);
    const held = await prepared.hold(GROUP_HOLD_MS_MAX);
    round.held = held;
    this.#restUntilMicros =
      this.#options.clock.monotonicMicros() + (GROUP_HOLD_MS_MAX + GROUP_HOLD_PAUSE_MS) * MICROS_PER_MS;
    return held.stillHeld() ? DONE : EXPIRED;
  }

  #mark({ pointId, consistency }: GroupAsk, round: Round | undefined): Reply {
    const marked = round?.held?.mark({ pointId, consistency });
    if (round !== undefined) this.#end(round);
    if (marked === undefined) return EXPIRED;
    // Whoever waits for it learns how it ended; when nobody does, the point is simply not there.
    marked.record.catch(() => undefined);
    this.#parts.set(pointId, marked.record);
    for (const old of this.#parts.keys()) if (this.#parts.size > GROUP_PARTS_MAX) this.#parts.delete(old);
    return DONE;
  }

  #roundOf(pointId: string, from: string): Round | undefined {
    const round = this.#rounds.get(from);
    return round?.pointId === pointId ? round : undefined;
  }

  #end(round: Round): void {
    if (this.#rounds.get(round.from) === round) this.#rounds.delete(round.from);
    round.held?.release();
    round.timer.abort(ROUND_OVER);
    round.over.abort(ROUND_OVER);
  }

  /** In the place of the time that the step before had. */
  #endAfter(round: Round, afterMs: number): void {
    round.timer.abort(ROUND_OVER);
    round.timer = new AbortController();
    this.#options.clock.sleep(afterMs, round.timer.signal).then(
      () => this.#end(round),
      () => undefined,
    );
  }

  async #rest(signal: AbortSignal): Promise<void> {
    const leftMs = Math.ceil((this.#restUntilMicros - this.#options.clock.monotonicMicros()) / MICROS_PER_MS);
    if (leftMs > 0) await this.#options.clock.sleep(leftMs, signal);
  }
}

const ROUND_OVER = new Error("the round is over");
const DONE: Reply = { outcome: "done", freezeMs: 0 };
const EXPIRED: Reply = { outcome: "expired", freezeMs: 0 };
const PLAN_DIFFERS: Reply = { outcome: "plan-differs", freezeMs: 0 };
