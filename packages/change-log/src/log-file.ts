/**
 * One file of a log, from its creation until it is sealed. It knows what it holds without reading it again.
 *
 * Sealing, in this order: records durable (the owner sees to that, for this file and all before it) → index and footer → datasync →
 * trailer → datasync. A crash before the last leaves a file that is not sealed, whose whole records are found by scanning; or one
 * that is, and then its index is whole.
 */
import { assert } from "@leeward/base";
import { encodeHeader, FOOTER_ITEMS_MAX, HEADER_BYTES, type SegmentHeader } from "@leeward/proto";
import type { Clock, FileHandle, Files } from "@leeward/world";
import { logTail } from "./log-tail.ts";
import { type PendingFrame, summariseFrame } from "./pending-frame.ts";
import { PlaceTable } from "./place-table.ts";
import { type RandomAccess, readBytes } from "./random-access.ts";
import { SegmentSummary } from "./segment-summary.ts";

/** Records with an extent that one file holds at most, one batch aside: what bounds the memory of its summary. */
const EXTENTS_MAX = 65_536;
/** How much is read and written again at once. */
const RESTORE_BYTES = 1024 * 1024;

export interface LogFileParts {
  readonly path: string;
  readonly header: SegmentHeader;
  readonly handle: FileHandle;
}

export class LogFile {
  readonly path: string;
  readonly header: SegmentHeader;
  readonly #handle: FileHandle;
  readonly #summary: SegmentSummary;
  readonly places = new PlaceTable(HEADER_BYTES);
  #bytes = HEADER_BYTES;
  #next: number;
  #dirty = true;

  /** The file holds its header; frames are told by `noteFrame` or written by `write`. */
  constructor({ path, header, handle }: LogFileParts) {
    this.path = path;
    this.header = header;
    this.#handle = handle;
    this.#summary = new SegmentSummary(header.diskBytes);
    this.#next = header.from;
  }

  /** Makes the file with its header, under another name when one is given. Neither it nor its name is durable yet. */
  static async create(
    files: Files,
    header: SegmentHeader,
    { path, aside = path }: { path: string; aside?: string },
  ): Promise<LogFile> {
    const handle = await files.open(aside, "create");
    await handle.write([encodeHeader(header)], 0);
    return new LogFile({ path, header, handle });
  }

  get from(): number {
    return this.header.from;
  }

  /** from - 1 while it holds nothing. */
  get to(): number {
    return this.#next - 1;
  }

  /** Header and frames. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Size of the disk after the last record. */
  get diskBytes(): number {
    return this.#summary.diskBytes;
  }

  get summary(): SegmentSummary {
    return this.#summary;
  }

  /** Whether another `bytes` are better put into a new file. */
  isFull(bytes: number, bytesMax: number): boolean {
    const { counts } = this.#summary;
    return (
      this.#next > this.from &&
      (this.#bytes + bytes > bytesMax ||
        this.#summary.extentCount >= EXTENTS_MAX ||
        counts.mark >= FOOTER_ITEMS_MAX ||
        counts["span-begin"] + counts["span-end"] >= FOOTER_ITEMS_MAX)
    );
  }

  /** Appends the frames in one write. */
  async write(frames: readonly PendingFrame[]): Promise<void> {
    const parts = frames.flatMap((frame) => frame.parts);
    await this.#handle.write(parts, this.#bytes);
    // Not before the write: a datasync that began while it was under way does not cover it, and takes the note away.
    this.#dirty = true;
    for (const frame of frames) this.noteFrame(frame);
  }

  /** The frame stands at the end of the file: it was written, or found there. */
  noteFrame(frame: Pick<PendingFrame, "from" | "to" | "drafts" | "bytes">): void {
    assert(frame.from === this.#next, "frames follow one another");
    summariseFrame(this.#summary, this.#bytes, frame);
    this.places.add(frame.from, this.#bytes);
    this.#bytes += frame.bytes;
    this.#next = frame.to + 1;
  }

  /** What was written before the call is durable when it settles. */
  async sync(): Promise<void> {
    if (!this.#dirty) return;
    this.#dirty = false;
    try {
      await this.#handle.datasync();
    } catch (error) {
      this.#dirty = true;
      throw error;
    }
  }

  /** Cuts off what lies behind the last whole frame. */
  async dropTail(): Promise<void> {
    await this.#handle.truncate(this.#bytes);
  }

  /** After a stop: cuts the tail, writes all that stays again in place, and syncs it. */
  async restore(): Promise<void> {
    await this.dropTail();
    for (let position = 0; position < this.#bytes; position += RESTORE_BYTES) {
      const bytes = await readBytes(this.#handle, position, Math.min(RESTORE_BYTES, this.#bytes - position));
      await this.#handle.write([bytes], position);
    }
    this.#dirty = true;
    await this.sync();
  }

  /**
   * Writes index, footer and trailer, durable when it settles. The records are durable before the call.
   * @returns bytes of the whole file
   */
  async seal(clock: Clock): Promise<number> {
    const { from, to, header } = this;
    const fields = { fileId: header.fileId, from, to, recordsEnd: this.#bytes, wallMicros: clock.wallMicros() };
    // The disk's writes go on while a full file is sealed.
    const { signal } = new AbortController();
    const tail = await logTail(this.#summary, fields, () => clock.sleep(0, signal));
    await this.#handle.write(tail.parts, this.#bytes);
    await this.#handle.datasync();
    await this.#handle.write([tail.trailer], tail.trailerPosition);
    await this.#handle.datasync();
    return tail.fileBytes;
  }

  /** For reading while it is being appended. */
  get source(): RandomAccess {
    return this.#handle;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
