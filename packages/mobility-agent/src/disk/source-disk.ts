import type { BlockDevice } from "@leeward/block";

/** The disk itself, and what tells it from another. */
export interface SourceDisk {
  readonly device: BlockDevice;
  readonly physicalBlockBytes: number;
  /** What stays the same while it is the same disk; at most 200 characters. */
  readonly identity: string;
  /** What tells it from another also after a restart of the machine, where that is asked. */
  readonly lasting?: string;
  /** What it was told by when it was left, when all that has changed since is known: the history goes on, and knows it by `identity` from then on. */
  readonly leftAs?: string;
  /** Why not all is known that has changed, in words that go on from "changed while nobody watched it:". */
  readonly changedBecause?: string;
  /** What changes when anyone else writes to it. */
  readonly witness: () => Promise<string>;
  /** Every byte of the history is a copy that was read from the disk: digests of what the target holds are kept. */
  readonly keepDigests?: boolean;
}
