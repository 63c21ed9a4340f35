import { Worker } from "node:worker_threads";
import { assert, Fault, Waiters } from "@leeward/base";
import type { Extent } from "@leeward/block";
import type { Mark } from "@leeward/proto";
import type { ComparedExtents, HeldDigests, SettledMark } from "@leeward/splitter";
import { DISPROVED } from "@leeward/tracker";
import type { AskProcessServer, ReplicaQuestion } from "../reverse/replica-peer.ts";
import type { Discontinuity } from "./branch-file.ts";
import type { DiskFacts, DiskHost, DiskPolicy, DiskSettings, LiveDisk, ResyncOptions } from "./disk-host.ts";
import type {
  DiskAnswer,
  DiskCall,
  DiskWorkerStart,
  FromDisk,
  PointQuestion,
  SnapshotChoice,
  ToDisk,
  TrackingChoice,
} from "./disk-messages.ts";
import { plainFault } from "./plain-fault.ts";
import type { AskReplica } from "./replica-asker.ts";
import type { RescanPoints } from "./rescan-points.ts";

export interface WorkerDiskOptions {
  readonly tracking?: TrackingChoice;
  /** As ServedDiskOptions has it. */
  readonly askReplica?: AskReplica;
  /** As RescannedDiskOptions has them; needed where the disk is rescanned. */
  readonly snapshots?: SnapshotChoice;
  readonly points?: Pick<RescanPoints, "moment" | "make">;
  /** As ReversedDiskOptions has it; needed where the settings have a `reverse`. */
  readonly askProcessServer?: AskProcessServer;
}

/** Whether a disk of this agent was found not to be tracked whole by eBPF: the next trackers, of all disks, are of the other kind. */
let prefersTracefs = false;

interface PendingCall {
  readonly resolve: (answer: DiskAnswer) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A disk that is served by a worker of its own, so that its inline I/O holds neither another disk nor the agent's sessions.
 * A worker that ends unasked is an unclean stop of that disk alone: `run` rejects, and whoever started it starts it again.
 */
export class WorkerDisk implements DiskHost {
  readonly settings: DiskSettings;
  readonly live: LiveDisk | undefined;
  readonly #worker: Worker;
  readonly #waiters = new Waiters();
  readonly #pending = new Map<number, PendingCall>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #askReplica: AskReplica | undefined;
  readonly #askProcessServer: AskProcessServer | undefined;
  readonly #points: WorkerDiskOptions["points"];
  /** Aborts when nobody waits for an answer any more. */
  readonly #over = new AbortController();
  #calls = 0;
  #isOver = false;
  #facts: DiskFacts | undefined;

  constructor(settings: DiskSettings, marks: SharedArrayBuffer, options: WorkerDiskOptions = {}) {
    const { tracking = {}, askReplica, askProcessServer, snapshots, points } = options;
    this.settings = settings;
    this.#askReplica = askReplica;
    this.#askProcessServer = askProcessServer;
    this.#points = points;
    this.live = settings.capture === "tracker" && settings.reverse === undefined ? this.#liveDisk() : undefined;
    const asks = { asksReplica: askReplica !== undefined, asksProcessServer: askProcessServer !== undefined };
    const ways = { ...asks, ...(snapshots === undefined ? {} : { snapshots }) };
    const preferred: TrackingChoice = prefersTracefs ? { prefer: "tracefs" } : {};
    const workerData: DiskWorkerStart = { settings, marks, tracking: { ...tracking, ...preferred }, ...ways };
    this.#worker = new Worker(new URL("./node-disk-worker.ts", import.meta.url), {
      workerData,
      name: `disk ${settings.name}`,
    });
    this.#worker.on("message", (message: FromDisk) => this.#receive(message));
    this.#worker.on("error", (cause) => this.#end(workerLost(settings, cause)));
    this.#worker.on("exit", () => this.#end(workerLost(settings, undefined)));
    // Whoever calls `run` sees the end; without this, an end before that call would count as unhandled.
    this.#ended.promise.catch(() => undefined);
  }

  facts(): DiskFacts | undefined {
    return this.#facts;
  }

  changed(): Promise<void> {
    return this.#waiters.next();
  }

  async settleMark(mark: Mark): Promise<SettledMark | undefined> {
    return (await this.#call({ kind: "settle-mark", mark })).settled;
  }

  async settleWrites(): Promise<void> {
    await this.#call({ kind: "settle-writes" });
  }

  journaled(branch: string, sequence: number): void {
    this.#post({ kind: "journaled", branch, sequence });
  }

  deposited(branch: string, sequence: number): void {
    this.#post({ kind: "deposited", branch, sequence });
  }

  resync(branch: string, cause: Discontinuity): void {
    this.#post({ kind: "resync", branch, cause });
  }

  async compare(held: HeldDigests): Promise<ComparedExtents> {
    const { compared } = await this.#call({ kind: "compare", held });
    assert(compared !== undefined, "a comparison is answered with what was compared");
    return compared;
  }

  async recopy(branch: string, extents: readonly Extent[]): Promise<void> {
    await this.#call({ kind: "recopy", branch, extents });
  }

  async beginResync(how?: ResyncOptions): Promise<SettledMark> {
    const { settled } = await this.#call({ kind: "begin-resync", how });
    assert(settled !== undefined, "a resync is answered with where it begins");
    return settled;
  }

  setPolicy(policy: DiskPolicy): void {
    this.#post({ kind: "policy", policy });
  }

  release(): void {
    this.#post({ kind: "release" });
  }

  async run(signal: AbortSignal): Promise<void> {
    const close = (): void => this.#post({ kind: "close" });
    signal.addEventListener("abort", close, { once: true });
    if (signal.aborted) close();
    try {
      await this.#ended.promise;
    } finally {
      signal.removeEventListener("abort", close);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  #liveDisk(): LiveDisk {
    return {
      prepare: async () => (await this.#call({ kind: "prepare" })).preparedBytes,
      pauseUpkeep: async () => void (await this.#call({ kind: "pause-upkeep" })),
      resumeUpkeep: () => this.#post({ kind: "resume-upkeep" }),
      hold: async (unsteady) => void (await this.#call({ kind: "hold", unsteady })),
      confirm: async () => void (await this.#call({ kind: "confirm" })),
      drop: () => this.#post({ kind: "drop" }),
    };
  }

  #call(asked: DiskCall): Promise<DiskAnswer> {
    this.#calls += 1;
    const { promise, resolve, reject } = Promise.withResolvers<DiskAnswer>();
    if (this.#isOver) reject(workerLost(this.settings, undefined));
    else this.#pending.set(this.#calls, { resolve, reject });
    this.#post({ kind: "call", call: this.#calls, asked });
    return promise;
  }

  #post(message: ToDisk): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromDisk): void {
    switch (message.kind) {
      case "facts":
        this.#facts = message.facts;
        this.#waiters.notify();
        return;
      case "answer":
        this.#take(message.call)?.resolve(message.answer);
        return;
      case "failed":
        this.#take(message.call)?.reject(new Fault(message.fault));
        return;
      case "ask-replica":
        void this.#answerReplica(message.ask, message.extent);
        return;
      case "ask-process-server":
        void this.#answerFromServer(message.ask, message.question);
        return;
      case "ask-point":
        void this.#answerPoint(message.ask, message.question);
        return;
      case "ended":
        this.#end(message.fault === undefined ? undefined : new Fault(message.fault));
        return;
    }
  }

  async #answerReplica(ask: number, extent: Extent): Promise<void> {
    assert(this.#askReplica !== undefined, "a worker asks only where it may");
    try {
      this.#post({ kind: "replica", ask, held: await this.#askReplica(extent, this.#over.signal) });
    } catch (error) {
      if (!this.#over.signal.aborted) this.#post({ kind: "replica-unknown", ask, fault: plainFault(error) });
    }
  }

  async #answerFromServer(ask: number, question: ReplicaQuestion): Promise<void> {
    assert(this.#askProcessServer !== undefined, "a worker asks only where it may");
    try {
      this.#post({ kind: "told", ask, answer: await this.#askProcessServer(question, this.#over.signal) });
    } catch (error) {
      if (!this.#over.signal.aborted) this.#post({ kind: "not-told", ask, fault: plainFault(error) });
    }
  }

  async #answerPoint(ask: number, question: PointQuestion): Promise<void> {
    const points = this.#points;
    assert(points !== undefined, "a worker asks only where it may");
    try {
      const answer = question.kind === "moment" ? await points.moment() : Number(await points.make(question.point));
      this.#post({ kind: "point", ask, answer });
    } catch (error) {
      if (!this.#over.signal.aborted) this.#post({ kind: "no-point", ask, fault: plainFault(error) });
    }
  }

  #take(call: number): PendingCall | undefined {
    const pending = this.#pending.get(call);
    this.#pending.delete(call);
    return pending;
  }

  /** The first reason counts: an exit after `ended` changes nothing. */
  #end(reason: Fault | undefined): void {
    if (reason?.detail[DISPROVED] === true) prefersTracefs = true;
    if (reason === undefined) this.#ended.resolve();
    else this.#ended.reject(reason);
    this.#isOver = true;
    this.#over.abort();
    const lost = reason ?? workerLost(this.settings, undefined);
    for (const pending of this.#pending.values()) pending.reject(lost);
    this.#pending.clear();
    this.#waiters.notify();
  }
}

function workerLost(settings: DiskSettings, cause: unknown): Fault {
  return new Fault({
    code: "disk-worker-lost",
    kind: "transient",
    message: `The worker that serves ${settings.path} ended unasked; it is started again, and reads again what was being written.`,
    detail: { disk: settings.diskId, path: settings.path },
    cause,
  });
}
