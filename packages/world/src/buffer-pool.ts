/**
 * Large buffers that are used again instead of being left to the garbage collector, which runs whenever some tens of MiB of them were
 * made: at hundreds of MB a second that costs more than all work on the bytes.
 *
 * Invariant: a buffer has one holder. Whoever gives one back holds no view of it, and no call that reads or fills it is under way. Worst
 * outcome if broken: bytes of one write in the place of another. So a buffer that somebody may still use, after a failure or a cancel, is
 * not given back: the garbage collector takes it.
 */
import { assert, MiB } from "@leeward/base";

const CLASS_BYTES_MIN = 4 * 1024;

export interface BufferPoolOptions {
  /** Free buffers that are kept, in bytes; 32 MiB unless told. */
  readonly keptBytesMax?: number;
  /** Overwrites what is given back, so that a test sees who still reads it. */
  readonly scrub?: boolean;
}

export class BufferPool {
  readonly #keptBytesMax: number;
  readonly #scrub: boolean;
  readonly #free = new Map<number, ArrayBuffer[]>();
  readonly #taken = new WeakSet<ArrayBufferLike>();
  #keptBytes = 0;

  constructor({ keptBytesMax = 32 * MiB, scrub = false }: BufferPoolOptions = {}) {
    this.#keptBytesMax = keptBytesMax;
    this.#scrub = scrub;
  }

  /** A buffer of so many bytes, with anything in them. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    const classBytes = classOf(bytes);
    const buffer = this.#free.get(classBytes)?.pop();
    if (buffer !== undefined) this.#keptBytes -= classBytes;
    // What allocUnsafeSlow gives is not filled with zeroes first, and shares its memory with nothing.
    const taken = buffer ?? Buffer.allocUnsafeSlow(classBytes).buffer;
    this.#taken.add(taken);
    return new Uint8Array(taken, 0, bytes);
  }

  /** Gives back what `take` gave, once. */
  give({ buffer }: Uint8Array<ArrayBuffer>): void {
    assert(this.#taken.delete(buffer), "a buffer is given back once, to the pool that it is from");
    if (this.#scrub) new Uint8Array(buffer).fill(0xdb);
    if (this.#keptBytes + buffer.byteLength > this.#keptBytesMax) return;
    this.#keptBytes += buffer.byteLength;
    const free = this.#free.get(buffer.byteLength);
    if (free === undefined) this.#free.set(buffer.byteLength, [buffer]);
    else free.push(buffer);
  }
}

/** Powers of two, and the middle between two of them: at most a third is left over. */
function classOf(bytes: number): number {
  let classBytes = CLASS_BYTES_MIN;
  while (classBytes < bytes) {
    const middle = classBytes * 1.5;
    if (middle >= bytes) return middle;
    classBytes *= 2;
  }
  return classBytes;
}
