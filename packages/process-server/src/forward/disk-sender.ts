/**
 * One disk's way to its target, in one session.
 *
 * ```
 *  idle ──offer──► offered ──position──► open ──part, part, …──► open
 *   ▲                 │                    │
 *   │                 └──── refused ◄──────┘   a refusal, or a discontinuity that shows here
 *   └──── time, a new term or epoch ───┘
 * ```
 *
 * What goes out, and what follows from the target's answers, is the matter of its role (`Way`).
 */
import { Fault, MICROS_PER_MS, reconnectDelayMs, retryDelayMs } from "@leeward/base";
import type { Trace } from "@leeward/daemon";
import type { DiskPosition } from "@leeward/proto";
import { faultOfReport, type SessionBody } from "@leeward/wire";
import type { Clock } from "@leeward/world";
import type { HeldBranch } from "../cache/held-branch.ts";
import { asFault, targetSilent } from "../faults.ts";
import { LIMITS } from "../limits.ts";
import { type Part, SendCursor } from "./send-cursor.ts";
import type { Goal, Way } from "./way.ts";

/** What a disk's sender wants to send next. */
export type Outgoing =
  | { readonly kind: "message"; readonly body: SessionBody }
  /** A part that may not be sent yet. */
  | { readonly kind: "waits" }
  | { readonly kind: "part"; readonly branch: HeldBranch; readonly part: Part };

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "offered"; readonly goal: Goal; readonly version: number; readonly untilMicros: number }
  | { readonly kind: "open"; readonly branch: HeldBranch; readonly version: number; readonly cursor: SendCursor }
  | { readonly kind: "refused"; readonly branch: string; readonly version: number; readonly untilMicros: number };

export interface DiskSenderOptions {
  readonly way: Way;
  readonly clock: Clock;
  /** Who the target is, for people. */
  readonly address: string;
  readonly trace: Trace;
}

export class DiskSender {
  readonly #options: DiskSenderOptions;
  #state: State = { kind: "idle" };
  #refusals = 0;
  #rewoundMicros = Number.NEGATIVE_INFINITY;

  constructor(options: DiskSenderOptions) {
    this.#options = options;
  }

  /** In how many milliseconds a disk that was refused, or not answered, is looked at again; undefined when nothing waits for time. */
  get retryInMs(): number | undefined {
    if (this.#state.kind !== "refused" && this.#state.kind !== "offered") return undefined;
    return Math.max(1, Math.ceil((this.#state.untilMicros - this.#options.clock.monotonicMicros()) / MICROS_PER_MS));
  }

  /** What goes out next; undefined while there is nothing, or an answer is awaited. `maySend` is asked before a part is taken. */
  async next(maySend: () => boolean): Promise<Outgoing | undefined> {
    const { way } = this.#options;
    const goal = await way.goal();
    if (goal === undefined) {
      this.#state = { kind: "idle" };
      return undefined;
    }
    const state = this.#state;
    if (!isFor(state, goal, way.offerVersion)) return { kind: "message", body: this.#offer(goal) };
    if (state.kind === "refused") {
      if (this.#options.clock.monotonicMicros() < state.untilMicros) return undefined;
      return { kind: "message", body: this.#offer(goal) };
    }
    if (state.kind === "offered") this.#watch(state);
    if (state.kind !== "open") return undefined;
    try {
      const { cuts } = state.branch.cuts;
      if (!state.cursor.hasNext(cuts)) return undefined;
      if (!maySend()) return { kind: "waits" };
      const part = state.cursor.take(cuts);
      return part && { kind: "part", branch: state.branch, part };
    } catch (error) {
      await this.#giveUp(state.branch, asFault(error));
      return undefined;
    }
  }

  /** The target's answer or acknowledgement. */
  async receive(position: DiskPosition): Promise<void> {
    const state = this.#state;
    if (state.kind !== "offered" && state.kind !== "open") return;
    const goal: Goal = state.kind === "offered" ? state.goal : { kind: "forward", branch: state.branch };
    if (position.refused !== undefined) {
      const fault = faultOfReport(position.refused, this.#options.address);
      if (isOfOlderEpoch(fault, goal)) return this.#offerSoon(goal);
      await this.#noteHeld(goal, position);
      this.#refused(fault, goal);
      return this.#noteEpoch(fault);
    }
    try {
      if (state.kind === "offered") await this.#answered(state, position);
      else if (position.branch === state.branch.id) await this.#acknowledged(state, position);
    } catch (error) {
      this.#refused(asFault(error), goal);
    }
  }

  /** What was refused was sent before the offer that stands: that one is made once more, but not in a tight circle. */
  #offerSoon(goal: Goal): void {
    const { clock, way } = this.#options;
    const { disk } = way;
    const untilMicros = clock.monotonicMicros() + LIMITS.rewindEveryMs * MICROS_PER_MS;
    this.#state = { kind: "refused", branch: branchIdOf(goal), version: way.offerVersion, untilMicros };
    disk.notify();
  }

  /** What a target takes no more of, it may have whole: nothing of it is to be given up then. */
  async #noteHeld(goal: Goal, { branch: id, journaledSequence: journaled }: DiskPosition): Promise<void> {
    if (goal.kind !== "forward" || id !== goal.branch.id || journaled < goal.branch.log.lastSequence) return;
    await this.#options.way.acknowledged(goal.branch, journaled);
  }

  /** What the target knows shuts the agent out here too, from now on. */
  async #noteEpoch(fault: Fault): Promise<void> {
    const known = Number(fault.detail["known"]);
    if (fault.code !== "epoch-old" || !Number.isSafeInteger(known)) return;
    const { way, trace } = this.#options;
    const { disk } = way;
    try {
      await disk.seeEpoch(known);
    } catch (error) {
      trace.warn("An epoch could not be written down; its target says it again.", {
        disk: disk.id,
        fault: asFault(error),
      });
    }
  }

  /** A part could not be read: the disk is offered anew after a while. */
  async failed(fault: Fault, { cut }: Part): Promise<void> {
    const state = this.#state;
    if (state.kind !== "open") return;
    if (fault.kind === "corruption") await this.#options.way.damaged(state.branch, { fault, after: cut.from - 1 });
    this.#refused(fault, { kind: "forward", branch: state.branch });
  }

  #watch({ goal, untilMicros }: Extract<State, { kind: "offered" }>): void {
    const { way, clock } = this.#options;
    if (clock.monotonicMicros() < untilMicros) return;
    this.#refused(targetSilent(way.disk.id, LIMITS.offerAnswerMsMax), goal);
  }

  #offer(goal: Goal): SessionBody {
    const { way, clock } = this.#options;
    const untilMicros = clock.monotonicMicros() + LIMITS.offerAnswerMsMax * MICROS_PER_MS;
    this.#state = { kind: "offered", goal, version: way.offerVersion, untilMicros };
    return { kind: "diskOffer", value: { ...way.offer(goal), term: way.disk.plan.term } };
  }

  async #answered(state: Extract<State, { kind: "offered" }>, position: DiskPosition): Promise<void> {
    const { way } = this.#options;
    const { goal } = state;
    const target =
      position.branch === branchIdOf(goal)
        ? { cached: position.cachedSequence, journaled: position.journaledSequence }
        : { cached: 0, journaled: 0 };
    const goesOn = await way.answered(goal, target);
    if (this.#state !== state) return;
    if (goal.kind === "ask" || !goesOn) {
      this.#state = { kind: "idle" };
      return;
    }
    const { branch } = goal;
    this.#state = { kind: "open", branch, version: state.version, cursor: new SendCursor(way.disk.id, target) };
    this.#refusals = 0;
    way.faults.clear("forward");
    way.disk.notify();
  }

  async #giveUp(branch: HeldBranch, fault: Fault): Promise<void> {
    this.#state = { kind: "idle" };
    try {
      await this.#options.way.giveUp(branch, fault);
    } catch (error) {
      this.#refused(asFault(error), { kind: "forward", branch });
    }
  }

  async #acknowledged(state: Extract<State, { kind: "open" }>, position: DiskPosition): Promise<void> {
    const { way, clock } = this.#options;
    const target = { cached: position.cachedSequence, journaled: position.journaledSequence };
    if (state.cursor.move(target)) {
      // A target that keeps asking for the same is answered, but not in a tight circle.
      const since = clock.monotonicMicros() - this.#rewoundMicros;
      this.#rewoundMicros = clock.monotonicMicros();
      if (since < LIMITS.rewindEveryMs * MICROS_PER_MS) {
        const untilMicros = this.#rewoundMicros + LIMITS.rewindEveryMs * MICROS_PER_MS;
        this.#state = { kind: "refused", branch: state.branch.id, version: state.version, untilMicros };
      }
    }
    await way.acknowledged(state.branch, target.journaled);
    way.disk.notify();
  }

  #refused(fault: Fault, goal: Goal): void {
    const { way, clock, trace } = this.#options;
    const { disk, targetId: target } = way;
    this.#refusals += 1;
    const delayMs = fault.kind === "transient" ? reconnectDelayMs(this.#refusals) : retryDelayMs(this.#refusals);
    const untilMicros = clock.monotonicMicros() + delayMs * MICROS_PER_MS;
    this.#state = { kind: "refused", branch: branchIdOf(goal), version: way.offerVersion, untilMicros };
    way.faults.raise("forward", fault);
    trace.warn("A target does not take a disk.", { disk: disk.id, target, fault, retryInMs: delayMs });
    way.refused(goal, fault);
    disk.notify();
  }
}

/** A refusal does not say what it refuses: an epoch that is known and no higher than the offer's was not meant for that. */
function isOfOlderEpoch(fault: Fault, goal: Goal): boolean {
  const known = Number(fault.detail["known"]);
  const { epoch } = goal.kind === "ask" ? goal.offer : goal.branch.offer;
  return fault.code === "epoch-old" && Number.isSafeInteger(known) && known <= epoch;
}

function branchIdOf(goal: Goal): string {
  return goal.kind === "ask" ? goal.offer.branch : goal.branch.id;
}

/** Whether the state is about the goal, as it was offered last. */
function isFor(state: State, goal: Goal, version: number): boolean {
  switch (state.kind) {
    case "idle":
      return false;
    case "offered":
      return branchIdOf(state.goal) === branchIdOf(goal) && state.goal.kind === goal.kind && state.version === version;
    case "open":
      return goal.kind === "forward" && state.branch === goal.branch && state.version === version;
    case "refused":
      return state.branch === branchIdOf(goal) && state.version === version;
  }
}
