/**
 * A recovery point that can be written: what is written goes to a change log on a branch of its own, the point stays as it is.
 *
 * Invariant: a read gives what was written last, else the point; after a flush or a FUA write has settled, it does so after any crash.
 * A crash without one leaves a prefix of what was written. Worst outcome: a machine that was started from a point loses
 * what it was told is safe.
 *
 * Order of the folder: overlay.json (whose branch it is) → log. A crash between leaves an overlay that nothing was written to.
 */
import { assert, Fault, isFault, randomId } from "@leeward/base";
import {
  type Allocation,
  assertFits,
  type BlockDevice,
  diskClosed,
  type Extent,
  ExtentSet,
  endOf,
  type WriteOptions,
} from "@leeward/block";
import { ChangeLog, type LogIdentity, type SegmentCache, segmentCache } from "@leeward/change-log";
import { checkFrame, frameDamaged, type RecordDraft } from "@leeward/proto";
import { makeDurableFolder, readFile, replaceFile, type World } from "@leeward/world";
import type { JournalIdentity } from "../manifest/manifest-writer.ts";
import type { BranchPosition } from "../recovery-point.ts";
import { PointDevice } from "../view/point-device.ts";
import { OverlayMap, type OverlayPlace } from "./overlay-map.ts";

const DESCRIPTION = "overlay.json";
const DESCRIPTION_BYTES_MAX = 4_096;
const SEGMENT_BYTES_MAX = 64 * 1024 * 1024;
const FRAME_CACHE_BYTES = 16 * 1024 * 1024;
/** Extents of one overlay: what bounds its memory. */
const EXTENTS_MAX = 4_000_000;
const NAME = "the overlay";
const NO_ID = "0".repeat(32);

export interface OverlayOptions extends JournalIdentity {
  /** The point below; the overlay disposes it when it is disposed. */
  readonly device: BlockDevice;
  /** Absolute; the folder above it exists and is durable. An overlay that is there already is gone on with. */
  readonly folder: string;
  /** A file of its log ends before it is longer; 64 MiB unless told. */
  readonly segmentBytesMax?: number;
}

/** @throws Fault `overlay-foreign`, those of the change log, and what the files throw */
export async function openOverlay(world: World, options: OverlayOptions): Promise<OverlayDevice> {
  const { device, folder, machineId, diskId } = options;
  await makeDurableFolder(world.files, folder.slice(0, folder.lastIndexOf("/")), folder);
  const branch = await branchOf(world, options);
  const parent = device instanceof PointDevice ? device.place : undefined;
  const identity: LogIdentity = {
    machineId,
    diskId,
    branch,
    ...(parent === undefined ? {} : { parent }),
    bootId: NO_ID,
    diskBytes: device.sizeBytes,
    blockBytes: device.blockBytes,
    physicalBlockBytes: device.blockBytes,
  };
  const map = new OverlayMap();
  const log = await ChangeLog.open(world, {
    folder: `${folder}/log`,
    identity,
    segmentBytesMax: options.segmentBytesMax ?? SEGMENT_BYTES_MAX,
    seal: "at-once",
    onPlaced: (frame) => map.add(frame),
  });
  for (const name of await world.files.list(log.folder)) {
    if (name.endsWith(".hrl")) await map.addFile(world, `${log.folder}/${name}`);
  }
  return new OverlayDevice(world, { device, log, map, origin: { branch, parent } });
}

/** Where an overlay's branch begins. */
export interface OverlayOrigin {
  readonly branch: string;
  readonly parent: BranchPosition | undefined;
}

export class OverlayDevice implements BlockDevice {
  readonly sizeBytes: number;
  readonly blockBytes: number;
  readonly readOnly = false;
  readonly origin: OverlayOrigin;
  readonly #world: World;
  readonly #below: BlockDevice;
  readonly #log: ChangeLog;
  readonly #map: OverlayMap;
  readonly #cache: SegmentCache = segmentCache({ frameBytesMax: FRAME_CACHE_BYTES, pageBytesMax: 0 });
  #closed = false;

  constructor(
    world: World,
    parts: {
      readonly device: BlockDevice;
      readonly log: ChangeLog;
      readonly map: OverlayMap;
      readonly origin: OverlayOrigin;
    },
  ) {
    this.#world = world;
    this.#below = parts.device;
    this.#log = parts.log;
    this.#map = parts.map;
    this.origin = parts.origin;
    this.sizeBytes = parts.device.sizeBytes;
    this.blockBytes = parts.device.blockBytes;
  }

  /** Where its log is. */
  get logFolder(): string {
    return this.#log.folder;
  }

  /** What records behind `after` wrote; all that was written since the overlay began unless told. */
  changedExtents(after = 0): ExtentSet {
    return ExtentSet.of(this.changedWithin({ offset: 0, length: this.sizeBytes }, after));
  }

  /** As `changedExtents`, of a part of the disk, in order and not joined. */
  changedWithin(extent: Extent, after: number): IterableIterator<Extent> {
    return this.#map.changedWithin(extent, after);
  }

  /**
   * Makes durable what was written before the call. All up to the sequence that it gives is among the changed extents, and no loss of power
   * gives one of these sequences to another record. 0 while nothing was written. @throws Fault `disk-write-failed`
   */
  async settle(): Promise<number> {
    if (this.#closed) throw diskClosed({ disk: NAME, operation: "flush" });
    return this.#orFailed(() => this.#log.sync());
  }

  async read(offset: number, target: Uint8Array): Promise<void> {
    await this.#read(offset, target);
  }

  /**
   * As `read`, for whoever keeps what is read: a loss of power does not take it back. So a comparison by sequences does not miss what was seen
   * here and never happened. @throws Fault `disk-write-failed`, and as `read`
   */
  async readDurably(offset: number, target: Uint8Array): Promise<void> {
    const newest = await this.#read(offset, target);
    if (newest > this.#log.durableSequence) await this.settle();
  }

  async write(offset: number, data: Uint8Array, options: WriteOptions): Promise<void> {
    await this.#append({ kind: "write", offset, data, timeMicros: this.#now() }, options);
  }

  async zero({ offset, length }: Extent, options: WriteOptions): Promise<void> {
    await this.#append({ kind: "zero", offset, length, timeMicros: this.#now() }, options);
  }

  async discard({ offset, length }: Extent, options: WriteOptions): Promise<void> {
    await this.#append({ kind: "discard", offset, length, timeMicros: this.#now() }, options);
  }

  async flush(): Promise<void> {
    await this.#orFailed(() => this.#log.sync());
  }

  async allocation(extent: Extent): Promise<readonly Allocation[]> {
    const runs: Allocation[] = [];
    for (const { offset, length, place } of this.#map.within(extent)) {
      runs.push({ offset, length, kind: place.kind === "zero" ? "zero" : "data" });
    }
    for (const gap of this.#map.gaps(extent)) runs.push(...(await this.#below.allocation(gap)));
    return runs.sort((a, b) => a.offset - b.offset);
  }

  /** Ends it durably, and the point below with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.#log.close();
    } finally {
      await this.#below[Symbol.asyncDispose]();
    }
  }

  /** Gives the sequence of the newest record that was read. */
  async #read(offset: number, target: Uint8Array): Promise<number> {
    assertFits(this, offset, target.length);
    if (this.#closed) throw diskClosed({ disk: NAME, operation: "read" });
    const extent = { offset, length: target.length };
    const within = (piece: Extent): Uint8Array => target.subarray(piece.offset - offset, endOf(piece) - offset);
    const pieces = [...this.#map.within(extent)];
    for (const gap of [...this.#map.gaps(extent)]) await this.#below.read(gap.offset, within(gap));
    for (const { place, skip, ...piece } of pieces) {
      if (place.kind === "zero") within(piece).fill(0);
      else await this.#readPlace(place, skip, within(piece));
    }
    return pieces.reduce((newest, { place }) => Math.max(newest, place.sequence), 0);
  }

  async #append(draft: RecordDraft & Pick<Extent, "offset">, { fua }: WriteOptions): Promise<void> {
    assertFits(this, draft.offset, "length" in draft ? draft.length : "data" in draft ? draft.data.length : 0);
    if (this.#closed) throw diskClosed({ disk: NAME, operation: "write" });
    if (this.#map.count >= EXTENTS_MAX) {
      throw new Fault({
        code: "overlay-full",
        kind: "operator",
        message: `The overlay holds ${this.#map.count} extents, as many as it may.`,
        remedy: "Save what is needed elsewhere, close the point, and open it again with a fresh overlay.",
        detail: { extents: this.#map.count },
      });
    }
    await this.#orFailed(async () => {
      await this.#log.append([draft]).written;
      if (fua) await this.#log.sync();
    });
  }

  async #readPlace(place: OverlayPlace, skip: number, target: Uint8Array): Promise<void> {
    const { fileFrom, framePosition, frameBytes, rawPosition } = place;
    const raw = await this.#cache.frames.get(`${fileFrom}:${framePosition}`, async () => {
      const path = `${this.#log.folder}/${String(fileFrom).padStart(16, "0")}.hrl`;
      await using handle = await this.#world.files.open(path, "read");
      const bytes = new Uint8Array(frameBytes);
      await handle.read(bytes, framePosition);
      const frame = checkFrame(bytes, 0);
      if (frame?.head.kind !== "records") throw frameDamaged("it is not the one that should be there");
      return frame.stored;
    });
    const from = rawPosition + skip;
    assert(from + target.length <= raw.length, "a place lies inside of its frame");
    target.set(raw.subarray(from, from + target.length));
  }

  async #orFailed<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isFault(error)) throw error;
      throw new Fault({
        code: "disk-write-failed",
        kind: error.kind,
        message: "The overlay takes no more writes.",
        remedy:
          "Read `dmesg` on that machine and replace a failing disk. Of an overlay, the detail `why` names the fault beneath, often a full file system.",
        detail: { why: error.code },
        cause: error,
      });
    }
  }

  #now(): number {
    return this.#world.clock.wallMicros();
  }
}

/** The overlay's branch: a new one, or that of the overlay that is there. */
async function branchOf(world: World, { folder, machineId, diskId }: OverlayOptions): Promise<string> {
  const path = `${folder}/${DESCRIPTION}`;
  if ((await world.files.status(path)) === undefined) {
    const branch = randomId(world.random);
    const text = `${JSON.stringify({ machineId, diskId, branch })}\n`;
    await replaceFile(world.files, folder, DESCRIPTION, Buffer.from(text, "utf8"));
    return branch;
  }
  const text = Buffer.from(await readFile(world.files, path, DESCRIPTION_BYTES_MAX)).toString("utf8");
  const match = /^\{"machineId":"([0-9a-f]{32})","diskId":"([0-9a-f]{32})","branch":"([0-9a-f]{32})"\}\n$/.exec(text);
  if (match?.[1] === machineId && match[2] === diskId && match[3] !== undefined) return match[3];
  throw new Fault({
    code: "overlay-foreign",
    kind: "operator",
    message: `${folder} holds an overlay of another disk.`,
    remedy: "Put the right folder back; do not copy overlays from one point to another.",
    detail: { folder },
  });
}
