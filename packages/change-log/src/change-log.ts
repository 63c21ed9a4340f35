/**
 * The change log of one disk on one branch: a folder of log files that one owner appends to.
 *
 * Invariant: sequences are given without holes in the order of the calls, and what is on disk after any stop is a prefix of what was
 * appended, which holds everything that `sync` had said is durable, and after the end of the process alone everything that
 * `written` had said. Worst outcome if broken: a target lacks a write, or has one that the source has not.
 *
 * Order: sequence → frame → one write (`written` resolves) → datasync of every file, folder sync (`sync` resolves). What a crash
 * between two steps leaves behind: see log-recovery.ts and log-folder.ts.
 *
 * The first write or sync that fails ends the log: it takes no more, and what was written before it stays.
 */
import { assert, type Fault, isFault, Mutex } from "@leeward/base";
import { type Extent, ExtentSet } from "@leeward/block";
import {
  type DecodedLogFrame,
  decodeLogFrames,
  frameDamaged,
  type IndexEntry,
  type LogRecord,
  type RecordDraft,
} from "@leeward/proto";
import { makeDurableFolder, WorkMeter, type World } from "@leeward/world";
import { AppendQueue, type Batch } from "./append-queue.ts";
import type { Appended, ChangeLogOptions, LogRecovery } from "./change-log-options.ts";
import type { ScanOptions } from "./frame-scanner.ts";
import { GroupSync } from "./group-sync.ts";
import { LogCursor } from "./log-cursor.ts";
import { frameRefused, logDiscontinuous, logFailed, logTrimmed } from "./log-fault.ts";
import { LogFile } from "./log-file.ts";
import { LogFolder } from "./log-folder.ts";
import { LogRecordReader } from "./log-record-reader.ts";
import { type RecoveredLog, recoverLog } from "./log-recovery.ts";
import { SegmentReader } from "./segment-reader.ts";

export class ChangeLog implements AsyncDisposable {
  readonly folder: string;
  readonly recovery: LogRecovery;
  /** Writing and making durable. */
  readonly work: WorkMeter;
  readonly #world: World;
  readonly #log: LogFolder;
  readonly #queue: AppendQueue;
  readonly #reader: LogRecordReader;
  readonly #group = new GroupSync(() => this.#syncOnce());
  /** Sealing and trimming, one at a time. */
  readonly #files = new Mutex();
  #running: Promise<void> | undefined;
  #sealing: Promise<void> = Promise.resolve();
  #lastWritten: Promise<void> = Promise.resolve();
  #writtenSequence: number;
  #durableSequence: number;
  #settledSequence: number;
  #writtenBytes = 0;
  #failure: Fault | undefined;
  #closed = false;

  private constructor(parts: {
    world: World;
    options: ChangeLogOptions;
    log: LogFolder;
    last: number;
    recovery: LogRecovery;
  }) {
    const { world, options, log, last, recovery } = parts;
    this.folder = options.folder;
    this.recovery = recovery;
    this.#world = world;
    this.work = new WorkMeter(world.clock);
    this.#log = log;
    this.#queue = new AppendQueue(last + 1);
    this.#reader = new LogRecordReader(world.files, options.folder);
    this.#writtenSequence = last;
    this.#durableSequence = last;
    this.#settledSequence = options.seal === "at-once" ? Number.POSITIVE_INFINITY : 0;
  }

  /**
   * Opens the log, or begins one in an empty folder. What is kept after a stop is durable when it settles.
   * @throws Fault `log-damaged`, `log-foreign`, `segment-unsupported`, and what the files throw
   */
  static async open(world: World, options: ChangeLogOptions): Promise<ChangeLog> {
    const { folder, identity, segmentBytesMax, onPlaced, reliedThrough = 0, onDrop } = options;
    const { files, clock, random } = world;
    await makeDurableFolder(files, folder.slice(0, folder.lastIndexOf("/")), folder);
    const recovered = await recoverLog({ files, folder, identity }, { reliedThrough, onDrop });
    const last = recovered.files.at(-1)?.to ?? options.after ?? 0;
    const recovery = recoveryOf(recovered);
    const log = await LogFolder.open(
      { files, folder, identity, clock, random, segmentBytesMax, onPlaced },
      recovered,
      last + 1,
    );
    const changeLog = new ChangeLog({ world, options, log, last, recovery });
    changeLog.#sealInBackground();
    return changeLog;
  }

  /** First sequence that is held; lastSequence + 1 when none is. */
  get firstSequence(): number {
    return this.#log.from;
  }

  /** Last sequence that was taken. */
  get lastSequence(): number {
    return this.#queue.next - 1;
  }

  get writtenSequence(): number {
    return this.#writtenSequence;
  }

  /** Bytes of frames written since it was opened, up to `writtenSequence`. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  get durableSequence(): number {
    return this.#durableSequence;
  }

  /** Of all files. */
  get storedBytes(): number {
    return this.#log.storedBytes;
  }

  /** A `log-failed` once the log takes no more. */
  get failure(): Fault | undefined {
    return this.#failure;
  }

  /**
   * Takes the next sequences for the records, in the order of the calls; at least one record. The drafts' data are borrowed until `written`
   * settles. A write above 1 MiB is several records.
   * @throws Fault `log-failed`
   */
  append(drafts: readonly RecordDraft[]): Appended {
    assert(drafts.length > 0, "an append has a record");
    this.#refuseFailed();
    const from = this.#queue.next;
    return this.#appended(from, this.#queue.addDrafts(drafts));
  }

  /**
   * Appends one or more whole frames as they came from another log; the bytes are borrowed until `written` settles.
   * @throws Fault `frame-refused` (bad bytes), `log-discontinuous` (they do not begin with the next sequence), `log-failed`
   */
  appendFrames(bytes: Uint8Array): Appended {
    this.#refuseFailed();
    const frames = decodeOffered(bytes);
    const from = this.#queue.next;
    const first = frames[0]?.from;
    if (first !== from) throw logDiscontinuous(this.folder, { from: first ?? 0, expected: from });
    return this.#appended(from, this.#queue.addFrames(bytes, frames));
  }

  /**
   * Makes durable all that was appended before the call; concurrent calls share one sync.
   * @returns the durable sequence
   * @throws Fault `log-failed`
   */
  async sync(): Promise<number> {
    this.#refuseFailed();
    if (this.#durableSequence < this.lastSequence) await this.#group.run();
    return this.#durableSequence;
  }

  /**
   * One record that was appended; its data belong to whoever asked.
   * @throws Fault `log-trimmed`, `log-failed`, `log-damaged`, `frame-damaged`, and what the files throw
   */
  async record(sequence: number): Promise<LogRecord> {
    assert(!this.#closed && sequence <= this.lastSequence, "only what was appended is read");
    if (sequence > this.#writtenSequence) await this.#lastWritten;
    const file = this.#log.fileWith(sequence);
    if (file === undefined) throw logTrimmed(this.folder, sequence);
    return this.#reader.record(sequence, file);
  }

  /**
   * Where the newest bytes lie, file by file, the oldest file first: sorted and disjoint within a file, cut to the extent when one
   * is given. Covers all that was appended before the call.
   * @throws Fault `log-failed`, those of segments, and what the files throw
   */
  async *entries(extent?: Extent): AsyncGenerator<readonly IndexEntry[]> {
    await this.#lastWritten;
    for (const from of this.#log.firstSequences) {
      const path = this.#log.fileWith(from)?.path;
      if (path === undefined) continue;
      await using handle = await this.#world.files.open(path, "read");
      const reader = await SegmentReader.open(handle, { compute: this.#world.compute });
      yield* reader.entries(extent);
    }
  }

  /** Reads whole frames from `from` on. It stays usable after the log is closed. */
  cursor(from: number, reading?: ScanOptions): LogCursor {
    return new LogCursor(this.#world.files, this.folder, from, reading);
  }

  /** Ends the current file after what was appended so far, and begins the next; an empty file stays. @throws Fault `log-failed` */
  async cut(): Promise<void> {
    this.#refuseFailed();
    this.#lastWritten = this.#queue.cut();
    this.#wake();
    await this.#lastWritten;
  }

  /**
   * Every disk write up to `through` has ended: succeeded, or been voided. Full files that end there or before are sealed, those
   * that `open` found unsealed among them: so it is not called before the extents of these were read again.
   * @throws Fault `log-failed`
   */
  async settle(through: number): Promise<void> {
    this.#settledSequence = Math.max(this.#settledSequence, through);
    await this.#sealSettled();
  }

  /** Removes sealed files that hold nothing after `through`. @throws what the files throw */
  async trim(through: number): Promise<void> {
    await this.#files.hold(() => this.#log.trim(through));
    await this.#reader.forgetBefore(this.firstSequence);
  }

  /**
   * Seals all files, after which the next open finds a log that was closed cleanly: no disk write is under way any more. A log that
   * failed is only let go.
   * @throws Fault `log-failed`
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#quiet();
    if (this.#failure === undefined) {
      await this.#files.hold(async () => {
        await this.#group.run();
        await this.#orFail(() => this.#log.sealAll());
      });
    }
    await this.#letGo();
  }

  /** Lets the log go without sealing it: the next open finds an unclean stop. What was appended is written. */
  async abandon(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#quiet();
    await this.#letGo();
  }

  /** As `abandon`; does nothing after a close. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.abandon();
  }

  #appended(from: number, written: Promise<void>): Appended {
    this.#lastWritten = written;
    this.#wake();
    return { from, to: this.#queue.next - 1, written };
  }

  #wake(): void {
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    // The turn goes on: what it appends joins the first batch.
    await Promise.resolve();
    for (let batch = this.#queue.take(); batch !== undefined; batch = this.#queue.take()) {
      await this.#writeBatch(batch);
    }
    this.#running = undefined;
  }

  async #writeBatch({ frames, cutAfter, done }: Batch): Promise<void> {
    let began = cutAfter;
    try {
      if (frames.length > 0 && (await this.work.during(() => this.#log.write(frames)))) began = true;
      if (cutAfter) await this.#log.begin();
    } catch (error) {
      const failure = this.#fail(error);
      done.reject(failure);
      this.#queue.refuse(failure);
      return;
    }
    this.#writtenSequence = frames.at(-1)?.to ?? this.#writtenSequence;
    const bytes = frames.reduce((sum, frame) => sum + frame.bytes, 0);
    this.#writtenBytes += bytes;
    this.work.pass(bytes);
    done.resolve();
    if (began) this.#sealInBackground();
  }

  async #syncOnce(): Promise<void> {
    await this.#lastWritten;
    this.#throwFailed();
    const through = this.#writtenSequence;
    await this.#orFail(() => this.work.during(() => this.#log.sync()));
    this.#durableSequence = Math.max(this.#durableSequence, through);
  }

  #sealInBackground(): void {
    if (this.#settledSequence !== Number.POSITIVE_INFINITY || this.#log.sealable(this.#settledSequence).length === 0)
      return;
    // A failure is the log's: whoever appends or syncs next gets it.
    this.#sealing = this.#sealSettled().catch(() => undefined);
  }

  async #sealSettled(): Promise<void> {
    if (this.#log.sealable(this.#settledSequence).length === 0) return;
    await this.#files.hold(async () => {
      this.#throwFailed();
      const files = this.#log.sealable(this.#settledSequence);
      await this.#group.run();
      await this.#orFail(() => this.#log.seal(files));
    });
  }

  async #letGo(): Promise<void> {
    await this.#reader.close();
    await this.#log.close();
  }

  async #quiet(): Promise<void> {
    await Promise.allSettled([this.#lastWritten, this.#sealing]);
    await this.#running;
  }

  async #orFail(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  #fail(cause: unknown): Fault {
    this.#failure ??= logFailed(this.folder, cause);
    return this.#failure;
  }

  #throwFailed(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #refuseFailed(): void {
    assert(!this.#closed, "a closed log is not used");
    this.#throwFailed();
  }
}

function recoveryOf({ files, dropped }: RecoveredLog): LogRecovery {
  const unsealed = files.filter((file) => file instanceof LogFile);
  const unsealedExtents = new ExtentSet();
  for (const file of unsealed) unsealedExtents.addAll(file.summary.namedExtents());
  return { closedCleanly: unsealed.length === 0 && dropped === undefined, dropped, unsealedExtents };
}

function decodeOffered(bytes: Uint8Array): readonly DecodedLogFrame[] {
  try {
    if (bytes.length === 0) throw frameDamaged("there is none");
    return decodeLogFrames(bytes);
  } catch (error) {
    throw isFault(error) ? frameRefused(error) : error;
  }
}
