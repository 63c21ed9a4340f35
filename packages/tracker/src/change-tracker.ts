import type { Extent } from "@leeward/block";

/**
 * What has changed on one live block device, as the running kernel notes it; nothing is inserted in the device's path.
 *
 * Invariant: every change of the device that completed before a call of `collect` is among the waiting regions when that settles, or `collect`
 * rejects. A region that was taken is waiting, taken, or settled; a change that completes after its `take` makes it wait again, whatever happens
 * to what was taken. Worst outcome if broken: a changed block is never sent, and nobody knows.
 *
 * ```
 *   kernel notes ──collect──► waiting ──take──► taken ──settle──► forgotten: whoever took them holds them durably elsewhere
 *                                ▲                └──giveBack──► waiting
 *                                └── at open: whatever an earlier process had not settled, when the kernel kept it
 * ```
 *
 * Whoever reads a region for good does so after `take`: what is then changed while it is read waits again.
 */
export interface ChangeTracker extends AsyncDisposable {
  readonly backend: "ebpf" | "tracefs" | "memory";
  /** 32 hex digits. The same for as long as no change since it was given can have been missed: another one after every doubt and every boot. */
  readonly trackingId: string;
  /** Why it does not go on with the notes that an earlier process left of this disk; undefined where it does, and where there were none. */
  readonly begunAnewBecause: string | undefined;
  /** The device's size that is tracked, bytes; the last region may be shorter than the others. */
  readonly sizeBytes: number;
  /** Bytes; a power of two. */
  readonly regionBytes: number;
  readonly waitingCount: number;
  readonly takenCount: number;
  /** Whether the last `collect` left nothing open. Under a load without any pause it may not be able to prove that nothing was missed: the next one does. */
  readonly isProved: boolean;

  /**
   * Makes regions wait that changed since the last call, and proves that none was missed.
   * @throws Fault `tracking-incomplete` (discontinuity): from then on this tracker is of no use, and the device has to be read anew
   */
  collect(): Promise<void>;
  /** Moves all that waits to what is taken, which must be empty. Returns how many regions that are. */
  take(): number;
  /** What is taken as extents of whole regions within the device, ascending; neighbours are one extent of at most `bytesMax`. */
  taken(bytesMax: number): Iterable<Extent>;
  /** Whether any region that the extent touches waits. */
  waitsWithin(extent: Extent): boolean;
  /** What was taken is durable elsewhere. */
  settle(): void;
  /** What was taken waits again. */
  giveBack(): void;
  /** Makes a region wait that the kernel did not report. */
  wait(extent: Extent): void;
  /** Follows a device that has grown, without missing anything; its new regions do not wait. @throws Fault `tracking-unsupported` */
  grow(sizeBytes: number): Promise<void>;
  /** The device is not protected any more: the kernel stops noting. */
  end(): Promise<void>;
  /** Where the kernel can, it goes on noting for whoever opens the tracker next, also after this process was killed. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ChangeTrackerOptions {
  /** The block device, resolved: /dev/sda, /dev/sda2, /dev/dm-3. */
  readonly path: string;
  /** Names what the kernel keeps for this disk between processes; 32 hex digits. */
  readonly diskId: string;
  /** A backend by name, or the best that this kernel allows. */
  readonly backend?: "ebpf" | "tracefs";
  /** Which is asked first where none is named; eBPF unless told. Tracefs is slower, and right where eBPF was disproved (`DISPROVED`). */
  readonly prefer?: "ebpf" | "tracefs";
  /** Room of the tracefs backend for events that were not read yet, KiB for each processor; 4 MiB when not given. */
  readonly traceBufferKib?: number;
}

/** The unit in which changes are noted, bytes. Four bits of memory for each region: 8 MiB per TiB. */
export const REGION_BYTES = 65_536;
