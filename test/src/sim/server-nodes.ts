import { KiB, MiB } from "@leeward/base";
import { MasterTarget } from "@leeward/master-target";
import { ProcessServer } from "@leeward/process-server";
import type { MasterTargetPlan, ProcessServerPlan } from "@leeward/proto";
import { type Ending, type SimGround, SimMachine } from "./node-kit.ts";

export const DATA_PORT = 9443;
export const TARGET_PORT = 9444;
/** The disks' data key in simulation; wrapping has tests of its own. */
export const DATA_KEY = new Uint8Array(32).fill(7);
/** What a process server keeps in memory of what it took in lately: nothing, a little, or all; another at each start. */
const RECENT_BYTES = [0, 64 * KiB, 64 * MiB];
const HEALTH = { cpuFraction: 0, memoryFraction: 0, residentBytes: 0 };

export interface ServerNode {
  readonly machine: SimMachine;
  start(): Promise<void>;
  end(how: Ending): Promise<void>;
}

export class ProcessServerNode implements ServerNode {
  readonly machine: SimMachine;
  readonly #plan: () => ProcessServerPlan;
  readonly #onFailure: (error: unknown) => void;
  server: ProcessServer | undefined;

  constructor(ground: SimGround, options: { plan: () => ProcessServerPlan; onFailure: (error: unknown) => void }) {
    this.machine = new SimMachine(ground, "process-server", "process-server");
    this.#plan = options.plan;
    this.#onFailure = options.onFailure;
  }

  async start(): Promise<void> {
    const { world, network, signal } = this.machine.begin();
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
    server.apply(this.#plan());
    server.run(signal).catch(this.#onFailure);
  }

  async end(how: Ending): Promise<void> {
    this.machine.end(how);
  }
}

export class MasterTargetNode implements ServerNode {
  readonly machine: SimMachine;
  readonly #plan: () => MasterTargetPlan;
  readonly #onFailure: (error: unknown) => void;
  target: MasterTarget | undefined;
  /** Settles when the target that was started last has died. */
  died: Promise<void> = Promise.resolve();

  constructor(ground: SimGround, options: { plan: () => MasterTargetPlan; onFailure: (error: unknown) => void }) {
    this.machine = new SimMachine(ground, "master-target", "master-target");
    this.#plan = options.plan;
    this.#onFailure = options.onFailure;
  }

  async start(): Promise<void> {
    const { world, network, signal, died } = this.machine.begin();
    this.died = died;
    await world.files.makeFolder("/mt");
    await world.files.syncFolder("/");
    const target = await MasterTarget.open({
      world,
      network,
      listen: { host: "master-target", port: TARGET_PORT },
      home: "/mt",
      softwareVersion: "sim",
      unwrap: async () => DATA_KEY,
      id: this.machine.id,
      reserveBytes: 0,
      // No machine is started in simulation.
      hosts: { open: () => Promise.reject(new Error("there is no recovery host here")), used: async () => [] },
      onEvent: () => undefined,
      onFault: () => undefined,
    });
    this.target = target;
    await target.apply(this.#plan());
    target.run(signal).catch(this.#onFailure);
  }

  async end(how: Ending): Promise<void> {
    this.target = undefined;
    this.machine.end(how);
  }
}
