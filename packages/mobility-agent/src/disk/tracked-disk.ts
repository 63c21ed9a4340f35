// One protected disk that others write to: the kernel notes which of its regions change, and what they hold is copied into the log.
//
// Invariants:
// 1. A change that the kernel noted is waiting or taken at the tracker until a copy that was read after it is durable in the log.
// 2. A mark stands behind exactly what the disk held at one moment: all that had changed until then is in the log before it, and what was read
//    for it was read while nothing changed.
// Worst outcome if broken: a replica that differs from its disk, or a point that is of no single moment, and nobody knows.
//
// Order of opening: tracker (changes are noted from here on) → disk → history, which copies the disk again when the tracker is not the one
// that saw all changes since the history was closed. So nothing is read that could change unnoted.
//
// Order of a pass: collect → take → the history's splitter is asked for → copied, durable, relied on → settled. The splitter is asked for after the
// take: a branch that begins later copies the whole disk after that take, so what is settled on the branch before is not missed on it.
//
// Where half of the disk or more is to be copied, a pass begins a copy of the whole disk instead, which is read in order and logs what differs:
// collect → take → the history's splitter is asked for → its copy begun, durably → settled. The copy reads all of the disk after that take. Its beginning
// is durable before anything is settled: a kill between the two leaves both, and what was taken is copied once more. It does not wait for the window of
// rescans, since it stands for a pass that reads as much. Such a copy is followed by a pass, whatever has changed meanwhile: copies one after another
// would never come to a point.
//
// A kill anywhere leaves what was taken with the tracker, which makes it wait again. A tracker that cannot prove that it saw everything is
// ended, and the disk opened again with another.
//
// The agent's own files (logs, digests) may lie on the disk. What a copy writes there would be copied next, and written again, without end: so these
// blocks are left out for as long as they belong to those files, and wait. What of the log is removed is zeroes by then (`wiped-files.ts`).
import { anySignal, assert, Fault, isFault, MiB, Mutex, orAborted, Waiters } from "@leeward/base";
import { type Extent, ExtentSet, endOf } from "@leeward/block";
import { type TimeZone, UTC } from "@leeward/daemon";
import type { Mark } from "@leeward/proto";
import type { ComparedExtents, HeldDigests, HeldPiece, MarkSource, SettledMark, Splitter } from "@leeward/splitter";
import type { ChangeTracker } from "@leeward/tracker";
import { alignedBytes, type World } from "@leeward/world";
import { diskNotServed } from "../faults.ts";
import { COLLECT_EVERY_MS, HELD_BYTES_MAX, WHOLE_FROM_PART } from "../limits.ts";
import type { Discontinuity } from "./branch-file.ts";
import { CopyRate } from "./copy-rate.ts";
import { factsOf, type OpenDisk } from "./disk-facts.ts";
import { DiskHistory, type SourceDisk } from "./disk-history.ts";
import type { DiskFacts, DiskHost, DiskPolicy, DiskSettings, LiveDisk, ResyncTime } from "./disk-host.ts";
import { wipedFiles } from "./wiped-files.ts";

const PAGE_BYTES = 4_096;
const READ_BYTES = MiB;
/** Reads side by side while the disk is held still. */
const READS_AT_ONCE = 4;

/** A disk that is read while others use it. */
export interface LiveSource extends SourceDisk {
  /** Its size now, bytes; it may have grown since it was opened. @throws Fault `disk-missing` */
  sizeNow(): Promise<number>;
}

export interface TrackedDiskOptions {
  readonly world: World;
  readonly settings: DiskSettings;
  readonly openTracker: (settings: DiskSettings) => Promise<ChangeTracker>;
  readonly openSource: (settings: DiskSettings) => Promise<LiveSource>;
  /** Where on the disk the agent's own logs lie now. */
  readonly ownExtents: () => Promise<readonly Extent[]>;
  /** In which the hours of its policy are read; UTC unless told. */
  readonly zone?: TimeZone;
}

interface Open extends OpenDisk {
  readonly tracker: ChangeTracker;
  readonly source: LiveSource;
  readonly signal: AbortSignal;
}

interface Held {
  /** That all of it belongs to, and how often copies or gaps had come in between there. */
  readonly splitter: Splitter;
  readonly interruptions: number;
  readonly pieces: readonly HeldPiece[];
  /** Of what was taken, what belongs to the agent's own files. */
  readonly own: readonly Extent[];
  /** What may change although the disk is held still. */
  readonly unsteady: readonly Extent[];
}

export class TrackedDisk implements DiskHost, LiveDisk {
  readonly live: LiveDisk = this;
  readonly #options: TrackedDiskOptions;
  readonly #changed = new Waiters();
  readonly #rate: CopyRate;
  readonly #released = new AbortController();
  /** Passes, holds and marks, one at a time. */
  readonly #alone = new Mutex();
  #settings: DiskSettings;
  #open: Open | undefined;
  #held: Held | undefined;
  /** The last pass began a copy of the whole disk. */
  #passedWhole = false;
  #arena: Uint8Array = new Uint8Array(0);
  #loggedBytes = 0;
  /** How often something that was taken has been settled. */
  #settledCount = 0;

  constructor(options: TrackedDiskOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#rate = new CopyRate(options.world.clock);
  }

  get settings(): DiskSettings {
    return this.#settings;
  }

  facts(): DiskFacts | undefined {
    if (this.#open === undefined) return undefined;
    const facts = factsOf(this.#open, this.#rate, this.#options.world.clock);
    return { ...facts, writtenBytes: this.#loggedBytes };
  }

  changed(): Promise<void> {
    return this.#changed.next();
  }

  journaled(branch: string, sequence: number): void {
    this.#open?.history.journaled(branch, sequence);
  }

  resync(branch: string, cause: Discontinuity): void {
    this.#open?.history.resyncFrom(branch, cause);
  }

  /**
   * As Splitter.compare; what has changed and is not logged yet is skipped too. It does not keep a pass or a hold waiting: what one of them has settled
   * meanwhile is logged behind what was looked through, so then nothing is called different.
   */
  async compare(held: HeldDigests): Promise<ComparedExtents> {
    const { history, tracker, signal } = this.#served();
    const settled = this.#settledCount;
    const compared = await history.splitter.compare(held, signal);
    return this.#alone.hold(async () => {
      await tracker.collect();
      return withoutChanged(compared, (extent) => this.#settledCount !== settled || tracker.waitsWithin(extent));
    });
  }

  async recopy(branch: string, extents: readonly Extent[]): Promise<void> {
    const { splitter } = this.#served().history;
    if (splitter.branch === branch) await splitter.recopy(extents);
  }

  async beginResync(time?: ResyncTime): Promise<SettledMark> {
    return this.#served().history.beginResync(time);
  }

  release(): void {
    this.#released.abort();
  }

  setPolicy(policy: DiskPolicy): void {
    this.#settings = { ...this.#settings, policy };
    this.#open?.history.setPolicy(policy);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { world, openTracker, openSource, zone = UTC } = this.#options;
    const settings = this.#settings;
    await using tracker = await openTracker(settings);
    const opened = await openSource(settings);
    await followSize(opened, { tracker, settings });
    const source: LiveSource = {
      ...opened,
      identity: `${opened.identity} tracking ${tracker.trackingId}`,
      keepDigests: true,
    };
    const files = wipedFiles(world.files, async () => (await this.#options.ownExtents()).length > 0);
    const own = { ...world, files };
    await using history = await DiskHistory.open({ world: own, settings, marks: NO_MARKS, source, zone });
    history.setPolicy(this.#settings.policy);
    const { signal: released } = this.#released;
    const over = new AbortController();
    const inner = anySignal([signal, released, over.signal]);
    this.#open = { history, source, uri: "", tracker, signal: inner };
    this.#changed.notify();
    const work = [history.run(inner), this.#watch(inner), this.#forwardChanges(history, inner)];
    let failure: unknown;
    try {
      await Promise.race(work);
    } catch (error) {
      if (!inner.aborted) failure = error;
    } finally {
      over.abort();
      this.#open = undefined;
      await Promise.allSettled(work);
      await this.#alone.hold(async () => this.#drop(tracker));
      this.#changed.notify();
    }
    // Nobody uses the tracker any more.
    if (failure !== undefined) throw await endedBy(failure, tracker);
    if (!released.aborted || signal.aborted) return;
    await history.release();
    await tracker.end();
  }

  prepare(): Promise<number | undefined> {
    return this.#alone.hold(async () => {
      const open = this.#whole();
      if (open === undefined) return undefined;
      // What is held waits for its mark, and for nothing else.
      return this.#held === undefined ? this.#pass(open) : 0;
    });
  }

  hold(unsteady: readonly Extent[]): Promise<void> {
    return this.#alone.hold(async () => {
      this.drop();
      const open = this.#whole();
      if (open === undefined) throw notReady(this.#settings);
      const { tracker } = open;
      const { splitter } = open.history;
      const { interruptions: before } = splitter;
      await tracker.collect();
      const own = await this.#ownExtents();
      tracker.take();
      try {
        const { rest, left } = withoutOwn(tracker, own);
        const pieces = await this.#readAll(open, rest);
        await tracker.collect();
        this.#requireQuiet(tracker, unsteady);
        const { interruptions } = splitter;
        // A copy that began after the disk stood still would log what is newer than that, before the mark.
        if (this.#whole() === undefined || interruptions !== before) throw notReady(this.#settings);
        this.#held = { splitter, interruptions, pieces, own: left, unsteady };
      } finally {
        if (this.#held === undefined) tracker.giveBack();
      }
    });
  }

  confirm(): Promise<void> {
    return this.#alone.hold(async () => {
      const held = this.#held;
      if (held === undefined) return;
      // What was held is dropped when the disk is closed.
      const { tracker } = this.#served();
      let isQuiet = false;
      try {
        await tracker.collect();
        this.#requireQuiet(tracker, held.unsteady);
        isQuiet = true;
      } finally {
        if (!isQuiet) this.#drop(tracker);
      }
    });
  }

  drop(): void {
    if (this.#open !== undefined) this.#drop(this.#open.tracker);
  }

  /** The mark stands behind what `hold` read; without that this disk has no part in the point. */
  async settleMark(mark: Mark): Promise<SettledMark | undefined> {
    // A pass may wait for the network; a point that this disk has no part in does not wait for it.
    if (this.#held === undefined) return undefined;
    return this.#alone.hold(async () => {
      const open = this.#open;
      const held = this.#held;
      if (open === undefined || held === undefined) return undefined;
      let logged: number | undefined;
      try {
        if (held.splitter === open.history.splitter) logged = await held.splitter.logHeld(held.pieces);
      } finally {
        // It belongs to this mark alone: behind a later one it would be older than its moment.
        if (logged === undefined) this.#drop(open.tracker);
      }
      if (logged === undefined) return undefined;
      // Nothing is awaited between the look and the mark: nothing comes in between in the log.
      const isNext = held.splitter.interruptions === held.interruptions;
      const marking = isNext ? held.splitter.settleMark(mark) : undefined;
      this.#held = undefined;
      this.#loggedBytes += logged;
      this.#settledCount += 1;
      settleTaken(open.tracker, held.own);
      const settled = await marking;
      if (settled !== undefined) await open.history.rescans.notePoint();
      return settled;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // `run` owns everything and has ended by then.
  }

  /** @throws Fault `disk-not-served` */
  #served(): Open {
    if (this.#open === undefined) throw diskNotServed(this.#settings);
    return this.#open;
  }

  /** While the disk has a copy or a gap there is no point to be made, and what changes waits for the copy's end. */
  #whole(): Open | undefined {
    return this.#open?.history.splitter.state.kind === "protected" ? this.#open : undefined;
  }

  async #pass({ tracker, history, signal }: Open): Promise<number | undefined> {
    await tracker.collect();
    const own = await this.#ownExtents();
    if (tracker.take() === 0) return 0;
    const { rest, left } = withoutOwn(tracker, own);
    const isWhole = !this.#passedWhole && bytesOf(rest) >= WHOLE_FROM_PART * tracker.sizeBytes;
    this.#passedWhole = isWhole;
    let logged: number | undefined;
    try {
      logged = isWhole ? await beginWhole(history) : await history.splitter.logFound(rest, signal);
    } finally {
      if (logged === undefined) tracker.giveBack();
    }
    if (logged === undefined) return undefined;
    this.#loggedBytes += logged;
    this.#settledCount += 1;
    settleTaken(tracker, left);
    return isWhole ? undefined : logged;
  }

  #drop(tracker: ChangeTracker): void {
    if (this.#held === undefined) return;
    this.#held = undefined;
    tracker.giveBack();
  }

  /** Only whole pages: what a page holds besides is copied with it. */
  async #ownExtents(): Promise<ExtentSet> {
    const own = new ExtentSet();
    for (const extent of await this.#options.ownExtents()) {
      const offset = Math.ceil(extent.offset / PAGE_BYTES) * PAGE_BYTES;
      const length = Math.floor(endOf(extent) / PAGE_BYTES) * PAGE_BYTES - offset;
      if (length > 0) own.add({ offset, length });
    }
    return own;
  }

  async #readAll({ source }: Open, extents: readonly Extent[]): Promise<HeldPiece[]> {
    const totalBytes = extents.reduce((sum, { length }) => sum + Math.ceil(length / PAGE_BYTES) * PAGE_BYTES, 0);
    if (totalBytes > HELD_BYTES_MAX) throw tooLarge(this.#settings, totalBytes);
    if (this.#arena.length < totalBytes) this.#arena = alignedBytes(totalBytes);
    let used = 0;
    const pieces = extents.map((extent) => {
      const bytes = this.#arena.subarray(used, used + extent.length);
      used += Math.ceil(extent.length / PAGE_BYTES) * PAGE_BYTES;
      return { extent, bytes };
    });
    const left = pieces.values();
    const lane = async (): Promise<void> => {
      for (const { extent, bytes } of left) await source.device.read(extent.offset, bytes);
    };
    // All have ended before the memory is used again: a late one would put old content into a later hold.
    const lanes = await Promise.allSettled(Array.from({ length: READS_AT_ONCE }, lane));
    for (const each of lanes) if (each.status === "rejected") throw each.reason;
    return pieces;
  }

  #requireQuiet(tracker: ChangeTracker, unsteady: readonly Extent[]): void {
    if (tracker.waitingCount === 0) return;
    const { regionBytes, sizeBytes } = tracker;
    const masked = new ExtentSet();
    for (const extent of unsteady) {
      const offset = Math.floor(extent.offset / regionBytes) * regionBytes;
      masked.add({ offset, length: Math.ceil(endOf(extent) / regionBytes) * regionBytes - offset });
    }
    for (const steady of masked.gaps({ offset: 0, length: sizeBytes })) {
      if (tracker.waitsWithin(steady)) throw notQuiet(this.#settings);
    }
  }

  /** Proves again and again that nothing was missed, and follows the disk's size. */
  async #watch(signal: AbortSignal): Promise<never> {
    const { clock } = this.#options.world;
    for (;;) {
      await clock.sleep(COLLECT_EVERY_MS, signal);
      await this.#alone.hold(async () => {
        const open = this.#open;
        if (open === undefined) return;
        // What was read for a hold is proved quiet already; what is noted meanwhile belongs to the next pass.
        await open.tracker.collect();
        const sizeBytes = await open.source.sizeNow();
        if (sizeBytes === open.history.splitter.sizeBytes) return;
        // From here on the tracker may name what the history has no room for.
        this.#open = undefined;
        if (sizeBytes > open.tracker.sizeBytes) await open.tracker.grow(sizeBytes);
        throw resized(this.#settings, sizeBytes);
      });
    }
  }

  async #forwardChanges(history: DiskHistory, signal: AbortSignal): Promise<never> {
    for (;;) {
      await orAborted(history.changed(), signal);
      this.#changed.notify();
    }
  }
}

/** Marks stand where `settleMark` says; none is put before an ordinary record. */
const NO_MARKS: MarkSource = {
  number: () => 0,
  current: () => undefined,
  held: () => false,
  expireHold: () => undefined,
};

/** 0 when the copy that was begun reads all that it is to read after this; undefined when none could be begun. */
async function beginWhole(history: DiskHistory): Promise<number | undefined> {
  if (history.splitter.state.kind !== "protected") return undefined;
  await history.beginResync("now");
  return 0;
}

function bytesOf(extents: readonly Extent[]): number {
  return extents.reduce((sum, { length }) => sum + length, 0);
}

/** What is taken, without the agent's own blocks, and those by themselves. */
function withoutOwn(tracker: ChangeTracker, own: ExtentSet): { readonly rest: Extent[]; readonly left: Extent[] } {
  const rest: Extent[] = [];
  const left: Extent[] = [];
  for (const extent of tracker.taken(READ_BYTES)) {
    rest.push(...own.gaps(extent));
    left.push(...own.within(extent));
  }
  return { rest, left };
}

/** What was noted since has changed after the place that is compared with. */
function withoutChanged(compared: ComparedExtents, isChanged: (extent: Extent) => boolean): ComparedExtents {
  const changed = compared.differing.filter(isChanged);
  const changedBytes = bytesOf(changed);
  return {
    comparedBytes: compared.comparedBytes - changedBytes,
    skipped: [...ExtentSet.of([...compared.skipped, ...changed])],
    differing: compared.differing.filter((extent) => !changed.includes(extent)),
  };
}

/**
 * The tracker was opened before the disk, or is as an earlier process left it: what has grown since is tracked before any of it is read. One
 * that tracks more than there is names what cannot be read; its successor does not.
 */
async function followSize(
  { device }: LiveSource,
  { tracker, settings }: { readonly tracker: ChangeTracker; readonly settings: DiskSettings },
): Promise<void> {
  const { sizeBytes } = device;
  try {
    if (sizeBytes > tracker.sizeBytes) await tracker.grow(sizeBytes);
    if (sizeBytes >= tracker.sizeBytes) return;
    await tracker.end();
    throw resized(settings, sizeBytes);
  } catch (error) {
    await device[Symbol.asyncDispose]();
    throw error;
  }
}

/** A tracker that may have missed something is not asked again: the next one's id says that the disk has to be read anew. */
async function endedBy(error: unknown, tracker: ChangeTracker): Promise<unknown> {
  if (!isFault(error, "tracking-incomplete")) return error;
  await tracker.end();
  const { message, detail } = error;
  return new Fault({ code: "tracking-lost", kind: "transient", message, detail, cause: error });
}

/** What was left out waits again before the rest is forgotten. */
function settleTaken(tracker: ChangeTracker, left: readonly Extent[]): void {
  assert(tracker.takenCount > 0 || left.length === 0, "what is left out was taken");
  for (const extent of left) tracker.wait(extent);
  tracker.settle();
}

function notReady({ name, diskId }: DiskSettings): Fault {
  return new Fault({
    code: "disk-not-ready",
    kind: "transient",
    message: `${name} is still being copied, or has a gap: it has no part in points until that has ended.`,
    detail: { disk: diskId },
  });
}

function notQuiet({ name, diskId, path }: DiskSettings): Fault {
  return new Fault({
    code: "disk-not-quiet",
    kind: "transient",
    message: `${name} (${path}) was written to while its file systems were held still: by something that uses the device itself. The point was given up.`,
    detail: { disk: diskId, path },
  });
}

function tooLarge({ name, diskId }: DiskSettings, bytes: number): Fault {
  return new Fault({
    code: "hold-too-large",
    kind: "transient",
    message: `${name} changes so quickly that ${bytes} bytes were left to be read while its file systems are held still; at most ${HELD_BYTES_MAX} are. The point was given up.`,
    detail: { disk: diskId, bytes },
  });
}

function resized({ name, diskId }: DiskSettings, sizeBytes: number): Fault {
  return new Fault({
    code: "disk-resized",
    kind: "transient",
    message: `${name} has ${sizeBytes} bytes now; it is opened again with its new size.`,
    detail: { disk: diskId, sizeBytes },
  });
}
