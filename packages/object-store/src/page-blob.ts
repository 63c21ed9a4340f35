/** What a person or a program may read beside a blob: names of letters and `_`, values of printable ASCII. */
export type BlobMetadata = Readonly<Record<string, string>>;

export interface PageBlobStatus {
  readonly sizeBytes: number;
  /** Another one after every change of content, size or metadata. */
  readonly tag: string;
  readonly metadata: BlobMetadata;
}

export interface BlobSnapshot {
  /** Ascending with the moment at which it was taken. */
  readonly id: string;
  readonly metadata: BlobMetadata;
}

/** Whole pages, of bytes. */
export interface PageExtent {
  readonly offset: number;
  readonly length: number;
}

/** The length of a page, to which extents are aligned. */
export const PAGE_BYTES = 512;
/** The most that one write takes. */
export const PAGES_WRITE_BYTES_MAX = 4 * 1024 * 1024;

/**
 * A page blob of Azure Blob Storage: bytes of a fixed size that are written in place, in whole pages. What was never written, or was cleared, reads as zeroes and
 * takes no room. Writes and clears may run side by side where they do not overlap.
 *
 * Each call rejects with a Fault: `object-missing`, `object-conflict`, `page-blob-busy` where another holds the lease, `page-blob-unsuitable` where a blob of
 * another kind lies at the place, `store-…` as a store does.
 */
export interface PageBlob extends AsyncDisposable {
  /** For people. */
  readonly place: string;
  /** undefined where there is none. */
  status(signal: AbortSignal): Promise<PageBlobStatus | undefined>;
  /** A new one, all zeroes. `object-conflict` where there is one. */
  create(sizeBytes: number, metadata: BlobMetadata, signal: AbortSignal): Promise<void>;
  /** From now on nobody else changes it, until the lease is released or was not renewed for a minute. */
  lease(signal: AbortSignal): Promise<void>;
  renewLease(signal: AbortSignal): Promise<void>;
  releaseLease(signal: AbortSignal): Promise<void>;
  resize(sizeBytes: number, signal: AbortSignal): Promise<void>;
  /** At most PAGES_WRITE_BYTES_MAX. */
  write(offset: number, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  clear(extent: PageExtent, signal: AbortSignal): Promise<void>;
  /** Puts this in the place of all its metadata. */
  describe(metadata: BlobMetadata, signal: AbortSignal): Promise<void>;
  snapshot(metadata: BlobMetadata, signal: AbortSignal): Promise<string>;
  /** Oldest first. */
  snapshots(signal: AbortSignal): Promise<readonly BlobSnapshot[]>;
  removeSnapshot(id: string, signal: AbortSignal): Promise<void>;
}
