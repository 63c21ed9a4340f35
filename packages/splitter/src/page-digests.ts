import { hash } from "node:crypto";
import { assert, ceilTo, KiB } from "@leeward/base";
import { isZero } from "./content-runs.ts";

/** What one digest is of. The last page of a disk may be shorter. */
export const PAGE_BYTES = 4 * KiB;

/** Two words of 32 bits for each page, as its 8 bytes lie in the file. Both 0, or both all ones, is no digest. */
export type PageDigests = Uint32Array<ArrayBuffer>;

export const DIGEST_BYTES = 8;
export const DIGEST_KEY_BYTES = 32;
const ALL_ONES = 0xffff_ffff;

/**
 * Digests of pages: the first 8 bytes of SHA-256 over a secret key of the disk and the page.
 *
 * Who writes to the disk (an application's user, a guest) chooses the content of pages, and must not be able to make two that are taken for one
 * another: with the key unknown, and digests never shown, a pair is equal with a chance of 2^-64, whatever was chosen. See decision 0009 for what it
 * costs beside others.
 */
export class PageDigester {
  /** The key, and the page behind it. */
  readonly #input: Uint8Array;
  readonly #zeroPage: PageDigests;

  /** @param key 64 hex digits */
  constructor(key: string) {
    const bytes = Buffer.from(key, "hex");
    assert(bytes.length === DIGEST_KEY_BYTES, "a key of digests has 32 bytes");
    this.#input = new Uint8Array(DIGEST_KEY_BYTES + PAGE_BYTES);
    this.#input.set(bytes, 0);
    this.#zeroPage = new Uint32Array(2);
    this.#put(this.#zeroPage, 0, new Uint8Array(PAGE_BYTES));
  }

  /** Of bytes that begin with a page. */
  of(bytes: Uint8Array): PageDigests {
    const digests = noDigests(pagesIn(bytes.length));
    for (let page = 0; page * PAGE_BYTES < bytes.length; page += 1) {
      const content = bytes.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
      if (content.length === PAGE_BYTES && isZero(content)) digests.set(this.#zeroPage, 2 * page);
      else this.#put(digests, page, content);
    }
    return digests;
  }

  /** Of so many zeroes. */
  ofZeroes(length: number): PageDigests {
    const digests = noDigests(pagesIn(length));
    const whole = Math.floor(length / PAGE_BYTES);
    for (let page = 0; page < whole; page += 1) digests.set(this.#zeroPage, 2 * page);
    const rest = length - whole * PAGE_BYTES;
    if (rest > 0) this.#put(digests, whole, new Uint8Array(rest));
    return digests;
  }

  #put(digests: PageDigests, page: number, content: Uint8Array): void {
    this.#input.set(content, DIGEST_KEY_BYTES);
    const sum = hash("sha256", this.#input.subarray(0, DIGEST_KEY_BYTES + content.length), "buffer");
    bytesOf(digests).set(sum.subarray(0, DIGEST_BYTES), page * DIGEST_BYTES);
    // What means that nothing is known is no content's digest.
    if (!isKnown(digests, page)) digests.set([1, 0], 2 * page);
  }
}

export function pagesIn(length: number): number {
  return ceilTo(length, PAGE_BYTES) / PAGE_BYTES;
}

export function noDigests(pages: number): PageDigests {
  return new Uint32Array(2 * pages);
}

/** The same memory as bytes. */
export function bytesOf(digests: PageDigests): Uint8Array {
  return new Uint8Array(digests.buffer, digests.byteOffset, digests.byteLength);
}

/** Whether a digest was ever noted, or made unknown, in this place of the file. */
export function isUntouched(digests: PageDigests, page: number): boolean {
  return digests[2 * page] === 0 && digests[2 * page + 1] === 0;
}

export function isKnown(digests: PageDigests, page: number): boolean {
  const isUnknown = digests[2 * page] === ALL_ONES && digests[2 * page + 1] === ALL_ONES;
  return !isUnknown && !isUntouched(digests, page);
}

export function makeUnknown(digests: PageDigests, page: number): void {
  digests.fill(ALL_ONES, 2 * page, 2 * page + 2);
}

/** Whether both are known, and the same. */
export function isSame(a: PageDigests, b: PageDigests, page: number): boolean {
  return isKnown(a, page) && a[2 * page] === b[2 * page] && a[2 * page + 1] === b[2 * page + 1];
}
