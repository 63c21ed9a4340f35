// What a page blob held when it was whole, by digests, so that the next publish writes what differs alone. It lies beside the blob and is believed only where it names the blob's present tag:
// whatever else was written to the blob gave it another one.
//
//   "LWPD"  version (u32)  length of the head (u32)  head: JSON  digests: 16 bytes for each granule  SHA-256 of all before      little-endian
import { createHash } from "node:crypto";
import { KiB, MiB } from "@leeward/base";
import { type ObjectStore, sourceOfBytes } from "@leeward/object-store";

/** Of the disk; what of it changed is written whole. */
export const GRANULE_BYTES = 512 * KiB;
const DIGEST_BYTES = 16;
const SUM_BYTES = 32;
const FIXED_BYTES = 12;
const VERSION = 1;
const HEAD_BYTES_MAX = 4 * KiB;
const READ_BYTES = 4 * MiB;

/** The digest of each granule; all zero for one that reads as zeroes. */
export class PublishedDigests {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Of a blob that reads as zeroes all over. */
  static zeroes(virtualBytes: number): PublishedDigests {
    return new PublishedDigests(new Uint8Array(granules(virtualBytes) * DIGEST_BYTES));
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  isZero(index: number): boolean {
    return this.#at(index).every((byte) => byte === 0);
  }

  /** Takes the granule's new digest, undefined for zeroes, and says whether it is another one. */
  replace(index: number, digest: Uint8Array | undefined): boolean {
    const old = this.#at(index);
    const isSame = digest === undefined ? this.isZero(index) : Buffer.compare(old, digest) === 0;
    if (digest === undefined) old.fill(0);
    else old.set(digest);
    return !isSame;
  }

  /** The same of a disk of another size: what it has more reads as zeroes. */
  resized(virtualBytes: number): PublishedDigests {
    const other = PublishedDigests.zeroes(virtualBytes);
    other.#bytes.set(this.#bytes.subarray(0, other.#bytes.length));
    return other;
  }

  #at(index: number): Uint8Array {
    return this.#bytes.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES);
  }
}

export function digestOf(granule: Uint8Array): Uint8Array {
  return createHash("sha256").update(granule).digest().subarray(0, DIGEST_BYTES);
}

/** Which blob the digests are of. */
export interface DigestsOf {
  readonly tag: string;
  readonly virtualBytes: number;
}

/** The digests at `key`; undefined where there are none, or of anything else than `of`. */
export async function readDigests(
  store: ObjectStore,
  key: string,
  of: DigestsOf,
  signal: AbortSignal,
): Promise<PublishedDigests | undefined> {
  const status = await store.status(key, signal);
  const least = FIXED_BYTES + granules(of.virtualBytes) * DIGEST_BYTES + SUM_BYTES;
  if (status === undefined || status.sizeBytes < least || status.sizeBytes > least + HEAD_BYTES_MAX) return undefined;
  const bytes = new Uint8Array(status.sizeBytes);
  for (let at = 0; at < bytes.length; ) {
    const target = bytes.subarray(at, Math.min(bytes.length, at + READ_BYTES));
    const read = await store.read(key, target, at, { tag: status.tag }, signal);
    if (read.bytes === 0) return undefined;
    at += read.bytes;
  }
  return decodeDigests(bytes, of);
}

export async function putDigests(
  store: ObjectStore,
  key: string,
  { of, digests }: { readonly of: DigestsOf; readonly digests: PublishedDigests },
  signal: AbortSignal,
): Promise<void> {
  await store.put(key, sourceOfBytes(encodeDigests(of, digests)), {}, signal);
}

/** As they lie in the store. */
export function encodeDigests(of: DigestsOf, digests: PublishedDigests): Uint8Array {
  const head = new TextEncoder().encode(JSON.stringify({ ...of, granuleBytes: GRANULE_BYTES }));
  const bytes = new Uint8Array(FIXED_BYTES + head.length + digests.bytes.length + SUM_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("LWPD"), 0);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, head.length, true);
  bytes.set(head, FIXED_BYTES);
  bytes.set(digests.bytes, FIXED_BYTES + head.length);
  bytes.set(sumOf(bytes), bytes.length - SUM_BYTES);
  return bytes;
}

/** undefined of what is damaged, of another version, or of something else than `of`: the blob is written anew then. */
export function decodeDigests(bytes: Uint8Array, of: DigestsOf): PublishedDigests | undefined {
  if (bytes.length < FIXED_BYTES + SUM_BYTES) return undefined;
  if (Buffer.compare(sumOf(bytes), bytes.subarray(bytes.length - SUM_BYTES)) !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [version, headBytes] = [view.getUint32(4, true), view.getUint32(8, true)];
  if (new TextDecoder().decode(bytes.subarray(0, 4)) !== "LWPD" || version !== VERSION) return undefined;
  const expected = JSON.stringify({ ...of, granuleBytes: GRANULE_BYTES });
  if (new TextDecoder().decode(bytes.subarray(FIXED_BYTES, FIXED_BYTES + headBytes)) !== expected) return undefined;
  const digests = bytes.slice(FIXED_BYTES + headBytes, bytes.length - SUM_BYTES);
  return digests.length === granules(of.virtualBytes) * DIGEST_BYTES ? new PublishedDigests(digests) : undefined;
}

function sumOf(bytes: Uint8Array): Uint8Array {
  return createHash("sha256")
    .update(bytes.subarray(0, bytes.length - SUM_BYTES))
    .digest();
}

function granules(virtualBytes: number): number {
  return virtualBytes / GRANULE_BYTES;
}
