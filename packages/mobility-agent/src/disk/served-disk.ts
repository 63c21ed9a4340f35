// One protected disk, in the thread that serves it: the splitter around it, the server through which applications use it, and the copies
// that its targets still need.
//
// Order of opening: disk → capture (which reads again what was in doubt) → the initial copy is intended, durably → applications.
// Order of closing: applications → capture, cleanly. A crash between any two is an unclean stop, which the capture's own open mends.
import { type Fault, isFault, orAborted, retryDelayMs, Waiters } from "@leeward/base";
import type { BlockDevice } from "@leeward/block";
import type { Mark } from "@leeward/proto";
import { type MarkSource, type SettledMark, Splitter } from "@leeward/splitter";
import type { World } from "@leeward/world";
import { BranchFile } from "./branch-file.ts";
import { CopyRate } from "./copy-rate.ts";
import type { DiskFacts, DiskHost, DiskPolicy, DiskSettings } from "./disk-host.ts";

/** The disk itself, and what tells it from another. */
export interface SourceDisk {
  readonly device: BlockDevice;
  readonly physicalBlockBytes: number;
  /** What stays the same while it is the same disk; at most 200 characters. */
  readonly identity: string;
  /** What changes when anyone else writes to it. */
  readonly witness: () => Promise<string>;
}

/** What applications reach the disk through. */
export interface DiskServer {
  readonly uri: string;
  /** Rejects on a mistake of ours; settles when closed. */
  run(signal: AbortSignal): Promise<void>;
}

export interface ServedDiskOptions {
  readonly world: World;
  readonly settings: DiskSettings;
  readonly marks: MarkSource;
  readonly openSource: (settings: DiskSettings) => Promise<SourceDisk>;
  readonly serve: (device: BlockDevice, settings: DiskSettings) => Promise<DiskServer>;
}

interface Open {
  readonly splitter: Splitter;
  readonly source: SourceDisk;
  readonly uri: string;
}

export class ServedDisk implements DiskHost {
  readonly #options: ServedDiskOptions;
  readonly #changed = new Waiters();
  readonly #rate: CopyRate;
  #settings: DiskSettings;
  #open: Open | undefined;
  #fault: { readonly fault: Fault; readonly sinceMicros: number } | undefined;

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
    return this.#open?.splitter;
  }

  facts(): DiskFacts | undefined {
    if (this.#open === undefined) return undefined;
    const { splitter, source, uri } = this.#open;
    const facts = splitter.facts();
    const { state } = facts;
    const spans = [("catchUp" in state && state.catchUp) || undefined, ("copy" in state && state.copy) || undefined];
    const span = spans.find((each) => each !== undefined);
    const now = this.#options.world.clock.wallMicros();
    const faults = facts.faults.map((fault) => ({ fault, sinceMicros: now }));
    if (this.#fault !== undefined) faults.push(this.#fault);
    return {
      state: state.kind,
      branch: facts.branch,
      sizeBytes: splitter.sizeBytes,
      blockBytes: splitter.blockBytes,
      physicalBlockBytes: source.physicalBlockBytes,
      nbdUri: uri,
      writtenSequence: facts.writtenSequence,
      sendableSequence: facts.sendableSequence,
      firstSequence: facts.firstSequence,
      logBytes: facts.logBytes,
      writtenBytes: facts.writtenBytes,
      progress: span === undefined ? undefined : this.#rate.progressOf(span),
      faults: faults.map(({ fault: { code, kind, message }, sinceMicros }) => ({ code, kind, message, sinceMicros })),
    };
  }

  changed(): Promise<void> {
    return this.#changed.next();
  }

  async settleMark(mark: Mark): Promise<SettledMark | undefined> {
    return this.#open?.splitter.settleMark(mark);
  }

  /** A target that claims to hold what was never sent is not believed: the log keeps its records, and the fault is shown. */
  journaled(branch: string, sequence: number): void {
    if (this.#open?.splitter.branch !== branch) return;
    try {
      this.#open.splitter.journaled(sequence);
    } catch (error) {
      if (!isFault(error)) throw error;
      this.#show(error);
    }
  }

  setPolicy(policy: DiskPolicy): void {
    this.#settings = { ...this.#settings, policy };
    this.#open?.splitter.setPolicy(policy);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { openSource, serve } = this.#options;
    const source = await openSource(this.#settings);
    await using splitter = await this.#openSplitter(source);
    if (splitter.facts().writtenSequence === 0 && splitter.state.kind === "protected")
      await splitter.beginCopy("initial");
    const server = await serve(splitter, this.#settings);
    this.#open = { splitter, source, uri: server.uri };
    this.#changed.notify();
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    try {
      const work = [
        server.run(either),
        this.#copies(splitter, either),
        forwardChanges(splitter, this.#changed, either),
      ];
      await Promise.all(work.map((each) => endingAll(each, stop)));
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#open = undefined;
      this.#changed.notify();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // `run` owns everything and has ended by then.
  }

  #show(fault: Fault): void {
    this.#fault = { fault, sinceMicros: this.#options.world.clock.wallMicros() };
    this.#changed.notify();
  }

  async #openSplitter(source: SourceDisk): Promise<Splitter> {
    const { world, marks } = this.#options;
    const { folder, machineId, diskId, bootId, policy } = this.#settings;
    await world.files.makeFolder(folder);
    await world.files.syncFolder(folder.slice(0, folder.lastIndexOf("/")));
    const branch = await BranchFile.read(world, folder);
    const splitter = await Splitter.open({
      world,
      source: source.device,
      folder: `${folder}/${branch}`,
      identity: {
        machineId,
        diskId,
        branch,
        bootId,
        physicalBlockBytes: source.physicalBlockBytes,
        source: source.identity,
      },
      marks,
      limits: { logBytesMax: policy.logBytesMax },
      witness: source.witness,
    });
    splitter.setPolicy(policy);
    return splitter;
  }

  /** Works off whatever copy is open; a fault of the disk is shown and tried again on the retry schedule. */
  async #copies(splitter: Splitter, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const changed = splitter.changed();
        const { state } = splitter;
        if ("copy" in state && state.copy !== undefined) {
          await splitter.copy(signal);
          this.#fault = undefined;
          attempt = 0;
        } else await orAborted(changed, signal);
      } catch (error) {
        if (signal.aborted || !isFault(error)) throw error;
        this.#show(error);
        await this.#options.world.clock.sleep(retryDelayMs(attempt), signal);
      }
    }
  }
}

/** Passes changes on, so that whoever waits for the disk waits for one thing: a race between two would leave a trace in the slower one each time. */
async function forwardChanges(splitter: Splitter, to: Waiters, signal: AbortSignal): Promise<void> {
  for (;;) {
    await orAborted(splitter.changed(), signal);
    to.notify();
  }
}

async function endingAll(work: Promise<void>, stop: AbortController): Promise<void> {
  try {
    await work;
  } finally {
    stop.abort();
  }
}
