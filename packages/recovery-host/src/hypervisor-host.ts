// The order of every step that must outlive a kill, once for all hypervisors:
//
//   start    record "starting" → make all that is needed, the processor stopped → record "running" → let it run
//   stop     record "ending" → cut the current, or press the button and wait → nothing runs → record "ended"
//   halt     as stop, first by the button, then by the current
//   remove   record "removing" → cut the current → forget what lies outside of the folder → remove the folder
//
// A kill between any two leaves a record that says how far it may have come, and `recover` goes by it: "starting" is swept away, since no
// instruction of the guest has run; "running" is resumed if it had not been; "ending" and "removing" are carried on.
import { assert, type Fault, isFault, Mutex } from "@leeward/base";
import type { Clock, Endpoint } from "@leeward/world";
import type { ReplicaDescription } from "./described/replica-description.ts";
import { type GuestScript, type GuestScriptEnd, runGuestScript } from "./guest-script.ts";
import type { GuestStatus, Hypervisor, ReplicaPlace } from "./hypervisor.ts";
import { CHECK_EVERY_MS, CONSOLE_EVERY_MS, PRESS_AGAIN_MS, SAID_LETTERS_MAX } from "./limits.ts";
import type { AgentAnswer, AgentCommand } from "./node-guest-agent.ts";
import { forwardedPorts, hasConnection } from "./qemu/forwarding.ts";
import type { EndWay, Grace, Recovered, RecoveryHost, ReplicaMachine, ReplicaState, StopWay } from "./recovery-host.ts";
import { notShutDown, portUnknown, replicaEnded, replicaExists, replicaUnknown } from "./replica-faults.ts";
import { moved, type ReplicaRecord, type ReplicaRecords } from "./replica-record.ts";
import { checkedSpec, isReplicaId, type ReplicaSpec } from "./replica-spec.ts";

const SHUT_DOWN_SECONDS = 120;
const NEVER = new AbortController().signal;

export interface HypervisorHostOptions {
  readonly hypervisor: Hypervisor;
  readonly records: ReplicaRecords;
  readonly clock: Clock;
  /** How another hypervisor would run it. @throws Fault `nbd-unreachable` */
  readonly describe: (spec: ReplicaSpec) => Promise<ReplicaDescription>;
  /** Told of every step when it was done; for tests, which end the process there. */
  readonly onStep?: (step: string) => void;
}

/** A recovery host on any hypervisor. */
export class HypervisorHost implements RecoveryHost {
  readonly #options: HypervisorHostOptions;
  readonly #turns = new Map<string, Mutex>();

  constructor(options: HypervisorHostOptions) {
    this.#options = options;
  }

  get kind(): Hypervisor["kind"] {
    return this.#options.hypervisor.kind;
  }

  async recover(): Promise<Recovered> {
    const machines: ReplicaMachine[] = [];
    const swept: string[] = [];
    const faults: { id: string; fault: Fault }[] = [];
    for (const id of await this.#options.records.ids()) {
      try {
        const machine = await this.#alone(id, () => this.#recoverOne(id));
        if (machine === undefined) swept.push(id);
        else machines.push(machine);
      } catch (fault) {
        if (!isFault(fault)) throw fault;
        faults.push({ id, fault });
      }
    }
    return { machines, swept, faults };
  }

  async start(given: ReplicaSpec): Promise<ReplicaMachine> {
    const spec = checkedSpec(given);
    return await this.#alone(spec.id, async () => {
      const before = await this.#settled(spec.id);
      if (before !== undefined && before.step.kind !== "ended") throw replicaExists(spec.id);
      const limits = await this.#options.hypervisor.plan(spec);
      const record: ReplicaRecord = {
        spec,
        limits,
        ranBefore: before !== undefined,
        step: { kind: "starting" },
      };
      await this.#write(record);
      try {
        await this.#options.hypervisor.launch(this.#place(spec.id), record);
        this.#step("launched");
      } catch (error) {
        await this.#undoStart(record, error);
        throw error;
      }
      return await this.#setGoing(moved(record, { kind: "running" }));
    });
  }

  async find(id: string): Promise<ReplicaMachine | undefined> {
    if (!isReplicaId(id)) return undefined;
    return await this.#alone(id, async () => {
      const record = await this.#settled(id);
      return record === undefined ? undefined : await this.#view(record);
    });
  }

  async list(): Promise<readonly ReplicaMachine[]> {
    const ids = await this.#options.records.ids();
    const machines = await Promise.all(ids.map((id) => this.#findOrTell(id)));
    return machines.filter((each) => each !== undefined);
  }

  async resume(id: string): Promise<void> {
    await this.#running(id, (place) => this.#options.hypervisor.resume(place));
  }

  async stop(id: string, way: StopWay, limitSeconds = SHUT_DOWN_SECONDS): Promise<ReplicaMachine> {
    if (way === "power-off" || this.kind === "none") return await this.#powerOff(id);
    if (!(await this.#shutsDown(id, { graceSeconds: limitSeconds, signal: NEVER })))
      throw notShutDown(id, limitSeconds);
    return await this.#known(id, (record) => this.#view(record));
  }

  async halt(id: string, grace: Grace): Promise<ReplicaMachine> {
    const { graceSeconds, signal } = grace;
    try {
      if (this.kind !== "none" && graceSeconds > 0) await this.#shutsDown(id, grace);
    } catch (error) {
      // Whoever cannot be asked is not waited for.
      if (!isFault(error, "replica-silent")) throw error;
    }
    signal.throwIfAborted();
    return await this.#powerOff(id);
  }

  async remove(id: string): Promise<void> {
    if (!isReplicaId(id)) return;
    await this.#alone(id, async () => {
      const record = await this.#readForRemoval(id);
      if (record !== undefined) await this.#write(moved(record, { kind: "removing" }));
      await this.#sweep(id, record);
    });
  }

  async console(id: string): Promise<string> {
    return await this.#known(id, async (record) => {
      if (record.step.kind !== "ended") await this.#options.hypervisor.drain(this.#place(id));
      return await this.#options.hypervisor.console(this.#place(id));
    });
  }

  async describe(id: string): Promise<ReplicaDescription> {
    return await this.#known(id, ({ spec }) => this.#options.describe(spec));
  }

  async screen(id: string): Promise<Uint8Array> {
    return await this.#running(id, (place) => this.#options.hypervisor.screen(place));
  }

  async endpoint(id: string, guestPort: number): Promise<Endpoint> {
    const port = forwardedPorts(await this.#forwarding(id)).get(guestPort);
    if (port === undefined) throw portUnknown(id, guestPort);
    return { host: "127.0.0.1", port };
  }

  async hasAccepted(id: string, guestPort: number): Promise<boolean> {
    return hasConnection(await this.#forwarding(id), guestPort);
  }

  async pingAgent(id: string, limitMs: number): Promise<boolean> {
    return await this.#running(id, (place) => this.#options.hypervisor.pingAgent(place, limitMs));
  }

  async runScript(id: string, script: GuestScript, signal: AbortSignal): Promise<GuestScriptEnd> {
    const { clock, hypervisor } = this.#options;
    const ask = (command: AgentCommand, limitMs: number): Promise<AgentAnswer> =>
      this.#running(id, (place) => hypervisor.askAgent(place, command, limitMs));
    return await runGuestScript({ id, clock, ask, signal }, script);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const id of await this.#options.records.ids()) await this.#look(id);
      // Only the abort ends it.
      await this.#options.clock.sleep(CONSOLE_EVERY_MS, signal).catch(() => undefined);
    }
  }

  #forwarding(id: string): Promise<string> {
    return this.#running(id, (place) => this.#options.hypervisor.forwarding(place));
  }

  /** Also a machine that does not answer, or whose record is damaged, is on the list. */
  async #findOrTell(id: string): Promise<ReplicaMachine | undefined> {
    try {
      return await this.find(id);
    } catch (error) {
      if (!isFault(error)) throw error;
      const state = { kind: "unknown", why: error.message } as const;
      return {
        id,
        name: id,
        host: this.kind,
        state,
        limits: { cpu: "none", memory: "none" },
        resumedMicros: undefined,
      };
    }
  }

  /** Also of a machine whose hypervisor does not answer. */
  async #powerOff(id: string): Promise<ReplicaMachine> {
    if (!isReplicaId(id)) throw replicaUnknown(id);
    return await this.#alone(id, async () => {
      const record = await this.#settledOrSilent(id);
      if (record === undefined) throw replicaUnknown(id);
      if (record.step.kind === "ended") return await this.#view(record);
      const ending = moved(record, { kind: "ending", way: "power-off" });
      await this.#write(ending);
      return await this.#view(await this.#ended(ending, "powered-off"));
    });
  }

  async #settledOrSilent(id: string): Promise<ReplicaRecord | undefined> {
    try {
      return await this.#settled(id);
    } catch (error) {
      if (isFault(error, "replica-silent")) return await this.#options.records.read(id);
      throw error;
    }
  }

  /** What one machine's fault is, its own callers hear; the others' consoles are read all the same. */
  async #look(id: string): Promise<void> {
    try {
      await this.console(id);
    } catch (error) {
      if (!isFault(error)) throw error;
    }
  }

  async #recoverOne(id: string): Promise<ReplicaMachine | undefined> {
    const record = await this.#options.records.read(id);
    if (record === undefined || record.step.kind === "removing") {
      await this.#sweep(id, record);
      return undefined;
    }
    if (record.step.kind === "starting") return await this.#recoverStart(record);
    if (record.step.kind === "ended") await this.#clear(id, record);
    const settled = await this.#settle(record);
    if (settled.step.kind === "ending") return await this.#carryOn(settled, settled.step.way);
    return await this.#view(settled);
  }

  async #recoverStart(record: ReplicaRecord): Promise<ReplicaMachine | undefined> {
    const { id } = record.spec;
    if (record.ranBefore) return await this.#view(await this.#ended(record, "not-started"));
    await this.#sweep(id, record);
    return undefined;
  }

  /** Who gave the order to shut down, and the limit, are gone: the guest may have heard it, and then switches itself off; else it runs on. */
  async #carryOn(record: ReplicaRecord, way: StopWay): Promise<ReplicaMachine> {
    if (way === "power-off") return await this.#view(await this.#ended(record, "powered-off"));
    const running = moved(record, { kind: "running" });
    await this.#write(running);
    return await this.#view(running);
  }

  /** After a start that failed; that the machine could not be swept away is told rather than why. */
  async #undoStart(record: ReplicaRecord, cause: unknown): Promise<void> {
    const said = cause instanceof Error ? cause.message.slice(-SAID_LETTERS_MAX) : "";
    const { id } = record.spec;
    if (record.ranBefore) {
      await this.#clear(id, record);
      await this.#write(moved(record, { kind: "ended", how: "not-started", said }));
    } else await this.#sweep(id, record);
  }

  async #setGoing(record: ReplicaRecord): Promise<ReplicaMachine> {
    await this.#write(record);
    return await this.#view(await this.#resumed(record));
  }

  async #resumed(record: ReplicaRecord): Promise<ReplicaRecord> {
    const resumedMicros = await this.#options.hypervisor.resume(this.#place(record.spec.id));
    this.#step("resumed");
    if (resumedMicros === undefined) return record;
    const going = { ...record, resumedMicros };
    await this.#write(going);
    return going;
  }

  /** The record, brought up to what the hypervisor says; undefined when there is none, or it is being removed. */
  async #settled(id: string): Promise<ReplicaRecord | undefined> {
    const record = await this.#options.records.read(id);
    return record === undefined || record.step.kind === "removing" ? undefined : await this.#settle(record);
  }

  async #settle(record: ReplicaRecord): Promise<ReplicaRecord> {
    const { kind } = record.step;
    if (kind !== "running" && kind !== "ending") return record;
    const how = kind === "running" ? undefined : record.step.way === "shut-down" ? "shut-down" : "powered-off";
    const status = await this.#options.hypervisor.status(this.#place(record.spec.id));
    if (status.kind === "none") return await this.#ended(record, how ?? "lost");
    if (status.kind === "off") return await this.#ended(record, how ?? "by-itself");
    // Not every hypervisor tells one that never ran from one that was paused; the record does.
    if (status.kind === "fresh" || (status.kind === "paused" && record.resumedMicros === undefined)) {
      return await this.#resumed(record);
    }
    return record;
  }

  async #ended(record: ReplicaRecord, how: EndWay): Promise<ReplicaRecord> {
    const { id } = record.spec;
    await this.#drainLast(id);
    await this.#clear(id, record);
    const said = (await this.#options.hypervisor.said(this.#place(id))).slice(-SAID_LETTERS_MAX);
    const ended = moved(record, { kind: "ended", how, said });
    await this.#write(ended);
    return ended;
  }

  /** What it said last is lost with a hypervisor that does not answer any more; it is ended all the same. */
  async #drainLast(id: string): Promise<void> {
    try {
      await this.#options.hypervisor.drain(this.#place(id));
    } catch (error) {
      if (!isFault(error)) throw error;
    }
  }

  async #clear(id: string, record: ReplicaRecord | undefined): Promise<void> {
    await this.#options.hypervisor.end(this.#place(id));
    this.#step("process gone");
    await this.#options.hypervisor.forget(this.#place(id), record);
    this.#step("forgotten");
  }

  async #sweep(id: string, record: ReplicaRecord | undefined): Promise<void> {
    await this.#clear(id, record);
    await this.#options.records.remove(id);
    this.#step("removed");
  }

  /** Whether the guest heeded its power button in time. */
  async #shutsDown(id: string, grace: Grace): Promise<boolean> {
    await this.#known(id, async (record) => {
      if (record.step.kind === "ended") return;
      await this.#write(moved(record, { kind: "ending", way: "shut-down" }));
      await this.#options.hypervisor.pressPower(this.#place(id));
    });
    return await this.#switchesOff(id, grace);
  }

  /** A guest that is still starting takes no notice of its button: it is pressed again from time to time. */
  async #switchesOff(id: string, { graceSeconds, signal }: Grace): Promise<boolean> {
    const { clock } = this.#options;
    const until = clock.monotonicMicros() + graceSeconds * 1_000_000;
    let pressedMicros = clock.monotonicMicros();
    for (;;) {
      const machine = await this.find(id);
      if (machine === undefined || machine.state.kind === "ended") return true;
      if (clock.monotonicMicros() - pressedMicros >= PRESS_AGAIN_MS * 1_000) {
        pressedMicros = clock.monotonicMicros();
        await this.#pressAgain(id);
      }
      if (clock.monotonicMicros() > until) {
        await this.#known(id, async (record) => {
          if (record.step.kind === "ending") await this.#write(moved(record, { kind: "running" }));
        });
        return false;
      }
      await clock.sleep(CHECK_EVERY_MS, signal);
    }
  }

  /** One that ends in this very moment is seen to have ended. */
  async #pressAgain(id: string): Promise<void> {
    try {
      await this.#known(id, async ({ step }) => {
        if (step.kind === "ending") await this.#options.hypervisor.pressPower(this.#place(id));
      });
    } catch (error) {
      if (!isFault(error)) throw error;
    }
  }

  /** A record that cannot be read keeps nobody from removing the machine: all that belongs to it is known by its id. */
  async #readForRemoval(id: string): Promise<ReplicaRecord | undefined> {
    try {
      return await this.#options.records.read(id);
    } catch (error) {
      if (isFault(error, "replica-record-damaged")) return undefined;
      throw error;
    }
  }

  async #known<T>(id: string, work: (record: ReplicaRecord) => Promise<T>): Promise<T> {
    if (!isReplicaId(id)) throw replicaUnknown(id);
    return await this.#alone(id, async () => {
      const record = await this.#settled(id);
      if (record === undefined) throw replicaUnknown(id);
      return await work(record);
    });
  }

  async #running<T>(id: string, work: (place: ReplicaPlace) => Promise<T>): Promise<T> {
    return await this.#known(id, async (record) => {
      if (record.step.kind === "ended") throw replicaEnded(id);
      return await work(this.#place(id));
    });
  }

  async #view(record: ReplicaRecord): Promise<ReplicaMachine> {
    const { spec, limits, resumedMicros } = record;
    return {
      id: spec.id,
      name: spec.name,
      host: this.kind,
      state: await this.#stateOf(record),
      limits: { cpu: limits.cpu, memory: limits.memory },
      resumedMicros,
    };
  }

  async #stateOf({ spec, step }: ReplicaRecord): Promise<ReplicaState> {
    if (step.kind === "ended") return { kind: "ended", how: step.how, said: step.said };
    return stateOf(await this.#options.hypervisor.status(this.#place(spec.id)));
  }

  async #write(record: ReplicaRecord): Promise<void> {
    await this.#options.records.write(record);
    this.#step(`recorded ${record.step.kind}`);
  }

  #place(id: string): ReplicaPlace {
    return { id, folder: this.#options.records.folderOf(id) };
  }

  #step(step: string): void {
    this.#options.onStep?.(step);
  }

  #alone<T>(id: string, work: () => Promise<T>): Promise<T> {
    const turn = this.#turns.get(id) ?? new Mutex();
    this.#turns.set(id, turn);
    return turn.hold(work);
  }
}

function stateOf(status: GuestStatus): ReplicaState {
  switch (status.kind) {
    case "none":
    case "off":
      // It ended since it was looked at; the next look records how.
      return { kind: "unknown", why: "it has just ended" };
    case "fresh":
      return { kind: "paused", why: "it is about to start" };
    case "running":
    case "described":
      return { kind: status.kind };
    case "paused":
      return status;
    default:
      status satisfies never;
      assert(false, "a status of a guest that does not exist");
  }
}
