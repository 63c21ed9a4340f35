import { KiB, MiB } from "@leeward/base";

/** What the process server holds at most; what an operator may turn stands in config.ts. */
export const LIMITS = {
  /** Payload of one cut that no mark ended, in bytes before coalescing; also what one cut holds in memory. */
  cutBytesMax: 32 * MiB,
  /** Records of one cut that no mark ended. */
  cutRecordsMax: 65_536,
  /** Records that no mark ends are cut when they have waited for this long, in milliseconds. */
  cutAgeMsMax: 20_000,
  /** A file of the cache, in bytes: what is trimmed at once. */
  cacheFileBytesMax: 32 * MiB,
  /** An idle cache above so many bytes is trimmed before its file is full. */
  cacheIdleBytesMax: 1 * MiB,
  /** One read of the cache for a cut, in bytes: four frames of a copy, with their heads. What is left of a fifth would be read again. */
  cacheReadBytesMax: 4 * MiB + 64 * KiB,
  /** What was taken in and is not cut, or cut and not sent, and is kept in memory so that it need not be read again; of all disks, in bytes. */
  recentBytesMax: 128 * MiB,
  /** Cuts that are made side by side. */
  cutsAtOnceMax: 2,
  /** A run of a cut's payload, in bytes. */
  runBytesMax: 1 * MiB,
  /** Aligned zero blocks of this size leave the payload, in bytes. */
  zeroBlockBytes: 4 * KiB,
  /** Agents that are connected at once, with those that wait to be let in. */
  sessionsMax: 256,
  /** Messages of one agent that are received and not processed, in bytes. */
  sessionWindowBytes: 2 * MiB,
  /** How often the status is told, in milliseconds. */
  statusEveryMs: 2_000,
  /** How often it is looked for what left the plan, in milliseconds. */
  sweepEveryMs: 60_000,
  /** Frames of one session on their way to the cache, in bytes. */
  appendingBytesMax: 2 * MiB,
  /** How long an agent waits until the target says where a new branch begins, before it is told to ask again, in milliseconds. */
  targetAnswerMsMax: 3_000,
  /** Offers of one session that were refused at once, and are not answered yet. */
  refusalsToTellMax: 1_024,
  /** Answers about points that one agent has not been told yet; one more is left out, and the agent sends that point again. */
  storedToTellMax: 4_096,
  /** Payload of one SegmentPart, in bytes. */
  partBytesMax: 1 * MiB,
  /** Sealed bytes of one disk that were sent and not acknowledged; one cut may always be under way. */
  unacknowledgedBytesMax: 64 * MiB,
  /** Cuts of one disk that were sent and not acknowledged: what stands before other disks in a session. */
  unacknowledgedCutsMax: 4,
  /** What may be held for a further target alone, as a part of the disk's share of the cache (of the whole file system, where that has no limit). */
  furtherShareMax: 0.25,
  /** A kept offer, in bytes. */
  offerBytesMax: 4 * KiB,
  /** How long a target may take to answer an offer, in milliseconds; then it is offered again. */
  offerAnswerMsMax: 60_000,
  /** How often at most a target gets the same again because it asks for it, in milliseconds. */
  rewindEveryMs: 1_000,
  /** Branches that one disk may have in the cache: the present one and those that still drain. */
  branchesPerDiskMax: 8,
  /** Points of one machine that wait for the target; more are left with the agent, which repeats them. */
  pendingPointsPerMachineMax: 131_072,
  /** Points of one machine that wait for one further target; for a further one, the oldest goes. */
  furtherPointsMax: 16_384,
  /** Points of one machine that a target has not answered yet. */
  unansweredPointsMax: 64,
  /** Unanswered points are sent again after so many milliseconds of silence. */
  pointAnswerMsMax: 30_000,
  /** A machine's file of waiting points, in bytes; rewritten at half of it. */
  pointFileBytesMax: 64 * MiB,
  /** A machine's file of waiting points is rewritten when nothing waits and it is longer, in bytes. */
  pointFileIdleBytesMax: 256 * KiB,
  /** How long a disk may take to answer what was collected for it, in milliseconds; then it is offered again. */
  collectAnswerMsMax: 10_000,
  /** What deposits of all machines that wait to be taken again have in memory, in bytes; what is beyond is read anew. */
  collectedBytesMax: 64 * MiB,
  /** How often the free space of the cache is looked at, in milliseconds. */
  spaceLookEveryMs: 2_000,
} as const;
