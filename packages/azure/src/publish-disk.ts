// A recovery point of one disk as a page blob that holds a fixed VHD.
//
//   made, or leased ─► "writing", footer cleared ─► pages ─► footer ─► "whole" ─► snapshot ─► digests beside it ─► lease released
//
// What it keeps true: whoever finds `leeward_state` whole finds the whole of the point that is named there, and without a footer Azure makes no disk of it. A crash leaves a blob that says
// "writing", whose tag no digests name: the next publish clears it and begins anew. The worst outcome of a fault here is a machine started from half of a disk.
import { anySignal, formatTime, isFault } from "@leeward/base";
import type { BlockDevice } from "@leeward/block";
import {
  type BlobMetadata,
  PAGE_BYTES,
  type PageBlob,
  type PageBlobStatus,
  type PublishedPlace,
  pageBlobUnsuitable,
} from "@leeward/object-store";
import type { World } from "@leeward/world";
import { writeChangedPages } from "./changed-pages.ts";
import { vhdFooter, vhdLayout } from "./fixed-vhd.ts";
import { PublishedDigests, putDigests, readDigests } from "./published-digests.ts";

/** A lease ends a minute after it was renewed last. */
const RENEW_MS = 15_000;

/** What is published: ids, and the point's time. */
export interface PublishedPoint {
  readonly machine: string;
  readonly disk: string;
  readonly point: string;
  readonly timeMicros: number;
}

export interface PublishOptions {
  /** The disk as it was at the point; it does not change meanwhile. */
  readonly device: BlockDevice;
  readonly of: PublishedPoint;
  readonly place: Pick<PublishedPlace, "blob" | "beside" | "name">;
  /** How many snapshots are kept, the newest ones; undefined for all. */
  readonly keep: number | undefined;
  readonly world: Pick<World, "clock" | "random">;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: { readonly doneBytes: number; readonly totalBytes: number }) => void;
}

export interface Published {
  /** What a machine sees. */
  readonly virtualBytes: number;
  readonly writtenBytes: number;
  readonly clearedBytes: number;
  /** Of this point. */
  readonly snapshot: string;
  /** Of all snapshots that there are now. */
  readonly snapshots: number;
}

/**
 * Publishes the point. When it settles well the blob is whole, and there is a snapshot of it as it is.
 * @throws Fault `disk-too-large-for-azure`, `page-blob-unsuitable` where the blob is not this disk's, `page-blob-busy`, `store-…`, and as the device
 */
export async function publishDisk(options: PublishOptions): Promise<Published> {
  const { device, of, place } = options;
  const { blob } = place;
  const layout = vhdLayout(device.sizeBytes);
  const found = await blob.status(options.signal);
  if (found === undefined) await make(blob, layout.blobBytes, options);
  else requireSame(blob, found, of);
  await blob.lease(options.signal);
  const ending = new AbortController();
  const signal = anySignal([options.signal, ending.signal]);
  const kept = keepLease(blob, { clock: options.world.clock, ending });
  try {
    return await publishLeased({ ...options, signal }, layout.virtualBytes);
  } catch (error) {
    // Why it ended matters more than what was under way then.
    signal.throwIfAborted();
    throw error;
  } finally {
    ending.abort();
    await kept;
    await release(blob);
  }
}

/** One that is there meanwhile may be ours, by a request whose answer was lost: it is looked at under the lease. */
async function make(blob: PageBlob, blobBytes: number, { of, signal }: PublishOptions): Promise<void> {
  try {
    await blob.create(blobBytes, metadataOf(of, "writing"), signal);
  } catch (error) {
    if (!isFault(error, "object-conflict")) throw error;
  }
}

async function publishLeased(options: PublishOptions, virtualBytes: number): Promise<Published> {
  const { device, of, place, world, signal } = options;
  const { blob, beside, name } = place;
  const key = digestsKey(name);
  const before = await blob.status(signal);
  if (before === undefined) throw pageBlobUnsuitable(blob.place, "it was removed meanwhile");
  requireSame(blob, before, of);
  const oldBytes = before.sizeBytes - PAGE_BYTES;
  const known =
    before.metadata["leeward_state"] === "whole"
      ? await readDigests(beside, key, { tag: before.tag, virtualBytes: oldBytes }, signal)
      : undefined;
  const onProgress = (doneBytes: number): void => options.onProgress?.({ doneBytes, totalBytes: virtualBytes });
  const isThere = known !== undefined && before.metadata["leeward_point"] === of.point && oldBytes === virtualBytes;
  if (isThere) {
    onProgress(virtualBytes);
    return { virtualBytes, writtenBytes: 0, clearedBytes: 0, ...(await keepSnapshots(options)) };
  }
  await blob.describe(metadataOf(of, "writing"), signal);
  if (known === undefined) await blob.clear({ offset: 0, length: before.sizeBytes }, signal);
  else await blob.clear({ offset: oldBytes, length: PAGE_BYTES }, signal);
  if (oldBytes !== virtualBytes) await blob.resize(virtualBytes + PAGE_BYTES, signal);
  const digests = known?.resized(virtualBytes) ?? PublishedDigests.zeroes(virtualBytes);
  const written = await writeChangedPages({ device, blob, digests, virtualBytes, signal, onProgress });
  const id = world.random.bytes(16);
  await blob.write(virtualBytes, vhdFooter({ virtualBytes, id, wallMicros: world.clock.wallMicros() }), signal);
  await blob.describe(metadataOf(of, "whole"), signal);
  const snapshots = await keepSnapshots(options);
  const after = await blob.status(signal);
  if (after !== undefined) {
    await putDigests(beside, key, { of: { tag: after.tag, virtualBytes }, digests }, signal);
  }
  return { virtualBytes, ...written, ...snapshots };
}

/** There is a snapshot of the point afterwards, which is the blob as it is. */
async function keepSnapshots({
  of,
  place: { blob },
  keep,
  signal,
}: PublishOptions): Promise<Pick<Published, "snapshot" | "snapshots">> {
  const isOfPoint = ({ metadata }: { readonly metadata: BlobMetadata }): boolean =>
    metadata["leeward_point"] === of.point && metadata["leeward_state"] === "whole";
  const earlier = await blob.snapshots(signal);
  const snapshot = earlier.find(isOfPoint)?.id ?? (await blob.snapshot(metadataOf(of, "whole"), signal));
  const others = earlier.filter(({ id, metadata }) => id !== snapshot && metadata["leeward_disk"] === of.disk);
  const surplus = keep === undefined ? [] : others.slice(0, Math.max(0, others.length + 1 - keep));
  for (const { id } of surplus) await blob.removeSnapshot(id, signal);
  return { snapshot, snapshots: others.length + 1 - surplus.length };
}

function metadataOf(of: PublishedPoint, state: "writing" | "whole"): BlobMetadata {
  return {
    leeward_state: state,
    leeward_machine: of.machine,
    leeward_disk: of.disk,
    leeward_point: of.point,
    leeward_time: formatTime(of.timeMicros),
  };
}

/** A blob that holds anything else is never written over. */
function requireSame(blob: PageBlob, { metadata, sizeBytes }: PageBlobStatus, of: PublishedPoint): void {
  const disk = metadata["leeward_disk"];
  if (disk === undefined) throw pageBlobUnsuitable(blob.place, "a blob lies there that Leeward did not publish");
  if (disk !== of.disk) throw pageBlobUnsuitable(blob.place, `it holds another disk, ${disk}`);
  if (sizeBytes <= PAGE_BYTES) throw pageBlobUnsuitable(blob.place, "somebody has changed its size");
}

/** Beside the blob. */
function digestsKey(name: string): string {
  return `${name}.digests`;
}

/** Ends with the signal; a lease that is lost ends what goes on under it. */
async function keepLease(
  blob: PageBlob,
  { clock, ending }: { readonly clock: World["clock"]; readonly ending: AbortController },
): Promise<void> {
  try {
    for (;;) {
      await clock.sleep(RENEW_MS, ending.signal);
      await blob.renewLease(ending.signal);
    }
  } catch (error) {
    ending.abort(error);
  }
}

/** Nobody is to wait for the minute in which it ends by itself. */
async function release(blob: PageBlob): Promise<void> {
  try {
    await blob.releaseLease(new AbortController().signal);
  } catch (error) {
    // It ends by itself; a mistake of ours is no fault.
    if (!isFault(error)) throw error;
  }
}
