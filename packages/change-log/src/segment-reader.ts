/**
 * Reads one segment of any kind, sealed or an unsealed file of a log.
 *
 * Invariant: every byte that it gives was covered by a checksum that it has checked, and in an encrypted file by the key, the
 * header and the frame's place. A file that should be sealed and is not is refused. Worst outcome if broken: bad bytes reach a restored disk.
 */
import { createHash, type Hash } from "node:crypto";
import { assert, NUMBER_MAX } from "@leeward/base";
import { type Extent, endOf } from "@leeward/block";
import {
  decodeRecords,
  frameDamaged,
  HEADER_BYTES,
  type IndexEntry,
  type IndexReference,
  type IndexRoot,
  type LogRecord,
  PackedPage,
  type SegmentFooter,
  type SegmentHeader,
  segmentDamaged,
} from "@leeward/proto";
import type { Compute } from "@leeward/world";
import { type DataKey, FrameCoder } from "./frame-coder.ts";
import { FrameOrder } from "./frame-order.ts";
import { FrameScanner, type ScannedFrame } from "./frame-scanner.ts";
import { entriesIn, gatherEntries } from "./index-reader.ts";
import { type RandomAccess, readBytes } from "./random-access.ts";
import { readHeader, readTrailer } from "./sealed-footer.ts";
import { type SegmentCache, segmentCache } from "./segment-cache.ts";
import {
  loadFrame,
  type SegmentContents,
  type SegmentParts,
  scannedContents,
  sealedContents,
} from "./segment-contents.ts";

export interface SegmentReaderOptions {
  readonly compute: Compute;
  /** Needed for an encrypted file. */
  readonly key?: DataKey;
  /** Shared with other readers; a small one of its own unless told. */
  readonly cache?: SegmentCache;
}

/** What `verify` reads at once: four frames of the usual size, with their heads. What is left of a fifth would be read again. */
export const VERIFY_READ_BYTES = 1024 * 1024 + 64 * 1024;

const OWN_CACHE = { frameBytesMax: 4 * 1024 * 1024, pageBytesMax: 1024 * 1024 } as const;

export class SegmentReader {
  readonly header: SegmentHeader;
  /** Of a file that is not sealed: what a scan of its whole frames found. */
  readonly footer: SegmentFooter;
  readonly sealed: boolean;
  readonly #parts: SegmentParts;
  readonly #contents: SegmentContents;
  readonly #cache: SegmentCache;

  private constructor(parts: SegmentParts, contents: SegmentContents, cache: SegmentCache) {
    this.header = parts.header;
    this.footer = contents.footer;
    this.sealed = contents.trailer !== undefined;
    this.#parts = parts;
    this.#contents = contents;
    this.#cache = cache;
  }

  /**
   * Reads header and footer; scans a file of a log that is not sealed. The source stays the caller's.
   * @throws Fault `segment-foreign`, `segment-unsupported`, `segment-damaged`, `key-missing`, `key-mismatch`, those of frames, and
   * what the source throws
   */
  static async open(source: RandomAccess, { compute, key, cache }: SegmentReaderOptions): Promise<SegmentReader> {
    const { header, bytes: headerBytes } = await readHeader(source);
    const coder = new FrameCoder({ compute, header, headerBytes, key });
    const parts = { source, header, headerBytes, coder };
    const trailer = await readTrailer(source, header);
    const contents = trailer === undefined ? await scannedContents(parts) : await sealedContents(parts, trailer);
    return new SegmentReader(parts, contents, cache ?? segmentCache(OWN_CACHE));
  }

  /** All records in the order of the file, frame by frame; data are views. @throws Faults of frames, what the source throws */
  async *frames(): AsyncGenerator<readonly LogRecord[]> {
    const { source, header, coder } = this.#parts;
    const scanner = new FrameScanner(source, HEADER_BYTES);
    const order = new FrameOrder(header);
    while (scanner.position < this.footer.recordsEnd) {
      const { frame } = await wholeFrame(scanner);
      if (frame.head.kind !== "records") throw frameDamaged("it stands among records and is none");
      order.check(frame.head);
      yield decodeRecords(await coder.decode(frame));
    }
  }

  /** As `frames`, one by one. */
  async *records(): AsyncGenerator<LogRecord> {
    for await (const records of this.frames()) yield* records;
  }

  /** Where the newest bytes of the extent lie: entries cut to it, sorted, disjoint. @throws as `entries` */
  async lookup(extent: Extent): Promise<IndexEntry[]> {
    const found: IndexEntry[] = [];
    const root = this.#contents.entries ?? (await this.#rootPage());
    if (root === undefined) return found;
    // The last page of each level, so that it goes on however little the cache keeps.
    const loaded: { readonly position: number; readonly page: PackedPage }[] = [];
    let missingLevel = 0;
    const findPage = ({ position }: IndexReference, level: number): PackedPage | undefined => {
      missingLevel = level;
      const last = loaded[level];
      return last?.position === position ? last.page : this.#cache.pages.peek(this.#keyOf(position));
    };
    for (let rest = extent; ; ) {
      const missing = gatherEntries(root, rest, { found, findPage });
      if (missing === undefined) return found;
      const page = await this.#page(missing);
      loaded[missingLevel] = { position: missing.position, page };
      const offset = Math.max(rest.offset, missing.offset);
      rest = { offset, length: endOf(extent) - offset };
    }
  }

  /** As `lookup`, page by page; the whole index unless an extent is given. @throws Fault `segment-damaged`, those of frames, what the source throws */
  async *entries(extent: Extent = { offset: 0, length: NUMBER_MAX }): AsyncGenerator<readonly IndexEntry[]> {
    const page = this.#contents.entries ?? (await this.#rootPage());
    if (page !== undefined) yield* entriesIn(page, extent, (place) => this.#page(place));
  }

  /**
   * Fills `target` with the entry's content from `skip` bytes into it; `skip` + the target's length ≤ the entry's. The entry is from this
   * file's index, or from an index run that names this file.
   * @throws Faults of frames, what the source throws
   */
  async read(entry: IndexEntry, target: Uint8Array, skip = 0): Promise<void> {
    assert(skip >= 0 && skip + target.length <= entry.length, "only what the entry has is read");
    if (entry.kind !== "write") {
      target.fill(0);
      return;
    }
    const { framePosition: position, frameBytes: bytes, frameOrdinal } = entry;
    const ordinal = this.header.kind === "log" ? undefined : frameOrdinal;
    const raw = await this.#cache.frames.get(this.#keyOf(position), () =>
      loadFrame(this.#parts, { position, bytes, ordinal, kind: "records" }),
    );
    const from = entry.rawPosition + skip;
    if (from + target.length > raw.length) throw frameDamaged("an index entry ends behind it", { position });
    target.set(raw.subarray(from, from + target.length));
  }

  /**
   * Reads every byte once and checks it: checksums, encryption, order of the frames, records, digest. Uses no cache; reads into `buffer`,
   * which is its own until it settles, or into a new one. Returns the SHA-256 of the whole file.
   * @throws Faults of frames, `segment-damaged`, what the source throws
   */
  async verify(buffer: Uint8Array = Buffer.allocUnsafeSlow(VERIFY_READ_BYTES)): Promise<Buffer> {
    const { trailer } = this.#contents;
    const { source, header, headerBytes, coder } = this.#parts;
    const end = trailer === undefined ? this.footer.recordsEnd : trailer.footerPosition + trailer.footerBytes;
    // A frame is done with before the next one is read.
    const take = (bytes: number): Uint8Array =>
      bytes <= buffer.length ? buffer.subarray(0, bytes) : Buffer.allocUnsafeSlow(bytes);
    const scanner = new FrameScanner(source, HEADER_BYTES, { readBytes: buffer.length, take });
    const order = new FrameOrder(header);
    const hash = createHash("sha256").update(headerBytes);
    while (scanner.position < end) {
      const { position, frame } = await wholeFrame(scanner);
      order.check(frame.head);
      await coder.inspect(frame, (raw) => {
        if (frame.head.kind === "records") decodeRecords(raw);
        else if (frame.head.kind === "index") refuseBadPage(raw);
      });
      if (position === trailer?.footerPosition) refuseDigest(this.footer, hash.copy().digest());
      hash.update(frame.headBytes).update(frame.stored);
    }
    await hashRest(hash, source, end);
    return hash.digest();
  }

  async #rootPage(): Promise<PackedPage | undefined> {
    const { root } = this.footer;
    return root === undefined ? undefined : (this.#cache.pages.peek(this.#keyOf(root.position)) ?? this.#page(root));
  }

  #page(place: IndexRoot): Promise<PackedPage> {
    const load = async (): Promise<PackedPage> =>
      new PackedPage(await loadFrame(this.#parts, { ...place, kind: "index" }));
    return this.#cache.pages.get(this.#keyOf(place.position), load);
  }

  #keyOf(position: number): string {
    return `${this.header.fileId}:${position}`;
  }
}

/** What stands behind the frames: the trailer of a sealed file; of another, what a scan would not take. */
async function hashRest(hash: Hash, source: RandomAccess, end: number): Promise<void> {
  const fileBytes = await source.sizeBytes();
  for (let at = end; at < fileBytes; ) {
    const bytes = await readBytes(source, at, Math.min(REST_READ_BYTES, fileBytes - at));
    if (bytes.length === 0) return;
    hash.update(bytes);
    at += bytes.length;
  }
}

const REST_READ_BYTES = 64 * 1024;

async function wholeFrame(scanner: FrameScanner): Promise<ScannedFrame> {
  const scanned = await scanner.next();
  if (scanned === undefined) throw frameDamaged("the file ends before it does", { position: scanner.position });
  return scanned;
}

/** @throws Fault `segment-damaged` */
function refuseBadPage(raw: Uint8Array): PackedPage {
  return new PackedPage(raw);
}

function refuseDigest(footer: SegmentFooter, digest: Uint8Array): void {
  if (footer.digest !== undefined && Buffer.compare(footer.digest, digest) !== 0) {
    throw segmentDamaged("its digest does not match its bytes");
  }
}
