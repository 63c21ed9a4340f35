import { Fault, KiB, MiB } from "@leeward/base";
import { together } from "@leeward/daemon";
import { MasterTarget, type MasterTargetOptions } from "@leeward/master-target";
import { ProcessServer } from "@leeward/process-server";
import type { MasterTargetPlan, ProcessServerPlan } from "@leeward/proto";
import { type Ending, type Life, type SimGround, SimMachine } from "./node-kit.ts";
import { type Effects, openControl } from "./sim-control.ts";

export const DATA_PORT = 9443;
export const TARGET_PORT = 9444;
/** The disks' data key in simulation; wrapping has tests of its own. */
export const DATA_KEY = new Uint8Array(32).fill(7);
/** What a process server keeps in memory of what it took in lately: nothing, a little, or all; another at each start. */
const RECENT_BYTES = [0, 64 * KiB, 64 * MiB];
const HEALTH = { cpuFraction: 0, memoryFraction: 0, residentBytes: 0, cpuMicros: 0 };

export interface ServerNode {
  readonly machine: SimMachine;
  start(): Promise<void>;
  end(how: Ending): Promise<void>;
}

export class ProcessServerNode implements ServerNode {
  readonly machine: SimMachine;
  readonly #plan: (() => ProcessServerPlan) | undefined;
  readonly #onFailure: (error: unknown) => void;
  server: ProcessServer | undefined;

  /** Without a plan, plans come from the config server. */
  constructor(ground: SimGround, options: { plan?: () => ProcessServerPlan; onFailure: (error: unknown) => void }) {
    this.machine = new SimMachine(ground, "process-server", "process-server");
    this.#plan = options.plan;
    this.#onFailure = options.onFailure;
  }

  async start(): Promise<void> {
    const life = this.machine.begin();
    const { world, network, signal } = life;
    await world.files.makeFolder("/ps");
    await world.files.syncFolder("/");
    const server = new ProcessServer({
      world,
      network,
      home: "/ps",
      listen: { host: "process-server", port: DATA_PORT },
      dataAddress: (listening) => listening,
      softwareVersion: "sim",
      reserveBytes: 0,
      recentBytesMax: RECENT_BYTES[world.random.below(RECENT_BYTES.length)] ?? 0,
      leftCacheKeptMs: 3_600_000,
      unwrapKey: async () => DATA_KEY,
      health: () => HEALTH,
      onStatus: () => undefined,
      onEvent: () => undefined,
    });
    this.server = server;
    if (this.#plan === undefined) this.#runWithServer(server, life).catch(this.#onFailure);
    else {
      server.apply(this.#plan());
      server.run(signal).catch(this.#onFailure);
    }
  }

  async #runWithServer(server: ProcessServer, life: Life): Promise<void> {
    const control = await openControl(life, {
      home: "/ps",
      planKind: "processServerPlan",
      apply: async (plan) => server.apply(plan),
      status: () => ({ kind: "processServerStatus", value: server.status() }),
      answer: async ({ kind }) => {
        throw new Fault({
          code: "request-unsupported",
          kind: "operator",
          message: `A process server does not answer ${kind}.`,
          remedy: "Ask another.",
        });
      },
    });
    await together(life.signal, [(inner) => server.run(inner), (inner) => control.run(inner)]);
  }

  async end(how: Ending): Promise<void> {
    this.server = undefined;
    this.machine.end(how);
  }
}

/** What runs replica machines, and how their disks reach them. */
export type ReplicaWays = Pick<MasterTargetOptions, "hosts" | "serveDisk">;

const NO_HOSTS: ReplicaWays = {
  hosts: { open: () => Promise.reject(new Error("there is no recovery host here")), used: async () => [] },
};

export interface MasterTargetNodeOptions {
  /** Without one, plans come from the config server. */
  readonly plan?: () => MasterTargetPlan;
  readonly ways?: (life: Life) => ReplicaWays;
  readonly effects?: Effects;
  /** `master-target` unless told. */
  readonly host?: string;
  readonly onFailure: (error: unknown) => void;
}

export class MasterTargetNode implements ServerNode {
  readonly machine: SimMachine;
  readonly #options: MasterTargetNodeOptions;
  readonly #onFailure: (error: unknown) => void;
  target: MasterTarget | undefined;
  /** Settles when the target that was started last has died. */
  died: Promise<void> = Promise.resolve();

  constructor(ground: SimGround, options: MasterTargetNodeOptions) {
    this.machine = new SimMachine(ground, options.host ?? "master-target", "master-target");
    this.#options = options;
    this.#onFailure = options.onFailure;
  }

  async start(): Promise<void> {
    const life = this.machine.begin();
    const { world, network, signal, died } = life;
    const { plan } = this.#options;
    this.died = died;
    await world.files.makeFolder("/mt");
    await world.files.syncFolder("/");
    const target = await MasterTarget.open({
      world,
      network,
      listen: { host: this.machine.host, port: TARGET_PORT },
      home: "/mt",
      softwareVersion: "sim",
      unwrap: async () => DATA_KEY,
      id: this.machine.id,
      reserveBytes: 0,
      ...(this.#options.ways?.(life) ?? NO_HOSTS),
      onEvent: () => undefined,
      onFault: () => undefined,
    });
    this.target = target;
    if (plan === undefined) this.#runWithServer(target, life).catch(this.#onFailure);
    else {
      await target.apply(plan());
      target.run(signal).catch(this.#onFailure);
    }
  }

  async #runWithServer(target: MasterTarget, life: Life): Promise<void> {
    const { effects } = this.#options;
    const control = await openControl(life, {
      home: "/mt",
      planKind: "masterTargetPlan",
      apply: (each, inner) => target.apply(each, inner),
      status: async () => ({ kind: "masterTargetStatus", value: { ...(await target.status()), health: HEALTH } }),
      answer: (body, inner) => target.answer(body, inner),
      ...(effects && { effects }),
    });
    await together(life.signal, [(inner) => target.run(inner), (inner) => control.run(inner)]);
  }

  async end(how: Ending): Promise<void> {
    this.target = undefined;
    this.machine.end(how);
  }
}
