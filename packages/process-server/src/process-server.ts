/**
 * The process server: agents in, master targets out, a durable cache between.
 *
 * ```
 *  agents ──► AgentSession ──► DiskIntake ─► HeldDisk: cache ─► cuts ──► DiskSender ──► TargetLink ──► master targets
 *                 ▲                 ▲ position, refusal   (one commit round, a few cut slots for all)      │
 *                 └─────────────────┴──────────────── DiskPosition, PointStored ◄─────────────────────────┘
 * ```
 *
 * Order of a record: appended → datasync → acknowledged as cached → cut, durable → sent → journaled by the target → told to the agent →
 * removed. Each step may be done again after a crash between any two; none is done before the one before it is durable. The folders:
 *
 * ```
 *  HOME/disks/<disk>/<number>-<branch>/{offer, cache/, cuts/}        HOME/points/<machine>.points        HOME/epochs.json
 *                                                            HOME/further-points/<target>/<machine>.points
 * ```
 */
import { ByteBudget, Fault, Waiters } from "@leeward/base";
import {
  NO_LIMIT,
  PointMoments,
  type Refusal,
  silentTrace,
  Throttle,
  type ThrottleStatus,
  type TimeZone,
  type Trace,
  together,
  UTC,
} from "@leeward/daemon";
import { wrapDataKey } from "@leeward/identity";
import type {
  Address,
  EventReport,
  HostHealth,
  ListMoments,
  MomentList,
  ProcessServerPlan,
  ProcessServerStatus,
  WrapKey,
  WrappedKey,
} from "@leeward/proto";
import { type Endpoint, makeDurableFolder, type Network, type World } from "@leeward/world";
import { GroupCommit } from "./cache/group-commit.ts";
import { SpaceGuard } from "./cache/space-guard.ts";
import { Collectors, type CollectorsOptions } from "./collect/collectors.ts";
import { changedOrAfter } from "./crew.ts";
import { Slots } from "./cut/slots.ts";
import { DiskFleet } from "./disk-fleet.ts";
import { diskUnknown, keyOther } from "./faults.ts";
import { TargetLinks } from "./forward/target-links.ts";
import { AgentDoor } from "./intake/agent-door.ts";
import { KnownEpochs } from "./intake/known-epochs.ts";
import { ReplicaRelay } from "./intake/replica-relay.ts";
import { LIMITS } from "./limits.ts";
import { FurtherPoints } from "./points/further-points.ts";
import type { HandedOn } from "./points/handed-on.ts";
import { PointDesk } from "./points/point-desk.ts";
import { PointStore } from "./points/point-store.ts";

export interface ProcessServerOptions {
  readonly world: World;
  readonly network: Network;
  /** Exists; everything that is kept lies below it. */
  readonly home: string;
  /** Where agents connect. */
  readonly listen: Endpoint;
  /** Where agents are told to connect, given where it listens. */
  readonly dataAddress: (listening: Endpoint) => Address;
  readonly softwareVersion: string;
  /** Free bytes of the cache's file system that intake leaves alone. */
  readonly reserveBytes: number;
  /** What was taken in or cut lately and is kept in memory, in bytes; `LIMITS.recentBytesMax` unless told. */
  readonly recentBytesMax?: number;
  /** How long the cache of a disk that left the plan is kept when its target has not all of it, in milliseconds. */
  readonly leftCacheKeptMs: number;
  /** Opens a data key that was wrapped to this server. @throws Fault */
  readonly unwrapKey: (jwe: string, keyId: string) => Promise<Uint8Array>;
  /** Opens the container through which a machine's data come; without it, none is collected. @throws Fault */
  readonly openContainer?: CollectorsOptions["openContainer"];
  /** As CollectorsOptions. */
  readonly collectedBytesMax?: number;
  readonly health: () => HostHealth;
  /** In which the hours of the plan are read; UTC unless told. */
  readonly timeZone?: TimeZone;
  /** Told every few seconds, and after each plan. */
  readonly onStatus: (status: ProcessServerStatus) => void;
  readonly onEvent: (event: EventReport) => void;
  /** Told of everything that a peer asked for and may not have. */
  readonly onRefused?: (refusal: Refusal) => void;
  /** Called once agents can connect. */
  readonly onListening?: (address: Address) => void;
  readonly trace?: Trace;
}

/** What follows the plan. */
interface Planned {
  readonly fleet: DiskFleet;
  readonly links: TargetLinks;
  readonly points: PointDesk;
  readonly furtherPoints: FurtherPoints;
  readonly collectors: Collectors;
}

export class ProcessServer {
  readonly #options: ProcessServerOptions;
  readonly #planned = new Waiters();
  /** Of all payload, to whichever target. */
  readonly #throttle: Throttle;
  #plan: ProcessServerPlan | undefined;
  #address: Address = { host: "", port: 0 };
  #parts: { readonly fleet: DiskFleet; readonly space: SpaceGuard; readonly links: TargetLinks } | undefined;

  constructor(options: ProcessServerOptions) {
    this.#options = options;
    const { timeZone: zone = UTC, world, onStatus } = options;
    this.#throttle = new Throttle({ clock: world.clock, zone, onChange: () => onStatus(this.status()) });
  }

  /** Puts a plan into force, now or as soon as the server runs. Until there is one, every offer is refused and nothing is removed. */
  apply(plan: ProcessServerPlan): void {
    this.#plan = plan;
    this.#throttle.set(plan.bandwidth ?? NO_LIMIT);
    this.#planned.notify();
  }

  status(): ProcessServerStatus {
    const { softwareVersion, health } = this.#options;
    const space = this.#parts?.space.space ?? { freeBytes: 0, totalBytes: 0 };
    return {
      planVersion: this.#parts?.fleet.planVersion ?? 0,
      softwareVersion,
      dataAddress: this.#address,
      disks: this.#parts?.fleet.status() ?? [],
      cacheFreeBytes: space.freeBytes,
      cacheTotalBytes: space.totalBytes,
      health: health(),
      bandwidth: this.bandwidth(),
      links: this.#parts?.links.statuses() ?? [],
    };
  }

  /**
   * Wraps the data key of a disk that this server forwards to one more recipient.
   * @throws Fault `disk-not-planned`, `key-other`, `key-unusable`
   */
  async wrapKey({ diskId, keyId, recipient, publicKeyPem }: WrapKey): Promise<WrappedKey> {
    const parts = this.#parts?.fleet.disks.get(diskId);
    if (parts === undefined) throw diskUnknown(diskId);
    const key = await parts.disk.dataKey();
    if (key.keyId !== keyId) throw keyOther(diskId, keyId);
    return { recipient, jwe: await wrapDataKey(key.bytes, { publicKeyPem, keyId }) };
  }

  /** When which of a point's records went through what here, as far as that is remembered. */
  momentsOf({ members }: ListMoments): MomentList {
    const items = members.flatMap(({ diskId, branch, sequence }) => {
      const passages = this.#parts?.fleet.disks.get(diskId)?.disk.passages;
      return (passages?.of(branch, sequence) ?? []).map((moment) => ({ diskId, ...moment }));
    });
    return { items, members: [] };
  }

  /** What limits the server's payload now, and what that has cost. */
  bandwidth(): ThrottleStatus {
    return this.#throttle.status();
  }

  /** Serves until the signal aborts. @throws Fault `port-taken`, and what the home's files throw at the start */
  async run(signal: AbortSignal): Promise<void> {
    const { world, home, network, reserveBytes, listen, trace = silentTrace } = this.#options;
    const folder = `${home}/disks`;
    await makeDurableFolder(world.files, home, folder);
    await makeDurableFolder(world.files, home, `${home}/points`);
    await makeDurableFolder(world.files, home, `${home}/further-points`);
    const forwardable = new Waiters();
    const space = new SpaceGuard({
      files: world.files,
      clock: world.clock,
      folder,
      reserveBytes,
      onChange: () => fleet.notifyAll(),
    });
    const epochs = await KnownEpochs.open(world.files, home, () => fleet.notifyAll());
    const fleet: DiskFleet = new DiskFleet({
      world,
      epochs,
      folder,
      space,
      forwardable,
      trace,
      commits: new GroupCommit(),
      memory: new ByteBudget(this.#options.recentBytesMax ?? LIMITS.recentBytesMax),
      cutSlots: new Slots(LIMITS.cutsAtOnceMax),
      unwrapKey: this.#options.unwrapKey,
      report: this.#options.onEvent,
      leftCacheKeptMs: this.#options.leftCacheKeptMs,
    });
    await space.look();
    await using store = await PointStore.open(world.files, `${home}/points`);
    await using furtherPoints = await FurtherPoints.open(world.files, `${home}/further-points`, () => fleet.disks);
    const linkOf = (diskId: string) => links.linkOf(diskId);
    const relay = new ReplicaRelay({ disks: () => fleet.disks, linkOf, throttle: this.#throttle });
    const moments: HandedOn = new PointMoments({ clock: world.clock, trace });
    const held = { trace, fleet, furtherPoints, forwardable, moments };
    const door = new AgentDoor({ ...this.#options, ...held, store, relay, epochs });
    const points = new PointDesk({ store, disks: () => fleet.disks, relay: (stored) => door.relay(stored) });
    const links = new TargetLinks({
      ...this.#options,
      ...held,
      points,
      throttle: this.#throttle,
    });
    const collectors = new Collectors({
      openContainer: noContainer,
      ...this.#options,
      clock: world.clock,
      trace,
      door,
      disks: () => Array.from(fleet.disks.values(), ({ disk }) => disk),
      isPending: ({ machineId, number }) => store.pendingOf(machineId).some((point) => point.number === number),
      answerOf: (id) => (body, inner) => relay.answer({ role: "agent", id, fingerprint: "" }, body, inner),
    });
    await using listener = await network.listen(listen);
    this.#address = this.#options.dataAddress(listener.endpoint);
    this.#parts = { fleet, space, links };
    this.#options.onListening?.(this.#address);
    await together(signal, [
      (inner) => fleet.run(inner),
      (inner) => links.run(inner),
      (inner) => this.#throttle.run(inner),
      (inner) => door.run(listener, inner),
      (inner) => space.run(inner),
      (inner) => collectors.run(inner),
      (inner) => this.#followPlan({ fleet, links, points, furtherPoints, collectors }, inner),
      (inner) => this.#tellStatus(inner),
    ]);
  }

  async #followPlan({ fleet, links, points, furtherPoints, collectors }: Planned, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.world;
    let applied: ProcessServerPlan | undefined;
    while (!signal.aborted) {
      const planned = this.#planned.next();
      if (this.#plan !== undefined && this.#plan !== applied) {
        applied = this.#plan;
        await fleet.apply(applied);
        await furtherPoints.follow();
        await links.follow();
        await collectors.follow(applied);
        this.#options.onStatus(this.status());
      }
      const drop = async (machineId: string): Promise<void> => {
        await points.drop(machineId);
        await furtherPoints.drop(machineId);
      };
      if (applied !== undefined) await fleet.sweep(drop, new Set([...points.machines(), ...furtherPoints.machines()]));
      await changedOrAfter(clock, { changed: planned, delayMs: LIMITS.sweepEveryMs }, signal);
    }
  }

  async #tellStatus(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#options.onStatus(this.status());
      await this.#options.world.clock.sleep(LIMITS.statusEveryMs, signal);
    }
  }
}

function noContainer(): never {
  throw new Fault({
    code: "request-unsupported",
    kind: "operator",
    message: "This process server collects from no container.",
    remedy: "Bring both sides to the same release; upgrade the servers first.",
  });
}
