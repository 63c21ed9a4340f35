// The hooks of this machine, called around the moment of a point.
//
//   note durable ─► a --pre ─► b --pre ─► (the point's moment) ─► b --post ─► a --post ─► note removed
//
// Invariant: once the note names a hook, its `--post` is called: after the point; when a later `--pre` fails; when the agent stops; by the next
// agent when this one was killed. So no application is left at rest. A `--post` without a `--pre` must do nothing. Where the note says that they stay at
// rest, and no `--pre` has failed, only `endStay` calls it, in whichever agent.
//
// The worst that a hook can do is to take its time: each call has a limit after which it is ended with all that it started. What it holds by
// means that outlive its processes (a lock in a file) is its own to give back.
import { assert, type Fault, isFault } from "@leeward/base";
import type { BegunNote } from "./begun-note.ts";
import { type Hook, type HookCall, type HookFolder, type HookRunner, hookFault, hooksMissing } from "./hook.ts";
import type { PointOutcome } from "./quiesce.ts";

export interface HookSetOptions {
  /** For people: where `find` looks. */
  readonly folder: string;
  /** Looks anew each time: what was dropped in is in force at the next point. */
  readonly find: () => Promise<HookFolder>;
  readonly runner: HookRunner;
  readonly note: BegunNote;
  /** How long one call may take, milliseconds. */
  readonly limitMs: () => number;
  /** The machine's name in the installation. */
  readonly machine: () => string;
}

/** What an earlier agent had left at rest, and what is wrong with what was done about it. */
export interface LeftHooks {
  readonly names: readonly string[];
  readonly faults: readonly Fault[];
}

/** For a post: nothing may stop it. */
const NEVER = new AbortController().signal;
/** In place of the id of a point that nobody knows any more. */
const POINT_UNKNOWN = "0".repeat(32);

export class HookSet {
  readonly #options: HookSetOptions;
  #begun: Hook[] = [];
  #pointId = POINT_UNKNOWN;
  #stays = false;

  constructor(options: HookSetOptions) {
    this.#options = options;
  }

  /**
   * Runs every `--pre`, in order. When it answers a fault nothing is at rest any more: `hooks-missing`, `hook-refused`, `hook-failed`, `hook-late`,
   * or what kept the note from being written. When the signal aborts, the call under way is ended, which is a `hook-failed`.
   */
  async pre(pointId: string, signal: AbortSignal): Promise<Fault | undefined> {
    return this.#pre(pointId, false, signal);
  }

  /** As `pre`, and what is at rest stays so until `endStay`. */
  async preToStay(pointId: string, signal: AbortSignal): Promise<Fault | undefined> {
    const fault = await this.#pre(pointId, true, signal);
    this.#stays = fault === undefined;
    return fault;
  }

  /** Whether something is at rest, or may be, until `endStay`. */
  get stays(): boolean {
    return this.#stays;
  }

  /** Ends what stays at rest, also what an earlier agent left so; undefined when there is nothing. */
  async endStay(): Promise<LeftHooks | undefined> {
    if (!this.#stays) return undefined;
    const names = this.#begun.map(({ name }) => name);
    const ended = names.length === 0 ? await this.#endNoted("made") : { names, faults: await this.#endBegun("made") };
    this.#stays = false;
    return ended;
  }

  async #pre(pointId: string, stays: boolean, signal: AbortSignal): Promise<Fault | undefined> {
    assert(this.#begun.length === 0 && !this.#stays, "the hooks of the point before are at an end");
    const { folder, find, note } = this.#options;
    const { hooks, faults } = await find();
    if (faults[0] !== undefined) return faults[0];
    if (hooks.length === 0) return hooksMissing(folder);
    try {
      await note.write({ pointId, names: hooks.map(({ name }) => name), stays });
    } catch (error) {
      if (!isFault(error)) throw error;
      return error;
    }
    this.#pointId = pointId;
    for (const hook of hooks) {
      const fault = await this.#begin(hook, signal);
      if (fault === undefined) continue;
      await this.post("failed");
      return fault;
    }
    return undefined;
  }

  /** Runs `--post` of everything begun, in reverse order, whatever comes of each; the first fault. */
  async post(outcome: PointOutcome): Promise<Fault | undefined> {
    return (await this.#endBegun(outcome))[0];
  }

  /** Ends what an agent that was killed had left at rest; undefined when there is nothing, and when it stays so. */
  async recover(): Promise<LeftHooks | undefined> {
    const begun = await this.#options.note.read();
    this.#stays = begun !== undefined && begun !== "damaged" && begun.stays === true;
    return this.#stays ? undefined : this.#endNoted("failed");
  }

  async #endBegun(outcome: PointOutcome): Promise<Fault[]> {
    const faults = await this.#end(this.#begun.toReversed(), this.#pointId, outcome);
    this.#begun = [];
    return faults;
  }

  async #endNoted(outcome: PointOutcome): Promise<LeftHooks | undefined> {
    const { find, note, runner } = this.#options;
    const begun = await note.read();
    if (begun === undefined) return undefined;
    if (begun !== "damaged") await runner.endLeft(begun.pointId);
    const { hooks, faults } = await find();
    const left = begun === "damaged" ? hooks : hooks.filter(({ name }) => begun.names.includes(name));
    const pointId = begun === "damaged" ? POINT_UNKNOWN : begun.pointId;
    const ended = await this.#end(left.toReversed(), pointId, outcome);
    return { names: left.map(({ name }) => name), faults: [...faults, ...ended] };
  }

  async #begin(hook: Hook, signal: AbortSignal): Promise<Fault | undefined> {
    this.#begun.push(hook);
    const call: HookCall = { hook, phase: "pre", pointId: this.#pointId, machine: this.#options.machine() };
    const end = await this.#options.runner.run(call, this.#options.limitMs(), signal);
    return end.how === "done" ? undefined : hookFault(call, end);
  }

  async #end(hooks: readonly Hook[], pointId: string, outcome: PointOutcome): Promise<Fault[]> {
    const { runner, note, limitMs, machine } = this.#options;
    const faults: Fault[] = [];
    for (const hook of hooks) {
      const call: HookCall = { hook, phase: "post", pointId, machine: machine(), outcome };
      const end = await runner.run(call, limitMs(), NEVER);
      if (end.how !== "done") faults.push(hookFault(call, end));
      runner.release(hook);
    }
    try {
      await note.remove();
    } catch (error) {
      // A note that stays costs the next agent a --post that does nothing; the next point writes it anew.
      if (!isFault(error)) throw error;
    }
    return faults;
  }
}
