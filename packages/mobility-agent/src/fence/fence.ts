// Keeps a machine from writing once another copy of it has its authority, or is to get it.
//
//   ┌──────────┐ plan with a fence, or a higher epoch heard ┌──────────┐  writes ended, last point stored  ┌────────────────┐
//   │ serving  │ ─────────────────────────────────────────► │ stopping │ ────────────────────────────────► │ fenced (open)  │
//   └──────────┘ ◄───────────── plan without a fence, and with at least the highest epoch that was heard ── └────────────────┘
//
// A machine that asks first is fenced from its start, until the config server has said that its plan is in force.
//
// Invariants: what is in force is known before a disk is opened; a fence is in force before anything is waited for, but for the rest of applications in an
// orderly one that comes while the agent runs; a plan of before lifts nothing. Worst outcome if broken: two copies of a machine that both take writes.
//
// A fence does not need room on a disk: it holds in memory at once, the plan that brings it is durable already, and what was heard from a peer is written
// until it is written (a crash before that is a machine that serves until it hears the same again).
import {
  anySignal,
  type Fault,
  firstOf,
  isFault,
  Mutex,
  orAborted,
  type Random,
  randomId,
  Waiters,
} from "@leeward/base";
import type { AgentPlan, EventReport, FenceStatus } from "@leeward/proto";
import type { Clock, Files } from "@leeward/world";
import type { AgentDisk } from "../disk-set.ts";
import type { LastingRest, RestReached } from "../hooks/lasting-rest.ts";
import type { ShownFault } from "../inventory/machine-faults.ts";
import { FENCE_POWER_OFF_MS, FENCE_RETRY_MS_MAX, FENCE_RETRY_MS_MIN } from "../limits.ts";
import type { MarkClock } from "../marks/mark-clock.ts";
import { askingEvent, fencedEvent, fenceLiftedEvent, openFenceEvent, powerOffEvent } from "./fence-events.ts";
import { type FenceNote, readFenceNote, type StopNote, writeFenceNote } from "./fence-note.ts";
import { type LastPointOptions, makeLastPoint, restLost, settleWrites } from "./last-point.ts";
import { type Standing, standingOf } from "./standing.ts";

export interface FenceOptions extends Pick<LastPointOptions, "points" | "queue" | "disks"> {
  readonly clock: Clock;
  readonly random: Random;
  readonly marks: Pick<MarkClock, "fenced" | "fence" | "liftFence">;
  readonly rest: LastingRest;
  /** The machine takes no writes after its start before `told`. */
  readonly asksFirst?: boolean;
  /** Switches the machine off, which is done where a fence leaves disks open. @throws Fault */
  readonly powerOff?: () => Promise<void>;
  /** The machine's name in the installation. */
  readonly machine: () => string;
  readonly onEvent: (event: EventReport) => void;
  /** Told when the status is another. */
  readonly onChange: () => void;
}

/** Where what is remembered lies, and what that is. */
export interface FenceMemory {
  readonly files: Files;
  readonly home: string;
  readonly note: FenceNote;
}

/** @throws Fault `fence-damaged` */
export async function openFenceMemory(files: Files, home: string): Promise<FenceMemory> {
  return { files, home, note: await readFenceNote(files, home) };
}

export class Fence {
  readonly #options: FenceOptions;
  readonly #memory: FenceMemory;
  readonly #changed = new Waiters();
  readonly #alone = new Mutex();
  #note: FenceNote;
  #stored: FenceNote;
  #storeFault: ShownFault | undefined;
  #plan: Pick<AgentPlan, "epoch" | "fence" | "disks"> | undefined;
  #standing: Standing | undefined;
  /** No write is under way any more, and the last point is stored where one is made. */
  #settled = false;
  #fault: ShownFault | undefined;
  #isTold: boolean;

  constructor(options: FenceOptions, memory: FenceMemory) {
    this.#options = options;
    this.#isTold = options.asksFirst !== true;
    this.#memory = memory;
    this.#note = memory.note;
    this.#stored = memory.note;
  }

  /** Takes the plan that is in force now; before its disks are opened. From when it is called, a fence that it brings or leaves is in force. */
  async apply(plan: Pick<AgentPlan, "epoch" | "fence" | "disks">): Promise<void> {
    const isFirst = this.#plan === undefined;
    this.#plan = plan;
    this.#hear({ heardEpoch: plan.fence?.epoch ?? 0 });
    this.#take({ mayRest: !isFirst });
    await this.#store();
  }

  /** The config server has said that the plan that was applied last is in force. */
  told(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#take({ mayRest: false });
  }

  /** A peer refused the machine's epoch because it knows this one. */
  refused(epoch: number): void {
    if (epoch <= (this.#plan?.epoch ?? 0) || epoch <= this.#note.refusedEpoch) return;
    this.#hear({ heardEpoch: epoch, refusedEpoch: epoch });
    this.#take({ mayRest: false });
  }

  /** The config server says that another host is the machine now: as the word of an epoch that is higher than any that comes to this one. */
  superseded(): void {
    const epoch = this.#plan?.epoch ?? 0;
    if (this.#note.refusedEpoch <= epoch) this.refused(Math.max(epoch, this.#note.heardEpoch) + 1);
  }

  /** Whether the disk takes no writes now: one that is written past the agent always may. */
  holds(capture: AgentDisk["planned"]["capture"]): boolean {
    return capture === "splitter" && this.#options.marks.fenced();
  }

  status(): FenceStatus | undefined {
    const standing = this.#standing;
    // What asks is told by nobody else to be fenced: there is nothing that a config server would do about it.
    if (standing === undefined || standing.asks) return undefined;
    const { failoverId, epoch } = standing;
    const stop = this.#stopOf(standing);
    const fault = itemOf(this.#fault ?? this.#storeFault) ?? stop?.fault;
    const done = this.#openDisks().length > 0 ? "open" : "fenced";
    const state = this.#settled && this.#isLasting(standing) ? done : "stopping";
    return { failoverId, epoch, state, lastPointId: stop?.lastPointId ?? "", ...(fault && { fault }) };
  }

  /** Carries the fence in force out until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let working: { readonly key: string; readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => undefined);
    try {
      while (!signal.aborted) {
        const changed = this.#changed.next();
        const key = this.#plan === undefined ? "" : JSON.stringify(this.#standing ?? "serving");
        if (key !== "" && key !== working?.key) {
          working?.stop.abort(new Error("the fence is another"));
          await working?.ended;
          const stop = new AbortController();
          const ended = this.#carryOut(this.#standing, anySignal([signal, stop.signal])).catch((error: unknown) => {
            if (!signal.aborted && !stop.signal.aborted) failed.reject(error);
          });
          working = { key, stop, ended };
        }
        const isStored = await this.#store();
        await firstOf(signal, [
          (inner) => orAborted(Promise.race([changed, failed.promise]), inner),
          ...(isStored ? [] : [(inner: AbortSignal) => this.#options.clock.sleep(FENCE_RETRY_MS_MAX, inner)]),
        ]);
      }
    } finally {
      working?.stop.abort(signal.reason);
      await working?.ended;
    }
  }

  async #carryOut(standing: Standing | undefined, signal: AbortSignal): Promise<void> {
    if (standing === undefined) return this.#options.rest.end();
    const reached = standing.orderly ? await this.#stop(standing, signal) : undefined;
    // Another plan may have come since: it has said what is in force.
    if (!this.#isInForce(standing)) return;
    this.#options.marks.fence();
    this.#options.onChange();
    if (reached !== undefined) await this.#makeLast(standing, reached, signal);
    await this.#untilQuiet(signal);
    if (!this.#isInForce(standing)) return;
    this.#settled = true;
    this.#show(undefined);
    const open = this.#openDisks();
    if (open.length === 0 || standing.asks) return;
    this.#options.onEvent(openFenceEvent(this.#options.machine(), standing, open));
    await this.#switchOff(standing, signal);
  }

  async #switchOff(standing: Standing, signal: AbortSignal): Promise<void> {
    const { powerOff, machine, onEvent, clock } = this.#options;
    if (powerOff === undefined) return;
    onEvent(powerOffEvent(machine(), standing, FENCE_POWER_OFF_MS));
    for (;;) {
      await clock.sleep(FENCE_POWER_OFF_MS, signal);
      try {
        await powerOff();
        return;
      } catch (error) {
        if (!isFault(error)) throw error;
        this.#show(error);
      }
    }
  }

  /** What applications were brought to before the machine is fenced; undefined when no last point is to be made any more. */
  async #stop(standing: Standing, signal: AbortSignal): Promise<RestReached | undefined> {
    const before = this.#stopOf(standing);
    if (before?.done === true) return undefined;
    // Applications that cannot write cannot be brought to rest: after a restart the point is what was written.
    if (this.#options.marks.fenced()) {
      return { consistency: "crash", ...(before?.hooks === true && { fault: restLost() }) };
    }
    await this.#noteStop({ failoverId: standing.failoverId, hooks: true, done: false, lastPointId: "" });
    const pointId = randomId(this.#options.random);
    const reached = await this.#options.rest.begin({ pointId, kind: "mark", consistency: "application" }, signal);
    signal.throwIfAborted();
    if (reached.consistency === "crash" && reached.fault === undefined) {
      this.#setStop({ failoverId: standing.failoverId, hooks: false, done: false, lastPointId: "" });
    }
    return reached;
  }

  async #makeLast({ failoverId }: Standing, reached: RestReached, signal: AbortSignal): Promise<void> {
    const sinceMicros = this.#options.clock.wallMicros();
    const hooks = this.#note.stop?.hooks ?? false;
    const { fault } = reached;
    const why = fault && { code: fault.code, kind: fault.kind, message: fault.message, sinceMicros };
    const stop: StopNote = { failoverId, hooks, done: false, lastPointId: "", ...(why && { fault: why }) };
    this.#setStop(stop);
    const hasDisks = (this.#plan?.disks.length ?? 0) > 0;
    const onFault = (found: Fault | undefined): void => this.#show(found);
    const record = hasDisks
      ? await makeLastPoint({ ...this.#options, onFault }, reached.consistency, signal)
      : undefined;
    await this.#noteStop({ ...stop, done: true, lastPointId: record?.id ?? "" });
  }

  /** A disk whose worker ended unasked has no write under way, and takes none when it is back. */
  async #untilQuiet(signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        return await orAborted(settleWrites(this.#options.disks()), signal);
      } catch (error) {
        if (!isFault(error)) throw error;
        this.#show(error);
        await this.#options.clock.sleep(FENCE_RETRY_MS_MIN, signal);
      }
    }
  }

  #hear({ heardEpoch = 0, refusedEpoch = 0 }: Partial<FenceNote>): void {
    this.#note = {
      ...this.#note,
      heardEpoch: Math.max(this.#note.heardEpoch, heardEpoch),
      refusedEpoch: Math.max(this.#note.refusedEpoch, refusedEpoch),
    };
  }

  #take({ mayRest }: { readonly mayRest: boolean }): void {
    if (this.#plan === undefined) return;
    const { marks, machine, onEvent, onChange } = this.#options;
    const before = this.#standing;
    const standing = standingOf(this.#plan, this.#note, this.#isTold);
    this.#standing = standing;
    if (JSON.stringify(before) !== JSON.stringify(standing)) {
      this.#settled = false;
      this.#fault = undefined;
    }
    // An orderly fence that comes while applications write lets them come to rest first.
    if (standing !== undefined && !(standing.orderly && mayRest && !this.#isDone(standing))) marks.fence();
    if (standing === undefined) marks.liftFence();
    const isFenced = standing !== undefined && !standing.asks;
    const wasFenced = before !== undefined && !before.asks;
    if (isFenced && !wasFenced) onEvent(fencedEvent(machine(), standing));
    if (before === undefined && standing?.asks === true) onEvent(askingEvent(machine()));
    if (before !== undefined && standing === undefined) onEvent(fenceLiftedEvent(machine(), this.#plan.epoch));
    this.#changed.notify();
    onChange();
  }

  /** Whether a restart finds the fence: in the plan, or in what was written down of a refusal. */
  #isLasting({ failoverId }: Standing): boolean {
    return failoverId !== "" || JSON.stringify(this.#note) === JSON.stringify(this.#stored);
  }

  #isInForce(standing: Standing): boolean {
    return JSON.stringify(this.#standing) === JSON.stringify(standing);
  }

  #isDone(standing: Standing): boolean {
    return this.#stopOf(standing)?.done === true;
  }

  #stopOf({ failoverId }: Standing): StopNote | undefined {
    const { stop } = this.#note;
    return failoverId !== "" && stop?.failoverId === failoverId ? stop : undefined;
  }

  #openDisks(): AgentDisk["planned"][] {
    return (this.#plan?.disks ?? []).filter(({ capture }) => capture !== "splitter");
  }

  #setStop(stop: StopNote): void {
    this.#note = { ...this.#note, stop };
    this.#changed.notify();
  }

  async #noteStop(stop: StopNote): Promise<void> {
    this.#setStop(stop);
    await this.#store();
  }

  /** Whether all is durable that is to be; what is not is shown, and tried again by `run`. */
  #store(): Promise<boolean> {
    return this.#alone.hold(async () => {
      const note = this.#note;
      if (JSON.stringify(note) === JSON.stringify(this.#stored)) return true;
      try {
        await writeFenceNote(this.#memory.files, this.#memory.home, note);
        this.#stored = note;
        this.#storeFault = undefined;
        this.#options.onChange();
        return true;
      } catch (error) {
        if (!isFault(error)) throw error;
        this.#storeFault ??= { fault: error, sinceMicros: this.#options.clock.wallMicros() };
        return false;
      }
    });
  }

  #show(fault: Fault | undefined): void {
    this.#fault = fault && { fault, sinceMicros: this.#options.clock.wallMicros() };
    this.#options.onChange();
  }
}

function itemOf(shown: ShownFault | undefined): FenceStatus["fault"] {
  if (shown === undefined) return undefined;
  const { fault, sinceMicros } = shown;
  return { code: fault.code, kind: fault.kind, message: fault.message, sinceMicros };
}
