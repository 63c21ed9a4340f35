// The mobility agent: keeps the disks of its plan served and tracked, makes the machine's recovery points, and delivers records and
// points to the process servers. It does all of this without the config server; a plan holds until the next one.
import { anySignal, isFault, type Random, unreachable, Waiters } from "@leeward/base";
import { NO_LIMIT, Throttle, type ThrottleStatus, type TimeZone, type Trace, UTC } from "@leeward/daemon";
import type {
  AgentPlan,
  AgentStatus,
  DiskStatus,
  EventReport,
  ReplicaContent,
  RequestBody,
  ResponseBody,
} from "@leeward/proto";
import type { Freezer } from "@leeward/tracker";
import type { Sender } from "@leeward/wire";
import { type Clock, type Files, makeDurableFolder, type Network } from "@leeward/world";
import { makeAgentDisk } from "./agent-disk.ts";
import { AgentRequests } from "./agent-requests.ts";
import { cacheAccountStatus } from "./delivery/container-status.ts";
import type { DiskFeedOptions } from "./delivery/disk-feed.ts";
import { Uplinks, type UplinksOptions } from "./delivery/uplinks.ts";
import type { DiskHost, DiskSettings } from "./disk/disk-host.ts";
import { type AskReplica, type AskServer, askThrough } from "./disk/replica-asker.ts";
import type { RescanPoints } from "./disk/rescan-points.ts";
import { type AgentDisk, DiskSet } from "./disk-set.ts";
import { diskStatusOf } from "./disk-status.ts";
import { Fence, type FenceMemory, type FenceOptions, openFenceMemory } from "./fence/fence.ts";
import { ConsistencyGroup, type ConsistencyGroupOptions } from "./groups/consistency-group.ts";
import { DisksHold } from "./groups/disks-hold.ts";
import { type LastingRest, NO_LASTING_REST } from "./hooks/lasting-rest.ts";
import { NO_QUIESCE, type Quiesce } from "./hooks/quiesce.ts";
import type { Inventory } from "./inventory/inventory.ts";
import type { ShownFault } from "./inventory/machine-faults.ts";
import { DISK_FAULTS_MAX } from "./limits.ts";
import { MachinePoints } from "./marks/machine-points.ts";
import { MarkClock } from "./marks/mark-clock.ts";
import { PointNumbers } from "./marks/point-numbers.ts";
import { PointQueue } from "./marks/point-queue.ts";
import type { AskProcessServer, ReplicaAnswer, ReplicaQuestion } from "./reverse/replica-peer.ts";

export interface MobilityAgentOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly files: Files;
  readonly network: Network;
  readonly home: string;
  readonly machineId: string;
  readonly bootId: string;
  readonly softwareVersion: string;
  readonly inventory: Inventory;
  /** In which the hours of the plan are read; UTC unless told. */
  readonly timeZone?: TimeZone;
  /** Serves one disk: by a worker of its own, or in this thread. */
  readonly openHost: (settings: DiskSettings, marks: MarkClock, asks: DiskAsks) => DiskHost;
  /** Asks the config server what a disk's target holds. @throws Fault by name, also when nobody can be asked now */
  readonly replicaDigests?: AskServer;
  readonly openFrames: DiskFeedOptions["openFrames"];
  /** Ends what the machine keeps of a disk outside of the home, once it is not protected any more. */
  readonly forgetDisk?: (diskId: string) => Promise<unknown>;
  /** Holds still what lies on disks that others write to. */
  readonly freezer: Freezer;
  /** What is wrong with the machine as a whole, beside what its disks say. */
  readonly machineFaults?: () => readonly ShownFault[];
  /** Brings applications to rest for application-consistent points. */
  readonly quiesce?: Quiesce;
  /** Brings applications to rest for good, before the machine is failed over. */
  readonly lastingRest?: LastingRest;
  /** Opens the container that its data go through, while the plan names one. @throws Fault */
  readonly openContainer?: NonNullable<UplinksOptions["openContainer"]>;
  /** Whether the machine may send what it records, and be in a group; always, unless told. */
  readonly mayDeliver?: () => boolean;
  /** What this host says of itself to whom it connects to. */
  readonly sender?: () => Sender;
  /** What is done about another copy of the machine that may have taken over, or has. */
  readonly onTakeover?: Pick<FenceOptions, "asksFirst" | "powerOff">;
  /** How other members of its consistency group reach the machine; without it, the machine is in none. */
  readonly group?: Pick<ConsistencyGroupOptions, "listen" | "address" | "onFault" | "onRefused">;
  readonly trace?: Trace;
  /** Told of what people should know. */
  readonly onEvent?: (event: EventReport) => void;
}

/** Whom a disk can ask. */
export interface DiskAsks {
  /** What its target holds, over the config server. */
  readonly askReplica?: AskReplica;
  /** What a replica machine has on it, over its process server. */
  readonly askProcessServer: AskProcessServer;
  /** The machine's points, where the disk is rescanned. */
  readonly points: Pick<RescanPoints, "moment" | "make">;
}

interface Parts {
  readonly queue: PointQueue;
  readonly numbers: PointNumbers;
  readonly fence: FenceMemory;
}

export class MobilityAgent {
  readonly #options: MobilityAgentOptions;
  readonly #marks = new MarkClock();
  readonly #disks: DiskSet;
  readonly #queue: PointQueue;
  readonly #points: MachinePoints;
  readonly #group: ConsistencyGroup | undefined;
  readonly #requests: AgentRequests;
  readonly #uplinks: Uplinks;
  readonly #fence: Fence;
  readonly #failed = Promise.withResolvers<never>();
  readonly #planChanged = new Waiters();
  readonly #statusChanged = new Waiters();
  /** Of all payload, to whichever process server. */
  readonly #throttle: Throttle;
  #removing: Promise<void> = Promise.resolve();
  #plan: AgentPlan = { version: 0, machineName: "", epoch: 0, disks: [] };

  private constructor(options: MobilityAgentOptions, { queue, numbers, fence }: Parts) {
    this.#options = options;
    this.#queue = queue;
    const { clock, inventory, quiesce = NO_QUIESCE, onEvent, timeZone: zone = UTC } = options;
    const onChange = (): void => this.#statusChanged.notify();
    this.#throttle = new Throttle({ clock, zone, onChange });
    this.#disks = this.#makeDisks();
    const disks = (): readonly AgentDisk[] => this.#disks.all();
    const plan = { plan: () => this.#plan, planChanged: () => this.#planChanged.next() };
    this.#points = new MachinePoints({
      ...options,
      ...plan,
      marks: this.#marks,
      numbers,
      queue,
      quiesce,
      disks,
      onEvent: (event) => onEvent?.(event),
      onChange,
    });
    this.#group = options.group === undefined ? undefined : this.#makeGroup(options.group);
    this.#requests = new AgentRequests({
      inventory,
      disks,
      points: this.#points.coordinator,
      queue,
      group: this.#group,
    });
    this.#fence = this.#makeFence(fence);
    this.#uplinks = new Uplinks({
      ...options,
      onEpochOld: (known) => this.#fence.refused(known),
      ...plan,
      disks,
      disksChanged: () => this.#disks.changed(),
      points: queue,
      onChange,
      onFailure: (error) => this.#failed.reject(error),
    });
    this.#failed.promise.catch(() => undefined);
  }

  static async open(options: MobilityAgentOptions): Promise<MobilityAgent> {
    const folder = `${options.home}/points`;
    await makeDurableFolder(options.files, options.home, folder);
    const fence = await openFenceMemory(options.files, options.home);
    const queue = await PointQueue.open(options, folder);
    return new MobilityAgent(options, { queue, numbers: await PointNumbers.open(options.files, folder), fence });
  }

  /** The highest epoch that this agent has been told. */
  get epoch(): number {
    return this.#plan.epoch;
  }

  /** The machine's name in the installation; empty before the first plan. */
  get machineName(): string {
    return this.#plan.machineName;
  }

  /** Takes the plan as what should be from now on, its fence before its disks. An older version than the one in force is passed over. */
  async apply(plan: AgentPlan): Promise<void> {
    if (plan.version < this.#plan.version) return;
    this.#plan = { ...plan, epoch: Math.max(plan.epoch, this.#plan.epoch) };
    this.#throttle.set(plan.bandwidth ?? NO_LIMIT);
    this.#points.coordinator.after(Math.max(0, ...plan.disks.map(({ origin }) => origin?.timeMicros ?? 0)));
    await this.#fence.apply(this.#plan);
    this.#group?.apply(this.#groupNow());
    await this.#disks.apply(plan.disks);
    await this.#removeLeft();
    for (const { feed } of this.#disks.all()) feed.planChanged();
    this.#planChanged.notify();
    this.#statusChanged.notify();
  }

  status(): AgentStatus {
    const { softwareVersion, bootId, inventory } = this.#options;
    const groupAddress = this.#group?.address;
    const fence = this.#fence.status();
    const cacheAccount = cacheAccountStatus(this.#uplinks.containers());
    return {
      ...(fence === undefined ? {} : { fence }),
      ...(groupAddress === undefined ? {} : { groupAddress }),
      planVersion: this.#plan.version,
      agentVersion: softwareVersion,
      bootId,
      disks: this.#disks.all().map((disk) => this.#statusOf(disk)),
      inventoryJson: inventory.json(),
      clockOffsetMicros: 0,
      bandwidth: this.bandwidth(),
      links: this.#uplinks.links(),
      ...(cacheAccount !== undefined && { cacheAccount }),
    };
  }

  /** Another host is the machine: this one takes no writes any more. */
  superseded(): void {
    this.#fence.superseded();
  }

  /** The config server has said that the plan that was applied last is in force. */
  told(): void {
    this.#fence.told();
  }

  /** What `mayDeliver` says is another. */
  deliveryChanged(): void {
    this.#group?.apply(this.#groupNow());
    this.#planChanged.notify();
    this.#statusChanged.notify();
  }

  /** What limits the machine's payload now, and what that has cost. */
  bandwidth(): ThrottleStatus {
    return this.#throttle.status();
  }

  /** What may be protected is another, or a fault of the machine has come or gone: whoever waits looks again. */
  surroundingsChanged(): void {
    for (const { keeper } of this.#disks.all()) keeper.retry();
    this.#statusChanged.notify();
  }

  /** Resolves when the status may have changed. */
  statusChanged(): Promise<void> {
    return this.#statusChanged.next();
  }

  /** Answers what the config server asks. @throws as AgentRequests.answer */
  answer(body: RequestBody, signal: AbortSignal): Promise<ResponseBody> {
    return this.#requests.answer(body, signal);
  }

  /** Works until the signal aborts, then closes every disk cleanly. Rejects on a mistake of ours. */
  async run(signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const inner = anySignal([signal, over.signal]);
    const pieces = [
      ...this.#points.start(inner),
      this.#uplinks.run(inner),
      this.#throttle.run(inner),
      this.#fence.run(inner),
      this.#group?.run(inner) ?? Promise.resolve(),
    ];
    const working = Promise.all(pieces);
    try {
      await Promise.race([this.#failed.promise, working]);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      over.abort();
      // A point that is being made waits for its disks, which answer at the latest when they are closed.
      await this.#disks.close();
      await Promise.allSettled(pieces);
      await this.#uplinks.close();
      await this.#removing;
      await this.#queue.close();
    }
  }

  #groupNow(): AgentPlan["group"] {
    return this.#options.mayDeliver?.() === false ? undefined : this.#plan.group;
  }

  /** What the disk says of itself, and what is wrong around it. */
  #statusOf(disk: AgentDisk): DiskStatus {
    const { clock, machineFaults } = this.#options;
    const status = diskStatusOf(disk, clock.wallMicros());
    const uplink = this.#uplinks.faultOf(disk.planned.processServerId);
    const more = uplink === undefined ? [] : [{ fault: uplink, sinceMicros: clock.wallMicros() }];
    const points = this.#points.faultsOf(disk.planned.capture);
    const items = [...more, ...(machineFaults?.() ?? []), ...points].map(({ fault, sinceMicros }) => {
      return { code: fault.code, kind: fault.kind, message: fault.message, sinceMicros };
    });
    const faults = [...status.faults, ...items].slice(0, DISK_FAULTS_MAX);
    return { ...status, faults, ...(this.#fence.holds(disk.planned.capture) && { state: "fenced" }) };
  }

  #makeDisks(): DiskSet {
    return new DiskSet({
      make: (planned) =>
        makeAgentDisk(planned, {
          ...this.#options,
          openHost: (settings) => this.#openHost(settings),
          epoch: () => this.#plan.epoch,
          throttle: this.#throttle,
          isReleasedAt: (path) => this.#disks.isReleasedAt(path),
          onState: (of, isWhole) => {
            this.#points.noteWhole(of, isWhole);
            this.#statusChanged.notify();
          },
          onEvent: (event) => this.#options.onEvent?.(event),
        }),
      onFailure: (error) => this.#failed.reject(error),
      onReleased: () => {
        this.surroundingsChanged();
        this.#removing = this.#removing
          .then(() => this.#removeLeft())
          .catch((error: unknown) => this.#failed.reject(error));
      },
    });
  }

  #makeFence(memory: FenceMemory): Fence {
    const { clock, random, lastingRest: rest = NO_LASTING_REST, onEvent, machineId, onTakeover } = this.#options;
    const parts = { clock, random, rest, marks: this.#marks, points: this.#points.coordinator, queue: this.#queue };
    return new Fence(
      {
        ...parts,
        ...onTakeover,
        disks: () => this.#disks.all(),
        machine: () => this.#plan.machineName || machineId,
        onEvent: (event) => onEvent?.(event),
        onChange: () => this.#statusChanged.notify(),
      },
      memory,
    );
  }

  #makeGroup(how: NonNullable<MobilityAgentOptions["group"]>): ConsistencyGroup {
    const { clock, random, network, machineId, softwareVersion, bootId, onEvent } = this.#options;
    return new ConsistencyGroup({
      ...how,
      clock,
      random,
      network,
      machineId,
      softwareVersion,
      bootId,
      hold: new DisksHold({
        clock,
        marks: this.#marks,
        points: this.#points.coordinator,
        fileSystems: () => this.#points.groupHold(),
      }),
      onAddress: () => this.#statusChanged.notify(),
      onEvent: (event) => onEvent?.(event),
    });
  }

  #openHost(settings: DiskSettings): DiskHost {
    const { openHost, replicaDigests } = this.#options;
    return openHost(settings, this.#marks, {
      ...(replicaDigests === undefined ? {} : { askReplica: askThrough(replicaDigests, settings) }),
      askProcessServer: (question, signal) => this.#askProcessServer(question, signal),
      points: {
        moment: async () => this.#points.coordinator.moment(),
        make: async (point) => (await this.#points.coordinator.ofDisk(settings.diskId, point)) !== undefined,
      },
    });
  }

  /** Puts the question to the process server that the plan names for its disk now. */
  async #askProcessServer(question: ReplicaQuestion, signal: AbortSignal): Promise<ReplicaAnswer> {
    const { diskId } = question.value;
    const server = this.#plan.disks.find((disk) => disk.diskId === diskId)?.processServerId ?? "";
    switch (question.kind) {
      case "replicaChanges":
        return { kind: "replicaChangeList", value: await this.#uplinks.ask(server, question, signal) };
      case "replicaRead":
        return { kind: "replicaContent", value: await this.#askContent(server, question, signal) };
      case "replicaDigests":
        return { kind: "blockDigests", value: await this.#uplinks.ask(server, question, signal) };
      default:
        return unreachable(question);
    }
  }

  /** Content comes as fast as the machine's bandwidth allows, as what is sent does. */
  #askContent(
    server: string,
    question: Extract<ReplicaQuestion, { kind: "replicaRead" }>,
    signal: AbortSignal,
  ): Promise<ReplicaContent> {
    const ask = () => this.#uplinks.ask(server, question, signal);
    const bytesOf = ({ content }: ReplicaContent) => content.length;
    return this.#throttle.asking(question.value.length, { ask, bytesOf }, signal);
  }

  /** Removes what is kept of disks that are not protected any more, also when an earlier run was stopped before it did. */
  async #removeLeft(): Promise<void> {
    const { files, home } = this.#options;
    const folder = `${home}/disks`;
    try {
      if ((await files.status(folder)) === undefined) return;
      const left = (await files.list(folder)).filter((name) => !this.#disks.has(name));
      for (const name of left) {
        if (await this.#isForgotten(name)) await files.removeFolder(`${folder}/${name}`);
      }
      if (left.length > 0) await files.syncFolder(folder);
    } catch (error) {
      // It costs room alone; the next plan tries again.
      if (!isFault(error)) throw error;
    }
  }

  /** What cannot be forgotten keeps its folder, which says what that is, and nothing else from going. It is told, since no status names the disk any more. */
  async #isForgotten(diskId: string): Promise<boolean> {
    try {
      await this.#options.forgetDisk?.(diskId);
      return true;
    } catch (error) {
      if (!isFault(error)) throw error;
      const { code, message } = error;
      const subject = this.#plan.machineName || this.#options.machineId;
      this.#options.onEvent?.({
        kind: "agent-fault",
        subject,
        message,
        detail: { code, disk: diskId },
        severity: "warning",
      });
      return false;
    }
  }
}
