import { existsSync, promises as fs } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomId, seededRandom } from "@leeward/base";
import { journalMemory } from "@leeward/journal";
import { HistoryMaker } from "@leeward/journal/testing";
import type {
  BlockDigests,
  CheckReplica,
  MasterTargetPlan,
  OpenedPoint,
  PointItem,
  ReplicaChangeList,
  ReplicaChanges,
  ReplicaCheckResult,
  ReplicaDigests,
  ReplicaHalted,
  ReplicaRead,
  ReplicaStatus,
  RequestBody,
  ResponseBody,
  StartReplica,
} from "@leeward/proto";
import { openRecoveryHost } from "@leeward/recovery-host";
import { BOOT_DISK_BYTES, bootDisk } from "@leeward/recovery-host/testing";
import { nodeClock, nodeCompute, nodeFiles, nodeRandom, type World } from "@leeward/world";
import { simulatedClock, simulatedNetwork } from "@leeward/world/testing";
import { EpochBook } from "../intake/epoch-book.ts";
import { AnchorStore } from "../keep/anchor-store.ts";
import { openJournalHome } from "../keep/journal-home.ts";
import type { TargetDiskKeeper } from "../keep/target-disk-keeper.ts";
import { TargetDisks } from "../keep/target-disks.ts";
import { MasterTarget } from "../master-target.ts";

export const GREETING = "leeward failover";

const KINDS = ["qemu", "none"] as const;
const SEED = 60;
const RECIPIENT = "0e".repeat(16);
const MEMORY_MIB = 32;
const PIECE_BYTES = 1 << 16;
/** The history's own clock began in 1970. */
const RETENTION_SECONDS = 2 ** 32;

/** One that the machine reaches nobody by, and whose settings in the guest stay. */
export const NIC: StartReplica["nics"][number] = {
  model: "virtio",
  network: "isolated",
  bridge: "",
  forwards: [],
  mac: "",
  dhcp: false,
  addresses: [],
  gateways: [],
  dns: [],
};

interface StartOptions {
  readonly onStep?: (step: string) => void;
  /** What stays free where it lies. */
  readonly reserveBytes?: number;
}

/** A master target's home with the journal of one disk, whose newest point boots. */
export class ReplicaRig implements AsyncDisposable {
  readonly home: string;
  readonly world: World = worldOfNode();
  readonly #ids: string[] = [];
  readonly #maker: HistoryMaker;

  private constructor(home: string, diskBytes = BOOT_DISK_BYTES) {
    this.home = home;
    this.#maker = new HistoryMaker(seededRandom(SEED), diskBytes);
  }

  /** With a disk that holds this; default: the guest in one sector. */
  static async make(content = bootDisk(GREETING)): Promise<ReplicaRig> {
    const rig = new ReplicaRig(await fs.mkdtemp(join(tmpdir(), "lw-")), content.length);
    await rig.#write(content);
    return rig;
  }

  /** The one that another process has made. */
  static at(home: string): ReplicaRig {
    return new ReplicaRig(home);
  }

  /** What the machine is started from, as whoever resolved the newest point asks for it. */
  asked(pointId: string, replicaId = randomId(nodeRandom), host: StartReplica["host"] = "qemu"): StartReplica {
    const { machineId, diskId } = this.#maker.identity;
    this.#ids.push(replicaId);
    return {
      replicaId,
      machineId,
      machineName: "web",
      pointId,
      disks: [{ diskId, name: "root", bus: "virtio" }],
      hardware: { cpus: 1, memoryMib: MEMORY_MIB, firmware: "bios" },
      nics: [NIC],
      host,
      cpuShare: 0,
    };
  }

  get identity(): HistoryMaker["identity"] {
    return this.#maker.identity;
  }

  /** The whole daemon, but for its sessions; it runs until it is disposed. */
  async start({ onStep = () => undefined, reserveBytes = 0 }: StartOptions = {}): Promise<RunningTarget> {
    const clock = simulatedClock();
    const identity = { role: "master-target", id: RECIPIENT, fingerprint: RECIPIENT } as const;
    const target = await MasterTarget.open({
      world: this.world,
      // Nobody connects: its clock stands still.
      network: simulatedNetwork({ clock, random: seededRandom(SEED) }).join("target", identity),
      listen: { host: "target", port: 0 },
      home: this.home,
      softwareVersion: "0.1.0",
      unwrap: async () => this.#maker.dataKey.bytes,
      id: RECIPIENT,
      reserveBytes,
      hosts: {
        open: (kind) =>
          openRecoveryHost({ kind, above: `${this.home}/hosts`, folder: `${this.home}/hosts/${kind}`, onStep }),
        used: async () => {
          const there = await fs.readdir(`${this.home}/hosts`);
          return KINDS.filter((kind) => there.includes(kind));
        },
      },
      onEvent: () => undefined,
      onFault: () => undefined,
      onReplicaStep: onStep,
    });
    await target.apply(this.#plan());
    return new RunningTarget(target);
  }

  /** All that there is of replica machines: in the home, as processes, and as pins of the journal. No daemon runs on it. */
  async left(): Promise<readonly string[]> {
    const folders = ["replicas", "hosts/qemu", "hosts/none", "run", "overlays"].map((name) => `${this.home}/${name}`);
    const names = await Promise.all(
      folders.map(async (folder) =>
        existsSync(folder) ? (await fs.readdir(folder)).map((name) => `${folder}/${name}`) : [],
      ),
    );
    const opened = existsSync(`${this.home}/opened.json`)
      ? await fs.readFile(`${this.home}/opened.json`, "utf8")
      : "[]";
    const pins = await this.withJournal(async (journal) => journal.pins().map(({ owner }) => `pin of ${owner}`));
    return [...names.flat(), ...(opened.trim() === "[]" ? [] : [opened]), ...pins, ...(await this.#processes())];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    {
      await using target = await this.start();
      for (const id of this.#ids) await target.remove(id);
    }
    await fs.rm(this.home, { recursive: true, force: true });
  }

  #plan(): MasterTargetPlan {
    const still = { machineName: "web", diskName: "root", epoch: 0, term: 0, processServerId: "", intake: true };
    const wrappedKeys = [{ recipient: RECIPIENT, jwe: "x" }];
    const kept = {
      keyId: this.#maker.dataKey.keyId,
      wrappedKeys,
      retentionSeconds: RETENTION_SECONDS,
      retentionBytesMax: 0,
      thinningTiers: [],
    };
    return { version: 1, disks: [{ ...this.#maker.identity, ...still, ...kept }] };
  }

  async #write(content: Uint8Array): Promise<void> {
    for (const name of ["journal", "anchors"]) await fs.mkdir(`${this.home}/${name}`);
    this.#maker.endSpan(this.#maker.beginSpan("initial"));
    for (let at = 0; at < content.length; at += PIECE_BYTES) {
      const piece = content.subarray(at, at + PIECE_BYTES);
      if (piece.some((byte) => byte !== 0)) this.#maker.writeBytes(at, piece);
    }
    await this.withJournal((journal) => this.takePoint(journal));
  }

  /** What the source wrote since, as a segment with a point at its end. */
  async takePoint(journal: TargetDiskKeeper["journal"]): Promise<void> {
    const { record } = this.#maker.mark();
    await journal.accept(await this.#maker.stage(this.world, journal.stagingPath("s"), this.#maker.cut()));
    await journal.addPoint(record);
  }

  /** The source. */
  get maker(): HistoryMaker {
    return this.#maker;
  }

  /** Does something with the disk's journal. No daemon runs on it. */
  async withJournal<T>(work: (journal: TargetDiskKeeper["journal"]) => Promise<T>): Promise<T> {
    const { world, home } = this;
    const disks = new TargetDisks(
      {
        journals: await openJournalHome(world, { home }),
        unwrap: async () => this.#maker.dataKey.bytes,
        recipient: RECIPIENT,
        epochs: await EpochBook.open(world.files, home),
        anchors: new AnchorStore(world.files, `${home}/anchors`),
        memory: journalMemory(1 << 20),
        reserveBytes: 0,
        report: () => undefined,
      },
      () => undefined,
    );
    await disks.apply(this.#plan().disks);
    const { machineId, diskId } = this.#maker.identity;
    try {
      return await work(disks.require(machineId, diskId).journal);
    } finally {
      await disks.close();
    }
  }

  /** QEMU is started with its sockets and variables in the machine's folder. */
  async #processes(): Promise<string[]> {
    const pids = (await fs.readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const lines = await Promise.all(pids.map((pid) => fs.readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
    return lines.filter((line) => line.includes("qemu") && line.includes(`${this.home}/`));
  }
}

/** A daemon that runs. */
export class RunningTarget implements AsyncDisposable {
  readonly #target: MasterTarget;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor(target: MasterTarget) {
    this.#target = target;
    this.#ended = target.run(this.#stop.signal);
    this.#ended.catch(() => undefined);
  }

  async newestPoint(machineId: string): Promise<string> {
    const answer = await this.ask({ kind: "findPoint", value: { machineId, at: "latest" } });
    if (answer.kind === "point") return answer.value.id;
    throw new Error(`it answered ${answer.kind}`);
  }

  async begin(asked: StartReplica): Promise<ReplicaStatus> {
    const answer = await this.ask({ kind: "startReplica", value: asked });
    if (answer.kind === "replicaStatus") return answer.value;
    throw new Error(`it answered ${answer.kind}`);
  }

  async remove(replicaId: string): Promise<void> {
    await this.ask({ kind: "removeReplica", value: { replicaId } });
  }

  async halt(replicaId: string, graceSeconds = 120): Promise<ReplicaHalted> {
    const answer = await this.ask({ kind: "haltReplica", value: { replicaId, graceSeconds } });
    if (answer.kind === "replicaHalted") return answer.value;
    throw new Error(`it answered ${answer.kind}`);
  }

  async absorb(replicaId: string, pointId: string): Promise<PointItem> {
    const answer = await this.ask({ kind: "absorbReplica", value: { replicaId, pointId } });
    if (answer.kind === "point") return answer.value;
    throw new Error(`it answered ${answer.kind}`);
  }

  async changes(value: ReplicaChanges): Promise<ReplicaChangeList> {
    const answer = await this.ask({ kind: "replicaChanges", value });
    if (answer.kind === "replicaChangeList") return answer.value;
    throw new Error(`it answered ${answer.kind}`);
  }

  /** What the machine has there. */
  async content(value: ReplicaRead): Promise<Uint8Array> {
    const answer = await this.ask({ kind: "replicaRead", value });
    if (answer.kind !== "replicaContent") throw new Error(`it answered ${answer.kind}`);
    const { content } = answer.value;
    return content.length === value.length ? content : nodeCompute().decompress("lz4", content, value.length);
  }

  async digests(value: ReplicaDigests): Promise<BlockDigests> {
    const answer = await this.ask({ kind: "replicaDigests", value });
    if (answer.kind === "blockDigests") return answer.value;
    throw new Error(`it answered ${answer.kind}`);
  }

  async console(replicaId: string): Promise<string> {
    const answer = await this.ask({ kind: "readConsole", value: { replicaId } });
    if (answer.kind === "consoleText") return answer.value.text;
    throw new Error(`it answered ${answer.kind}`);
  }

  async check(request: CheckReplica): Promise<readonly ReplicaCheckResult[]> {
    const answer = await this.ask({ kind: "checkReplica", value: request });
    if (answer.kind === "replicaChecked") return answer.value.results;
    throw new Error(`it answered ${answer.kind}`);
  }

  async screen(replicaId: string): Promise<Uint8Array> {
    const answer = await this.ask({ kind: "replicaScreen", value: { replicaId } });
    if (answer.kind === "screenPicture") return answer.value.png;
    throw new Error(`it answered ${answer.kind}`);
  }

  async opened(): Promise<readonly OpenedPoint[]> {
    const answer = await this.ask({ kind: "listOpened", value: {} });
    if (answer.kind === "openedList") return answer.value.items;
    throw new Error(`it answered ${answer.kind}`);
  }

  async close(openedId: string): Promise<void> {
    await this.ask({ kind: "closePoint", value: { id: openedId } });
  }

  async deleteHistory(machineId: string, diskIds: readonly string[]): Promise<void> {
    await this.ask({ kind: "deleteHistory", value: { machineId, diskIds } });
  }

  /** What the config server is told of replica machines. */
  async told(): Promise<readonly ReplicaStatus[]> {
    return (await this.#target.status()).replicas;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  ask(body: RequestBody): Promise<ResponseBody> {
    return this.#target.answer(body, this.#stop.signal);
  }
}

function worldOfNode(): World {
  return { clock: nodeClock, random: nodeRandom, files: nodeFiles({ io: "thread-pool" }), compute: nodeCompute() };
}
