import { readUint64, viewOf } from "@leeward/base";

/** A field that does not fit what is read: the caller says what file it belongs to. */
export class FieldError extends Error {
  override readonly name = "FieldError";
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Little-endian fields one after another. Whatever does not fit throws a FieldError, which the caller makes a Fault. */
export class FieldReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #interned: Map<string, string>;
  #position = 0;

  /** `interned` shares equal ids between readers, so that a million entries of one branch hold one string. */
  constructor(bytes: Uint8Array, interned: Map<string, string> = new Map()) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#interned = interned;
  }

  get position(): number {
    return this.#position;
  }

  get rest(): number {
    return this.#bytes.length - this.#position;
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  uint64(): number {
    const value = readUint64(this.#view, this.#take(8));
    if (value === undefined) throw new FieldError("a number above 2^53 - 1");
    return value;
  }

  hex(byteCount: number): string {
    const start = this.#take(byteCount);
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + start, byteCount).toString("hex");
  }

  /** A 128-bit id, shared when it was met before. */
  id(): string {
    const digits = this.hex(16);
    const known = this.#interned.get(digits);
    if (known !== undefined) return known;
    this.#interned.set(digits, digits);
    return digits;
  }

  text(): string {
    const byteCount = this.uint16();
    const start = this.#take(byteCount);
    try {
      return UTF8.decode(this.#bytes.subarray(start, start + byteCount));
    } catch (error) {
      if (error instanceof TypeError) throw new FieldError("a text that is not UTF-8");
      throw error;
    }
  }

  flag(): boolean {
    const value = this.uint8();
    if (value > 1) throw new FieldError("a flag that is neither 0 nor 1");
    return value === 1;
  }

  /** One of `values`, by its place. */
  choice<T>(values: readonly T[]): T {
    const value = values[this.uint8()];
    if (value === undefined) throw new FieldError("a choice that does not exist");
    return value;
  }

  /** A count of things that follow, at most `countMax`. */
  count(countMax: number): number {
    const value = this.uint32();
    if (value > countMax) throw new FieldError(`a count above ${countMax}`);
    return value;
  }

  #take(byteCount: number): number {
    const start = this.#position;
    if (byteCount > this.rest) throw new FieldError("fields that end too early");
    this.#position += byteCount;
    return start;
  }
}
