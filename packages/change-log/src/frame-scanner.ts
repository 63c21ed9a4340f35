import { assert, isFault } from "@leeward/base";
import { type CheckedFrame, checkFrame, decodeFrameHead, FRAME_HEAD_BYTES } from "@leeward/proto";
import { type RandomAccess, readBytes, type TakeBuffer } from "./random-access.ts";

/** How much is read at once unless told; a frame that is longer is read whole. */
const READ_BYTES_DEFAULT = 256 * 1024;
const NO_BYTES = new Uint8Array(0);

/** A frame and where it begins in its file. */
export interface ScannedFrame {
  readonly position: number;
  /** Its checksum is right; views of the buffer that it was read into, which is the asker's. */
  readonly frame: CheckedFrame;
}

export interface ScanOptions {
  /** How much is read at once, in bytes; 256 KiB unless told. */
  readonly readBytes?: number;
  /** Asked for a buffer before each read; new ones unless told. Who gives the same one again is done with the frames before. */
  readonly take?: TakeBuffer;
}

/**
 * The frames of a file one after another. A file that is being appended may be scanned: the end, or a frame that is not whole
 * yet, is read anew each time it is met.
 */
export class FrameScanner {
  readonly #source: RandomAccess;
  readonly #readBytes: number;
  readonly #take: TakeBuffer | undefined;
  #position: number;
  #buffer: Uint8Array = NO_BYTES;
  #bufferAt = 0;

  constructor(source: RandomAccess, position: number, { readBytes, take }: ScanOptions = {}) {
    this.#readBytes = readBytes ?? READ_BYTES_DEFAULT;
    this.#take = take;
    this.#source = source;
    this.#position = position;
  }

  /** Of the next frame. */
  get position(): number {
    return this.#position;
  }

  /**
   * The next frame without passing it; undefined at the end, or when the bytes end before the frame does.
   * @throws Fault `frame-damaged`
   */
  async peek(): Promise<ScannedFrame | undefined> {
    const found = this.buffered();
    if (found !== undefined) return found;
    await this.#fill(this.#readBytes);
    const head = decodeFrameHead(this.#buffer, 0);
    if (head === undefined) return undefined;
    const bytes = FRAME_HEAD_BYTES + head.storedBytes;
    if (bytes > this.#buffer.length) await this.#fill(bytes);
    const frame = checkFrame(this.#buffer, 0);
    return frame === undefined ? undefined : { position: this.#position, frame };
  }

  /** Passes a frame that `peek` gave. */
  pass(scanned: ScannedFrame): void {
    this.#position = scanned.position + FRAME_HEAD_BYTES + scanned.frame.head.storedBytes;
  }

  /** `peek`, and on to the frame after it. */
  async next(): Promise<ScannedFrame | undefined> {
    const scanned = await this.peek();
    if (scanned !== undefined) this.pass(scanned);
    return scanned;
  }

  /** As `peek`, of what was read already; a frame that is bad or not whole there is left to `peek`. */
  buffered(): ScannedFrame | undefined {
    const at = this.#position - this.#bufferAt;
    if (at < 0 || at >= this.#buffer.length) return undefined;
    try {
      const frame = checkFrame(this.#buffer, at);
      return frame === undefined ? undefined : { position: this.#position, frame };
    } catch (error) {
      // The buffer may have been filled while the frame was being written: it is read anew, and what is bad then is bad.
      if (isFault(error, "frame-damaged")) return undefined;
      throw error;
    }
  }

  /** Lets what was read ahead be read anew: it was not durable, so it may come to be something else. */
  forgetAhead(): void {
    this.#buffer = NO_BYTES;
  }

  /** The bytes from `position` to the next frame; all of them were read at once. */
  passedSince(position: number): Uint8Array {
    assert(position >= this.#bufferAt, "only what is in the buffer is viewed");
    return this.#buffer.subarray(position - this.#bufferAt, this.#position - this.#bufferAt);
  }

  async #fill(bytes: number): Promise<void> {
    this.#buffer = await readBytes(this.#source, this.#position, bytes, this.#take);
    this.#bufferAt = this.#position;
  }
}
