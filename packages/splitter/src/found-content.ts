import { assert, ceilTo, floorTo, Mutex } from "@leeward/base";
import { type Extent, ExtentSet, endOf } from "@leeward/block";
import type { Capture } from "./capture.ts";
import type { CopyPace } from "./copy-pace.ts";
import { readInto, windowBytes } from "./extent-copy.ts";
import { type LoggedCopy, type LoggingOptions, logPieces, type Piece } from "./logged-pieces.ts";
import { PAGE_BYTES } from "./page-digests.ts";
import { asFault } from "./splitter-fault.ts";

/** What was read of a disk before: no other piece of the same call overlaps it. */
export interface HeldPiece {
  readonly extent: Extent;
  /** As long as the extent; borrowed until the call settles. */
  readonly bytes: Uint8Array;
}

/**
 * What a disk was found to hold where someone says that it changed, as ordinary content: not in a span, since whoever says so says it of every
 * change, and makes points of it.
 *
 * Invariant: an answer means that all of it is durable in the log, relied on, or known to be held by the target already, and that the log was not left
 * since the call began. After anything else the caller counts all of it as changed still. Worst outcome if broken: a change that was told is
 * forgotten.
 *
 * What is unequal to its digest alone is logged. Several extents share one step, with one datasync of the digests and one lock, over all that lies
 * between them: many small changes cost little, and only other copies wait, since nobody writes through a splitter that keeps digests.
 */
export class FoundContent {
  readonly #capture: Capture;
  readonly #pace: CopyPace;
  readonly #makeBuffer: () => Uint8Array;
  /** The buffer's user. */
  readonly #alone = new Mutex();
  #buffer: Uint8Array | undefined;

  constructor(capture: Capture, pace: CopyPace, makeBuffer: () => Uint8Array) {
    this.#capture = capture;
    this.#pace = pace;
    this.#makeBuffer = makeBuffer;
  }

  /** See Splitter.logFound. */
  async logFound(extents: readonly Extent[], signal: AbortSignal): Promise<number | undefined> {
    const generation = this.#capture.generation;
    return await this.#alone.hold(async () => {
      this.#buffer ??= this.#makeBuffer();
      const buffer = this.#buffer;
      let payloadBytes = 0;
      for (const step of stepsOf(extents, {
        diskBytes: this.#diskBytes,
        stepBytesMax: windowBytes(this.#capture, buffer),
      })) {
        if (!(await this.#mayGoOn(generation, signal))) return undefined;
        this.#pace.beginStep();
        const logged = await this.#logStep(step, buffer);
        if (logged === undefined) return undefined;
        payloadBytes += logged.payloadBytes;
        await this.#pace.endStep(
          step.reduce((sum, { length }) => sum + length, 0),
          signal,
        );
      }
      return (await this.#isCertain(generation)) ? payloadBytes : undefined;
    });
  }

  /** See Splitter.logHeld. */
  async logHeld(pieces: readonly HeldPiece[]): Promise<number | undefined> {
    const capture = this.#capture;
    const generation = capture.generation;
    const sorted = pieces.toSorted((a, b) => a.extent.offset - b.extent.offset);
    for (const [index, { extent, bytes }] of sorted.entries()) {
      assert(bytes.length === extent.length, "a piece has as many bytes as its extent");
      assert(index === 0 || endOf(sorted[index - 1]?.extent ?? extent) <= extent.offset, "no two pieces overlap");
    }
    const payloadBytes = pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (capture.mode !== "logging" || !capture.log.hasRoomFor(pieces.length, payloadBytes)) return undefined;
    const pages = [
      ...pagesOf(
        sorted.map(({ extent }) => extent),
        this.#diskBytes,
      ),
    ];
    let logged: LoggedCopy | undefined;
    if (pages.length > 0) {
      using _lock = await capture.ranges.acquire(around(pages));
      logged = await logPieces(capture, sorted, FOUND);
      if (logged === undefined) return undefined;
    }
    return (await this.#isCertain(generation)) ? (logged?.payloadBytes ?? 0) : undefined;
  }

  async #logStep(step: readonly Extent[], buffer: Uint8Array): Promise<LoggedCopy | undefined> {
    using _lock = await this.#capture.ranges.acquire(around(step));
    const pieces = piecesIn(buffer, step);
    const reads = pieces.map(({ extent, bytes }) => readInto(this.#capture, extent.offset, bytes));
    // All have ended before the buffer is used again.
    for (const read of await Promise.allSettled(reads)) if (read.status === "rejected") throw read.reason;
    return await logPieces(this.#capture, pieces, FOUND);
  }

  get #diskBytes(): number {
    return this.#capture.parts.source.sizeBytes;
  }

  async #mayGoOn(generation: number, signal: AbortSignal): Promise<boolean> {
    const capture = this.#capture;
    const isLeft = (): boolean => capture.mode !== "logging" || capture.generation !== generation;
    await capture.until(() => isLeft() || !capture.log.isHalfFull, signal);
    signal.throwIfAborted();
    return !isLeft();
  }

  /** Makes all that was logged durable and relied on; false when the log was left since. */
  async #isCertain(generation: number): Promise<boolean> {
    const capture = this.#capture;
    await capture.syncLog();
    if (capture.mode !== "logging" || capture.generation !== generation) return false;
    try {
      await capture.rely();
      capture.notify();
    } catch (error) {
      capture.leaveLog(asFault(error));
    }
    return capture.mode === "logging" && capture.generation === generation;
  }
}

/** A tracked disk is not put into a gap because of what can be asked for again. */
const FOUND: LoggingOptions = { equal: "leave-out", noRoom: "refuse" };

/** So many extents share a step at most: they are read side by side. */
const STEP_EXTENTS_MAX = 256;

/** From the first to the last of extents that are in order. */
function around(extents: readonly Extent[]): Extent {
  const [first] = extents;
  const last = extents.at(-1);
  assert(first !== undefined && last !== undefined, "there is an extent");
  return { offset: first.offset, length: endOf(last) - first.offset };
}

/** Whole pages, each once. */
function pagesOf(extents: readonly Extent[], diskBytes: number): ExtentSet {
  const pages = new ExtentSet();
  for (const { offset, length } of extents) {
    assert(offset >= 0 && length > 0 && offset + length <= diskBytes, "what was found lies on the disk");
    const from = floorTo(offset, PAGE_BYTES);
    pages.add({ offset: from, length: Math.min(ceilTo(offset + length, PAGE_BYTES), diskBytes) - from });
  }
  return pages;
}

function* stepsOf(
  extents: readonly Extent[],
  { diskBytes, stepBytesMax }: { readonly diskBytes: number; readonly stepBytesMax: number },
): Generator<readonly Extent[]> {
  let step: Extent[] = [];
  let room = stepBytesMax;
  for (const extent of pagesOf(extents, diskBytes)) {
    for (let offset = extent.offset; offset < endOf(extent); ) {
      const length = Math.min(endOf(extent) - offset, room);
      step.push({ offset, length });
      offset += length;
      room = floorTo(room - length, PAGE_BYTES);
      if (room > 0 && step.length < STEP_EXTENTS_MAX) continue;
      yield step;
      step = [];
      room = stepBytesMax;
    }
  }
  if (step.length > 0) yield step;
}

/** Each piece begins on a page of the buffer. */
function piecesIn(buffer: Uint8Array, extents: readonly Extent[]): (Piece & { readonly bytes: Uint8Array })[] {
  let at = 0;
  return extents.map((extent) => {
    const bytes = buffer.subarray(at, at + extent.length);
    at += ceilTo(extent.length, PAGE_BYTES);
    return { extent, bytes };
  });
}
