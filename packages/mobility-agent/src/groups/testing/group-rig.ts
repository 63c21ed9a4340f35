// Several machines with one disk each, their whole consistency group on virtual time and network, and applications whose every step follows from
// the one before, on whichever machine that was.

import { assert, orAborted, type Random, seededRandom } from "@leeward/base";
import { memoryDevice } from "@leeward/block";
import type { PlannedGroup, PointRecord } from "@leeward/proto";
import { Splitter } from "@leeward/splitter";
import { RIG_LIMITS, readLog } from "@leeward/splitter/testing";
import type { Network } from "@leeward/world";
import {
  type MortalClock,
  mortalClock,
  type SimulatedClock,
  type SimulatedFiles,
  type SimulatedNetwork,
  simulatedClock,
  simulatedCompute,
  simulatedFiles,
  simulatedNetwork,
} from "@leeward/world/testing";
import { NO_QUIESCE } from "../../hooks/quiesce.ts";
import { MarkClock } from "../../marks/mark-clock.ts";
import { PointCoordinator } from "../../marks/point-coordinator.ts";
import { PointNumbers } from "../../marks/point-numbers.ts";
import { PointQueue } from "../../marks/point-queue.ts";
import { ConsistencyGroup } from "../consistency-group.ts";
import { SplitterHold, type SplitterHoldOptions } from "../splitter-hold.ts";

const NEVER = new AbortController().signal;
const PORT = 20_004;
const DISK_BYTES = 64 * 512;
const DISK = "0d".repeat(16);
const BRANCH = "0b".repeat(16);
const STEP_OFFSET = 8;

export interface GroupRigOptions {
  readonly seed: number;
  readonly machines: number;
  readonly chains: number;
  readonly latencyMicrosMax: number;
  readonly breakOneIn?: number;
  /** What the holds see of the marks; the marks themselves unless told. */
  readonly holdMarks?: (marks: MarkClock) => SplitterHoldOptions["marks"];
}

interface Step {
  readonly chain: number;
  readonly step: number;
  readonly machineId: string;
  acknowledged: boolean;
}

export class RigMachine {
  readonly id: string;
  readonly host: string;
  readonly network: Network;
  readonly clock: MortalClock;
  readonly marks = new MarkClock();
  readonly stop = new AbortController();
  readonly died = new AbortController();
  files: SimulatedFiles;
  splitter: Splitter | undefined;
  points: PointCoordinator | undefined;
  queue: PointQueue | undefined;
  group: ConsistencyGroup | undefined;
  running: Promise<unknown> = Promise.resolve();

  constructor(
    parts: { readonly id: string; readonly host: string; readonly files: SimulatedFiles },
    ground: { readonly clock: SimulatedClock; readonly network: SimulatedNetwork },
  ) {
    this.id = parts.id;
    this.host = parts.host;
    this.files = parts.files;
    this.clock = mortalClock(ground.clock);
    this.network = ground.network.join(parts.host, { role: "agent", id: parts.id, fingerprint: parts.id.repeat(2) });
  }

  get isAlive(): boolean {
    return !this.died.signal.aborted;
  }
}

export class GroupRig {
  readonly clock: SimulatedClock = simulatedClock();
  readonly network: SimulatedNetwork;
  readonly machines: RigMachine[] = [];
  readonly events: string[] = [];
  readonly random: Random;
  readonly #options: GroupRigOptions;
  readonly #steps: Step[] = [];
  readonly #stop = new AbortController();
  #chains: Promise<unknown> = Promise.resolve();
  /** The longest that a write took, of all chains, milliseconds of virtual time. */
  slowestMs = 0;
  failure: unknown;
  /** What is wrong with the group's points, once the run has ended: a step that is in one while an acknowledged step before it is not. */
  problems: readonly string[] = ["the run has not ended"];

  constructor(options: GroupRigOptions) {
    this.#options = options;
    this.random = seededRandom(options.seed);
    const { latencyMicrosMax, breakOneIn = 0 } = options;
    this.network = simulatedNetwork({
      clock: this.clock,
      random: seededRandom(this.random.below(2 ** 32)),
      conditions: { latencyMicrosMin: 50, latencyMicrosMax, breakOneIn },
    });
  }

  /** Ids rise with the index. */
  get plan(): PlannedGroup {
    return {
      name: "shop",
      revisionId: "5e".repeat(16),
      intervalSeconds: 1,
      members: this.machines.map(({ id, host }) => ({
        machineId: id,
        machineName: host,
        addresses: [{ host, port: PORT }],
      })),
    };
  }

  async start(): Promise<void> {
    for (let index = 0; index < this.#options.machines; index += 1) {
      const files = simulatedFiles({
        random: seededRandom(this.random.below(2 ** 32)),
        clock: this.clock,
        latencyMicrosMax: 400,
      });
      const id = (index + 1).toString(16).padStart(32, "0");
      this.machines.push(new RigMachine({ id, host: `m${index}`, files }, this));
    }
    for (const machine of this.machines) await this.#startMachine(machine);
    const chains = Array.from({ length: this.#options.chains }, (_, chain) => this.#chain(chain));
    this.#chains = Promise.all(chains).catch((error: unknown) => {
      this.failure ??= error;
    });
  }

  /** The machine's agent and applications end as by SIGKILL. */
  kill(machine: RigMachine): void {
    machine.died.abort(new Error("killed"));
    machine.clock.die();
    this.network.kill(machine.network);
    machine.files = machine.files.kill();
  }

  /** Ends the applications, and the agents that live. */
  async end(): Promise<void> {
    this.#stop.abort(new Error("the run is over"));
    await this.#chains;
    for (const machine of this.machines.filter(({ isAlive }) => isAlive)) {
      machine.stop.abort(new Error("the run is over"));
      await machine.running;
      await machine.splitter?.flush();
    }
    assert(this.failure === undefined, `nothing of ours fails: ${String(this.failure)}`);
    this.problems = await this.#findProblems();
  }

  /** The group's points by id, each with the parts of its machines. */
  points(): Map<string, PointRecord[]> {
    const byId = new Map<string, PointRecord[]>();
    for (const { queue } of this.machines) {
      for (const record of queue?.waiting() ?? []) {
        if (record.kind === "group") byId.set(record.id, [...(byId.get(record.id) ?? []), record]);
      }
    }
    return byId;
  }

  async #findProblems(): Promise<string[]> {
    const logs = new Map<string, Map<string, number>>();
    for (const machine of this.machines) logs.set(machine.id, await this.#placesOf(machine));
    const problems: string[] = [];
    for (const [id, parts] of this.points()) {
      const included = ({ chain, step, machineId }: Step): boolean => {
        const part = parts.find((each) => each.machineId === machineId);
        const at = logs.get(machineId)?.get(`${chain}:${step}`);
        const [member] = part?.members ?? [];
        return at !== undefined && member !== undefined && at <= member.sequence;
      };
      const concerned = this.#steps.filter(({ machineId }) => parts.some((each) => each.machineId === machineId));
      for (let chain = 0; chain < this.#options.chains; chain += 1) {
        const steps = concerned.filter((each) => each.chain === chain);
        const last = steps.findLast(included)?.step ?? 0;
        const lost = steps.find((each) => each.step < last && each.acknowledged && !included(each));
        if (lost !== undefined) problems.push(`${id}: chain ${chain} has step ${last} and lacks ${lost.step}`);
      }
    }
    return problems;
  }

  async #startMachine(machine: RigMachine): Promise<void> {
    const { files, clock, marks, id } = machine;
    const random = seededRandom(this.random.below(2 ** 32));
    await files.makeFolder("/home");
    await files.makeFolder("/home/points");
    await files.syncFolder("/");
    machine.splitter = await Splitter.open({
      world: { clock, random, files, compute: simulatedCompute() },
      source: memoryDevice(DISK_BYTES),
      folder: "/home/disk",
      identity: {
        machineId: id,
        diskId: DISK,
        branch: BRANCH,
        parent: { branch: "0f".repeat(16), sequence: 1 },
        bootId: "b0".repeat(16),
        physicalBlockBytes: 512,
        source: "rig",
      },
      marks,
      limits: { ...RIG_LIMITS, logBytesMax: 1 << 30 },
    });
    const { splitter } = machine;
    machine.queue = await PointQueue.open(files, "/home/points");
    const points = new PointCoordinator({
      clock,
      random,
      machineId: id,
      marks,
      numbers: await PointNumbers.open(files, "/home/points"),
      queue: machine.queue,
      epoch: () => 1,
      quiesce: NO_QUIESCE,
      hold: () => undefined,
      disks: () => [{ diskId: DISK, settleMark: (mark) => splitter.settleMark(mark) }],
    });
    machine.points = points;
    machine.group = new ConsistencyGroup({
      clock,
      random,
      network: machine.network,
      machineId: id,
      softwareVersion: "rig",
      bootId: "b",
      hold: new SplitterHold({ clock, marks: this.#options.holdMarks?.(marks) ?? marks, points }),
      listen: { host: machine.host, port: PORT },
      address: (listening) => listening,
      onAddress: () => undefined,
      onFault: () => undefined,
      onRefused: ({ code }) => this.events.push(code),
      onEvent: ({ kind, message }) => this.events.push(`${machine.host} ${kind}: ${message}`),
    });
    machine.group.apply(this.plan);
    const failed = (error: unknown): void => {
      if (machine.isAlive) this.failure ??= error;
    };
    machine.running = Promise.all([
      machine.group.run(machine.stop.signal).catch(failed),
      this.#ownPoints(machine).catch(failed),
    ]);
  }

  /** The machine's own points go on beside those of the group. */
  async #ownPoints({ clock, points, stop }: RigMachine): Promise<void> {
    try {
      for (;;) {
        await clock.sleep(300 + this.random.below(100), stop.signal);
        await points?.interval();
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
  }

  /** One application: each step is written on some machine once the step before was acknowledged on another. */
  async #chain(chain: number): Promise<void> {
    for (let step = 1; !this.#stop.signal.aborted; step += 1) {
      const alive = this.machines.filter(({ isAlive }) => isAlive);
      const machine = alive[this.random.below(alive.length)];
      assert(machine?.splitter !== undefined, "a machine lives");
      const made: Step = { chain, step, machineId: machine.id, acknowledged: false };
      this.#steps.push(made);
      const data = Buffer.alloc(512);
      data.writeUInt32LE(chain + 1, 0);
      data.writeUInt32LE(step, STEP_OFFSET);
      const begun = this.clock.monotonicMicros();
      const writing = machine.splitter.write(chain * 512, data, { fua: this.random.below(20) === 0 });
      try {
        await orAborted(writing, machine.died.signal);
        made.acknowledged = true;
        this.slowestMs = Math.max(this.slowestMs, (this.clock.monotonicMicros() - begun) / 1_000);
      } catch (error) {
        if (machine.isAlive) throw error;
      }
      if (this.random.below(4) > 0) await this.clock.sleep(this.random.below(10), NEVER);
    }
  }

  /** Where each step stands in the machine's log. */
  async #placesOf({ files, splitter }: RigMachine): Promise<Map<string, number>> {
    // What is durable and not relied on yet has no less its place.
    const through = splitter?.facts().durableSequence ?? 0;
    const places = new Map<string, number>();
    for (const record of await readLog(files, "/home/disk", through)) {
      if (record.kind !== "write") continue;
      const data = Buffer.from(record.data);
      places.set(`${data.readUInt32LE(0) - 1}:${data.readUInt32LE(STEP_OFFSET)}`, record.sequence);
    }
    return places;
  }
}
