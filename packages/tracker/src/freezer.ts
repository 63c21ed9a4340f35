import type { Extent } from "@leeward/block";

/** A file system that lies on a protected device, where it is mounted. */
export interface MountedFileSystem {
  /** One of the places where it is mounted, absolute. */
  readonly mountPoint: string;
  /** ext4, xfs, … */
  readonly kind: string;
  /** "major:minor" as mountinfo tells it. */
  readonly device: string;
}

/** What lies on devices and writes to them. Where it cannot be told whether something lies there, it counts as lying there. */
export interface DeviceUse {
  /**
   * Every file system mounted for writing that has blocks on one of the devices, whatever lies in between (partitions, LVM, md, dm-crypt, loop);
   * each once. What is mounted in other mount namespaces alone is not seen.
   */
  readonly fileSystems: readonly MountedFileSystem[];
  /** As `fileSystems`, of kinds that Linux cannot freeze (vfat of /boot/efi): they can be synced, and may write at any moment. */
  readonly unfreezable: readonly MountedFileSystem[];
  /** By device path as asked: extents of that device that swap lies on, ascending; no freeze keeps them still. */
  readonly swap: ReadonlyMap<string, readonly Extent[]>;
  /** By device path as asked: swap that may lie on the device, nobody knows where, by its name in /proc/swaps. */
  readonly unplacedSwap: ReadonlyMap<string, readonly string[]>;
}

/**
 * Holds file systems still.
 *
 * Invariant: what was frozen is thawed, whatever happens to whoever asked: by `thaw`, by a thread of its own at the bound, or by a process of
 * its own when this one was killed, or when it stands still and the bound has passed by `WATCHDOG_GRACE_MS`. What somebody else froze is
 * never thawed. Worst outcome if broken: every program of the protected machine stands still until a person finds out.
 */
export interface Freezer extends AsyncDisposable {
  /** Looks at what lies on the devices now. @throws Fault `disk-missing`, `disk-unsuitable` */
  usesOf(devicePaths: readonly string[]): Promise<DeviceUse>;
  /** syncfs of each, one after the other. Returns how long all took, ms. @throws Fault `sync-failed` */
  sync(fileSystems: readonly MountedFileSystem[]): Promise<number>;
  /**
   * Freezes all, or none: when one fails those before it are thawed. Not later than `boundMs` after the first freeze was asked for they are
   * thawed, whether `thaw` was called or not. The kernel has no abort: one that does not answer (it writes its dirty pages, or its device hangs)
   * makes this wait for it, also past the bound, and is thawed as soon as it does; those before it are thawed meanwhile. One at a time: a second
   * call waits until the first is thawed.
   * @throws Fault `freeze-failed` (what could not be frozen and why), `freeze-too-slow` (the bound passed before all were frozen), `thaw-failed`
   */
  freeze(fileSystems: readonly MountedFileSystem[], boundMs: number): Promise<FrozenFileSystems>;
}

export interface FrozenFileSystems {
  /**
   * Thaws all. `heldWhole` is true when they were frozen the whole time until this call; else what was read meanwhile is of no single moment.
   * `stallMs` is what those who write noticed at most: from the first freeze asked for to the last thaw done. A second call returns the same.
   * @throws Fault `thaw-failed`
   */
  thaw(): Promise<{ readonly heldWhole: boolean; readonly stallMs: number }>;
}

/** A process that stands still is helped this much after the bound, ms. */
export const WATCHDOG_GRACE_MS = 250;
