// Several machines with a disk each, some with one that others write to, their whole consistency group on virtual time and network, and applications
// whose every step follows from the one before, on whichever machine and disk that was.

import { assert, orAborted, type Random, seededRandom } from "@leeward/base";
import type { PlannedGroup, PointMember, PointRecord } from "@leeward/proto";
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
import { FileSystemHold, type FileSystemHoldOptions } from "../../marks/file-system-hold.ts";
import { MarkClock } from "../../marks/mark-clock.ts";
import { PointCoordinator } from "../../marks/point-coordinator.ts";
import { PointNumbers } from "../../marks/point-numbers.ts";
import { PointQueue } from "../../marks/point-queue.ts";
import { ConsistencyGroup } from "../consistency-group.ts";
import { DisksHold, type DisksHoldOptions } from "../disks-hold.ts";
import { liveDisk, type RigDisk, type RigLiveDisk, splitterDisk } from "./rig-disks.ts";

const NEVER = new AbortController().signal;
const PORT = 20_004;
const SERVED_ID = "0d".repeat(16);
const LIVE_ID = "0e".repeat(16);
const SECTOR_BYTES = 512;
const STEP_OFFSET = 8;

export interface GroupRigOptions {
  readonly seed: number;
  readonly machines: number;
  readonly chains: number;
  readonly latencyMicrosMax: number;
  readonly breakOneIn?: number;
  /** What the machines of some indexes have in the place of a disk served by a splitter: a live disk alone, or both. */
  readonly live?: Readonly<Record<number, "alone" | "beside">>;
  /** How long a freeze takes at most, ms. */
  readonly slowMs?: number;
  /** What the machines' holds see of a freezer and of live disks; those themselves unless told. */
  readonly holdFileSystems?: (live: RigLiveDisk) => Pick<FileSystemHoldOptions, "freezer" | "disks">;
  /** What the holds see of the marks; the marks themselves unless told. */
  readonly holdMarks?: (marks: MarkClock) => DisksHoldOptions["marks"];
}

interface Step {
  readonly chain: number;
  readonly step: number;
  readonly machineId: string;
  readonly diskId: string;
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
  disks: RigDisk[] = [];
  live: RigLiveDisk | undefined;
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
  /** The longest that a write to a splitter took, of all chains, milliseconds of virtual time; and one to a file system that is frozen for points. */
  slowestMs = 0;
  slowestLiveMs = 0;
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
    const logs = new Map<string, readonly Place[]>();
    for (const machine of this.machines) {
      for (const disk of machine.disks) logs.set(`${machine.id} ${disk.diskId}`, await placesOn(disk, machine));
    }
    const problems: string[] = [];
    for (const [id, parts] of this.points()) {
      const memberOf = ({ machineId, diskId }: Step): PointMember | undefined =>
        parts.find((part) => part.machineId === machineId)?.members.find((member) => member.diskId === diskId);
      // A later step in the same sector stands for those before it.
      const included = (step: Step): boolean => {
        const through = memberOf(step)?.sequence ?? 0;
        const places = logs.get(`${step.machineId} ${step.diskId}`) ?? [];
        return places.some((at) => at.chain === step.chain && at.step >= step.step && at.sequence <= through);
      };
      const concerned = this.#steps.filter((step) => memberOf(step) !== undefined);
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
    const world = { clock, random, files, compute: simulatedCompute() };
    const live = this.#options.live?.[this.machines.indexOf(machine)];
    if (live !== "alone") machine.disks.push(await splitterDisk({ world, machineId: id, diskId: SERVED_ID, marks }));
    if (live !== undefined) {
      const { slowMs = 300 } = this.#options;
      machine.live = liveDisk({ world, machineId: id, diskId: LIVE_ID, marks }, { random, slowMs });
      machine.disks.push(machine.live);
    }
    const fileSystems = machine.live === undefined ? undefined : this.#fileSystemsOf(machine, machine.live);
    machine.queue = await PointQueue.open({ clock, files }, "/home/points");
    const points = new PointCoordinator({
      clock,
      random,
      machineId: id,
      marks,
      numbers: await PointNumbers.open(files, "/home/points"),
      queue: machine.queue,
      epoch: () => 1,
      quiesce: NO_QUIESCE,
      hold: () => fileSystems,
      disks: () => machine.disks,
    });
    machine.points = points;
    machine.group = new ConsistencyGroup({
      clock,
      random,
      network: machine.network,
      machineId: id,
      softwareVersion: "rig",
      bootId: "b",
      hold: new DisksHold({
        clock,
        marks: this.#options.holdMarks?.(marks) ?? marks,
        points,
        fileSystems: () => fileSystems,
      }),
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
      ...machine.disks.map((disk) => disk.run(machine.stop.signal).catch(failed)),
    ]);
  }

  #fileSystemsOf({ host }: RigMachine, live: RigLiveDisk): FileSystemHold {
    const { holdFileSystems = ({ freezer, held }: RigLiveDisk) => ({ freezer, disks: held }) } = this.#options;
    return new FileSystemHold({
      ...holdFileSystems(live),
      onOutcome: ({ faults }) => {
        for (const { code } of faults) this.events.push(`${host} ${code}`);
      },
    });
  }

  /** The machine's own points go on beside those of the group. */
  async #ownPoints({ clock, points, stop, live }: RigMachine): Promise<void> {
    try {
      for (let count = 1; ; count += 1) {
        await clock.sleep(300 + this.random.below(100), stop.signal);
        await (live !== undefined && count % 20 === 0 ? points?.heldInterval() : points?.interval());
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
      const disk = machine?.disks[this.random.below(machine.disks.length)];
      assert(machine !== undefined && disk !== undefined, "a machine lives, and has a disk");
      const made: Step = { chain, step, machineId: machine.id, diskId: disk.diskId, acknowledged: false };
      this.#steps.push(made);
      const data = Buffer.alloc(SECTOR_BYTES);
      data.writeUInt32LE(chain + 1, 0);
      data.writeUInt32LE(step, STEP_OFFSET);
      const begun = this.clock.monotonicMicros();
      const writing = disk.write(chain * SECTOR_BYTES, data, this.random.below(20) === 0);
      try {
        await orAborted(writing, machine.died.signal);
        made.acknowledged = true;
        const tookMs = (this.clock.monotonicMicros() - begun) / 1_000;
        if (disk.capture === "tracker") this.slowestLiveMs = Math.max(this.slowestLiveMs, tookMs);
        else this.slowestMs = Math.max(this.slowestMs, tookMs);
      } catch (error) {
        if (machine.isAlive) throw error;
      }
      if (this.random.below(4) > 0) await this.clock.sleep(this.random.below(10), NEVER);
    }
  }
}

interface Place {
  readonly chain: number;
  readonly step: number;
  readonly sequence: number;
}

/** Where steps stand in a disk's log; each chain has a sector of its own. */
async function placesOn(disk: RigDisk, { files, isAlive }: RigMachine): Promise<Place[]> {
  const places: Place[] = [];
  for (const record of await disk.records(files, isAlive)) {
    if (record.kind !== "write") continue;
    const data = Buffer.from(record.data);
    for (let at = 0; at < data.length; at += SECTOR_BYTES) {
      const chain = data.readUInt32LE(at) - 1;
      const step = data.readUInt32LE(at + STEP_OFFSET);
      if (chain >= 0) places.push({ chain, step, sequence: record.sequence });
    }
  }
  return places;
}
