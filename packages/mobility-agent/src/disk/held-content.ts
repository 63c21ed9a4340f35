// What a live disk held at one moment, kept in memory for the mark of that moment.
//
// Invariant: a mark stands behind exactly what the disk held at one moment: what was read for it was read while nothing changed, all of it is in the
// log right before the mark, and it belongs to that mark alone. Worst outcome if broken: a point that is of no single moment, and nobody knows.
//
// ```
//   (held still) ─► hold: take, read, prove ─► (mark raised) ─► confirm: prove again ─► (let go) ─► settleMark: log, mark, settle
//                                          └──────────────────── or drop ───────────────────────┘
// ```
//
// One call at a time: whoever calls sees to that, and to none of it going on once the disk is closed.
import { Fault } from "@leeward/base";
import { type BlockDevice, type Extent, ExtentSet, endOf } from "@leeward/block";
import type { Mark } from "@leeward/proto";
import type { HeldPiece, SettledMark, Splitter } from "@leeward/splitter";
import type { ChangeTracker } from "@leeward/tracker";
import { alignedBytes } from "@leeward/world";
import { HELD_BYTES_MAX } from "../limits.ts";
import type { DiskHistory } from "./disk-history.ts";
import type { DiskSettings } from "./disk-host.ts";
import { type OwnExtents, PAGE_BYTES, type TakenChanges, takeChanges } from "./taken-changes.ts";

/** Reads side by side while the disk is held still. */
const READS_AT_ONCE = 4;

export interface HeldContentOptions {
  readonly settings: () => DiskSettings;
  readonly ownExtents: OwnExtents;
  /** Told of the bytes that are in the log, before they are settled. */
  readonly onLogged: (bytes: number) => void;
}

/** A live disk that is open. */
export interface HoldableDisk {
  readonly tracker: ChangeTracker;
  readonly history: DiskHistory;
  readonly source: { readonly device: BlockDevice };
}

interface Held {
  /** That all of it belongs to, and how often copies or gaps had come in between there. */
  readonly splitter: Splitter;
  readonly interruptions: number;
  readonly pieces: readonly HeldPiece[];
  readonly taken: TakenChanges;
  /** What may change although the disk is held still. */
  readonly unsteady: readonly Extent[];
}

export class HeldContent {
  readonly #options: HeldContentOptions;
  #held: Held | undefined;
  #arena: Uint8Array = new Uint8Array(0);

  constructor(options: HeldContentOptions) {
    this.#options = options;
  }

  /** Something is kept for the next mark. */
  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  /**
   * Reads what has changed, and proves that nothing but `unsteady` changed meanwhile. `isWhole` says whether the disk is open still, without a copy or
   * a gap. Nothing is held when it is called. @throws Fault `disk-not-ready`, `disk-not-quiet`, `hold-too-large`, `disk-read-failed`
   */
  async hold(
    { tracker, history, source }: HoldableDisk,
    unsteady: readonly Extent[],
    isWhole: () => boolean,
  ): Promise<void> {
    const { splitter } = history;
    const { interruptions: before } = splitter;
    const taken = await takeChanges(tracker, this.#options.ownExtents);
    try {
      const pieces = await this.#readAll(source.device, taken.extents);
      await tracker.collect();
      this.#requireQuiet(tracker, unsteady);
      if (!tracker.isProved) throw notProved(this.#options.settings());
      const { interruptions } = splitter;
      // A copy that began after the disk stood still would log what is newer than that, before the mark.
      if (!isWhole() || interruptions !== before) throw notReady(this.#options.settings());
      this.#held = { splitter, interruptions, pieces, taken, unsteady };
    } finally {
      if (this.#held === undefined) taken.giveBack();
    }
  }

  /** Proves again that nothing changed, and drops what was read otherwise. @throws Fault `disk-not-quiet` */
  async confirm(tracker: ChangeTracker): Promise<void> {
    const held = this.#held;
    if (held === undefined) return;
    let isQuiet = false;
    try {
      await tracker.collect();
      this.#requireQuiet(tracker, held.unsteady);
      isQuiet = true;
    } finally {
      if (!isQuiet) this.drop();
    }
  }

  /** What was read is not for any mark: it waits at the tracker again. */
  drop(): void {
    const held = this.#held;
    this.#held = undefined;
    held?.taken.giveBack();
  }

  /** Logs what is held, and the mark behind it; without that this disk has no part in the point. */
  async settleMark(history: DiskHistory, mark: Mark): Promise<SettledMark | undefined> {
    const held = this.#held;
    if (held === undefined) return undefined;
    let logged: number | undefined;
    try {
      if (held.splitter === history.splitter) logged = await held.splitter.logHeld(held.pieces);
    } finally {
      // It belongs to this mark alone: behind a later one it would be older than its moment.
      if (logged === undefined) this.drop();
    }
    if (logged === undefined) return undefined;
    // Nothing is awaited between the look and the mark: nothing comes in between in the log.
    const isNext = held.splitter.interruptions === held.interruptions;
    const marking = isNext ? held.splitter.settleMark(mark) : undefined;
    this.#held = undefined;
    this.#options.onLogged(logged);
    held.taken.settle();
    return marking;
  }

  async #readAll(device: BlockDevice, extents: readonly Extent[]): Promise<HeldPiece[]> {
    const totalBytes = extents.reduce((sum, { length }) => sum + inPages(length), 0);
    if (totalBytes > HELD_BYTES_MAX) throw tooLarge(this.#options.settings(), totalBytes);
    if (this.#arena.length < totalBytes) this.#arena = alignedBytes(totalBytes);
    let used = 0;
    const pieces = extents.map((extent) => {
      const bytes = this.#arena.subarray(used, used + extent.length);
      used += inPages(extent.length);
      return { extent, bytes };
    });
    const left = pieces.values();
    const lane = async (): Promise<void> => {
      for (const { extent, bytes } of left) await device.read(extent.offset, bytes);
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
      if (tracker.waitsWithin(steady)) throw notQuiet(this.#options.settings());
    }
  }
}

/** A buffer for direct reads begins at a page. */
function inPages(bytes: number): number {
  return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
}

/** The disk has a copy or a gap, or is not open. */
export function notReady({ name, diskId }: DiskSettings): Fault {
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

/** What may change although the disk is held still did so all the time. */
function notProved({ name, diskId, path }: DiskSettings): Fault {
  return new Fault({
    code: "disk-not-quiet",
    kind: "transient",
    message: `${name} (${path}) was written to so much, where that is allowed while its file systems are held still, that it could not be shown that no change was missed. The point was given up.`,
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
