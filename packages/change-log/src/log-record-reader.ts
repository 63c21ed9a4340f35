/** Reads single records of a log by sequence, through handles of its own: files may be sealed or trimmed meanwhile. */
import { isFault, Mutex } from "@leeward/base";
import { decodeLogFrame, HEADER_BYTES, type LogRecord } from "@leeward/proto";
import type { FileHandle, Files } from "@leeward/world";
import { FrameScanner } from "./frame-scanner.ts";
import { logDamaged, logTrimmed } from "./log-fault.ts";
import { PlaceTable } from "./place-table.ts";

/** Files that are kept open. */
const OPEN_FILES_MAX = 16;
/** Read at once: a step between two places, and a small frame. */
const READ_BYTES = 48 * 1024;

/** A file of the log as the reader needs it. */
export interface ReadableFile {
  readonly path: string;
  readonly from: number;
  /** Where its frames begin, when that is known. */
  readonly places?: PlaceTable;
}

class OpenFile {
  readonly handle: FileHandle;
  readonly places: PlaceTable;
  uses = 0;

  constructor(handle: FileHandle, places: PlaceTable) {
    this.handle = handle;
    this.places = places;
  }
}

export class LogRecordReader {
  readonly #files: Files;
  readonly #folder: string;
  /** By first sequence, in the order of use, the oldest first. */
  readonly #open = new Map<number, OpenFile>();
  /** Opening and closing, one at a time. */
  readonly #handles = new Mutex();

  constructor(files: Files, folder: string) {
    this.#files = files;
    this.#folder = folder;
  }

  /**
   * The record, which is written. Its data are a view of bytes that belong to whoever asked.
   * @throws Fault `log-trimmed`, `log-damaged`, `frame-damaged`, and what the files throw
   */
  async record(sequence: number, file: ReadableFile): Promise<LogRecord> {
    const open = await this.#take(file);
    try {
      return await this.#find(
        sequence,
        new FrameScanner(open.handle, open.places.before(sequence), { readBytes: READ_BYTES }),
      );
    } finally {
      open.uses -= 1;
    }
  }

  /** Lets go of the files that begin before `from`: they were trimmed. */
  async forgetBefore(from: number): Promise<void> {
    await this.#handles.hold(async () => {
      for (const [each, open] of this.#open) if (each < from) await this.#close(each, open);
    });
  }

  async close(): Promise<void> {
    await this.#handles.hold(() => this.#shrink(0));
  }

  async #find(sequence: number, scanner: FrameScanner): Promise<LogRecord> {
    for (let scanned = await scanner.next(); scanned !== undefined; scanned = await scanner.next()) {
      const { kind, number, count } = scanned.frame.head;
      if (kind !== "records" || number > sequence) break;
      if (number + count <= sequence) continue;
      const found = decodeLogFrame(scanned.frame, 0).records[sequence - number];
      if (found !== undefined) return found.record;
    }
    throw logDamaged(this.#folder, "a record is not where it should be", { sequence });
  }

  /** The file, used once more: it is not closed before that use ends. */
  async #take(file: ReadableFile): Promise<OpenFile> {
    const found = this.#use(file.from);
    return found ?? (await this.#handles.hold(async () => this.#use(file.from) ?? (await this.#openOne(file))));
  }

  #use(from: number): OpenFile | undefined {
    const found = this.#open.get(from);
    if (found === undefined) return undefined;
    found.uses += 1;
    this.#open.delete(from);
    this.#open.set(from, found);
    return found;
  }

  async #openOne(file: ReadableFile): Promise<OpenFile> {
    await this.#shrink(OPEN_FILES_MAX - 1);
    const handle = await this.#handle(file);
    const open = new OpenFile(handle, file.places ?? (await placesOf(handle)));
    open.uses = 1;
    this.#open.set(file.from, open);
    return open;
  }

  async #handle({ path, from }: ReadableFile): Promise<FileHandle> {
    try {
      return await this.#files.open(path, "read");
    } catch (error) {
      throw isFault(error, "file-missing") ? logTrimmed(this.#folder, from) : error;
    }
  }

  async #shrink(count: number): Promise<void> {
    for (const [from, open] of this.#open) {
      if (this.#open.size <= count) return;
      await this.#close(from, open);
    }
  }

  async #close(from: number, open: OpenFile): Promise<void> {
    if (open.uses > 0) return;
    this.#open.delete(from);
    await open.handle.close();
  }
}

async function placesOf(handle: FileHandle): Promise<PlaceTable> {
  const places = new PlaceTable(HEADER_BYTES);
  const scanner = new FrameScanner(handle, HEADER_BYTES);
  for (let scanned = await scanner.next(); scanned?.frame.head.kind === "records"; scanned = await scanner.next()) {
    places.add(scanned.frame.head.number, scanned.position);
  }
  return places;
}
