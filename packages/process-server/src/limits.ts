import { KiB, MiB } from "@leeward/base";

/** What the process server holds at most; what an operator may turn stands in config.ts. */
export const LIMITS = {
  /** Payload of one cut that no mark ended, in bytes before coalescing; also what one cut holds in memory. */
  cutBytesMax: 32 * MiB,
  /** Records of one cut that no mark ended. */
  cutRecordsMax: 262_144,
  /** Cuts that are made side by side. */
  cutsAtOnceMax: 2,
  /** A run of a cut's payload, in bytes. */
  runBytesMax: 1 * MiB,
  /** Aligned zero blocks of this size leave the payload, in bytes. */
  zeroBlockBytes: 4 * KiB,
  /** Payload of one SegmentPart, in bytes. */
  partBytesMax: 1 * MiB,
  /** Sealed bytes of one disk that were sent and not acknowledged; one cut may always be under way. */
  unacknowledgedBytesMax: 64 * MiB,
  /** A kept offer, in bytes. */
  offerBytesMax: 4 * KiB,
  /** Branches that one disk may have in the cache: the present one and those that still drain. */
  branchesPerDiskMax: 8,
  /** Points of one machine that wait for the target; more are left with the agent, which repeats them. */
  pendingPointsPerMachineMax: 32_768,
  /** A machine's file of waiting points, in bytes; rewritten at half of it. */
  pointFileBytesMax: 64 * MiB,
  /** A machine's file of waiting points is rewritten when nothing waits and it is longer, in bytes. */
  pointFileIdleBytesMax: 256 * KiB,
  /** How often the free space of the cache is looked at, in milliseconds. */
  spaceLookEveryMs: 2_000,
} as const;
