// The mobility agent: keeps the disks of its plan served and tracked, makes the machine's recovery points, and delivers records and
// points to the process servers. It does all of this without the config server; a plan holds until the next one.
import { anySignal, Fault, isFault, orAborted, type Random, unreachable, Waiters } from "@leeward/base";
import { NO_LIMIT, Throttle, type ThrottleStatus, type TimeZone, UTC } from "@leeward/daemon";
import type {
  AgentPlan,
  AgentStatus,
  CompareDigests,
  Comparison,
  EventReport,
  PlannedDisk,
  PointItem,
  PointRecord,
  RequestBody,
  ResponseBody,
} from "@leeward/proto";
import type { Freezer } from "@leeward/tracker";
import { type Clock, type Endpoint, type Files, makeDurableFolder, type Network } from "@leeward/world";
import { DiskFeed, type DiskFeedOptions } from "./delivery/disk-feed.ts";
import { Uplink } from "./delivery/uplink.ts";
import type { ResyncCause } from "./disk/branch-file.ts";
import type { DiskHost, DiskSettings } from "./disk/disk-host.ts";
import { DiskKeeper } from "./disk/disk-keeper.ts";
import { DiskSet, policyOf } from "./disk-set.ts";
import { diskStatusOf } from "./disk-status.ts";
import { diskUnknown } from "./faults.ts";
import { ConsistencyGroup, type ConsistencyGroupOptions } from "./groups/consistency-group.ts";
import { DisksHold } from "./groups/disks-hold.ts";
import { keepApplicationPoints } from "./hooks/application-schedule.ts";
import { NO_QUIESCE, type Quiesce } from "./hooks/quiesce.ts";
import { candidateListOf, type Inventory } from "./inventory/inventory.ts";
import type { ShownFault } from "./inventory/machine-faults.ts";
import {
  DISK_FAULTS_MAX,
  GROUP_INTERVAL_MS_MIN,
  POINT_INTERVAL_MS_DEFAULT,
  POINT_INTERVAL_MS_MIN,
  TRACKER_INTERVAL_SECONDS_DEFAULT,
} from "./limits.ts";
import { FileSystemHold, type HeldDisk } from "./marks/file-system-hold.ts";
import { HoldPace } from "./marks/hold-pace.ts";
import { MarkClock } from "./marks/mark-clock.ts";
import { PointCoordinator } from "./marks/point-coordinator.ts";
import { PointNumbers } from "./marks/point-numbers.ts";
import { PointQueue } from "./marks/point-queue.ts";
import { PointSchedule } from "./marks/point-schedule.ts";

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
  readonly openHost: (settings: DiskSettings, marks: MarkClock) => DiskHost;
  readonly openFrames: DiskFeedOptions["openFrames"];
  /** Ends what the machine keeps of a disk outside of the home, once it is not protected any more. */
  readonly forgetDisk?: (diskId: string) => Promise<unknown>;
  /** Holds still what lies on disks that others write to. */
  readonly freezer: Freezer;
  /** What is wrong with the machine as a whole, beside what its disks say. */
  readonly machineFaults?: () => readonly ShownFault[];
  /** Brings applications to rest for application-consistent points. */
  readonly quiesce?: Quiesce;
  /** How other members of its consistency group reach the machine; without it, the machine is in none. */
  readonly group?: Pick<ConsistencyGroupOptions, "listen" | "address" | "onFault" | "onRefused">;
  /** Told of what people should know. */
  readonly onEvent?: (event: EventReport) => void;
}

interface Parts {
  readonly queue: PointQueue;
  readonly numbers: PointNumbers;
}

const MS_PER_SECOND = 1_000;

export class MobilityAgent {
  readonly #options: MobilityAgentOptions;
  readonly #marks = new MarkClock();
  readonly #disks: DiskSet;
  readonly #queue: PointQueue;
  readonly #points: PointCoordinator;
  readonly #group: ConsistencyGroup | undefined;
  readonly #uplinks = new Map<string, { readonly controller: AbortController; readonly ended: Promise<void> }>();
  readonly #uplinkFaults = new Map<string, Fault>();
  readonly #failed = Promise.withResolvers<never>();
  readonly #planChanged = new Waiters();
  readonly #statusChanged = new Waiters();
  /** Disks with neither copy nor gap. */
  readonly #whole = new Set<string>();
  /** Points of disks whose every write passes through here; and those for which disks that others write to are held still. */
  readonly #schedule: PointSchedule;
  readonly #heldSchedule: PointSchedule;
  readonly #holds: HoldPace;
  readonly #fileSystems: FileSystemHold;
  /** Of all payload, to whichever process server. */
  readonly #throttle: Throttle;
  #removing: Promise<void> = Promise.resolve();
  #plan: AgentPlan = { version: 0, machineName: "", epoch: 0, disks: [] };

  private constructor(options: MobilityAgentOptions, { queue, numbers }: Parts) {
    this.#options = options;
    this.#queue = queue;
    const { clock, random, machineId, freezer, onEvent, timeZone: zone = UTC } = options;
    this.#throttle = new Throttle({ clock, zone, onChange: () => this.#statusChanged.notify() });
    this.#disks = new DiskSet({
      make: (planned) => this.#makeDisk(planned),
      onFailure: (error) => this.#failed.reject(error),
      onReleased: () => {
        this.surroundingsChanged();
        this.#removing = this.#removing
          .then(() => this.#removeLeft())
          .catch((error: unknown) => this.#failed.reject(error));
      },
    });
    const onChange = (): void => this.#statusChanged.notify();
    this.#holds = new HoldPace({ clock, onEvent: (event) => onEvent?.(event), onChange });
    this.#fileSystems = new FileSystemHold({
      freezer,
      disks: () => this.#liveDisks(),
      onOutcome: (outcome) => this.#holds.take(outcome),
    });
    this.#points = new PointCoordinator({
      clock,
      random,
      machineId,
      marks: this.#marks,
      numbers,
      queue,
      epoch: () => this.#plan.epoch,
      quiesce: options.quiesce ?? NO_QUIESCE,
      disks: () =>
        this.#disks.all().map(({ planned, keeper }) => ({
          diskId: planned.diskId,
          settleMark: (mark) => keeper.settleMark(mark),
        })),
      hold: () => (this.#liveDisks().length === 0 ? undefined : this.#fileSystems),
    });
    this.#schedule = new PointSchedule({
      clock,
      intervalMs: () => this.#pointIntervalMs(),
      isWanted: () => this.#plan.disks.some(({ capture }) => capture !== "tracker"),
      make: () => this.#points.interval(),
    });
    // These are fewer, since their writers wait for a moment.
    this.#heldSchedule = new PointSchedule({
      clock,
      intervalMs: () => this.#heldIntervalMs(),
      isWanted: () => this.#liveDisks().length > 0,
      make: () => this.#points.heldInterval(),
    });
    this.#group = options.group === undefined ? undefined : this.#makeGroup(options.group);
    this.#failed.promise.catch(() => undefined);
  }

  static async open(options: MobilityAgentOptions): Promise<MobilityAgent> {
    const folder = `${options.home}/points`;
    await makeDurableFolder(options.files, options.home, folder);
    const queue = await PointQueue.open(options.files, folder);
    return new MobilityAgent(options, { queue, numbers: await PointNumbers.open(options.files, folder) });
  }

  /** The highest epoch that this agent has been told. */
  get epoch(): number {
    return this.#plan.epoch;
  }

  /** The machine's name in the installation; empty before the first plan. */
  get machineName(): string {
    return this.#plan.machineName;
  }

  /** Takes the plan as what should be from now on. An older version than the one in force is passed over. */
  async apply(plan: AgentPlan): Promise<void> {
    if (plan.version < this.#plan.version) return;
    this.#plan = { ...plan, epoch: Math.max(plan.epoch, this.#plan.epoch) };
    this.#throttle.set(plan.bandwidth ?? NO_LIMIT);
    this.#group?.apply(plan.group);
    await this.#disks.apply(plan.disks);
    await this.#removeLeft();
    for (const { feed } of this.#disks.all()) feed.planChanged();
    this.#planChanged.notify();
    this.#statusChanged.notify();
  }

  status(): AgentStatus {
    const { clock, softwareVersion, bootId, inventory } = this.#options;
    const groupAddress = this.#group?.address;
    return {
      ...(groupAddress === undefined ? {} : { groupAddress }),
      planVersion: this.#plan.version,
      agentVersion: softwareVersion,
      bootId,
      disks: this.#disks.all().map((disk) => {
        const status = diskStatusOf(disk, clock.wallMicros());
        const uplink = this.#uplinkFaults.get(disk.planned.processServerId);
        const more = uplink === undefined ? [] : [{ fault: uplink, sinceMicros: clock.wallMicros() }];
        const machine = this.#options.machineFaults?.() ?? [];
        const holds = disk.planned.capture === "tracker" ? this.#holds.faults : [];
        const items = [...more, ...machine, ...holds].map(({ fault: { code, kind, message }, sinceMicros }) => {
          return { code, kind, message, sinceMicros };
        });
        return { ...status, faults: [...status.faults, ...items].slice(0, DISK_FAULTS_MAX) };
      }),
      inventoryJson: inventory.json(),
      clockOffsetMicros: 0,
      bandwidth: this.bandwidth(),
    };
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

  /** Answers what the config server asks. @throws Fault `request-unsupported`, `disks-not-ready`, `group-plan-differs`, `group-part-missing` */
  async answer(body: RequestBody, signal: AbortSignal): Promise<ResponseBody> {
    switch (body.kind) {
      case "listCandidates":
        return { kind: "candidateList", value: { items: await candidateListOf(this.#options.inventory) } };
      case "createPoint":
        return { kind: "point", value: await this.#createPoint(body.value.consistency, signal) };
      case "compareDigests":
        return { kind: "comparison", value: await this.#compare(body.value) };
      case "recopyExtents": {
        const { diskId, branch, extents } = body.value;
        await this.#disk(diskId).recopy(branch, extents);
        return { kind: "done", value: {} };
      }
      case "resyncDisk":
        return { kind: "resyncBegun", value: await this.#disk(body.value.diskId).beginResync() };
      case "createGroupPoint": {
        const { revisionId, consistency } = body.value;
        if (this.#group === undefined) throw unsupported(body.kind);
        return { kind: "groupPointMade", value: await this.#group.create(revisionId, consistency, signal) };
      }
      case "awaitPoint":
        if (this.#group === undefined) throw unsupported(body.kind);
        return { kind: "point", value: await this.#stored(await this.#group.part(body.value.pointId), signal) };
      case "replicaDigests":
      case "listPoints":
      case "openPoint":
      case "closePoint":
      case "listOpened":
      case "savePoint":
      case "cancelSave":
      case "deleteHistory":
      case "renewCertificate":
        throw unsupported(body.kind);
      default:
        return unreachable(body);
    }
  }

  /** Works until the signal aborts, then closes every disk cleanly. Rejects on a mistake of ours. */
  async run(signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const inner = anySignal([signal, over.signal]);
    const pieces = [
      this.#schedule.run(inner),
      this.#heldSchedule.run(inner),
      this.#makeApplicationPoints(inner),
      this.#keepUplinks(inner),
      this.#throttle.run(inner),
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
      for (const { controller } of this.#uplinks.values()) controller.abort();
      await Promise.all([...this.#uplinks.values()].map(({ ended }) => ended));
      await this.#removing;
      await this.#queue.close();
    }
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
        points: this.#points,
        fileSystems: () => this.#groupHold(),
      }),
      onAddress: () => this.#statusChanged.notify(),
      onEvent: (event) => onEvent?.(event),
    });
  }

  /** undefined also while holds last too long to be made for each point of the group. */
  #groupHold(): FileSystemHold | undefined {
    const intervalMs = (this.#plan.group?.intervalSeconds ?? 0) * MS_PER_SECOND;
    const isWanted = this.#liveDisks().length > 0 && this.#holds.isDue(Math.max(GROUP_INTERVAL_MS_MIN, intervalMs));
    return isWanted ? this.#fileSystems : undefined;
  }

  #makeDisk(planned: PlannedDisk): { keeper: DiskKeeper; feed: DiskFeed } {
    const { clock, inventory, home, machineId, bootId, openHost, openFrames } = this.#options;
    const folder = `${home}/disks/${planned.diskId}`;
    const settingsOf = (path: string): DiskSettings => ({
      diskId: planned.diskId,
      machineId,
      name: planned.name,
      capture: planned.capture,
      path,
      folder,
      socketPath: `${home}/run/${planned.diskId}.sock`,
      bootId,
      policy: policyOf(planned),
    });
    const settle = async (): Promise<DiskSettings> => {
      const path = await inventory.resolve(planned.path, planned.capture);
      if (this.#disks.isReleasedAt(path)) throw stillUsed(path);
      return settingsOf(path);
    };
    const keeper = new DiskKeeper(
      {
        clock,
        settle,
        openHost: (settings) => openHost(settings, this.#marks),
        onState: () => {
          this.#noteWhole(planned, keeper.facts()?.state === "protected");
          this.#statusChanged.notify();
        },
        onResync: (cause) => this.#options.onEvent?.(resyncEvent(planned, cause)),
        onEvent: (event) => this.#options.onEvent?.(event),
      },
      settingsOf(planned.path),
    );
    const epoch = (): number => this.#plan.epoch;
    return { keeper, feed: new DiskFeed({ host: keeper, clock, epoch, openFrames, throttle: this.#throttle }) };
  }

  /** Removes what is kept of disks that are not protected any more, also when an earlier run was stopped before it did. */
  async #removeLeft(): Promise<void> {
    const { files, home } = this.#options;
    const folder = `${home}/disks`;
    try {
      if ((await files.status(folder)) === undefined) return;
      const left = (await files.list(folder)).filter((name) => !this.#disks.has(name));
      for (const name of left) {
        await this.#options.forgetDisk?.(name);
        await files.removeFolder(`${folder}/${name}`);
      }
      if (left.length > 0) await files.syncFolder(folder);
    } catch (error) {
      // It costs room alone; the next plan tries again.
      if (!isFault(error)) throw error;
    }
  }

  /** The disks that others write to, as far as they can have a part in points: nothing is held still for one that is being copied. */
  #liveDisks(): HeldDisk[] {
    return this.#disks.all().flatMap(({ keeper }) => {
      const { live } = keeper;
      return live === undefined || keeper.facts()?.state !== "protected" ? [] : [{ path: keeper.settings.path, live }];
    });
  }

  #noteWhole({ diskId, capture }: PlannedDisk, isWhole: boolean): void {
    if (!isWhole) this.#whole.delete(diskId);
    else if (!this.#whole.has(diskId)) {
      this.#whole.add(diskId);
      (capture === "tracker" ? this.#heldSchedule : this.#schedule).becameWhole();
    }
  }

  #pointIntervalMs(): number {
    const wanted = this.#plan.disks.map((disk) => disk.policy.pointIntervalSeconds * MS_PER_SECOND);
    return Math.max(POINT_INTERVAL_MS_MIN, wanted.length === 0 ? POINT_INTERVAL_MS_DEFAULT : Math.min(...wanted));
  }

  #heldIntervalMs(): number {
    const tracked = this.#plan.disks.filter(({ capture }) => capture === "tracker");
    // A config server of an earlier release names none.
    const wanted = tracked.flatMap(({ policy: { trackerPointIntervalSeconds: named } }) => (named > 0 ? [named] : []));
    const seconds = wanted.length === 0 ? TRACKER_INTERVAL_SECONDS_DEFAULT : Math.min(...wanted);
    return seconds * MS_PER_SECOND * this.#holds.factor;
  }

  /** Points for which applications are brought to rest, on a schedule of their own. */
  async #makeApplicationPoints(signal: AbortSignal): Promise<void> {
    await keepApplicationPoints(
      {
        clock: this.#options.clock,
        intervalMs: () => this.#applicationIntervalMs(),
        changed: () => this.#planChanged.next(),
        make: (inner) => this.#makeApplicationPoint(inner),
      },
      signal,
    );
  }

  /** 0 while no disk's policy asks for any. */
  #applicationIntervalMs(): number {
    const seconds = this.#plan.disks.map(({ policy }) => policy.applicationPointIntervalSeconds);
    const wanted = seconds.filter((each) => each > 0);
    return wanted.length === 0 ? 0 : Math.min(...wanted) * MS_PER_SECOND;
  }

  async #makeApplicationPoint(signal: AbortSignal): Promise<boolean> {
    // Nobody is brought to rest for a point that no disk could be a member of.
    if (!this.#disks.all().some(({ planned }) => this.#whole.has(planned.diskId))) return false;
    try {
      return (await this.#points.create("application", "auto", signal)) !== undefined;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return false;
    }
  }

  async #createPoint(consistency: PointRecord["consistency"], signal: AbortSignal): Promise<PointItem> {
    const record = await this.#points.create(consistency, "mark", signal);
    if (record === undefined || record.missingDiskIds.length > 0) {
      throw new Fault({
        code: "disks-not-ready",
        kind: "transient",
        message: "A point of the whole machine needs every disk protected; some are still being copied, or have a gap.",
        remedy: "Wait until `leeward disk status` shows every disk as protected.",
        detail: { missing: record?.missingDiskIds.join(" ") ?? "all" },
      });
    }
    return this.#stored(record, signal);
  }

  /** The point once the target has it. */
  async #stored(record: PointRecord, signal: AbortSignal): Promise<PointItem> {
    await this.#queue.until(() => !this.#queue.waiting().some(({ number }) => number === record.number), signal);
    const refusal = this.#queue.refusalOf(record.number);
    if (refusal !== undefined) throw refusal;
    return { ...record, locked: false };
  }

  async #compare({ diskId, branch, sequence, offset, length, digests }: CompareDigests): Promise<Comparison> {
    const extent = { offset, length };
    const compared = await this.#disk(diskId).compare({ branch, sequence, extent, digests });
    return { ...compared, skipped: [...compared.skipped], differing: [...compared.differing] };
  }

  /** @throws Fault `disk-unknown` */
  #disk(diskId: string): DiskKeeper {
    const found = this.#disks.all().find(({ planned }) => planned.diskId === diskId);
    if (found === undefined) throw diskUnknown(diskId);
    return found.keeper;
  }

  /** One uplink for each process server that the plan names. */
  async #keepUplinks(signal: AbortSignal): Promise<void> {
    for (;;) {
      const changed = this.#planChanged.next();
      const wanted = new Set(this.#plan.disks.map((disk) => disk.processServerId));
      for (const [id, { controller, ended }] of this.#uplinks) {
        if (wanted.has(id)) continue;
        controller.abort();
        await ended;
        this.#uplinks.delete(id);
        this.#uplinkFaults.delete(id);
      }
      for (const id of wanted) if (!this.#uplinks.has(id)) this.#startUplink(id);
      await orAborted(changed, signal);
    }
  }

  #startUplink(id: string): void {
    const { clock, random, network, softwareVersion, bootId } = this.#options;
    const controller = new AbortController();
    const uplink = new Uplink({
      clock,
      random,
      network,
      softwareVersion,
      bootId,
      endpoints: () => this.#endpointsOf(id),
      epoch: () => this.#plan.epoch,
      feeds: () =>
        this.#disks
          .all()
          .filter(({ planned }) => planned.processServerId === id)
          .map(({ feed }) => feed),
      feedsChanged: () => this.#disks.changed(),
      points: this.#queue,
      onFault: (fault) => {
        if (fault === undefined) this.#uplinkFaults.delete(id);
        else this.#uplinkFaults.set(id, fault);
        this.#statusChanged.notify();
      },
    });
    const ended = uplink.run(controller.signal).catch((error: unknown) => this.#failed.reject(error));
    this.#uplinks.set(id, { controller, ended });
  }

  #endpointsOf(id: string): readonly Endpoint[] {
    return this.#plan.disks.find((disk) => disk.processServerId === id)?.processServerAddresses ?? [];
  }
}

function unsupported(kind: string): Fault {
  return new Fault({
    code: "request-unsupported",
    kind: "operator",
    message: `A mobility agent does not answer ${kind}.`,
    remedy: "Bring both sides to the same release; upgrade the config server first.",
    detail: { kind },
  });
}

function stillUsed(path: string): Fault {
  return new Fault({
    code: "disk-busy",
    kind: "operator",
    message: `Applications still use ${path} through the NBD address of its protection that has ended; what they write there would be seen by nobody.`,
    remedy: "End that use; whoever goes on does so through the disk's new NBD address.",
    detail: { path },
  });
}

function resyncEvent({ name, diskId }: PlannedDisk, { code, message }: ResyncCause): EventReport {
  return {
    kind: "disk-resync",
    subject: name,
    message: `${name} is copied again as a whole, and its earlier points stay: ${message}`,
    detail: { disk: diskId, code },
    severity: "warning",
  };
}
