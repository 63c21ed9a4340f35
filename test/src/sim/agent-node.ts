import { orAborted, type Random, seededRandom } from "@leeward/base";
import type { BlockDevice } from "@leeward/block";
import { CrashableDevice } from "@leeward/block/testing";
import { LogCursor } from "@leeward/change-log";
import { type ControlSession, serverUnreachable, together } from "@leeward/daemon";
import {
  type AskServer,
  type DiskSettings,
  type LastingRest,
  MobilityAgent,
  type Quiesce,
  ReversedDisk,
  type ReversedDiskOptions,
  ServedDisk,
  type ServedDiskOptions,
  TrackedDisk,
} from "@leeward/mobility-agent";
import type { AgentPlan, BlockDigests, PlannedDisk, ReplicaDigests } from "@leeward/proto";
import { type MortalDevice, mortalDevice } from "@leeward/splitter/testing";
import { SimLiveDisk } from "./live-disk.ts";
import { type Ending, type Life, type SimGround, SimMachine } from "./node-kit.ts";
import { type Effects, openControl } from "./sim-control.ts";
import { SimFreezer } from "./sim-freezer.ts";

const HOME = "/agent";
const SECTOR_BYTES = 512;

export type Capture = PlannedDisk["capture"];

/** A disk as applications reach it now. */
export interface UsedDisk {
  readonly device: BlockDevice;
  /** Settles when what they had under way will never be answered. */
  readonly died: Promise<void>;
}

/** The protected machine: its disks, and the mobility agent on it. */
export class AgentNode {
  readonly machine: SimMachine;
  readonly diskIds: readonly string[];
  readonly #ground: SimGround;
  readonly #captures: readonly Capture[];
  readonly #plan: (() => AgentPlan) | undefined;
  readonly #effects: Effects | undefined;
  readonly #onFailure: (error: unknown) => void;
  readonly #replicaDigests: AskServer | undefined;
  #control: ControlSession<"agentPlan"> | undefined;
  /** How often the disks were changed behind the agent's back. */
  #changes = 0;
  /** What the disks held when that happened last. */
  readonly #earlier = new Map<number, Uint8Array>();
  /** Brings the applications of the protected machine to rest; none unless a test says how. */
  quiesce: Quiesce | undefined;
  /** Brings them to rest for good; likewise. */
  lastingRest: LastingRest | undefined;
  /** Kinds of what the agents told people, of all of them. */
  readonly events: string[] = [];
  readonly #served = new Map<string, ServedDisk>();
  readonly #doors = new Set<MortalDevice>();
  disks: CrashableDevice[];
  /** Of those disks that are tracked; empty while the machine has no power. */
  live: ReadonlyMap<string, SimLiveDisk>;
  agent: MobilityAgent | undefined;
  life: Life | undefined;
  /** Settles when the agent that was started last has stopped of itself. */
  ended: Promise<void> = Promise.resolve();

  constructor(
    ground: SimGround,
    options: {
      disks: readonly { readonly sizeBytes: number; readonly capture: Capture }[];
      /** Without one, plans come from the config server. */
      plan?: () => AgentPlan;
      effects?: Effects;
      onFailure: (error: unknown) => void;
      /** Without it, the config server is asked. */
      replicaDigests?: AskServer;
    },
  ) {
    this.#ground = ground;
    this.machine = new SimMachine(ground, "agent", "agent");
    this.disks = options.disks.map(({ sizeBytes }) => CrashableDevice.create(sizeBytes, ground.random));
    this.diskIds = options.disks.map(() => Buffer.from(ground.random.bytes(16)).toString("hex"));
    this.#captures = options.disks.map(({ capture }) => capture);
    this.#plan = options.plan;
    this.#effects = options.effects;
    this.#onFailure = options.onFailure;
    this.#replicaDigests = options.replicaDigests;
    this.live = this.#bootDisks();
  }

  async start(): Promise<void> {
    // The machine has power again.
    if (this.live.size === 0) this.live = this.#bootDisks();
    const life = this.machine.begin();
    this.life = life;
    const { world, network, bootId } = life;
    await world.files.makeFolder(`${HOME}/disks`);
    await world.files.syncFolder(HOME);
    await world.files.syncFolder("/");
    const gates = new Map([...this.live].map(([path, { gate }]) => [path, gate]));
    const agent = await MobilityAgent.open({
      ...world,
      network,
      home: HOME,
      machineId: this.machine.id,
      bootId,
      softwareVersion: "sim",
      ...(this.quiesce === undefined ? {} : { quiesce: this.quiesce }),
      ...(this.lastingRest === undefined ? {} : { lastingRest: this.lastingRest }),
      onEvent: ({ kind }) => this.events.push(kind),
      freezer: new SimFreezer({ clock: this.#ground.clock, life, gates }),
      inventory: {
        candidates: async () => [],
        resolve: async (path) => path,
        look: () => Promise.reject(new Error("no device is named")),
        json: () => "{}",
      },
      openHost: (settings, marks, { askReplica, askProcessServer: ask }) => {
        if (settings.reverse !== undefined)
          return this.#reversedDisk(life, { ...settings, reverse: settings.reverse }, ask);
        if (settings.capture === "tracker") return this.#trackedDisk(life, settings);
        return this.#servedDisk(life, settings, { marks, ...(askReplica === undefined ? {} : { askReplica }) });
      },
      replicaDigests: (request, signal) => orAborted(this.#ask(request, signal), signal),
      openFrames: async ({ settings }, { branch }, from) => {
        const cursor = new LogCursor(world.files, `${settings.folder}/${branch}/log`, from);
        return {
          next: (through) => cursor.next({ through, bytesMax: 256 * 1024 }),
          [Symbol.asyncDispose]: () => cursor.close(),
        };
      },
    });
    this.agent = agent;
    if (this.#plan === undefined) this.ended = this.#runWithServer(agent, life);
    else {
      await agent.apply(this.#plan());
      this.ended = agent.run(life.signal);
    }
    this.ended.catch(this.#onFailure);
  }

  async #ask(value: ReplicaDigests, signal: AbortSignal): Promise<BlockDigests> {
    if (this.#replicaDigests !== undefined) return this.#replicaDigests(value, signal);
    if (this.#control === undefined) throw serverUnreachable();
    return this.#control.ask({ kind: "replicaDigests", value }, signal);
  }

  async #runWithServer(agent: MobilityAgent, life: Life): Promise<void> {
    const control = await openControl(life, {
      home: HOME,
      planKind: "agentPlan",
      epoch: () => agent.epoch,
      apply: (plan) => agent.apply(plan),
      status: ({ clockOffsetMicros = 0 }) => ({
        kind: "agentStatus",
        value: { ...agent.status(), clockOffsetMicros },
      }),
      answer: (body, inner) => agent.answer(body, inner),
      ...(this.#effects && { effects: this.#effects }),
    });
    this.#control = control;
    await together(life.signal, [
      (inner) => agent.run(inner),
      (inner) => control.run(inner),
      async (inner) => {
        while (!inner.aborted) {
          await orAborted(agent.statusChanged(), inner).catch(() => undefined);
          control.statusChanged();
        }
      },
    ]);
  }

  /** The disk as applications see it; undefined while they cannot use it. */
  used(index: number): UsedDisk | undefined {
    if (this.#captures[index] === "tracker") return this.live.get(String(index));
    const device = this.device(index);
    return device === undefined || this.life === undefined ? undefined : { device, died: this.life.died };
  }

  /** A disk that is served by the agent; undefined while it is not. */
  device(index: number): BlockDevice | undefined {
    return this.life === undefined ? undefined : this.#served.get(this.diskIds[index] ?? "")?.device;
  }

  /** Ends the agent; with the power, also what its disks had not made durable is lost. */
  async end(how: Ending): Promise<void> {
    this.machine.end(how);
    for (const door of this.#doors) door.die();
    this.#doors.clear();
    this.#served.clear();
    this.life = undefined;
    this.agent = undefined;
    this.#control = undefined;
    if (how !== "power") return;
    for (const disk of this.live.values()) disk.losePower();
    this.live = new Map();
    this.disks = await Promise.all(this.disks.map((disk) => disk.crash()));
  }

  /**
   * Writes to the disks that the agent serves, while it is away: the next one finds that they are not as they were left. Some sectors are zeroes then,
   * some what they were at the last change of this kind.
   */
  async changeBehind(random: Random): Promise<void> {
    this.#changes += 1;
    for (const [index, disk] of this.disks.entries()) {
      const earlier = this.#earlier.get(index);
      const now = new Uint8Array(disk.sizeBytes);
      await disk.read(0, now);
      this.#earlier.set(index, now);
      for (let count = random.below(6); count >= 0; count -= 1) {
        const at = random.below(disk.sizeBytes / SECTOR_BYTES) * SECTOR_BYTES;
        const was = random.below(2) === 0 ? earlier?.subarray(at, at + SECTOR_BYTES) : undefined;
        await disk.write(at, was ?? new Uint8Array(SECTOR_BYTES), { fua: false });
      }
      await disk.flush();
    }
  }

  #bootDisks(): ReadonlyMap<string, SimLiveDisk> {
    const { clock, random } = this.#ground;
    return new Map(
      this.disks.flatMap((disk, index) => {
        if (this.#captures[index] !== "tracker") return [];
        const name = String(index);
        return [[name, new SimLiveDisk({ name, disk, clock, random: seededRandom(random.below(2 ** 32)) })]];
      }),
    );
  }

  #servedDisk(
    { world }: Life,
    settings: DiskSettings,
    means: Pick<ServedDiskOptions, "marks" | "askReplica">,
  ): ServedDisk {
    const served = new ServedDisk({
      world,
      settings,
      ...means,
      openSource: async ({ path }) => {
        const device = this.#door(this.disks[Number(path)]);
        const identity = `disk ${path}, changed ${this.#changes} times`;
        return { device, physicalBlockBytes: 512, identity, witness: async () => "the same" };
      },
      serve: async () => ({ uri: "nbd:", clients: () => 0, run: untilAborted }),
    });
    this.#served.set(settings.diskId, served);
    return served;
  }

  #reversedDisk(
    { world }: Life,
    settings: DiskSettings & Required<Pick<DiskSettings, "reverse">>,
    ask: ReversedDiskOptions["ask"],
  ): ReversedDisk {
    this.#served.delete(settings.diskId);
    return new ReversedDisk({
      world,
      settings,
      ask,
      openSource: async ({ path }) => {
        const device = this.#door(this.disks[Number(path)]);
        const identity = `disk ${path}, changed ${this.#changes} times`;
        return { device, physicalBlockBytes: 512, identity, witness: async () => "the same" };
      },
    });
  }

  #trackedDisk(life: Life, settings: DiskSettings): TrackedDisk {
    const live = this.live.get(settings.path);
    if (live === undefined) throw new RangeError(`no disk ${settings.path}`);
    return new TrackedDisk({
      world: life.world,
      settings,
      openTracker: () => live.openTracker(life),
      openSource: async () => {
        const source = await live.openSource();
        return { ...source, device: this.#door(source.device) };
      },
      ownExtents: async () => [],
    });
  }

  /** The way of the agent that runs now to a disk. */
  #door(disk: BlockDevice | undefined): MortalDevice {
    if (disk === undefined) throw new RangeError("no such disk");
    const device = mortalDevice(disk);
    this.#doors.add(device);
    return device;
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  if (signal.aborted) resolve();
  return promise;
}
