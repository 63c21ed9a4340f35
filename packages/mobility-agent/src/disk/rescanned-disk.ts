// One protected disk of which nobody tells what changes: it is read as a whole, again and again, and what differs from what the target holds is logged
// (`Rescan`).
//
// When: at the policy's interval, with a rest of as long as the last rescan took, so that the disk is read for half of the time at most; at once when a
// copy of the history needs it, or somebody asks. What goes wrong is shown and tried again on the retry schedule; a disk that nobody could make a point of is
// refused from the start.
//
// Everything that the history reads (its own copies, too) it reads of a snapshot, and waits for one (`SnapshotDoor`).
import { anySignal, Fault, firstOf, isFault, MICROS_PER_MS, orAborted, retryDelayMs, Waiters } from "@leeward/base";
import type { Extent } from "@leeward/block";
import { type TimeZone, UTC } from "@leeward/daemon";
import type { Mark } from "@leeward/proto";
import type { ComparedExtents, SettledMark } from "@leeward/splitter";
import type { World } from "@leeward/world";
import { diskNotServed } from "../faults.ts";
import type { ShownFault } from "../inventory/machine-faults.ts";
import { RESCAN_LOOK_MS_MAX, RESCAN_REST_FACTOR, TRACKER_INTERVAL_SECONDS_DEFAULT } from "../limits.ts";
import type { Discontinuity } from "./branch-file.ts";
import { CopyRate } from "./copy-rate.ts";
import { factsOf, type OpenDisk } from "./disk-facts.ts";
import { DiskHistory } from "./disk-history.ts";
import type {
  CopyProgress,
  DiskFacts,
  DiskFault,
  DiskHost,
  DiskPolicy,
  DiskSettings,
  RescanFacts,
  ResyncOptions,
} from "./disk-host.ts";
import { mayGoOn, Rescan, type RescanMeans } from "./rescan.ts";
import { SnapshotDoor } from "./snapshot-door.ts";
import { NO_MARKS } from "./tracked-disk.ts";
import { wipedFiles } from "./wiped-files.ts";

const MS_PER_SECOND = 1_000;
/** Each rescan reads the disk anew, whichever it is: nothing rests on its being the one that was left. */
const IDENTITY = "rescanned";

export interface RescannedDiskOptions extends RescanMeans {
  readonly world: World;
  readonly settings: DiskSettings;
  /** In which the hours of its policy are read; UTC unless told. */
  readonly zone?: TimeZone;
}

interface Open extends OpenDisk {
  readonly door: SnapshotDoor;
}

export class RescannedDisk implements DiskHost {
  readonly live = undefined;
  readonly #options: RescannedDiskOptions;
  readonly #changed = new Waiters();
  readonly #rate: CopyRate;
  readonly #released = new AbortController();
  readonly #rescanning: Rescan;
  #settings: DiskSettings;
  #open: Open | undefined;
  #rescan: RescanFacts = { beganMicros: 0, endedMicros: 0, tookMicros: 0 };
  #readBytes: number | undefined;
  #loggedBytes = 0;
  #fault: ShownFault | undefined;
  /** When the next rescan begins, of the monotonic clock; at once when somebody asks for one. */
  #nextMicros = 0;
  #isAsked = false;

  constructor(options: RescannedDiskOptions) {
    this.#options = options;
    this.#rescanning = new Rescan({
      ...options,
      settings: () => this.#settings,
      changed: () => this.#changed.next(),
      onRead: (bytes) => {
        this.#readBytes = bytes;
        this.#changed.notify();
      },
      onLogged: (bytes) => {
        this.#loggedBytes += bytes;
      },
    });
    this.#settings = options.settings;
    this.#rate = new CopyRate(options.world.clock);
  }

  get settings(): DiskSettings {
    return this.#settings;
  }

  facts(): DiskFacts | undefined {
    if (this.#open === undefined) return undefined;
    const facts = factsOf(this.#open, this.#rate, this.#options.world.clock);
    const shown = this.#fault;
    const faults = shown === undefined ? [] : [shownFault(shown)];
    return {
      ...facts,
      writtenBytes: this.#loggedBytes,
      progress: facts.progress ?? this.#progress(this.#open),
      faults: [...facts.faults, ...faults],
      rescan: this.#rescan,
    };
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

  /** Each rescan compares the disk with what was sent; what its target makes of that, this disk cannot say. @throws Fault `disk-not-comparable` */
  async compare(): Promise<ComparedExtents> {
    throw notComparable(this.#settings);
  }

  async recopy(branch: string, extents: readonly Extent[]): Promise<void> {
    const { splitter } = this.#served().history;
    if (splitter.branch !== branch) return;
    await splitter.recopy(extents);
    this.#ask();
  }

  /** The rescan that copies it begins at once. */
  async beginResync(how?: ResyncOptions): Promise<SettledMark> {
    const begun = await this.#served().history.beginResync(how);
    this.#ask();
    return begun;
  }

  release(): void {
    this.#released.abort();
  }

  setPolicy(policy: DiskPolicy): void {
    this.#settings = { ...this.#settings, policy };
    this.#open?.history.setPolicy(policy);
    this.#changed.notify();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { world, look, snapshots, ownExtents, zone = UTC } = this.#options;
    const settings = this.#settings;
    await this.#requireMoment();
    const { sizeBytes, blockBytes, physicalBlockBytes } = await look(settings);
    const door = new SnapshotDoor({ disk: settings.path, sizeBytes, blockBytes });
    const witness = async (): Promise<string> => IDENTITY;
    const source = { device: door, physicalBlockBytes, identity: IDENTITY, witness, keepDigests: true };
    const files = wipedFiles(world.files, async () => (await ownExtents()).length > 0);
    await using history = await DiskHistory.open({
      world: { ...world, files },
      settings,
      marks: NO_MARKS,
      source,
      zone,
    });
    history.setPolicy(this.#settings.policy);
    door.serve();
    const { signal: released } = this.#released;
    const over = new AbortController();
    const inner = anySignal([signal, released, over.signal]);
    this.#open = { history, source, uri: "", door };
    this.#changed.notify();
    const work = [history.run(inner), this.#rescanOften(this.#open, inner), this.#forwardChanges(history, inner)];
    let failure: unknown;
    try {
      await Promise.race(work);
    } catch (error) {
      if (!inner.aborted) failure = error;
    } finally {
      over.abort();
      door.end();
      await Promise.allSettled(work);
      this.#open = undefined;
      this.#changed.notify();
    }
    if (failure instanceof Error) throw failure;
    if (!released.aborted || signal.aborted) return;
    // While one may be left, its note stays, and whoever removes the folder tries again.
    await snapshots.remove();
    await history.release();
  }

  async settleMark(mark: Mark): Promise<SettledMark | undefined> {
    return this.#open === undefined ? undefined : this.#rescanning.settleMark(this.#open.history, mark);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // `run` owns everything and has ended by then.
  }

  /** Nobody is to wait for points that cannot come. @throws Fault `snapshot-hook-missing`, `hook-refused`, and as `openStill` */
  async #requireMoment(): Promise<void> {
    const { snapshots, openStill } = this.#options;
    if ((await snapshots.hook()) !== undefined) return;
    try {
      await (await openStill(this.#settings))[Symbol.asyncDispose]();
    } catch (error) {
      // A file that was written to just now may be left alone from now on.
      if (!isFault(error, "disk-not-still")) throw error;
    }
  }

  async #rescanOften(open: Open, signal: AbortSignal): Promise<never> {
    const { clock } = this.#options.world;
    let failures = 0;
    // What an agent that was killed left is not kept for the time until the first rescan.
    await this.#orShown(() => this.#options.snapshots.remove());
    for (;;) {
      await this.#untilDue(open, signal);
      this.#isAsked = false;
      const began = clock.monotonicMicros();
      this.#rescan = { ...this.#rescan, beganMicros: clock.wallMicros() };
      this.#changed.notify();
      const isDone = await this.#orShown(() => this.#rescanning.run(open, signal));
      signal.throwIfAborted();
      const now = clock.monotonicMicros();
      const tookMicros = now - began;
      this.#readBytes = undefined;
      this.#rescan = { ...this.#rescan, beganMicros: 0 };
      if (isDone) {
        this.#fault = undefined;
        this.#rescan = { beganMicros: 0, endedMicros: clock.wallMicros(), tookMicros };
      }
      failures = isDone ? 0 : failures + 1;
      const intervalMicros = this.#intervalMs * MICROS_PER_MS;
      this.#nextMicros = isDone
        ? Math.max(began + intervalMicros, now + RESCAN_REST_FACTOR * tookMicros)
        : now + retryDelayMs(failures) * MICROS_PER_MS;
      this.#changed.notify();
    }
  }

  /** What went wrong is shown, and tried again; but where the disk has another size it is opened anew. */
  async #orShown(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!isFault(error) || error.code === "disk-resized") throw error;
      const before = this.#fault;
      const now = this.#options.world.clock.wallMicros();
      this.#fault = { fault: error, sinceMicros: before?.fault.code === error.code ? before.sinceMicros : now };
      this.#changed.notify();
      return false;
    }
  }

  async #untilDue(open: Open, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.world;
    for (;;) {
      signal.throwIfAborted();
      const changed = this.#changed.next();
      if (this.#mayBegin(open)) return;
      const leftMs = (this.#nextMicros - clock.monotonicMicros()) / MICROS_PER_MS;
      const lookMs = leftMs > 0 ? Math.min(leftMs, RESCAN_LOOK_MS_MAX) : RESCAN_LOOK_MS_MAX;
      await firstOf(signal, [(either) => clock.sleep(lookMs, either), (either) => orAborted(changed, either)]);
    }
  }

  /** A copy that is open needs a snapshot as soon as it may go on; one that failed waits for its time like anything else. */
  #mayBegin({ history }: Open): boolean {
    if (!this.#options.points.isWanted() || !mayGoOn(history)) return false;
    const isOver = this.#nextMicros <= this.#options.world.clock.monotonicMicros();
    const needsCopy = history.splitter.state.kind !== "protected" && this.#fault === undefined;
    return this.#isAsked || isOver || needsCopy;
  }

  get #intervalMs(): number {
    return this.#settings.policy.rescanIntervalMs ?? TRACKER_INTERVAL_SECONDS_DEFAULT * MS_PER_SECOND;
  }

  #progress({ history }: Open): CopyProgress | undefined {
    if (this.#readBytes === undefined) return undefined;
    const spanId = `rescan ${this.#rescan.beganMicros}`;
    return this.#rate.progressOf({ spanId, doneBytes: this.#readBytes, totalBytes: history.splitter.sizeBytes });
  }

  #ask(): void {
    this.#isAsked = true;
    this.#changed.notify();
  }

  /** @throws Fault `disk-not-served` */
  #served(): Open {
    if (this.#open === undefined) throw diskNotServed(this.#settings);
    return this.#open;
  }

  async #forwardChanges(history: DiskHistory, signal: AbortSignal): Promise<never> {
    for (;;) {
      await orAborted(history.changed(), signal);
      this.#changed.notify();
    }
  }
}

function shownFault({ fault: { code, kind, message }, sinceMicros }: ShownFault): DiskFault {
  return { code, kind, message, sinceMicros };
}

function notComparable({ name, diskId }: DiskSettings): Fault {
  return new Fault({
    code: "disk-not-comparable",
    kind: "operator",
    message: `${name} is rescanned: what it holds now is not what its target was sent last, so it cannot be compared with its replica.`,
    remedy: "Where its replica is doubted, send all of it again: `leeward disk resync MACHINE DISK --whole`.",
    detail: { disk: diskId },
  });
}
