import { assert, KiB } from "@leeward/base";

/** What direct I/O asks of memory on every disk we know. Bytes. */
const ALIGNMENT_BYTES = 4 * KiB;
const WASM_PAGE_BYTES = 64 * KiB;

/** Of the language, but not of the type library without a browser's. */
declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
};

const alignedBuffers = new WeakSet<ArrayBufferLike>();

/**
 * Memory that starts on a page, as direct I/O needs; Node's own buffers do not. Each one reserves gigabytes of address space
 * (not of memory): have few, keep them long, and cut them with `subarray`.
 */
export function alignedBytes(length: number): Uint8Array {
  assert(length > 0, "a buffer is not empty");
  const { buffer } = new WebAssembly.Memory({ initial: Math.ceil(length / WASM_PAGE_BYTES) });
  alignedBuffers.add(buffer);
  return new Uint8Array(buffer, 0, length);
}

/** Whether direct I/O can use the bytes as they lie. */
export function isAligned(bytes: Uint8Array): boolean {
  return bytes.byteOffset % ALIGNMENT_BYTES === 0 && alignedBuffers.has(bytes.buffer);
}

/** A few aligned buffers of one length, lent one at a time. */
export class AlignedBuffers {
  readonly #free: Uint8Array[] = [];
  readonly #waiting: ((buffer: Uint8Array) => void)[] = [];

  constructor(options: { readonly count: number; readonly bytes: number }) {
    assert(options.bytes % ALIGNMENT_BYTES === 0, "every buffer starts on a page");
    const all = alignedBytes(options.count * options.bytes);
    for (let index = 0; index < options.count; index += 1) {
      this.#free.push(all.subarray(index * options.bytes, (index + 1) * options.bytes));
    }
  }

  /** Runs `work` with a buffer; waits, first come first served, when all are lent. */
  async lend<T>(work: (buffer: Uint8Array) => Promise<T>): Promise<T> {
    const buffer = this.#free.pop() ?? (await new Promise<Uint8Array>((resolve) => this.#waiting.push(resolve)));
    try {
      return await work(buffer);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(buffer);
      else next(buffer);
    }
  }
}
