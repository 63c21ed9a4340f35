import { Worker } from "node:worker_threads";
import { assert, Fault, Waiters } from "@leeward/base";
import type { Extent } from "@leeward/block";
import type { Mark } from "@leeward/proto";
import type { ComparedExtents, HeldDigests, SettledMark } from "@leeward/splitter";
import type { Discontinuity } from "./branch-file.ts";
import type { DiskFacts, DiskHost, DiskPolicy, DiskSettings } from "./disk-host.ts";
import type { DiskWorkerStart, FromDisk, ToDisk } from "./disk-messages.ts";

interface PendingMark {
  readonly resolve: (settled: SettledMark | undefined) => void;
  readonly reject: (reason: unknown) => void;
}

/** What a call is answered with when it did not fail. */
type Answer = Extract<FromDisk, { kind: "compared" | "recopying" | "resync-begun" }>;

interface PendingCall {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A disk that is served by a worker of its own, so that its inline I/O holds neither another disk nor the agent's sessions.
 * A worker that ends unasked is an unclean stop of that disk alone: `run` rejects, and whoever started it starts it again.
 */
export class WorkerDisk implements DiskHost {
  readonly settings: DiskSettings;
  readonly #worker: Worker;
  readonly #waiters = new Waiters();
  readonly #pending = new Map<number, PendingMark>();
  readonly #pendingCalls = new Map<number, PendingCall>();
  readonly #ended = Promise.withResolvers<void>();
  #calls = 0;
  #isOver = false;
  #facts: DiskFacts | undefined;

  constructor(settings: DiskSettings, marks: SharedArrayBuffer) {
    this.settings = settings;
    const workerData: DiskWorkerStart = { settings, marks };
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

  settleMark(mark: Mark): Promise<SettledMark | undefined> {
    this.#calls += 1;
    const { promise, resolve, reject } = Promise.withResolvers<SettledMark | undefined>();
    this.#pending.set(this.#calls, { resolve, reject });
    this.#post({ kind: "settle-mark", call: this.#calls, mark });
    return promise;
  }

  journaled(branch: string, sequence: number): void {
    this.#post({ kind: "journaled", branch, sequence });
  }

  resync(branch: string, cause: Discontinuity): void {
    this.#post({ kind: "resync", branch, cause });
  }

  async compare(held: HeldDigests): Promise<ComparedExtents> {
    const answer = await this.#ask((call) => ({ kind: "compare", call, held }));
    assert(answer.kind === "compared", "a comparison is answered with what was compared");
    return answer.compared;
  }

  async recopy(branch: string, extents: readonly Extent[]): Promise<void> {
    await this.#ask((call) => ({ kind: "recopy", call, branch, extents }));
  }

  async beginResync(): Promise<SettledMark> {
    const answer = await this.#ask((call) => ({ kind: "begin-resync", call }));
    assert(answer.kind === "resync-begun", "a resync is answered with where it begins");
    return answer.place;
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

  #ask(message: (call: number) => ToDisk): Promise<Answer> {
    this.#calls += 1;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    if (this.#isOver) reject(workerLost(this.settings, undefined));
    else this.#pendingCalls.set(this.#calls, { resolve, reject });
    this.#post(message(this.#calls));
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
      case "mark-settled":
        this.#take(message.call)?.resolve(message.settled);
        return;
      case "mark-failed":
        this.#take(message.call)?.reject(new Fault(message.fault));
        return;
      case "compared":
      case "recopying":
      case "resync-begun":
        this.#takeCall(message.call)?.resolve(message);
        return;
      case "call-failed":
        this.#takeCall(message.call)?.reject(new Fault(message.fault));
        return;
      case "ended":
        this.#end(message.fault === undefined ? undefined : new Fault(message.fault));
        return;
    }
  }

  #take(call: number): PendingMark | undefined {
    const pending = this.#pending.get(call);
    this.#pending.delete(call);
    return pending;
  }

  #takeCall(call: number): PendingCall | undefined {
    const pending = this.#pendingCalls.get(call);
    this.#pendingCalls.delete(call);
    return pending;
  }

  /** The first reason counts: an exit after `ended` changes nothing. */
  #end(reason: Fault | undefined): void {
    if (reason === undefined) this.#ended.resolve();
    else this.#ended.reject(reason);
    this.#isOver = true;
    const lost = reason ?? workerLost(this.settings, undefined);
    for (const pending of [...this.#pending.values(), ...this.#pendingCalls.values()]) pending.reject(lost);
    this.#pending.clear();
    this.#pendingCalls.clear();
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
