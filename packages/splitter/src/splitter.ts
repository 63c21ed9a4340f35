import { anySignal } from "@leeward/base";
import {
  type Allocation,
  assertFits,
  type BlockDevice,
  diskClosed,
  diskReadOnly,
  type Extent,
  type ExtentSet,
  type WriteOptions,
} from "@leeward/block";
import type { LogCursor } from "@leeward/change-log";
import type { Mark, RecordDraft } from "@leeward/proto";
import { workInBackground } from "./background.ts";
import type { Capture } from "./capture.ts";
import { CatchUp } from "./catch-up.ts";
import { changedAfter } from "./changed-extents.ts";
import { type ComparedExtents, Comparisons, type HeldDigests } from "./comparison.ts";
import { CopyPace } from "./copy-pace.ts";
import { FoundContent, type HeldPiece } from "./found-content.ts";
import { LogUpkeep } from "./log-upkeep.ts";
import { OpenCalls } from "./open-calls.ts";
import { type OpenedParts, openParts } from "./open-parts.ts";
import { recopy } from "./recopy.ts";
import { type SplitterFacts, splitterFactsOf } from "./splitter-facts.ts";
import { sequenceUnknown } from "./splitter-fault.ts";
import type { SettledMark, SplitterOptions } from "./splitter-options.ts";
import type { SplitterState } from "./splitter-state.ts";
import { askAsOwn, surveyOf } from "./target-survey.ts";
import { WholeCopy, type WholeCopyOptions, type WholeCopyReason } from "./whole-copy.ts";
import { WritePath } from "./write-path.ts";

/** What may change while a disk is served. */
export interface SplitterPolicy {
  /** Bytes of change log before changes go to the bitmap. */
  readonly logBytesMax: number;
  /** Of initial replication, catch-up and resync; 0 is no limit. */
  readonly copyBytesPerSecondMax: number;
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
  readonly #upkeep: LogUpkeep;
  readonly #comparisons: Comparisons;
  readonly #calls: OpenCalls;
  readonly #stop = new AbortController();
  #background: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  private constructor(options: SplitterOptions, parts: OpenedParts) {
    const { capture } = parts;
    this.branch = options.identity.branch;
    this.#parts = parts;
    this.#capture = capture;
    this.#source = options.source;
    this.#writePath = new WritePath(capture);
    this.#pace = new CopyPace(capture);
    this.#upkeep = new LogUpkeep(capture);
    this.#comparisons = new Comparisons(capture, () => parts.compareBuffer());
    this.#calls = new OpenCalls(parts.folder);
    const makeBuffer = (): Uint8Array => parts.copyBuffer();
    this.#catchUp = new CatchUp(capture, this.#pace, makeBuffer);
    const makeWindow = (): Uint8Array => parts.windowBuffer();
    const { parent, seeded = false } = options.identity;
    const survey = surveyOf(
      options.askTarget && askAsOwn(options.askTarget, capture.parts.branch, parent),
      parts,
      this.#pace,
    );
    this.#wholeCopy = new WholeCopy(capture, { pace: this.#pace, makeBuffer: makeWindow, survey, seeded });
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
    return splitterFactsOf(this.#capture, {
      branch: this.branch,
      differingBytes: this.#wholeCopy.differingBytes,
      copyFaults: this.#parts.faults,
      catchUpFault: this.#catchUp.fault,
    });
  }

  /** Resolves at the next change of the facts: state, durable and sendable sequences, progress. */
  changed(): Promise<void> {
    return this.#capture.changed();
  }

  read(offset: number, target: Uint8Array): Promise<void> {
    assertFits(this, offset, target.length);
    return this.#calls.isClosed ? this.#calls.refuse("read") : this.#source.read(offset, target);
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
    return this.#calls.run(() => this.#writePath.flush());
  }

  async allocation(extent: Extent): Promise<readonly Allocation[]> {
    assertFits(this, extent.offset, extent.length);
    return this.#calls.isClosed ? this.#calls.refuse("allocation") : this.#source.allocation(extent);
  }

  /**
   * Puts the mark into the log, unless nothing was logged since the last one.
   * @returns where the mark stands, durably; undefined when this disk has no part in the point (its history is not whole)
   * @throws what the files throw; then it is not known to be durable, and is no point
   */
  settleMark(mark: Mark): Promise<SettledMark | undefined> {
    if (this.#calls.isClosed) return Promise.resolve(undefined);
    return this.#calls.run(() => this.#capture.settleMark(mark));
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
   * From when it settles until `resumeUpkeep` the splitter does nothing to its log by itself: nothing is sealed, and no file is removed. What is logged
   * meanwhile becomes durable as it is asked for.
   */
  pauseUpkeep(): Promise<void> {
    return this.#calls.isClosed ? Promise.resolve() : this.#upkeep.pause();
  }

  resumeUpkeep(): void {
    this.#upkeep.resume();
  }

  /**
   * Begins a copy of the whole disk; from then on there are no points until it has ended. `copy` does it.
   * @throws Fault `copy-under-way`, and what the files throw
   */
  beginCopy(reason: WholeCopyReason, options?: WholeCopyOptions): Promise<void> {
    return this.#wholeCopy.begin(reason, options);
  }

  /**
   * Works off the copy of the whole disk that is open, also one that an earlier run left open, from where it was. Returns when it has
   * ended, at once when there is none.
   * @throws Fault `disk-read-failed`, what the files throw, or the signal's reason
   */
  copy(signal: AbortSignal): Promise<void> {
    return this.#calls.run(() => this.#wholeCopy.run(anySignal([signal, this.#stop.signal])));
  }

  /**
   * Reads the extents and logs them as ordinary content, in no span; only pages that differ from their digests. Waits while the log is half full, and
   * keeps to the rate of copies. For a disk whose digests are kept. A page of which an extent has a part is read as a whole.
   * @returns bytes of data that it added to the log, when all is durable there and relied on, and the log was not left since the call began; undefined
   *   otherwise, and at once while changes are not logged. After that, and after a throw, the caller counts all of it as changed still
   * @throws Fault `disk-read-failed`, what the digests' file and the state file throw, or the signal's reason
   */
  logFound(extents: readonly Extent[], signal: AbortSignal): Promise<number | undefined> {
    return this.#calls.run(() => this.#found.logFound(extents, anySignal([signal, this.#stop.signal])));
  }

  /**
   * As `logFound`, for what was read before, of which no two pieces overlap. It does not wait for room, and gives up when the log has none: some of
   * it may be logged then.
   * @throws what the digests' file and the state file throw
   */
  logHeld(pieces: readonly HeldPiece[]): Promise<number | undefined> {
    return this.#calls.run(() => this.#found.logHeld(pieces));
  }

  /**
   * From now on this tells the disk from another one, as `identity.source` did: durable when it settles. At most 200 characters.
   * @throws what the state file throws
   */
  setSource(source: string): Promise<void> {
    return this.#calls.run(() => this.#capture.parts.stateFile.change((state) => ({ ...state, source })));
  }

  /**
   * Everything that was changed after `sequence` (log and bitmap), whole regions where that is all that is known: what a failback has
   * to look at. @throws Fault `log-trimmed` when the log no longer reaches back so far, `tracking-failed`
   */
  changedAfter(sequence: number): Promise<ExtentSet> {
    return this.#calls.run(() => changedAfter(this.#capture, sequence));
  }

  /**
   * Compares what a target says that it holds with the disk, one call at a time; a block that changed since is skipped. Applications go on
   * writing. @throws Fault `comparison-impossible`, `log-trimmed` (a newer point of the target may do), `disk-read-failed`, `tracking-failed`
   */
  compare(held: HeldDigests, signal: AbortSignal): Promise<ComparedExtents> {
    return this.#calls.run(() => this.#comparisons.compare(held, anySignal([signal, this.#stop.signal])));
  }

  /**
   * Has the extents copied once more, as a catch-up: what targets hold there is right again when that has ended. When it settles, that
   * it will be done is durable, also over any stop, and until it is done the disk is not `protected`.
   * @throws Fault `disk-closed`, and what the files throw; then it is done all the same unless the process ends
   */
  recopy(extents: readonly Extent[]): Promise<void> {
    return this.#calls.run(() => recopy(this.#capture, extents, this.#stop.signal));
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
    const work = { capture: this.#capture, catchUp: this.#catchUp, upkeep: this.#upkeep };
    this.#background = workInBackground(work, this.#stop.signal);
  }

  async #close(): Promise<void> {
    this.#stop.abort(diskClosed({ disk: this.#parts.folder, operation: "flush" }));
    this.#calls.close();
    this.#upkeep.resume();
    await this.#background;
    await this.#calls.idle();
    await this.#parts.close();
  }

  /** A change that covers too much for the activity log is made in pieces, one after another. */
  async #inPieces(
    extent: Extent,
    fua: boolean,
    make: (piece: Extent) => { readonly draft: RecordDraft; readonly issue: () => Promise<void> },
  ): Promise<void> {
    if (this.#calls.isClosed) return this.#calls.refuse("write");
    if (this.readOnly) throw diskReadOnly({ disk: this.#parts.folder, operation: "write", extent });
    this.#calls.begin();
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
      this.#calls.end();
    }
  }

  #now(): number {
    return this.#parts.now();
  }
}
