import { type Fault, KiB, Mutex } from "@leeward/base";
import { type Appended, ChangeLog, type ChangeLogOptions } from "@leeward/change-log";
import type { RecordDraft } from "@leeward/proto";
import { pastPageCache, type World } from "@leeward/world";
import { Rounds } from "./rounds.ts";
import { asFault, logFull, logSpaceLow } from "./splitter-fault.ts";
import type { TouchedRegions } from "./touched-regions.ts";
import { WriteOrder } from "./write-order.ts";

export interface CaptureLogOptions extends Omit<ChangeLogOptions, "seal" | "reliedThrough" | "onDrop"> {
  readonly freeBytesMin: number;
  /** What comes after this sequence is kept, journaled or not. */
  readonly neededAfter: () => number;
  /** What `rely` made certain last. */
  readonly relied: () => number;
  /** Writes down that the log is relied on up to `sequence`; durable when it settles. */
  readonly rely: (sequence: number) => Promise<void>;
  /** Something is about to be cut off from the log's end, when it is opened for the first time. */
  readonly onDrop: () => Promise<void>;
}

/**
 * Appends of so many bytes are a copy's: they are many, and nobody waits for one, so they leave the page cache to the machine's own work. A
 * write of the application goes through it, since its disk write waits for its append.
 */
const COPIED_BYTES = 512 * KiB;

/**
 * A splitter's change log over its failures: bounded, opened again when it failed, trimmed as it is journaled.
 *
 * What is in the log when it is left stays there: it is delivered, and its sequences are never given again, because they may have
 * been sent. Only what a failure kept from being written is gone, and nobody ever saw that: nothing is sendable before it is
 * durable. Opened again, the log tells how far it goes (`log-recovery.ts` makes what it kept durable anew), and sequences go on
 * from there.
 *
 * Durable bytes rot, and at the end of a log that looks like a tail that a crash tore. So nothing is sent, no mark settled and no bit
 * cleared because of a record before the state file says that the log is relied on so far (`rely`); a log that comes back shorter is
 * damaged (`log-damaged`), is never appended to again, and the disk's history goes on on another branch.
 */
export class CaptureLog {
  readonly order = new WriteOrder();
  readonly #world: World;
  readonly #options: CaptureLogOptions;
  readonly #touched: TouchedRegions;
  readonly #syncs = new Rounds(() => this.#syncOnce());
  readonly #relying = new Rounds(() => this.#options.rely(this.durable));
  /** Opening, sealing and trimming, one at a time. */
  readonly #alone = new Mutex();
  #bytesMax: number;
  #log: ChangeLog | undefined;
  /** Of all files, about: exact after each sync. */
  #bytes = 0;
  #journaled = 0;
  #tended = 0;

  constructor(world: World, options: CaptureLogOptions, parts: { touched: TouchedRegions; bytesMax: number }) {
    this.#world = world;
    this.#options = options;
    this.#touched = parts.touched;
    this.#bytesMax = parts.bytesMax;
  }

  /** The open log; undefined before it could be opened for the first time. It may have failed. */
  get log(): ChangeLog | undefined {
    return this.#log;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get bytesMax(): number {
    return this.#bytesMax;
  }

  set bytesMax(bytes: number) {
    this.#bytesMax = bytes;
  }

  /** Last sequence that was taken. */
  get last(): number {
    return this.#log?.lastSequence ?? 0;
  }

  get durable(): number {
    return this.#log?.durableSequence ?? 0;
  }

  /** Durable and relied on, and every disk write up to it is done or voided. */
  get sendable(): number {
    return this.order.through(Math.min(this.durable, this.#options.relied()));
  }

  /** Last sequence that is relied on. */
  get relied(): number {
    return this.#options.relied();
  }

  /** Whether more is durable than is relied on. */
  get hasToRely(): boolean {
    return this.durable > this.#options.relied();
  }

  /** Before anyone relies on a record that is durable now. @throws what the state file throws */
  async rely(): Promise<void> {
    if (this.hasToRely) await this.#relying.run();
  }

  /** Whether copies should wait until more has been journaled. */
  get isHalfFull(): boolean {
    return this.#bytes > this.#bytesMax / 2;
  }

  /** Whether `append` would take so many records with so many bytes of data. */
  hasRoomFor(records: number, payloadBytes: number): boolean {
    return this.#bytes + payloadBytes + RECORD_BYTES * records <= this.#bytesMax;
  }

  /**
   * Takes sequences for the records, whose payload is about `payloadBytes`.
   * @throws Fault `log-full`, `log-failed`
   */
  append(drafts: readonly RecordDraft[], payloadBytes: number): Appended {
    const log = this.#log;
    const bytes = payloadBytes + RECORD_BYTES * drafts.length;
    if (log === undefined || !this.hasRoomFor(drafts.length, payloadBytes)) throw this.#full();
    this.#bytes += bytes;
    return log.append(drafts);
  }

  /** What was appended before the call is durable when it settles. @throws Fault `log-failed` */
  sync(): Promise<void> {
    return this.#log === undefined || (this.durable === this.last && this.#log.failure === undefined)
      ? Promise.resolve()
      : this.#syncs.run();
  }

  /** The target holds everything up to `sequence`. */
  journaled(sequence: number): void {
    this.#journaled = Math.max(this.#journaled, sequence);
  }

  get journaledSequence(): number {
    return this.#journaled;
  }

  /** Whether more has been journaled than was let go of. */
  get hasToTrim(): boolean {
    return Math.min(this.#journaled, this.#options.neededAfter()) > this.#tended;
  }

  /** Seals what is complete, and removes what the target holds. @throws Fault `log-failed` */
  async tend(): Promise<void> {
    await this.#alone.hold(() => this.#tend());
  }

  async #tend(): Promise<void> {
    const log = this.#log;
    if (log === undefined) return;
    const journaled = Math.min(this.#journaled, this.#options.neededAfter());
    let done = await this.#trim(log, journaled);
    if (this.isHalfFull && journaled >= log.lastSequence && log.failure === undefined) {
      // What is left may all lie in the file that is appended, which only a cut lets go.
      await log.cut();
      await this.sync();
      done = await this.#trim(log, journaled);
    }
    if (done) this.#tended = journaled;
  }

  /** False when a file could not be removed: that costs room alone, and is tried again. */
  async #trim(log: ChangeLog, journaled: number): Promise<boolean> {
    if (log.failure === undefined) await log.settle(this.sendable);
    try {
      await log.trim(Math.min(journaled, this.sendable));
      return true;
    } catch (error) {
      asFault(error);
      return false;
    } finally {
      this.#bytes = log.storedBytes;
    }
  }

  /**
   * Opens a log that failed anew.
   * @returns whether it was, and may have lost what was not durable
   * @throws Fault `log-space-low`, and what opening throws
   */
  async reopen(): Promise<boolean> {
    return await this.#alone.hold(async () => {
      if (this.#log !== undefined && this.#log.failure === undefined) return false;
      const { folder, freeBytesMin } = this.#options;
      // The folder may not be there yet; the one above it is.
      const { freeBytes } = await this.#world.files.space(folder.slice(0, folder.lastIndexOf("/")));
      if (freeBytes < freeBytesMin) throw logSpaceLow(folder, freeBytes);
      await this.#open();
      return true;
    });
  }

  /** Lets go of what was journaled. @throws Fault `log-full` when the log is more than half full nevertheless, and as `tend` */
  async makeRoom(): Promise<void> {
    await this.tend();
    if (this.isHalfFull) throw this.#full();
  }

  /** Opens the log for the first time. What the folder holds unsealed is in `log.recovery`. */
  async open(): Promise<ChangeLog> {
    return this.#open(this.#options.onDrop);
  }

  /** Ends cleanly: the next open finds nothing in doubt. @throws Fault `log-failed` */
  async close(): Promise<void> {
    await this.#log?.close();
  }

  async abandon(): Promise<void> {
    await this.#log?.abandon();
  }

  async #open(onDrop?: () => Promise<void>): Promise<ChangeLog> {
    await this.#log?.abandon();
    const world = { ...this.#world, files: pastPageCache(this.#world.files, COPIED_BYTES) };
    const { folder, identity, segmentBytesMax, relied } = this.#options;
    const reliedThrough = Math.max(relied(), this.durable);
    const options = { folder, identity, segmentBytesMax, reliedThrough, seal: "when-settled" } as const;
    const log = await ChangeLog.open(world, onDrop === undefined ? options : { ...options, onDrop });
    this.#log = log;
    this.#bytes = log.storedBytes;
    return log;
  }

  async #syncOnce(): Promise<void> {
    const log = this.#log;
    if (log === undefined) return;
    // What a failed log did not make durable stands in the bitmap, or will when whoever asks leaves the log.
    if (log.failure !== undefined) throw log.failure;
    this.#touched.beginSync();
    await log.sync();
    this.#touched.endSync();
    this.#bytes = log.storedBytes;
  }

  #full(): Fault {
    return logFull(this.#options.folder, this.#bytesMax);
  }
}

/** Head of a record, and its share of a frame's. */
const RECORD_BYTES = 96;
