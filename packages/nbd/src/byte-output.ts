import type { Duplex } from "node:stream";

/** Parts up to this size are copied into one buffer, which is cheaper than handing each to the kernel. */
const COPY_BYTES_MAX = 16 * 1024;
const SLAB_BYTES = 64 * 1024;

/**
 * What is to be sent on a stream, gathered: everything that was put within one turn of the event loop leaves in one write.
 * Large parts are not copied: they are borrowed until the stream has written them.
 */
export class ByteOutput {
  /** Called when what one `flush` sent has left us. */
  onWritten: (() => void) | undefined;
  readonly #stream: Duplex;
  #slab = Buffer.allocUnsafe(SLAB_BYTES);
  /** In the slab: where what was not yet sent begins, and where the next byte goes. */
  #from = 0;
  #to = 0;
  #parts: Uint8Array[] = [];
  #scheduled = false;

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** Bytes that the peer has not taken from us yet. */
  get waiting(): number {
    return this.#stream.writableLength;
  }

  /** Makes room for `count` (≤ COPY_BYTES_MAX) bytes that the caller writes at once, into `slab` at the position returned. */
  reserve(count: number): number {
    if (this.#to + count > this.#slab.length) {
      this.#closeRun();
      this.#slab = Buffer.allocUnsafe(SLAB_BYTES);
      this.#from = 0;
      this.#to = 0;
    }
    const at = this.#to;
    this.#to += count;
    this.#schedule();
    return at;
  }

  /** Where `reserve` made room, until the next call of it. */
  get slab(): Buffer {
    return this.#slab;
  }

  put(part: Uint8Array): void {
    if (part.length <= COPY_BYTES_MAX) {
      const at = this.reserve(part.length);
      this.#slab.set(part, at);
      return;
    }
    this.#closeRun();
    this.#parts.push(part);
    this.#schedule();
  }

  /** Sends what was gathered now. */
  flush(): void {
    this.#scheduled = false;
    this.#closeRun();
    const parts = this.#parts;
    const [first] = parts;
    if (first === undefined || this.#stream.destroyed || this.#stream.writableEnded) return;
    this.#parts = [];
    if (parts.length === 1) {
      this.#stream.write(first, this.#written);
      return;
    }
    const last = parts.pop() ?? first;
    this.#stream.cork();
    for (const part of parts) this.#stream.write(part);
    this.#stream.write(last, this.#written);
    this.#stream.uncork();
  }

  readonly #written = (): void => this.onWritten?.();

  #closeRun(): void {
    if (this.#to > this.#from) this.#parts.push(this.#slab.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }

  /** Microtasks run when all that this turn has settled was put. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.flush());
  }
}
