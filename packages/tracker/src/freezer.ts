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

/** What lies on devices and writes to them. */
export interface DeviceUse {
  /** Every mounted file system that has blocks on one of the devices, whatever lies in between (partitions, LVM, md, dm-crypt); each once. */
  readonly fileSystems: readonly MountedFileSystem[];
  /** By device path as asked: extents of that device that swap lies on; no freeze keeps them still. */
  readonly swap: ReadonlyMap<string, readonly Extent[]>;
}

/** Holds file systems still. */
export interface Freezer extends AsyncDisposable {
  /** Looks at what lies on the devices now. */
  usesOf(devicePaths: readonly string[]): Promise<DeviceUse>;
  /** syncfs of each. Returns how long all took, ms. @throws Fault `sync-failed` */
  sync(fileSystems: readonly MountedFileSystem[]): Promise<number>;
  /**
   * Freezes all, or none: when one fails those before it are thawed. Not later than `boundMs` after the first freeze was asked for they are
   * thawed, whatever happens to whoever asked: also when this process is killed or stands still.
   * @throws Fault `freeze-failed` (what could not be frozen and why), `freeze-too-slow` (the bound passed before all were frozen)
   */
  freeze(fileSystems: readonly MountedFileSystem[], boundMs: number): Promise<FrozenFileSystems>;
}

export interface FrozenFileSystems {
  /** Thaws all. True when they were frozen the whole time until this call; else what was read meanwhile is of no single moment. */
  thaw(): Promise<{ readonly heldWhole: boolean; readonly stallMs: number }>;
}
