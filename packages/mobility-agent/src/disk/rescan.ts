// One rescan of a disk: a snapshot of it is made, compared as a whole with what the target holds, and removed.
//
// Invariant: a mark stands behind all that one snapshot held, and behind nothing else: the whole of the snapshot was compared after the copies that
// were open had ended, all that differed is durable in the log and relied on, and the mark is of a time before the snapshot was asked for. Worst outcome if
// broken: a point that is of no single moment, and nobody knows.
//
// ```
//   (left one removed) ─► time taken ─► snapshot made ─► open copies end ─► all compared, logged, relied on ─► (still the same) ─► mark ─► snapshot removed
// ```
//
// The point's time is that at which the hook was asked, not that at which it had done: a point holds every write that was acknowledged before its time,
// and RPO never says less than is lost. What was written while the hook was at work may be in it.
//
// Without a hook there is no moment: then the disk is read as it is, when nobody else can write to it, or has (`StillDisk`); else it is refused. What is logged
// of a rescan that does not come to its end is content without a mark: no point stands there, and the next rescan compares with it.
import { anySignal, Fault, orAborted } from "@leeward/base";
import { type BlockDevice, ExtentSet } from "@leeward/block";
import type { Consistency, Mark } from "@leeward/proto";
import type { SettledMark, Splitter } from "@leeward/splitter";
import type { DiskSnapshots } from "../hooks/disk-snapshots.ts";
import type { Hook } from "../hooks/hook.ts";
import { RESCAN_STEP_BYTES } from "../limits.ts";
import type { DiskHistory } from "./disk-history.ts";
import type { DiskSettings } from "./disk-host.ts";
import { endedBy } from "./first-fault.ts";
import type { RescanPoints } from "./rescan-points.ts";
import type { SnapshotDoor } from "./snapshot-door.ts";
import { type OwnExtents, wholePages } from "./taken-changes.ts";
import { resized } from "./tracked-disk.ts";
import { copyOf } from "./windowed-copies.ts";

/** What there is to know of a disk without reading it. */
export interface DiskLook {
  readonly sizeBytes: number;
  readonly blockBytes: number;
  readonly physicalBlockBytes: number;
}

/** A disk that is read as it is; to be disposed of as a whole. */
export interface StillDisk extends AsyncDisposable {
  readonly device: BlockDevice;
  /** Whether nobody can have written to it since it was opened. @throws Fault `disk-not-still` */
  confirm(): Promise<void>;
}

/** What a rescan needs of the machine. */
export interface RescanMeans {
  /** @throws Fault `disk-missing`, `disk-denied`, `disk-unsuitable` */
  readonly look: (settings: DiskSettings) => Promise<DiskLook>;
  /** Past the page cache, where that can be. @throws Fault `snapshot-unsuitable` where that is the disk itself, and as `look` */
  readonly openSnapshot: (path: string, disk: DiskSettings) => Promise<BlockDevice>;
  /** Where there is no hook. @throws Fault `snapshot-hook-missing`, `disk-not-still`, and as `look` */
  readonly openStill: (settings: DiskSettings) => Promise<StillDisk>;
  readonly snapshots: DiskSnapshots;
  readonly points: RescanPoints;
  /** Where on the disk the agent's own logs lie now. */
  readonly ownExtents: OwnExtents;
  /** What is compared between two looks at how far a rescan is, bytes; RESCAN_STEP_BYTES unless told. */
  readonly stepBytes?: number;
}

export interface RescanOptions extends RescanMeans {
  readonly settings: () => DiskSettings;
  /** Resolves when the disk's history may be another. */
  readonly changed: () => Promise<void>;
  /** Told how far the comparison is, bytes. */
  readonly onRead: (bytes: number) => void;
  /** Told of the bytes that are in the log. */
  readonly onLogged: (bytes: number) => void;
}

/** A disk that is open, and whose history reads through the door. */
export interface RescannableDisk {
  readonly history: DiskHistory;
  readonly door: SnapshotDoor;
}

/** What one rescan reads. */
interface Taken extends StillDisk {
  readonly consistency: Consistency;
}

interface Reading {
  readonly timeMicros: number;
  /** The agent's own pages, as they lay before the snapshot was made. */
  readonly own: ExtentSet;
}

export class Rescan {
  readonly #options: RescanOptions;
  /** What the mark of that time, and no other, stands behind. */
  #ready: { readonly timeMicros: number; readonly splitter: Splitter } | undefined;

  constructor(options: RescanOptions) {
    this.#options = options;
  }

  /**
   * @throws Fault `snapshot-failed`, `snapshot-left`, `snapshot-unsuitable`, `rescan-interrupted`, `disk-resized`, `disk-read-failed`, and as `openStill`,
   *   or the signal's reason
   */
  async run(open: RescannableDisk, signal: AbortSignal): Promise<void> {
    const { snapshots, points, ownExtents, look } = this.#options;
    await snapshots.remove();
    const hook = await snapshots.hook();
    const own = wholePages(await ownExtents());
    const timeMicros = await points.moment();
    const read = async (taken: Taken): Promise<void> => {
      const settings = this.#options.settings();
      const { sizeBytes } = await look(settings);
      if (sizeBytes !== open.door.sizeBytes) throw resized(settings, sizeBytes);
      if (taken.device.sizeBytes !== sizeBytes) throw unsuitable(settings, taken.device.sizeBytes, sizeBytes);
      await this.#readWhole(open, taken, { timeMicros, own }, signal);
    };
    const take = async (): Promise<void> => {
      const taken = hook === undefined ? await this.#still() : await this.#snapshot(hook, signal);
      const close = async (): Promise<void> => taken[Symbol.asyncDispose]();
      await endedBy(() => read(taken), close);
    };
    await endedBy(take, () => snapshots.remove());
  }

  /** The mark of a rescan that has come to its end stands behind what that logged; in any other point the disk has no part. */
  async settleMark(history: DiskHistory, mark: Mark): Promise<SettledMark | undefined> {
    const ready = this.#ready;
    if (ready?.timeMicros !== mark.timeMicros || history.splitter !== ready.splitter) return undefined;
    const settled = await ready.splitter.settleMark(mark);
    if (settled !== undefined) await history.rescans.notePoint();
    return settled;
  }

  async #snapshot(hook: Hook, signal: AbortSignal): Promise<Taken> {
    const { path, consistency } = await this.#options.snapshots.make(hook, signal);
    const device = await this.#options.openSnapshot(path, this.#options.settings());
    return { device, consistency, confirm: async () => {}, [Symbol.asyncDispose]: () => device[Symbol.asyncDispose]() };
  }

  async #still(): Promise<Taken> {
    const still = await this.#options.openStill(this.#options.settings());
    return { ...still, consistency: "crash" };
  }

  async #readWhole(
    open: RescannableDisk,
    taken: Taken,
    { timeMicros, own }: Reading,
    signal: AbortSignal,
  ): Promise<void> {
    const { history, door } = open;
    const { points, ownExtents } = this.#options;
    // What belonged to the agent before and after the snapshot was made did so in it.
    const left = ExtentSet.of([...wholePages(await ownExtents())].flatMap((extent) => [...own.within(extent)]));
    const stopped = new AbortController();
    const inner = anySignal([signal, stopped.signal]);
    const failed = door.open(taken.device);
    try {
      const reading = this.#compareAll(history, left, inner);
      try {
        await Promise.race([reading, failed]);
      } finally {
        stopped.abort();
        // It is waited for: nothing of a snapshot that is taken away is to be logged.
        await Promise.allSettled([reading]);
      }
      await taken.confirm();
      const { splitter } = history;
      this.#ready = { timeMicros, splitter };
      const isMade = await points.make({ timeMicros, consistency: taken.consistency });
      if (!isMade && points.isWanted()) throw interrupted(this.#options.settings());
    } finally {
      this.#ready = undefined;
      await door.close();
    }
  }

  /** The copies that are open first: what they read of an earlier snapshot is compared again after them. */
  async #compareAll(history: DiskHistory, left: ExtentSet, signal: AbortSignal): Promise<void> {
    const { changed: nextChange } = this.#options;
    for (;;) {
      signal.throwIfAborted();
      const changed = nextChange();
      if (history.splitter.state.kind === "protected") break;
      if (!mayGoOn(history)) throw interrupted(this.#options.settings());
      await orAborted(changed, signal);
    }
    const { splitter } = history;
    const { stepBytes = RESCAN_STEP_BYTES, onRead, onLogged } = this.#options;
    for (let offset = 0; offset < splitter.sizeBytes; offset += stepBytes) {
      onRead(offset);
      const step = { offset, length: Math.min(stepBytes, splitter.sizeBytes - offset) };
      const logged = await splitter.logFound([...left.gaps(step)], signal);
      if (logged === undefined || history.splitter !== splitter) throw interrupted(this.#options.settings());
      onLogged(logged);
    }
  }
}

/** Whether what is read now can get into the log: changes are logged, or about to be, and the copy that is open does not wait for its window. */
export function mayGoOn({ splitter, rescans }: DiskHistory): boolean {
  const { kind } = splitter.state;
  if (kind === "gap" || kind === "stopped") return false;
  const copy = copyOf(splitter);
  return copy === undefined || rescans.waits(copy) === undefined;
}

function interrupted({ name, diskId }: DiskSettings): Fault {
  return new Fault({
    code: "rescan-interrupted",
    kind: "transient",
    message: `A rescan of ${name} did not come to its end, since what was read could not be logged or a copy came in between; no point was made of it.`,
    detail: { disk: diskId },
  });
}

function unsuitable({ name, diskId, path }: DiskSettings, sizeBytes: number, diskBytes: number): Fault {
  return new Fault({
    code: "snapshot-unsuitable",
    kind: "operator",
    message: `What the snapshot hook of ${name} made has ${sizeBytes} bytes, and ${path} has ${diskBytes}: it is no snapshot of it.`,
    remedy: "Have the hook name a snapshot of the whole disk, of the disk's size.",
    detail: { disk: diskId, path },
  });
}
