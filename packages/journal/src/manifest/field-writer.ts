import { assert, writeUint64 } from "@leeward/base";

/** Little-endian fields one after another into a growing buffer. What is out of range is a mistake of ours. */
export class FieldWriter {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What was written; a view that holds until the next write. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  uint8(value: number): void {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xff, "a byte");
    const position = this.#room(1);
    this.#view.setUint8(position, value);
  }

  uint16(value: number): void {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xffff, "16 bits");
    const position = this.#room(2);
    this.#view.setUint16(position, value, true);
  }

  uint32(value: number): void {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xffffffff, "32 bits");
    const position = this.#room(4);
    this.#view.setUint32(position, value, true);
  }

  uint64(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, "a whole number of at most 53 bits");
    const position = this.#room(8);
    writeUint64(this.#view, position, value);
  }

  /** `digits` as bytes: an id is 32 hex digits, a digest or a salt 64. */
  hex(digits: string, byteCount: number): void {
    const bytes = Buffer.from(digits, "hex");
    assert(digits.length === byteCount * 2 && bytes.length === byteCount, "hex digits of the right count");
    this.raw(bytes);
  }

  /** UTF-8 behind its 16-bit length in bytes. */
  text(value: string): void {
    const bytes = Buffer.from(value, "utf8");
    this.uint16(bytes.length);
    this.raw(bytes);
  }

  raw(bytes: Uint8Array): void {
    const position = this.#room(bytes.length);
    this.#bytes.set(bytes, position);
  }

  /** Overwrites 32 bits that were written before. */
  patchUint32(position: number, value: number): void {
    assert(position + 4 <= this.#length, "only what was written is patched");
    this.#view.setUint32(position, value, true);
  }

  /** Where the next bytes go; may move the buffer, so it is called before the buffer is named. */
  #room(byteCount: number): number {
    const position = this.#length;
    this.#length += byteCount;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return position;
  }
}
