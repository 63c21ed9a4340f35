// What of the source is as a target says that it holds it at one place of the disk's history.
//
// Invariant: a block is called different only if the disk, as it was at `sequence`, was not what the target says. Worst outcome if broken: alarm
// and repair where nothing is wrong; or the opposite, which is why a block that changed is skipped and counted, never taken for equal.
//
// Order: changes are logged ─► blocks read, each under the range lock ─► log durable ─► what changed after `sequence` is skipped.
//
// Under the lock no write of the splitter is on its way to the disk in what is read, and each took its sequence before: so whatever the read may
// have seen stands in the log when it is looked through afterwards. That holds while every change goes to the log: when it was left
// meanwhile, nothing is said.
import { Mutex } from "@leeward/base";
import { type Extent, ExtentSet, endOf, intersection } from "@leeward/block";
import { blockDigests, DIGEST_BLOCK_BYTES, digestBytesOf, isSameDigest } from "@leeward/proto";
import type { Capture } from "./capture.ts";
import { changedAfter } from "./changed-extents.ts";
import { CopyPace } from "./copy-pace.ts";
import { comparisonImpossible } from "./splitter-fault.ts";

/** Log that is looked through for what changed: behind a target that is further away, nothing can be compared. Bytes. */
const LOG_BYTES_MAX = 256 * 1024 * 1024;

/** What a target says that it holds, at a place of the disk's history. */
export interface HeldDigests {
  readonly branch: string;
  readonly sequence: number;
  /** Begins at a multiple of a block. */
  readonly extent: Extent;
  /** As `blockDigests` gives them. */
  readonly digests: Uint8Array;
}

export interface ComparedExtents {
  readonly comparedBytes: number;
  /** Blocks that changed after the sequence. As all extents here: whole blocks, neighbours joined, in order. */
  readonly skipped: readonly Extent[];
  readonly differing: readonly Extent[];
}

/** Comparisons of one disk, one at a time. They keep a pace of their own: they are no copies, and the policy's rate is not theirs. */
export class Comparisons {
  readonly #capture: Capture;
  readonly #pace: CopyPace;
  readonly #alone = new Mutex();
  readonly #makeBuffer: () => Uint8Array;
  #buffer: Uint8Array | undefined;

  /** What `makeBuffer` makes is read into, a multiple of a block long. Without a pace of a copy it is no copy: the policy's rate is not for it. */
  constructor(capture: Capture, makeBuffer: () => Uint8Array, pace = new CopyPace(capture)) {
    this.#capture = capture;
    this.#pace = pace;
    this.#makeBuffer = makeBuffer;
  }

  /** @throws Fault `comparison-impossible`, `log-trimmed`, `disk-read-failed`, and the signal's reason */
  compare(held: HeldDigests, signal: AbortSignal): Promise<ComparedExtents> {
    return this.#alone.hold(async () => {
      const capture = this.#capture;
      assertComparable(capture, held);
      const { generation } = capture;
      const unequal = await this.#unequal(held, signal);
      const within = { within: held.extent, logBytesMax: LOG_BYTES_MAX, signal };
      const changed = await changedAfter(capture, held.sequence, within);
      if (capture.mode !== "logging" || capture.generation !== generation) {
        throw comparisonImpossible("changes could not be logged meanwhile");
      }
      return comparedOf(held.extent, unequal, changed);
    });
  }

  async #unequal(held: HeldDigests, signal: AbortSignal): Promise<Extent[]> {
    this.#buffer ??= this.#makeBuffer();
    const buffer = this.#buffer;
    const unequal: Extent[] = [];
    for (let at = held.extent.offset; at < endOf(held.extent); at += buffer.length) {
      const piece = { offset: at, length: Math.min(buffer.length, endOf(held.extent) - at) };
      this.#pace.beginStep();
      unequal.push(...(await unequalBlocks(this.#capture, held, { piece, into: buffer.subarray(0, piece.length) })));
      await this.#pace.endStep(piece.length, signal);
    }
    return unequal;
  }
}

function assertComparable(capture: Capture, { branch, sequence, extent, digests }: HeldDigests): void {
  if (branch !== capture.parts.branch) throw comparisonImpossible("its history goes on on another branch");
  if (capture.mode !== "logging") throw comparisonImpossible("changes are not logged now");
  if (sequence > capture.log.last) throw comparisonImpossible("the target holds more than was ever logged here");
  if (endOf(extent) > capture.parts.source.sizeBytes) throw comparisonImpossible("the disk is smaller");
  if (extent.offset % DIGEST_BLOCK_BYTES !== 0 || digests.length !== digestBytesOf(extent.length)) {
    throw comparisonImpossible("the digests are not of this extent");
  }
}

async function unequalBlocks(
  capture: Capture,
  { extent, digests }: HeldDigests,
  { piece, into }: { readonly piece: Extent; readonly into: Uint8Array },
): Promise<Extent[]> {
  {
    using _lock = await capture.ranges.acquire(piece);
    await capture.parts.source.read(piece.offset, into);
  }
  const own = blockDigests(into);
  const said = digests.subarray(digestBytesOf(piece.offset - extent.offset));
  const unequal: Extent[] = [];
  for (let at = 0; at < piece.length; at += DIGEST_BLOCK_BYTES) {
    if (isSameDigest(own, said, at / DIGEST_BLOCK_BYTES)) continue;
    unequal.push({ offset: piece.offset + at, length: Math.min(DIGEST_BLOCK_BYTES, piece.length - at) });
  }
  return unequal;
}

function comparedOf(extent: Extent, unequal: readonly Extent[], changed: ExtentSet): ComparedExtents {
  const skipped = new ExtentSet();
  for (let at = extent.offset; at < endOf(extent); at += DIGEST_BLOCK_BYTES) {
    const block = intersection({ offset: at, length: DIGEST_BLOCK_BYTES }, extent);
    if (block !== undefined && changed.intersects(block)) skipped.add(block);
  }
  const differing = ExtentSet.of(unequal.filter((block) => !changed.intersects(block)));
  return { comparedBytes: extent.length - skipped.totalBytes, skipped: [...skipped], differing: [...differing] };
}
