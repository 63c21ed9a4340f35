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
 * The oldest branch goes first. One that is not taken in any more, or that a newer one is to replace, leaves when the target holds all of it, or
 * when the target will never take the rest. The branch that the agent wants to begin is offered last; the answer says where it begins.
 */
import { Fault, MICROS_PER_MS, reconnectDelayMs, retryDelayMs } from "@leeward/base";
import type { Trace } from "@leeward/daemon";
import type { DiskOffer, DiskPosition } from "@leeward/proto";
import { faultOfReport, type SessionBody } from "@leeward/wire";
import type { Clock } from "@leeward/world";
import type { HeldBranch } from "../cache/held-branch.ts";
import type { HeldDisk } from "../cache/held-disk.ts";
import { asFault, cutStraddles, targetBehind, targetSilent } from "../faults.ts";
import type { DiskIntake } from "../intake/disk-intake.ts";
import { LIMITS } from "../limits.ts";
import { type Part, SendCursor } from "./send-cursor.ts";

/** What a disk's sender wants to send next. */
export type Outgoing =
  | { readonly kind: "message"; readonly body: SessionBody }
  /** A part that may not be sent yet. */
  | { readonly kind: "waits" }
  | { readonly kind: "part"; readonly branch: HeldBranch; readonly part: Part };

type Goal =
  | { readonly kind: "forward"; readonly branch: HeldBranch }
  | { readonly kind: "ask"; readonly offer: DiskOffer };

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "offered"; readonly goal: Goal; readonly version: number; readonly untilMicros: number }
  | { readonly kind: "open"; readonly branch: HeldBranch; readonly version: number; readonly cursor: SendCursor }
  | { readonly kind: "refused"; readonly branch: string; readonly version: number; readonly untilMicros: number };

export interface DiskSenderOptions {
  readonly disk: HeldDisk;
  readonly intake: DiskIntake;
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
    const { disk } = this.#options;
    const goal = await this.#goal();
    if (goal === undefined) {
      this.#state = { kind: "idle" };
      return undefined;
    }
    const state = this.#state;
    if (!isFor(state, goal, disk.offerVersion)) return { kind: "message", body: this.#offer(goal) };
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
    const { disk, clock } = this.#options;
    const untilMicros = clock.monotonicMicros() + LIMITS.rewindEveryMs * MICROS_PER_MS;
    this.#state = { kind: "refused", branch: branchIdOf(goal), version: disk.offerVersion, untilMicros };
    disk.notify();
  }

  /** What the target knows shuts the agent out here too, from now on. */
  async #noteEpoch(fault: Fault): Promise<void> {
    const known = Number(fault.detail["known"]);
    if (fault.code !== "epoch-old" || !Number.isSafeInteger(known)) return;
    const { disk, trace } = this.#options;
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
  failed(fault: Fault, { cut }: Part): void {
    const state = this.#state;
    if (state.kind !== "open") return;
    if (fault.kind === "corruption") state.branch.noteDamage({ fault, after: cut.from - 1 });
    this.#refused(fault, { kind: "forward", branch: state.branch });
  }

  async #goal(): Promise<Goal | undefined> {
    const { disk, intake } = this.#options;
    if (!disk.isOpen) return undefined;
    const { wanted } = disk;
    for (const branch of disk.branches) {
      const leaves = branch !== disk.current || wanted !== undefined;
      // What is whole goes out; the rest is asked of the agent again.
      const { damage } = branch;
      const lost = damage !== undefined && branch.journaled >= damage.after ? damage.fault : undefined;
      const broken = intake.broken?.branch === branch.id && leaves ? intake.broken.fault : lost;
      if (broken === undefined && !(leaves && branch.drained)) return { kind: "forward", branch };
      await disk.retire(branch, branch.drained ? undefined : broken);
    }
    return wanted && { kind: "ask", offer: wanted };
  }

  #watch({ goal, untilMicros }: Extract<State, { kind: "offered" }>): void {
    const { disk, clock } = this.#options;
    if (clock.monotonicMicros() < untilMicros) return;
    this.#refused(targetSilent(disk.id, LIMITS.offerAnswerMsMax), goal);
  }

  #offer(goal: Goal): SessionBody {
    const { disk, clock } = this.#options;
    const untilMicros = clock.monotonicMicros() + LIMITS.offerAnswerMsMax * MICROS_PER_MS;
    this.#state = { kind: "offered", goal, version: disk.offerVersion, untilMicros };
    const offer = goal.kind === "ask" ? goal.offer : goal.branch.offer;
    return { kind: "diskOffer", value: { ...offer, term: disk.plan.term } };
  }

  async #answered(state: Extract<State, { kind: "offered" }>, position: DiskPosition): Promise<void> {
    const { disk, intake } = this.#options;
    const { goal } = state;
    const target =
      position.branch === branchIdOf(goal)
        ? { cached: position.cachedSequence, journaled: position.journaledSequence }
        : { cached: 0, journaled: 0 };
    if (goal.kind === "ask") {
      this.#state = { kind: "idle" };
      return disk.begin(goal.offer, target.journaled);
    }
    const { branch } = goal;
    if (target.journaled > branch.cached) {
      // Another process server has forwarded more: what is held is of no use, and the agent is asked to go on from there.
      this.#state = { kind: "idle" };
      return disk.retire(branch);
    }
    const straddled = branch.cuts.cuts.find(({ from, to }) => from <= target.journaled && target.journaled < to);
    if (straddled !== undefined) {
      const { from, to } = straddled;
      return this.#giveUp(branch, cutStraddles(disk.id, { target: target.journaled, from, to }));
    }
    const heldAfter = (branch.cuts.cuts[0]?.from ?? branch.cutThrough + 1) - 1;
    if (Math.max(target.journaled, target.cached) < heldAfter) {
      return this.#giveUp(branch, targetBehind(disk.id, { target: target.journaled, held: heldAfter }));
    }
    if (target.journaled > branch.cutThrough) await branch.skipTo(target.journaled);
    else await branch.acknowledge(target.journaled);
    if (this.#state !== state) return;
    this.#state = { kind: "open", branch, version: state.version, cursor: new SendCursor(disk.id, target) };
    this.#refusals = 0;
    disk.faults.clear("forward");
    if (intake.broken?.branch === branch.id) intake.broken = undefined;
    disk.notify();
  }

  /**
   * What is held does not follow where the target stands, and sealed cuts cannot be parted. The agent is asked to go on from there: it
   * keeps what is not journaled, and some of what is; when that does not reach back far enough, it copies the disk again.
   */
  async #giveUp(branch: HeldBranch, fault: Fault): Promise<void> {
    this.#state = { kind: "idle" };
    await this.#options.disk.retire(branch, fault);
  }

  async #acknowledged(state: Extract<State, { kind: "open" }>, position: DiskPosition): Promise<void> {
    const { disk, clock } = this.#options;
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
    await state.branch.acknowledge(target.journaled);
    disk.notify();
  }

  #refused(fault: Fault, goal: Goal): void {
    const { disk, intake, clock } = this.#options;
    this.#refusals += 1;
    const delayMs = fault.kind === "transient" ? reconnectDelayMs(this.#refusals) : retryDelayMs(this.#refusals);
    const untilMicros = clock.monotonicMicros() + delayMs * MICROS_PER_MS;
    this.#state = { kind: "refused", branch: branchIdOf(goal), version: disk.offerVersion, untilMicros };
    disk.faults.raise("forward", fault);
    this.#options.trace.warn("The target does not take a disk.", { disk: disk.id, fault, retryInMs: delayMs });
    if (goal.kind === "ask") intake.refuseWanted(fault);
    else if (fault.kind === "discontinuity" || fault.code === "epoch-old") {
      if (intake.broken?.branch !== goal.branch.id) disk.reportBroken(fault);
      intake.broken = { branch: goal.branch.id, fault };
    }
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
