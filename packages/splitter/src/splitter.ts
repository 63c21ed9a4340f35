import { anySignal, type Fault, Mutex, Waiters } from "@leeward/base";
import {
  type Allocation,
  assertFits,
  type BlockDevice,
  diskClosed,
  diskReadOnly,
  type Extent,
  type ExtentSet,
  endOf,
  type WriteOptions,
} from "@leeward/block";
import type { LogCursor } from "@leeward/change-log";
import type { Mark, RecordDraft } from "@leeward/proto";
import { retireInBackground, syncInBackground } from "./background.ts";
import type { Capture } from "./capture.ts";
import { CatchUp } from "./catch-up.ts";
import { changedAfter } from "./changed-extents.ts";
import { type ComparedExtents, compareHeld, type HeldDigests } from "./comparison.ts";
import { CopyPace } from "./copy-pace.ts";
import { FoundContent, type HeldPiece } from "./found-content.ts";
import { type OpenedParts, openParts } from "./open-parts.ts";
import { PAGE_BYTES, pagesIn } from "./page-digests.ts";
import { sequenceUnknown } from "./splitter-fault.ts";
import type { SettledMark, SplitterOptions } from "./splitter-options.ts";
import { type SplitterState, spansOf } from "./splitter-state.ts";
import { WholeCopy, type WholeCopyReason } from "./whole-copy.ts";
import { WritePath } from "./write-path.ts";

/** What may change while a disk is served. */
export interface SplitterPolicy {
  /** Bytes of change log before changes go to the bitmap. */
  readonly logBytesMax: number;
  /** Of initial replication, catch-up and resync; 0 is no limit. */
  readonly copyBytesPerSecondMax: number;
}

/** What is known of a splitter at one moment. */
export interface SplitterFacts {
  readonly state: SplitterState;
  readonly branch: string;
  /** Last sequence that was taken. */
  readonly writtenSequence: number;
  /** Last sequence that is durable in the log. */
  readonly durableSequence: number;
  /** Last sequence that may leave the machine. */
  readonly sendableSequence: number;
  /** First sequence that the log holds, or will hold. */
  readonly firstSequence: number;
  readonly logBytes: number;
  /** By applications, since the disk was opened. */
  readonly writtenBytes: number;
  /**
   * Of the copy of the whole disk that is open, up to its `doneBytes`: what the target was not known to hold. undefined when none is open, or no
   * digests are kept.
   */
  readonly differingBytes: number | undefined;
  /** What is wrong now. */
  readonly faults: readonly Fault[];
}

/**
 * A disk whose every change is noted: a BlockDevice around another one and its change log.
 *
 * The promises, and what a crash leaves, are written at the head of WritePath, Capture, CaptureLog and CatchUp (log failure
 * and the way back), WholeCopy, ActivityLog, DurableBitmap and `openParts` (after a stop).
 */
export class Splitter implements BlockDevice {
  readonly branch: string;
  readonly #parts: OpenedParts;
  readonly #capture: Capture;
  readonly #source: BlockDevice;
  readonly #writePath: WritePath;
  readonly #catchUp: CatchUp;
  readonly #wholeCopy: WholeCopy;
  readonly #found: FoundContent;
  readonly #pace: CopyPace;
  /** Of comparisons, which are no copies: the policy's rate is not theirs. */
  readonly #comparePace: CopyPace;
  readonly #comparing = new Mutex();
  #compareBuffer: Uint8Array | undefined;
  readonly #stop = new AbortController();
  readonly #idle = new Waiters();
  #background: Promise<unknown> = Promise.resolve();
  #callsUnderWay = 0;
  #closing: Promise<void> | undefined;

  private constructor(options: SplitterOptions, parts: OpenedParts) {
    const { capture } = parts;
    this.branch = options.identity.branch;
    this.#parts = parts;
    this.#capture = capture;
    this.#source = options.source;
    this.#writePath = new WritePath(capture);
    this.#pace = new CopyPace(capture);
    this.#comparePace = new CopyPace(capture);
    const makeBuffer = (): Uint8Array => parts.copyBuffer();
    this.#catchUp = new CatchUp(capture, this.#pace, makeBuffer);
    const makeWindow = (): Uint8Array => parts.windowBuffer();
    this.#wholeCopy = new WholeCopy(capture, this.#pace, makeWindow);
    this.#found = new FoundContent(capture, this.#pace, makeWindow);
  }

  /**
   * Opens the capture of a disk, or begins one in an empty folder. After an unclean stop what is in doubt has been read again into
   * the log when it settles, or, when the log cannot take it, stands in the bitmap.
   * @throws Fault `splitter-foreign`, `splitter-state-damaged`, what the disk's flush throws, and what log and files throw
   */
  static async open(options: SplitterOptions): Promise<Splitter> {
    let parts: OpenedParts;
    try {
      parts = await openParts(options);
    } catch (error) {
      await options.source[Symbol.asyncDispose]();
      throw error;
    }
    const splitter = new Splitter(options, parts);
    await splitter.#catchUp.recover(splitter.#stop.signal);
    splitter.#start();
    return splitter;
  }

  get sizeBytes(): number {
    return this.#source.sizeBytes;
  }

  get blockBytes(): number {
    return this.#source.blockBytes;
  }

  /** Also where digests are kept: a write would make the digest of its page wrong. */
  get readOnly(): boolean {
    return this.#source.readOnly || this.#capture.parts.digests !== undefined;
  }

  get state(): SplitterState {
    return this.#capture.state;
  }

  /**
   * Rises each time a copy or a gap begins to keep points from being made. Where it is as it was, nothing was logged since but what was asked for by
   * `logFound` and `logHeld`, and written.
   */
  get interruptions(): number {
    return this.#capture.interruptions;
  }

  facts(): SplitterFacts {
    const { log, state, tally } = this.#capture;
    const faults = "fault" in state && state.fault !== undefined ? [state.fault] : [];
    const { fault } = this.#catchUp;
    return {
      state,
      branch: this.branch,
      writtenSequence: log.last,
      durableSequence: log.durable,
      sendableSequence: log.sendable,
      firstSequence: log.log?.firstSequence ?? 1,
      logBytes: log.bytes,
      writtenBytes: tally.writtenBytes,
      differingBytes: this.#wholeCopy.differingBytes,
      faults: [
        ...faults,
        ...(spansOf(state).copy === undefined ? [] : this.#parts.faults),
        ...(fault === undefined || faults.includes(fault) ? [] : [fault]),
      ],
    };
  }

  /** Resolves at the next change of the facts: state, durable and sendable sequences, progress. */
  changed(): Promise<void> {
    return this.#capture.changed();
  }

  read(offset: number, target: Uint8Array): Promise<void> {
    assertFits(this, offset, target.length);
    return this.#closing === undefined ? this.#source.read(offset, target) : this.#refuseClosed("read");
  }

  write(offset: number, data: Uint8Array, { fua }: WriteOptions): Promise<void> {
    assertFits(this, offset, data.length);
    return this.#inPieces({ offset, length: data.length }, fua, ({ offset: at, length }) => {
      const piece = data.subarray(at - offset, at - offset + length);
      const draft: RecordDraft = { kind: "write", timeMicros: this.#now(), offset: at, data: piece };
      return { draft, issue: () => this.#source.write(at, piece, { fua }) };
    });
  }

  zero(extent: Extent, options: WriteOptions & { readonly mayDiscard: boolean }): Promise<void> {
    assertFits(this, extent.offset, extent.length);
    return this.#inPieces(extent, options.fua, (piece) => ({
      draft: { kind: "zero", timeMicros: this.#now(), ...piece },
      issue: () => this.#source.zero(piece, options),
    }));
  }

  discard(extent: Extent, options: WriteOptions): Promise<void> {
    assertFits(this, extent.offset, extent.length);
    return this.#inPieces(extent, options.fua, (piece) => ({
      draft: { kind: "discard", timeMicros: this.#now(), ...piece },
      issue: () => this.#source.discard(piece, options),
    }));
  }

  flush(): Promise<void> {
    return this.#underWay(() => this.#writePath.flush());
  }

  async allocation(extent: Extent): Promise<readonly Allocation[]> {
    assertFits(this, extent.offset, extent.length);
    return this.#closing === undefined ? this.#source.allocation(extent) : this.#refuseClosed("allocation");
  }

  /**
   * Puts the mark into the log, unless nothing was logged since the last one.
   * @returns where the mark stands, durably; undefined when this disk has no part in the point (its history is not whole)
   */
  settleMark(mark: Mark): Promise<SettledMark | undefined> {
    if (this.#closing !== undefined) return Promise.resolve(undefined);
    return this.#underWay(() => this.#capture.settleMark(mark));
  }

  /** Whole frames from `from` on; `next` is to be given `sendableSequence`. It stays usable when the log fails and is opened again. */
  cursor(from: number): LogCursor | undefined {
    return this.#capture.log.log?.cursor(from);
  }

  /**
   * The target holds everything up to `sequence`: the log may let go of it.
   * @throws Fault `sequence-unknown`
   */
  journaled(sequence: number): void {
    const { sendable } = this.#capture.log;
    if (sequence > sendable) throw sequenceUnknown(sequence, sendable);
    this.#capture.log.journaled(sequence);
    this.#capture.notify();
  }

  setPolicy(policy: SplitterPolicy): void {
    this.#capture.log.bytesMax = policy.logBytesMax;
    this.#pace.bytesPerSecondMax = policy.copyBytesPerSecondMax;
    this.#capture.notify();
  }

  /**
   * Begins a copy of the whole disk; from then on there are no points until it has ended. `copy` does it.
   * @throws Fault `copy-under-way`, and what the files throw
   */
  beginCopy(reason: WholeCopyReason): Promise<void> {
    return this.#wholeCopy.begin(reason);
  }

  /**
   * Works off the copy of the whole disk that is open, also one that an earlier run left open, from where it was. Returns when it has
   * ended, at once when there is none.
   * @throws Fault `disk-read-failed`, what the files throw, or the signal's reason
   */
  copy(signal: AbortSignal): Promise<void> {
    return this.#underWay(() => this.#wholeCopy.run(anySignal([signal, this.#stop.signal])));
  }

  /**
   * Reads the extents and logs them as ordinary content, in no span; only pages that differ from their digests. Waits while the log is half full, and
   * keeps to the rate of copies. For a disk whose digests are kept. A page of which an extent has a part is read as a whole.
   * @returns bytes of data that it added to the log, when all is durable there and relied on, and the log was not left since the call began; undefined
   *   otherwise, and at once while changes are not logged. After that, and after a throw, the caller counts all of it as changed still
   * @throws Fault `disk-read-failed`, what the digests' file and the state file throw, or the signal's reason
   */
  logFound(extents: readonly Extent[], signal: AbortSignal): Promise<number | undefined> {
    return this.#underWay(() => this.#found.logFound(extents, anySignal([signal, this.#stop.signal])));
  }

  /**
   * As `logFound`, for what was read before, of which no two pieces overlap. It does not wait for room, and gives up when the log has none: some of
   * it may be logged then.
   * @throws what the digests' file and the state file throw
   */
  logHeld(pieces: readonly HeldPiece[]): Promise<number | undefined> {
    return this.#underWay(() => this.#found.logHeld(pieces));
  }

  /**
   * From now on this tells the disk from another one, as `identity.source` did: durable when it settles. At most 200 characters.
   * @throws what the state file throws
   */
  setSource(source: string): Promise<void> {
    return this.#underWay(() => this.#capture.parts.stateFile.change((state) => ({ ...state, source })));
  }

  /**
   * Everything that was changed after `sequence` (log and bitmap), whole regions where that is all that is known: what a failback has
   * to look at. @throws Fault `log-trimmed` when the log no longer reaches back so far, `tracking-failed`
   */
  changedAfter(sequence: number): Promise<ExtentSet> {
    return this.#underWay(() => changedAfter(this.#capture, sequence));
  }

  /**
   * Compares what a target says that it holds with the disk, one call at a time; a block that changed since is skipped. Applications go on
   * writing. @throws Fault `comparison-impossible`, `log-trimmed` (a newer point of the target may do), `disk-read-failed`, `tracking-failed`
   */
  compare(held: HeldDigests, signal: AbortSignal): Promise<ComparedExtents> {
    const either = anySignal([signal, this.#stop.signal]);
    return this.#underWay(() =>
      this.#comparing.hold(() => {
        this.#compareBuffer ??= this.#parts.compareBuffer();
        const means = { pace: this.#comparePace, buffer: this.#compareBuffer };
        return compareHeld(this.#capture, held, { means, signal: either });
      }),
    );
  }

  /**
   * Has the extents copied once more, as a catch-up: what targets hold there is right again when that has ended. When it settles, that
   * it will be done is durable, also over any stop, and until it is done the disk is not `protected`.
   * @throws Fault `disk-closed`, and what the files throw; then it is done all the same unless the process ends
   */
  recopy(extents: readonly Extent[]): Promise<void> {
    const { changes } = this.#capture;
    return this.#underWay(async () => {
      for (const extent of extents) await this.#forgetDigests(extent);
      for (const { offset, length } of extents) this.#capture.markChanged(offset, length);
      this.#capture.notify();
      await changes.sync();
      const begun = (): boolean => changes.setCount === 0 || this.#capture.state.kind !== "protected";
      await this.#capture.until(begun, this.#stop.signal);
    });
  }

  /** What a target was thought to hold there, it does not: without this the copy would leave it out. */
  async #forgetDigests(extent: Extent): Promise<void> {
    const { ranges, parts } = this.#capture;
    if (parts.digests === undefined) return;
    const first = Math.floor(extent.offset / PAGE_BYTES);
    using _lock = await ranges.acquire({ offset: first * PAGE_BYTES, length: endOf(extent) - first * PAGE_BYTES });
    await parts.digests.invalidate([{ first, changed: new Uint8Array(pagesIn(endOf(extent)) - first).fill(1) }]);
  }

  /**
   * Ends cleanly when all could be made durable, so that the next open has nothing to read again; else as after a kill. Waits for the
   * calls under way.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #start(): void {
    const { signal } = this.#stop;
    const loops = [
      syncInBackground(this.#capture, signal),
      retireInBackground(this.#capture, signal),
      this.#catchUp.run(signal),
    ];
    this.#background = allEnded(loops, signal);
  }

  async #close(): Promise<void> {
    this.#stop.abort(diskClosed({ disk: this.#parts.folder, operation: "flush" }));
    await this.#background;
    while (this.#callsUnderWay > 0) await this.#idle.next();
    await this.#parts.close();
  }

  /** A change that covers too much for the activity log is made in pieces, one after another. */
  async #inPieces(
    extent: Extent,
    fua: boolean,
    make: (piece: Extent) => { readonly draft: RecordDraft; readonly issue: () => Promise<void> },
  ): Promise<void> {
    if (this.#closing !== undefined) return this.#refuseClosed("write");
    if (this.readOnly) throw diskReadOnly({ disk: this.#parts.folder, operation: "write", extent });
    this.#callsUnderWay += 1;
    try {
      const { pieceBytesMax } = this.#parts;
      if (extent.length <= pieceBytesMax) {
        await this.#writePath.change({ extent, ...make(extent), fua });
        return;
      }
      for (let done = 0; done < extent.length; done += pieceBytesMax) {
        const piece = { offset: extent.offset + done, length: Math.min(pieceBytesMax, extent.length - done) };
        await this.#writePath.change({ extent: piece, ...make(piece), fua });
      }
    } finally {
      this.#ended();
    }
  }

  async #underWay<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) return this.#refuseClosed("flush");
    this.#callsUnderWay += 1;
    try {
      return await work();
    } finally {
      this.#ended();
    }
  }

  #ended(): void {
    this.#callsUnderWay -= 1;
    if (this.#callsUnderWay === 0 && this.#closing !== undefined) this.#idle.notify();
  }

  #now(): number {
    return this.#parts.now();
  }

  #refuseClosed(operation: "read" | "write" | "flush" | "allocation"): Promise<never> {
    return Promise.reject(diskClosed({ disk: this.#parts.folder, operation }));
  }
}

/** Settles when all loops have ended because of the signal; a mistake of ours in any of them is told at once. */
async function allEnded(loops: readonly Promise<never>[], signal: AbortSignal): Promise<void> {
  try {
    await Promise.all(loops);
  } catch (error) {
    if (error !== signal.reason) throw error;
    await Promise.allSettled(loops);
  }
}
