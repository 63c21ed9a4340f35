import type { BlockDevice } from "@leeward/block";
import { CrashableDevice } from "@leeward/block/testing";
import { LogCursor } from "@leeward/change-log";
import { MobilityAgent, type Quiesce, ServedDisk } from "@leeward/mobility-agent";
import type { AgentPlan } from "@leeward/proto";
import { type MortalDevice, mortalDevice } from "@leeward/splitter/testing";
import type { Freezer } from "@leeward/tracker";
import { type Ending, type Life, type SimGround, SimMachine } from "./node-kit.ts";

const HOME = "/agent";

/** Of a machine whose disks hold no file system that is mounted. */
const NOTHING_MOUNTED: Freezer = {
  usesOf: async () => ({ fileSystems: [], unfreezable: [], swap: new Map(), unplacedSwap: new Map() }),
  sync: async () => 0,
  freeze: async () => ({ thaw: async () => ({ heldWhole: true, stallMs: 0 }) }),
  [Symbol.asyncDispose]: async () => {},
};

/** The protected machine: its disks, and the mobility agent on it. */
export class AgentNode {
  readonly machine: SimMachine;
  readonly diskIds: readonly string[];
  readonly #plan: () => AgentPlan;
  readonly #onFailure: (error: unknown) => void;
  /** Brings the applications of the protected machine to rest; none unless a test says how. */
  quiesce: Quiesce | undefined;
  readonly #served = new Map<string, ServedDisk>();
  readonly #doors = new Set<MortalDevice>();
  disks: CrashableDevice[];
  agent: MobilityAgent | undefined;
  life: Life | undefined;
  /** Settles when the agent that was started last has stopped of itself. */
  ended: Promise<void> = Promise.resolve();

  constructor(
    ground: SimGround,
    options: { sizes: readonly number[]; plan: () => AgentPlan; onFailure: (error: unknown) => void },
  ) {
    this.machine = new SimMachine(ground, "agent", "agent");
    this.disks = options.sizes.map((size) => CrashableDevice.create(size, ground.random));
    this.diskIds = options.sizes.map(() => Buffer.from(ground.random.bytes(16)).toString("hex"));
    this.#plan = options.plan;
    this.#onFailure = options.onFailure;
  }

  async start(): Promise<void> {
    const life = this.machine.begin();
    this.life = life;
    const { world, network, bootId } = life;
    await world.files.makeFolder(`${HOME}/disks`);
    await world.files.syncFolder(HOME);
    await world.files.syncFolder("/");
    const agent = await MobilityAgent.open({
      ...world,
      network,
      home: HOME,
      machineId: this.machine.id,
      bootId,
      softwareVersion: "sim",
      ...(this.quiesce === undefined ? {} : { quiesce: this.quiesce }),
      freezer: NOTHING_MOUNTED,
      inventory: { candidates: async () => [], resolve: async (path) => path, json: () => "{}" },
      openHost: (settings, marks) => {
        const served = new ServedDisk({
          world,
          settings,
          marks,
          openSource: async ({ path }) => this.#openSource(Number(path)),
          serve: async () => ({ uri: "nbd:", clients: () => 0, run: untilAborted }),
        });
        this.#served.set(settings.diskId, served);
        return served;
      },
      openFrames: async ({ settings }, { branch }, from) => {
        const cursor = new LogCursor(world.files, `${settings.folder}/${branch}/log`, from);
        return {
          next: (through) => cursor.next({ through, bytesMax: 256 * 1024 }),
          [Symbol.asyncDispose]: () => cursor.close(),
        };
      },
    });
    this.agent = agent;
    await agent.apply(this.#plan());
    this.ended = agent.run(life.signal);
    this.ended.catch(this.#onFailure);
  }

  /** The tracked disk as applications see it; undefined while it is not served. */
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
    if (how === "power") this.disks = await Promise.all(this.disks.map((disk) => disk.crash()));
  }

  async #openSource(index: number) {
    const disk = this.disks[index];
    if (disk === undefined) throw new RangeError(`no disk ${index}`);
    const device = mortalDevice(disk);
    this.#doors.add(device);
    return { device, physicalBlockBytes: 512, identity: `disk ${index}`, witness: async () => "the same" };
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  if (signal.aborted) resolve();
  return promise;
}
