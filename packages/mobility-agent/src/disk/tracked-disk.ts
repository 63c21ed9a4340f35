// One protected disk that others write to: the kernel notes which of its regions change, and what they hold is copied into the log.
//
// Invariant: a change that the kernel noted is waiting or taken at the tracker until a copy that was read after it is durable in the log. Worst outcome
// if broken: a replica that differs from its disk, and nobody knows. What a mark stands behind is HeldContent's to keep, the order of a pass TrackedPass's;
// one of them works at a time.
//
// Order of opening: tracker (changes are noted from here on) → disk → history, which copies the disk again when the tracker is not the one
// that saw all changes since the history was closed. So nothing is read that could change unnoted. At the first open after a boot, what is known of the
// time in between waits at the tracker before the history is opened (`boot/boot-gap.ts`).
//
// A kill anywhere leaves what was taken with the tracker, which makes it wait again. A tracker that cannot prove that it saw everything is
// ended, and the disk opened again with another.
import { anySignal, Fault, isFault, Mutex, orAborted, Waiters } from "@leeward/base";
import { type Extent, ExtentSet } from "@leeward/block";
import { type TimeZone, UTC } from "@leeward/daemon";
import type { Mark } from "@leeward/proto";
import type { ComparedExtents, HeldDigests, MarkSource, SettledMark, Splitter } from "@leeward/splitter";
import type { ChangeTracker } from "@leeward/tracker";
import type { World } from "@leeward/world";
import { type BootFacts, bridgeBoot, noteTracking } from "../boot/boot-gap.ts";
import { diskNotServed } from "../faults.ts";
import { COLLECT_EVERY_MS } from "../limits.ts";
import type { Discontinuity } from "./branch-file.ts";
import { CopyRate } from "./copy-rate.ts";
import { factsOf, type OpenDisk } from "./disk-facts.ts";
import { DiskHistory } from "./disk-history.ts";
import type { DiskFacts, DiskHost, DiskPolicy, DiskSettings, LiveDisk, ResyncOptions } from "./disk-host.ts";
import { HeldContent, notReady } from "./held-content.ts";
import type { SourceDisk } from "./source-disk.ts";
import { bytesOf, type OwnExtents } from "./taken-changes.ts";
import { TrackedPass } from "./tracked-pass.ts";
import { wipedFiles } from "./wiped-files.ts";

const NO_NOTES = "the kernel has no notes of what was written to it meanwhile, or another one lies in its place";

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
  readonly ownExtents: OwnExtents;
  /** In which the hours of its policy are read; UTC unless told. */
  readonly zone?: TimeZone;
  /** What the system says of its start; without it, the disk is copied again after each. */
  readonly boot?: BootFacts;
}

interface Open extends OpenDisk {
  readonly tracker: ChangeTracker;
  readonly source: LiveSource;
  readonly signal: AbortSignal;
}

export class TrackedDisk implements DiskHost, LiveDisk {
  readonly live: LiveDisk = this;
  readonly #options: TrackedDiskOptions;
  readonly #changed = new Waiters();
  readonly #rate: CopyRate;
  readonly #released = new AbortController();
  /** Passes, holds and marks, one at a time. */
  readonly #alone = new Mutex();
  readonly #pass: TrackedPass;
  readonly #held: HeldContent;
  #settings: DiskSettings;
  #open: Open | undefined;
  /** Another one may have taken its place since. */
  #paused: Splitter | undefined;
  #loggedBytes = 0;
  /** How often something that was taken has been settled. */
  #settledCount = 0;

  constructor(options: TrackedDiskOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#rate = new CopyRate(options.world.clock);
    const { ownExtents } = options;
    const onLogged = (bytes: number): void => this.#noteLogged(bytes);
    this.#pass = new TrackedPass({ ownExtents, onLogged });
    this.#held = new HeldContent({ settings: () => this.#settings, ownExtents, onLogged });
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

  /** What others write does not pass through here. */
  async settleWrites(): Promise<void> {}

  journaled(branch: string, sequence: number): void {
    this.#open?.history.journaled(branch, sequence);
  }

  deposited(branch: string, sequence: number): void {
    this.#open?.history.deposited(branch, sequence);
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

  async beginResync(how?: ResyncOptions): Promise<SettledMark> {
    return this.#served().history.beginResync(how);
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
    const identity = `${opened.identity} tracking ${tracker.trackingId}`;
    const source = { ...opened, ...(await this.#bridged(tracker, opened)), identity, keepDigests: true };
    const files = wipedFiles(world.files, async () => (await this.#options.ownExtents()).length > 0);
    const own = { ...world, files };
    await using history = await DiskHistory.open({ world: own, settings, marks: NO_MARKS, source, zone });
    history.setPolicy(this.#settings.policy);
    if (this.#options.boot !== undefined) await noteTracking(this.#options, { tracker, source: identity });
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
      await this.#alone.hold(async () => this.#held.drop());
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
      return this.#held.isHeld ? 0 : this.#pass.run(open);
    });
  }

  async pauseUpkeep(): Promise<void> {
    this.resumeUpkeep();
    this.#paused = this.#open?.history.splitter;
    await this.#paused?.pauseUpkeep();
  }

  resumeUpkeep(): void {
    this.#paused?.resumeUpkeep();
    this.#paused = undefined;
  }

  hold(unsteady: readonly Extent[]): Promise<void> {
    return this.#alone.hold(async () => {
      this.drop();
      const open = this.#whole();
      if (open === undefined) throw notReady(this.#settings);
      await this.#held.hold(open, unsteady, () => this.#whole() !== undefined);
    });
  }

  confirm(): Promise<void> {
    return this.#alone.hold(async () => {
      // What was held is dropped when the disk is closed.
      if (this.#held.isHeld) await this.#held.confirm(this.#served().tracker);
    });
  }

  drop(): void {
    if (this.#open !== undefined) this.#held.drop();
  }

  /** The mark stands behind what `hold` read; without that this disk has no part in the point. */
  async settleMark(mark: Mark): Promise<SettledMark | undefined> {
    // A pass may wait for the network; a point that this disk has no part in does not wait for it.
    if (!this.#held.isHeld) return undefined;
    return this.#alone.hold(async () => {
      if (this.#open === undefined) return undefined;
      const { history } = this.#open;
      const settled = await this.#held.settleMark(history, mark);
      if (settled !== undefined) await history.rescans.notePoint();
      return settled;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // `run` owns everything and has ended by then.
  }

  async #bridged(
    tracker: ChangeTracker,
    { device }: LiveSource,
  ): Promise<Pick<SourceDisk, "leftAs" | "changedBecause">> {
    const { boot } = this.#options;
    const { begunAnewBecause: because = NO_NOTES } = tracker;
    if (boot === undefined) return { changedBecause: because };
    const bridged = await bridgeBoot({ ...this.#options, boot }, { tracker, device });
    if (bridged.kind === "bridged") return { leftAs: bridged.source };
    return { changedBecause: bridged.kind === "none" ? because : bridged.reason };
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

  #noteLogged(bytes: number): void {
    this.#loggedBytes += bytes;
    this.#settledCount += 1;
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
export const NO_MARKS: MarkSource = {
  number: () => 0,
  current: () => undefined,
  held: () => false,
  expireHold: () => undefined,
};

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
export async function endedBy(error: unknown, tracker: ChangeTracker): Promise<unknown> {
  if (!isFault(error, "tracking-incomplete")) return error;
  await tracker.end();
  const { message, detail } = error;
  return new Fault({ code: "tracking-lost", kind: "transient", message, detail, cause: error });
}

/** It is opened again at once. */
export function resized({ name, diskId }: DiskSettings, sizeBytes: number): Fault {
  return new Fault({
    code: "disk-resized",
    kind: "transient",
    message: `${name} has ${sizeBytes} bytes now; it is opened again with its new size.`,
    detail: { disk: diskId, sizeBytes },
  });
}
