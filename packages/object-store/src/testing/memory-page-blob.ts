import { assert } from "@leeward/base";
import {
  type BlobMetadata,
  type BlobSnapshot,
  PAGE_BYTES,
  PAGES_WRITE_BYTES_MAX,
  type PageBlob,
  type PageBlobStatus,
  type PageExtent,
} from "../page-blob.ts";
import { pageBlobBusy } from "../page-blob-faults.ts";
import { objectConflict, objectMissing } from "../store-faults.ts";

/** Called before each change, with what it is; what this throws is what the change fails with. */
export type PageBlobHook = (change: string, extent?: PageExtent) => void;

interface Held {
  bytes: Uint8Array;
  metadata: BlobMetadata;
  tag: number;
  leasedBy: MemoryPageBlob | undefined;
  readonly snapshots: Map<string, { readonly bytes: Uint8Array; readonly metadata: BlobMetadata }>;
}

/** A page blob in memory; `again` is another's door to the same one. */
export class MemoryPageBlob implements PageBlob {
  readonly place = "memory";
  readonly #world: { held: Held | undefined; counted: number };
  readonly #before: PageBlobHook;

  constructor(before: PageBlobHook = () => {}, world: { held: Held | undefined; counted: number } = newWorld()) {
    this.#before = before;
    this.#world = world;
  }

  again(before: PageBlobHook = () => {}): MemoryPageBlob {
    return new MemoryPageBlob(before, this.#world);
  }

  /** What a reader would get, of a snapshot if told. */
  content(snapshot?: string): Uint8Array {
    const held = this.#held();
    const found = snapshot === undefined ? held.bytes : held.snapshots.get(snapshot)?.bytes;
    assert(found !== undefined, "there is such a snapshot");
    return found;
  }

  /** Whoever holds the lease has died, and a minute has passed. */
  leaseEnds(): void {
    if (this.#world.held !== undefined) this.#world.held.leasedBy = undefined;
  }

  async status(): Promise<PageBlobStatus | undefined> {
    const { held } = this.#world;
    return held && { sizeBytes: held.bytes.length, tag: String(held.tag), metadata: held.metadata };
  }

  async create(sizeBytes: number, metadata: BlobMetadata): Promise<void> {
    this.#before("create");
    assert(sizeBytes % PAGE_BYTES === 0, "whole pages");
    if (this.#world.held !== undefined) throw objectConflict(this.place);
    const bytes = new Uint8Array(sizeBytes);
    this.#world.held = { bytes, metadata, tag: this.#count(), leasedBy: undefined, snapshots: new Map() };
  }

  async lease(): Promise<void> {
    this.#before("lease");
    this.#changeable().leasedBy = this;
  }

  async renewLease(): Promise<void> {
    if (this.#held().leasedBy !== this) throw pageBlobBusy(this.place);
  }

  async releaseLease(): Promise<void> {
    this.#before("release");
    const held = this.#held();
    if (held.leasedBy === this) held.leasedBy = undefined;
  }

  async resize(sizeBytes: number): Promise<void> {
    this.#before("resize");
    assert(sizeBytes % PAGE_BYTES === 0, "whole pages");
    const held = this.#changeable();
    const bytes = new Uint8Array(sizeBytes);
    bytes.set(held.bytes.subarray(0, sizeBytes));
    held.bytes = bytes;
    held.tag = this.#count();
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    const length = bytes.length;
    this.#before("write", { offset, length });
    assert(length <= PAGES_WRITE_BYTES_MAX, "one write takes 4 MiB at most");
    this.#put({ offset, length }, (target) => target.set(bytes));
  }

  async clear(extent: PageExtent): Promise<void> {
    this.#before("clear", extent);
    this.#put(extent, (target) => target.fill(0));
  }

  async describe(metadata: BlobMetadata): Promise<void> {
    this.#before("describe");
    const held = this.#changeable();
    held.metadata = metadata;
    held.tag = this.#count();
  }

  async snapshot(metadata: BlobMetadata): Promise<string> {
    this.#before("snapshot");
    const held = this.#changeable();
    const id = String(this.#count()).padStart(9, "0");
    held.snapshots.set(id, { bytes: held.bytes.slice(), metadata });
    return id;
  }

  async snapshots(): Promise<readonly BlobSnapshot[]> {
    return [...this.#held().snapshots].map(([id, { metadata }]) => ({ id, metadata }));
  }

  async removeSnapshot(id: string): Promise<void> {
    this.#before("remove-snapshot");
    this.#held().snapshots.delete(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // It lives on for who looks at it again.
  }

  #put({ offset, length }: PageExtent, change: (target: Uint8Array) => void): void {
    const held = this.#changeable();
    assert(offset % PAGE_BYTES === 0 && length % PAGE_BYTES === 0 && length > 0, "whole pages");
    assert(offset + length <= held.bytes.length, "inside of the blob");
    change(held.bytes.subarray(offset, offset + length));
    held.tag = this.#count();
  }

  #changeable(): Held {
    const held = this.#held();
    if (held.leasedBy !== undefined && held.leasedBy !== this) throw pageBlobBusy(this.place);
    return held;
  }

  #held(): Held {
    const { held } = this.#world;
    if (held === undefined) throw objectMissing(this.place);
    return held;
  }

  #count(): number {
    this.#world.counted += 1;
    return this.#world.counted;
  }
}

function newWorld(): { held: Held | undefined; counted: number } {
  return { held: undefined, counted: 0 };
}
