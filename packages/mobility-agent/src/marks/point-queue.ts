import { Fault, Mutex, viewOf, Waiters } from "@leeward/base";
import { PointMoments, type Trace } from "@leeward/daemon";
import { decodeEnvelope, encodeEnvelope, type PointRecord } from "@leeward/proto";
import { type Clock, type FileHandle, type Files, readFile, replaceFile } from "@leeward/world";
import { crc32c } from "@node-rs/crc32";
import { PointTime } from "./point-time.ts";

/**
 * The machine's point records that the target has not stored yet, in order, durable.
 *
 * A point record is durable here before `add` settles, and leaves when the target says that it holds it. After a crash the queue is
 * what was added and not yet acknowledged; at worst an acknowledged record is sent again, which the target answers at once. The time of the newest
 * is durable before the record is (PointTime), and stays when the record leaves.
 *
 *   queue file:  [ u32 length | u32 CRC-32C of the record | record as a session's message ] …      a torn tail is cut off
 *
 * An extension of the newest record's validity is kept in memory alone: lost in a crash, it makes the point's validity shorter.
 */
const FILE = "queue";
const HEAD_BYTES = 8;
const RECORD_BYTES_MAX = 1 << 20;
const FILE_BYTES_MAX = 256 << 20;
/** The file is rewritten when it is longer than this and more than half of it is acknowledged. */
const REWRITE_BYTES_MIN = 1 << 20;

/** The newest refusals are remembered, for whoever waits for one of them. */
const REFUSALS_MAX = 256;

export class PointQueue {
  readonly #clock: Clock;
  readonly #files: Files;
  readonly #folder: string;
  readonly #time: PointTime;
  readonly #waiters = new Waiters();
  readonly #alone = new Mutex();
  readonly #refusals = new Map<number, Fault>();
  #handle: FileHandle;
  /** When what was done with the newest points. */
  readonly moments: PointMoments;
  #records: PointRecord[];
  #fileBytes: number;

  private constructor(
    clock: Clock,
    files: Files,
    folder: string,
    held: {
      readonly handle: FileHandle;
      readonly records: PointRecord[];
      readonly fileBytes: number;
      readonly time: PointTime;
      readonly moments: PointMoments;
    },
  ) {
    this.#clock = clock;
    this.#files = files;
    this.#folder = folder;
    this.#time = held.time;
    this.#handle = held.handle;
    this.#records = held.records;
    this.moments = held.moments;
    this.#fileBytes = held.fileBytes;
  }

  static async open(
    { clock, files, trace }: { readonly clock: Clock; readonly files: Files; readonly trace?: Trace | undefined },
    folder: string,
  ): Promise<PointQueue> {
    await files.makeFolder(folder);
    const path = `${folder}/${FILE}`;
    if ((await files.status(path)) === undefined) await replaceFile(files, folder, FILE, new Uint8Array(0));
    const { records, validBytes } = decodeQueue(await readFile(files, path, FILE_BYTES_MAX));
    const handle = await files.open(path, "update");
    await handle.truncate(validBytes);
    const time = await PointTime.open(files, folder);
    return new PointQueue(clock, files, folder, {
      handle,
      records,
      fileBytes: validBytes,
      time,
      moments: new PointMoments({ clock, trace }),
    });
  }

  /** The latest time of a record that was ever added; 0 when none was. */
  get newestMicros(): number {
    return this.#time.micros;
  }

  /**
   * Durable when it settles. Its time is later than that of every point before it of the same disks; one of a rescan is of when that began, and others may
   * have come since. @throws Fault `points-too-many` when the target has been away for too long
   */
  async add(record: PointRecord): Promise<void> {
    await this.#alone.hold(async () => {
      const entry = encodeEntry(record);
      if (this.#fileBytes + entry.length > FILE_BYTES_MAX) {
        throw new Fault({
          code: "points-too-many",
          kind: "transient",
          message: `${this.#records.length} points wait for the target; no more are made until it takes them.`,
          detail: { waiting: this.#records.length },
        });
      }
      if (record.timeMicros > this.#time.micros) await this.#time.keep(record.timeMicros);
      await this.#handle.write([entry], this.#fileBytes);
      await this.#handle.datasync();
      this.#fileBytes += entry.length;
      // Before anybody sees it, who may send it at once.
      this.#noteDurable(record);
      this.#records.push(record);
    });
    this.#waiters.notify();
  }

  /** Its moment is the mark's, and it was durable on every disk before it was added. */
  #noteDurable(record: PointRecord): void {
    this.moments.note(record, "raised", { atMicros: record.timeMicros, tookMicros: 0 });
    this.moments.note(record, "durable", { tookMicros: this.#clock.wallMicros() - record.timeMicros });
  }

  /** It is on its way to the process server. */
  noteSent(record: PointRecord): void {
    const { atMicros = record.timeMicros } = this.moments.momentOf(record.id, "durable") ?? {};
    this.moments.note(record, "sent", { tookMicros: this.#clock.wallMicros() - atMicros });
  }

  /** The newest record holds for longer; it is queued again when it was acknowledged already. */
  extend(record: PointRecord): void {
    if (this.#records.at(-1)?.number === record.number) this.#records.pop();
    this.#records.push(record);
    this.#waiters.notify();
  }

  /** The target holds the point `number` with that validity, and every one before it. */
  async acknowledge(number: number, validUntilMicros: number): Promise<void> {
    this.#records = this.#records.filter(
      (record) => record.number > number || (record.number === number && record.validUntilMicros > validUntilMicros),
    );
    this.#waiters.notify();
    if (this.#fileBytes > 0) await this.#alone.hold(() => this.#shorten());
  }

  /** The target will never hold the point `number`; whoever waits for it learns why from `refusalOf`. */
  async refuse(number: number, fault: Fault): Promise<void> {
    this.#refusals.set(number, fault);
    for (const old of this.#refusals.keys()) if (this.#refusals.size > REFUSALS_MAX) this.#refusals.delete(old);
    this.#records = this.#records.filter((record) => record.number !== number);
    this.#waiters.notify();
    if (this.#fileBytes > 0) await this.#alone.hold(() => this.#shorten());
  }

  refusalOf(number: number): Fault | undefined {
    return this.#refusals.get(number);
  }

  /** Records in order, oldest first. */
  waiting(): readonly PointRecord[] {
    return this.#records;
  }

  /** Waits until `condition` holds; it is looked at again after every change. */
  until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    return this.#waiters.until(condition, signal);
  }

  /** Resolves at the next change. */
  changed(): Promise<void> {
    return this.#waiters.next();
  }

  async close(): Promise<void> {
    await this.#alone.hold(async () => {
      await this.#handle.close();
      await this.#time.close();
    });
  }

  async #shorten(): Promise<void> {
    if (this.#records.length === 0) {
      await this.#handle.truncate(0);
      this.#fileBytes = 0;
      return;
    }
    if (this.#fileBytes < REWRITE_BYTES_MIN) return;
    const entries = this.#records.map(encodeEntry);
    const bytes = entries.reduce((sum, entry) => sum + entry.length, 0);
    if (bytes > this.#fileBytes / 2) return;
    await replaceFile(this.#files, this.#folder, FILE, Buffer.concat(entries));
    await this.#handle.close();
    this.#handle = await this.#files.open(`${this.#folder}/${FILE}`, "update");
    this.#fileBytes = bytes;
  }
}

function encodeEntry(record: PointRecord): Uint8Array {
  const bytes = Buffer.concat(encodeEnvelope({ kind: "pointRecord", value: record }));
  const entry = new Uint8Array(HEAD_BYTES + bytes.length);
  const view = viewOf(entry);
  view.setUint32(0, bytes.length, true);
  view.setUint32(4, crc32c(bytes), true);
  entry.set(bytes, HEAD_BYTES);
  return entry;
}

function decodeQueue(bytes: Uint8Array): { records: PointRecord[]; validBytes: number } {
  const records: PointRecord[] = [];
  const view = viewOf(bytes);
  let position = 0;
  while (position + HEAD_BYTES <= bytes.length) {
    const length = view.getUint32(position, true);
    const end = position + HEAD_BYTES + length;
    // Of zeroes, which a power cut may leave where the file had grown, the checksum holds.
    if (length === 0 || length > RECORD_BYTES_MAX || end > bytes.length) break;
    const body = bytes.slice(position + HEAD_BYTES, end);
    if (crc32c(body) !== view.getUint32(position + 4, true)) break;
    const message = decodeEnvelope(body).body;
    if (message.kind !== "pointRecord") break;
    records.push(message.value);
    position = end;
  }
  return { records, validBytes: position };
}
