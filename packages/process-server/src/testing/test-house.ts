import { assert, Fault, KiB, MiB, randomId, seededRandom, Waiters } from "@leeward/base";
import type { DataKey } from "@leeward/change-log";
import type { Refusal } from "@leeward/daemon";
import type { EventReport, ForwardedDisk, ProcessServerPlan, ProcessServerStatus } from "@leeward/proto";
import type { Network, PeerIdentity, World } from "@leeward/world";
import {
  mortalClock,
  type SimulatedClock,
  type SimulatedFiles,
  type SimulatedNetwork,
  simulatedClock,
  simulatedCompute,
  simulatedFiles,
  simulatedNetwork,
} from "@leeward/world/testing";
import { ProcessServer } from "../process-server.ts";
import { AgentDisk, ScriptedAgent } from "./scripted-agent.ts";
import { ScriptedTarget } from "./scripted-target.ts";
import { TestContainer } from "./test-container.ts";

const MACHINE = "a".repeat(32);
const SERVER = "b".repeat(32);
const TARGET = "c".repeat(32);
/** A target that disks may go to beside the main one. */
export const FURTHER = "f".repeat(32);

function identity(role: PeerIdentity["role"], id: string): PeerIdentity {
  return { role, id, fingerprint: id.repeat(2) };
}

export interface HouseOptions {
  readonly seed: number;
  readonly diskCount?: number;
  readonly cacheBytesMax?: number;
  readonly reserveBytes?: number;
  /** What the server keeps in memory; as the seed has it unless told: nothing, a little, or all. */
  readonly recentBytesMax?: number;
  readonly leftCacheKeptMs?: number;
  /** The machine's data come through a container. */
  readonly isCollected?: boolean;
  /** What may wait there at most, in bytes. */
  readonly containerBytesMax?: number;
  /** What deposits that wait to be taken again may have in memory. */
  readonly collectedBytesMax?: number;
  /** Whether the plan sends the disks to the further target, too. */
  readonly isForked?: boolean;
}

const COLLECTED = { items: [{ storeUrl: "memory", machine: { peerId: MACHINE, publicKey: "test" } }] };
const RECENT_BYTES = [0, 64 * KiB, 64 * MiB];

/** One agent, one process server and two targets on simulated time, network and disk; the server's power can be cut. */
export class TestHouse {
  readonly clock: SimulatedClock;
  readonly network: SimulatedNetwork;
  readonly disks: readonly AgentDisk[];
  readonly agent: ScriptedAgent;
  readonly target: ScriptedTarget;
  readonly further: ScriptedTarget;
  /** The machine's container, with the store's hooks for either end. */
  readonly container: TestContainer;
  readonly events: EventReport[] = [];
  readonly refusals: Refusal[] = [];
  readonly #random;
  readonly #options: HouseOptions;
  readonly #key: DataKey;
  readonly #over = new AbortController();
  readonly #lives: Promise<void>[] = [];
  files: SimulatedFiles;
  plan: ProcessServerPlan;
  #server: { readonly server: ProcessServer; readonly die: () => void; readonly stop: AbortController } | undefined;
  #status: ProcessServerStatus | undefined;
  #failure: Error | undefined;
  readonly #statusChanged = new Waiters();

  constructor(options: HouseOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    this.clock = simulatedClock();
    this.network = simulatedNetwork({ clock: this.clock, random: seededRandom(this.#random.below(2 ** 32)) });
    this.files = simulatedFiles({ random: seededRandom(this.#random.below(2 ** 32)), clock: this.clock });
    this.#key = { keyId: randomId(this.#random), bytes: this.#random.bytes(32) };
    const random = seededRandom(this.#random.below(2 ** 32));
    this.disks = Array.from({ length: options.diskCount ?? 2 }, () => new AgentDisk(random));
    this.container = new TestContainer(
      { machineId: MACHINE, processServerId: SERVER, key: new Uint8Array(32).fill(7) },
      { clock: this.clock, random, bytesMax: options.containerBytesMax ?? 64 * MiB },
    );
    this.container.onDeposited = (diskId, branch, sequence) =>
      this.disks.find((disk) => disk.id === diskId)?.deposited(branch, sequence);
    this.agent = new ScriptedAgent({
      ...(options.isCollected === true && { converse: this.container.converse }),
      clock: this.clock,
      random,
      network: this.network.join("agent", identity("agent", MACHINE)),
      endpoint: { host: "server", port: 9443 },
      machineId: MACHINE,
      disks: this.disks,
    });
    this.target = this.#targetAt("target", TARGET);
    this.further = this.#targetAt("further", FURTHER);
    this.plan = { version: 1, disks: this.disks.map((disk) => this.planned(disk)) };
    if (options.isCollected === true) this.plan = { ...this.plan, collected: COLLECTED };
  }

  get status(): ProcessServerStatus | undefined {
    return this.#status;
  }

  get server(): ProcessServer {
    assert(this.#server !== undefined, "the server runs");
    return this.#server.server;
  }

  planned(disk: AgentDisk): ForwardedDisk {
    return {
      machineId: MACHINE,
      diskId: disk.id,
      term: 1,
      epoch: 1,
      targetId: TARGET,
      targetAddress: { host: "target", port: 9444 },
      keyId: this.#key.keyId,
      wrappedKey: "wrapped",
      codec: "lz4",
      cacheBytesMax: this.#options.cacheBytesMax ?? 0,
      further: this.#options.isForked === true ? [{ targetId: FURTHER, address: { host: "further", port: 9444 } }] : [],
    };
  }

  get keyBytes(): Uint8Array {
    return this.#key.bytes;
  }

  /** A file or folder of the server that is ended is gone; what is not there stays so. */
  async lose(path: string): Promise<void> {
    const status = await this.files.status(path);
    if (status?.kind === "folder") await this.files.removeFolder(path);
    else if (status !== undefined) await this.files.remove(path);
  }

  /** Plays a scenario on virtual time, with agent and target running, and ends everything. */
  async play(scenario: () => Promise<void>): Promise<void> {
    await this.clock.run(async () => {
      await this.files.makeFolder("/home");
      await this.files.syncFolder("/");
      this.#keep(this.agent.run(this.#over.signal));
      for (const target of this.targets) this.#keep(target.run(this.#over.signal));
      try {
        await scenario();
      } finally {
        this.#over.abort(new Error("the play is over"));
        this.#server?.stop.abort(this.#over.signal.reason);
        await Promise.all(this.#lives);
      }
      for (const target of this.targets) target.throwFailure();
    });
  }

  get targets(): readonly ScriptedTarget[] {
    return [this.target, this.further];
  }

  /** Lets a second machine in. */
  addAgent(machineId: string, disks: readonly AgentDisk[]): void {
    const agent = new ScriptedAgent({
      clock: this.clock,
      random: this.#random,
      network: this.network.join("other", identity("agent", machineId)),
      endpoint: { host: "server", port: 9443 },
      machineId,
      disks,
    });
    this.#keep(agent.run(this.#over.signal));
  }

  /** Lets a copy of the machine in, on another host, with the same disks and key. */
  addCopy(disks: readonly AgentDisk[]): ScriptedAgent {
    const copy = new ScriptedAgent({
      clock: this.clock,
      random: this.#random,
      network: this.joinCopy(),
      endpoint: { host: "server", port: 9443 },
      machineId: MACHINE,
      disks,
      ...(this.#options.isCollected === true && {
        converse: this.container.converseAs({ runs: [...this.container.home.runs, "copy"], isConfirmed: false }),
      }),
    });
    this.#keep(copy.run(this.#over.signal));
    return copy;
  }

  /** The network as another host with the machine's key has it. */
  joinCopy(): Network {
    return this.network.join("copy", identity("agent", MACHINE));
  }

  /** Starts the server on what the disk holds. */
  start(): void {
    const clock = mortalClock(this.clock);
    const network = this.network.join("server", identity("process-server", SERVER));
    const world: World = {
      clock,
      files: this.files,
      random: seededRandom(this.#random.below(2 ** 32)),
      compute: simulatedCompute(),
    };
    const stop = new AbortController();
    const container = this.container.openServer();
    const server = new ProcessServer({
      world,
      openContainer: async () => container.opened,
      collectedBytesMax: this.#options.collectedBytesMax ?? 64 * MiB,
      network,
      home: "/home",
      listen: { host: "server", port: 9443 },
      dataAddress: ({ host, port }) => ({ host, port }),
      softwareVersion: "test",
      reserveBytes: this.#options.reserveBytes ?? 0,
      recentBytesMax: this.#options.recentBytesMax ?? RECENT_BYTES[this.#options.seed % RECENT_BYTES.length] ?? 0,
      leftCacheKeptMs: this.#options.leftCacheKeptMs ?? 600_000,
      unwrapKey: async (jwe, keyId) => {
        if (jwe === "wrapped" && keyId === this.#key.keyId) return this.#key.bytes;
        throw new Fault({
          code: "key-unwrap-failed",
          kind: "operator",
          message: "It is wrapped to somebody else.",
          remedy: "Mend it.",
        });
      },
      health: () => ({ cpuFraction: 0, memoryFraction: 0, residentBytes: 0, cpuMicros: 0 }),
      onStatus: (status) => {
        this.#status = status;
        this.#statusChanged.notify();
      },
      onEvent: (event) => this.events.push(event),
      onRefused: (refusal) => this.refusals.push(refusal),
    });
    server.apply(this.plan);
    const die = (): void => {
      clock.die();
      container.die();
      this.network.kill(network);
    };
    this.#server = { server, die, stop };
    const life = server.run(stop.signal);
    this.#keep(Promise.race([life, this.#died(stop)]));
  }

  /** Ends the server, by power (what was not durable may be gone) or its process alone, and starts it again a little later. */
  crash(cut: "power" | "process", onRestart: () => void | Promise<void> = () => undefined): void {
    const running = this.#server;
    assert(running !== undefined, "the server runs");
    this.files.onOperation = undefined;
    running.die();
    this.files = cut === "power" ? this.files.crash() : this.files.kill();
    this.#server = undefined;
    this.#dead.add(running.stop);
    this.#deaths.notify();
    const restart = async (): Promise<void> => {
      await this.clock.sleep(100, this.#over.signal);
      await onRestart();
      this.start();
    };
    this.#keep(restart());
  }

  /** Stops the server as a service manager does. */
  async stop(): Promise<void> {
    const running = this.#server;
    assert(running !== undefined, "the server runs");
    running.stop.abort(new Error("stopping"));
    this.#server = undefined;
    await this.clock.sleep(1_000, this.#over.signal);
  }

  apply(plan: ProcessServerPlan): void {
    this.plan = plan;
    this.server.apply(plan);
  }

  async sleep(durationMs: number): Promise<void> {
    await this.clock.sleep(durationMs, this.#over.signal);
  }

  /** Waits until the condition holds, looking every 20 ms of virtual time; fails after `withinMs`. */
  async until(condition: () => boolean, withinMs = 120_000): Promise<void> {
    const end = this.clock.monotonicMicros() + withinMs * 1_000;
    while (!condition()) {
      if (this.#failure !== undefined) throw this.#failure;
      for (const target of this.targets) target.throwFailure();
      if (this.clock.monotonicMicros() > end)
        throw new Error(`not within ${withinMs} ms: ${condition.toString()} ${JSON.stringify(this.#status)}`);
      await this.clock.sleep(20, this.#over.signal);
    }
  }

  /** Waits until the target holds all that the agent logged up to the last mark of each disk. */
  async untilJournaled(): Promise<void> {
    await this.until(() =>
      this.disks.every((disk) => this.target.branch(disk.branch).position >= disk.last && disk.journaled >= disk.last),
    );
  }

  /** Waits until the further target has all that the agent logged of each disk. */
  async untilFollowed(): Promise<void> {
    await this.until(() => this.disks.every((disk) => this.further.branch(disk.branch).position >= disk.last));
  }

  #targetAt(host: string, id: string): ScriptedTarget {
    return new ScriptedTarget({
      clock: this.clock,
      compute: simulatedCompute(),
      network: this.network.join(host, identity("master-target", id)),
      host,
      port: 9444,
      key: this.#key,
    });
  }

  readonly #dead = new Set<AbortController>();
  readonly #deaths = new Waiters();

  async #died(stop: AbortController): Promise<void> {
    while (!this.#dead.has(stop)) await this.#deaths.next();
  }

  #keep(life: Promise<void>): void {
    const kept = life.catch((error: unknown) => {
      if (this.#over.signal.aborted || (error instanceof Error && error.message === "stopping")) return;
      this.#failure = error instanceof Error ? error : new Error(String(error));
    });
    this.#lives.push(kept);
  }
}
