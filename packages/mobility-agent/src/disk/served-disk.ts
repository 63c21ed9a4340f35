// One protected disk, in the thread that serves it: its history, and the server through which applications use it.
//
// Order of opening: disk → capture (which reads again what was in doubt) → the initial copy is intended, durably → applications.
// Order of closing: applications → capture, cleanly. A crash between any two is an unclean stop, which the capture's own open mends.
import { anySignal, orAborted, Waiters } from "@leeward/base";
import type { BlockDevice, Extent } from "@leeward/block";
import { type TimeZone, UTC } from "@leeward/daemon";
import type { Mark } from "@leeward/proto";
import type { ComparedExtents, HeldDigests, MarkSource, SettledMark } from "@leeward/splitter";
import type { World } from "@leeward/world";
import { diskNotServed } from "../faults.ts";
import { CLIENTS_LOOK_MS } from "../limits.ts";
import type { Discontinuity } from "./branch-file.ts";
import { CopyRate } from "./copy-rate.ts";
import type { WriteFence } from "./disk-door.ts";
import { factsOf, type OpenDisk } from "./disk-facts.ts";
import { DiskHistory } from "./disk-history.ts";
import type { DiskFacts, DiskHost, DiskPolicy, DiskSettings, ResyncOptions } from "./disk-host.ts";
import type { AskReplica } from "./replica-asker.ts";
import type { SourceDisk } from "./source-disk.ts";

/** What applications reach the disk through. */
export interface DiskServer {
  readonly uri: string;
  /** How many use it now. */
  clients(): number;
  /** Rejects on a mistake of ours; settles when closed. */
  run(signal: AbortSignal): Promise<void>;
}

export interface ServedDiskOptions {
  readonly world: World;
  readonly settings: DiskSettings;
  readonly marks: MarkSource & WriteFence;
  readonly openSource: (settings: DiskSettings) => Promise<SourceDisk>;
  /** In which the hours of its policy are read; UTC unless told. */
  readonly zone?: TimeZone;
  /** Without it a resync sends everything. */
  readonly askReplica?: AskReplica;
  readonly serve: (device: BlockDevice, settings: DiskSettings) => Promise<DiskServer>;
}

export class ServedDisk implements DiskHost {
  readonly live = undefined;
  readonly #options: ServedDiskOptions;
  readonly #changed = new Waiters();
  readonly #rate: CopyRate;
  #settings: DiskSettings;
  readonly #released = new AbortController();
  #open: OpenDisk | undefined;
  #history: DiskHistory | undefined;

  constructor(options: ServedDiskOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#rate = new CopyRate(options.world.clock);
  }

  get settings(): DiskSettings {
    return this.#settings;
  }

  /** The tracked disk itself; undefined until it is open. */
  get device(): BlockDevice | undefined {
    return this.#open?.history.door;
  }

  facts(): DiskFacts | undefined {
    if (this.#open === undefined) return undefined;
    return factsOf(this.#open, this.#rate, this.#options.world.clock);
  }

  changed(): Promise<void> {
    return this.#changed.next();
  }

  async settleMark(mark: Mark): Promise<SettledMark | undefined> {
    const history = this.#open?.history;
    const settled = await history?.splitter.settleMark(mark);
    if (settled !== undefined) await history?.rescans.notePoint();
    return settled;
  }

  async settleWrites(): Promise<void> {
    await this.#history?.door.settleWrites();
  }

  journaled(branch: string, sequence: number): void {
    this.#open?.history.journaled(branch, sequence);
  }

  deposited(branch: string, sequence: number): void {
    this.#open?.history.deposited(branch, sequence);
  }

  resync(branch: string, cause: Discontinuity): void {
    this.#open?.history.resyncFrom(branch, cause);
  }

  async compare(held: HeldDigests): Promise<ComparedExtents> {
    return this.#served().splitter.compare(held, NEVER);
  }

  async recopy(branch: string, extents: readonly Extent[]): Promise<void> {
    const { splitter } = this.#served();
    if (splitter.branch === branch) await splitter.recopy(extents);
  }

  async beginResync(how?: ResyncOptions): Promise<SettledMark> {
    return this.#served().beginResync(how);
  }

  release(): void {
    this.#released.abort();
  }

  setPolicy(policy: DiskPolicy): void {
    this.#settings = { ...this.#settings, policy };
    this.#open?.history.setPolicy(policy);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { openSource, serve, world, marks, zone = UTC, askReplica } = this.#options;
    const settings = this.#settings;
    const source = await openSource(settings);
    const asking = askReplica === undefined ? {} : { askReplica };
    await using history = await DiskHistory.open({ world, settings, marks, fence: marks, source, zone, ...asking });
    this.#history = history;
    const server = await serve(history.door, settings);
    history.setPolicy(this.#settings.policy);
    this.#open = { history, source, uri: server.uri };
    this.#changed.notify();
    const stop = new AbortController();
    const either = anySignal([signal, stop.signal]);
    try {
      const work = [
        server.run(either),
        this.#capture(history, server, either),
        forwardChanges(history, this.#changed, either),
      ];
      await Promise.all(work.map((each) => endingAll(each, stop)));
    } catch (error) {
      if (!signal.aborted && error !== ENDED) throw error;
    } finally {
      this.#open = undefined;
      this.#changed.notify();
    }
  }

  /** Until the disk is released; then it stays a plain disk for as long as somebody uses it. */
  async #capture(history: DiskHistory, server: DiskServer, signal: AbortSignal): Promise<void> {
    const { signal: released } = this.#released;
    try {
      await history.run(anySignal([signal, released]));
    } catch (error) {
      if (signal.aborted || error !== released.reason) throw error;
    }
    this.#open = undefined;
    await history.release();
    while (server.clients() > 0) await this.#options.world.clock.sleep(CLIENTS_LOOK_MS, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // `run` owns everything and has ended by then.
  }

  /** @throws Fault `disk-not-served` */
  #served(): DiskHistory {
    if (this.#open === undefined) throw diskNotServed(this.#settings);
    return this.#open.history;
  }
}

/** A comparison is short, and ends with the splitter. */
const NEVER = new AbortController().signal;

async function forwardChanges(history: DiskHistory, to: Waiters, signal: AbortSignal): Promise<never> {
  for (;;) {
    await orAborted(history.changed(), signal);
    to.notify();
  }
}

/** One piece of work has ended as it should, and the others with it. */
const ENDED = new Error("the disk is served no more");

async function endingAll(work: Promise<void>, stop: AbortController): Promise<void> {
  try {
    await work;
    stop.abort(ENDED);
  } catch (error) {
    stop.abort(error);
    throw error;
  }
}
