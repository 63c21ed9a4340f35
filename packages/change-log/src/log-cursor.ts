/**
 * Reads a log's whole frames in order, also while another thread or process appends to the same folder.
 *
 * Invariant: it gives nothing that is not wholly at or before `through`, which whoever appends says is durable: what a peer has
 * seen is never lost by the log. Worst outcome if broken: a branch forks after a crash.
 */
import { assert, isFault } from "@leeward/base";
import { type CheckedFrame, checkFrame, decodeLogFrame, encodeLogFrame, HEADER_BYTES } from "@leeward/proto";
import type { FileHandle, Files } from "@leeward/world";
import { FrameScanner, type ScannedFrame, type ScanOptions } from "./frame-scanner.ts";
import { logDamaged, logTrimmed } from "./log-fault.ts";
import { listLogFiles, logName } from "./log-name.ts";

/** One or more whole frames, one after another, as they are in the log. */
export interface LogFrames {
  readonly from: number;
  readonly to: number;
  /** Belongs to whoever asked. */
  readonly bytes: Uint8Array;
  /** The same frames one by one, their checksums verified: views of `bytes`. */
  readonly frames: readonly CheckedFrame[];
}

export interface CursorLimits {
  /** Durable, and whatever else has to hold: nothing after it is given. */
  readonly through: number;
  /** At most so many bytes, but at least one frame (≤ FRAME_BYTES_MAX). */
  readonly bytesMax: number;
}

interface OpenFile {
  readonly from: number;
  readonly handle: FileHandle;
  readonly scanner: FrameScanner;
}

export class LogCursor implements AsyncDisposable {
  readonly #files: Files;
  readonly #folder: string;
  readonly #reading: ScanOptions;
  #next: number;
  #file: OpenFile | undefined;

  constructor(files: Files, folder: string, from: number, reading: ScanOptions = {}) {
    assert(from > 0, "sequences begin at 1");
    this.#files = files;
    this.#folder = folder;
    this.#reading = reading;
    this.#next = from;
  }

  /** The sequence that `next` begins with. */
  get nextSequence(): number {
    return this.#next;
  }

  /**
   * The next frames; undefined when no whole one lies at or before `through`. When the cursor was begun inside of a frame, the
   * first one is that frame's rest, encoded anew. One call at a time.
   * @throws Fault `log-trimmed`, `log-damaged`, `frame-damaged`, and what the files throw
   */
  async next(limits: CursorLimits): Promise<LogFrames | undefined> {
    while (this.#next <= limits.through) {
      const file = (this.#file ??= await this.#openFile());
      const scanned = await file.scanner.peek();
      const head = scanned?.frame.head;
      if (scanned === undefined || head?.kind !== "records") {
        await this.#leave(file);
        continue;
      }
      const to = head.number + head.count - 1;
      if (head.number > this.#next)
        throw logDamaged(this.#folder, "a frame does not follow the one before it", { next: this.#next });
      if (to > limits.through) {
        file.scanner.forgetAhead();
        return undefined;
      }
      file.scanner.pass(scanned);
      if (to < this.#next) continue;
      return head.number < this.#next ? this.#restOf(scanned, to) : this.#run(file.scanner, scanned, limits);
    }
    return undefined;
  }

  async close(): Promise<void> {
    await this.#file?.handle.close();
    this.#file = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** All frames from `first` on that were read with it and keep the limits. */
  #run(scanner: FrameScanner, first: ScannedFrame, { through, bytesMax }: CursorLimits): LogFrames {
    const from = this.#next;
    this.#next = endOfFrame(first) + 1;
    const frames = [first.frame];
    let isAhead = false;
    for (let scanned = scanner.buffered(); scanned !== undefined; scanned = scanner.buffered()) {
      isAhead = endOfFrame(scanned) > through;
      const { head, headBytes, stored } = scanned.frame;
      const bytes = scanned.position - first.position + headBytes.length + stored.length;
      const fits = head.kind === "records" && !isAhead && bytes <= bytesMax;
      if (!fits || head.number !== this.#next) break;
      scanner.pass(scanned);
      frames.push(scanned.frame);
      this.#next = endOfFrame(scanned) + 1;
    }
    const bytes = scanner.passedSince(first.position);
    if (isAhead) scanner.forgetAhead();
    return { from, to: this.#next - 1, bytes, frames };
  }

  #restOf({ frame }: ScannedFrame, to: number): LogFrames {
    const from = this.#next;
    const records = decodeLogFrame(frame, 0).records.map(({ record }) => record);
    const { parts } = encodeLogFrame(
      from,
      records.filter((record) => record.sequence >= from),
    );
    this.#next = to + 1;
    const bytes = new Uint8Array(Buffer.concat(parts));
    return { from, to, bytes, frames: checkedFrames(bytes) };
  }

  async #openFile(): Promise<OpenFile> {
    const from = (await listLogFiles(this.#files, this.#folder)).findLast((each) => each <= this.#next);
    if (from === undefined) throw logTrimmed(this.#folder, this.#next);
    const handle = await this.#openListed(from);
    return { from, handle, scanner: new FrameScanner(handle, HEADER_BYTES, this.#reading) };
  }

  /** Who appends may have trimmed the file between the look and this. */
  async #openListed(from: number): Promise<FileHandle> {
    try {
      return await this.#files.open(`${this.#folder}/${logName(from)}`, "read");
    } catch (error) {
      if (isFault(error, "file-missing")) throw logTrimmed(this.#folder, this.#next);
      throw error;
    }
  }

  /** The file has ended before `#next`, which lies in a later one. */
  async #leave(file: OpenFile): Promise<void> {
    await this.close();
    const later = await this.#openFile();
    if (later.from !== file.from) {
      this.#file = later;
      return;
    }
    await later.handle.close();
    throw logDamaged(this.#folder, "it ends before what is durable", { next: this.#next });
  }
}

/** Frames that were encoded just now. */
function checkedFrames(bytes: Uint8Array): CheckedFrame[] {
  const frames: CheckedFrame[] = [];
  for (let at = 0; at < bytes.length; ) {
    const frame = checkFrame(bytes, at);
    assert(frame !== undefined, "what was encoded is whole");
    frames.push(frame);
    at = frame.end;
  }
  return frames;
}

function endOfFrame({ frame }: ScannedFrame): number {
  return frame.head.number + frame.head.count - 1;
}
