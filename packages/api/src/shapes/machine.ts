import { type Static, Type } from "typebox";
import { Bandwidth, SenderChange } from "./bandwidth.ts";
import { RecoverySettings } from "./failover.ts";
import { StandingFault } from "./fault.ts";
import { Bytes, Id, nullable, Seconds, Sequence, STRICT, Time } from "./schema-words.ts";

export const Progress = Type.Object({ doneBytes: Bytes, totalBytes: Bytes, etaSeconds: nullable(Seconds) });
export type Progress = Static<typeof Progress>;

export const DiskState = Type.Enum([
  "initial",
  "protected",
  "reduced",
  "gap",
  "resync",
  "stopped",
  "fenced",
  "reverse",
]);
export type DiskState = Static<typeof DiskState>;

const History = Type.Enum(["continuous", "reduced", "gap"]);

/** How far the comparison of a disk with its replica is: the pass under way, and the last one that ended. */
const Verify = Type.Object({
  lastPassEndedAt: nullable(Time),
  passBegunAt: nullable(Time),
  doneBytes: Bytes,
  differingBytes: Bytes,
});

/** When the limit in bytes is going to cut the history, and how far back it reaches then, right before and right behind the cut. */
const HistoryForecast = Type.Object({
  at: Time,
  inSeconds: Seconds,
  reachSeconds: Seconds,
  reachLeftSeconds: Seconds,
  growthBytesPerSecond: Bytes,
  bytesMax: Bytes,
});

/** History above its limit in bytes by what pins and locks keep alone, and by whom: the oldest points. */
const HeldExcess = Type.Object({
  bytes: Bytes,
  bytesMax: Bytes,
  pointCount: Type.Integer({ minimum: 0 }),
  holders: Type.Array(
    Type.Object({
      point: Id,
      time: Time,
      kind: Type.Enum(["pin", "lock"]),
      owner: Type.String(),
      reason: Type.String(),
      until: nullable(Time),
    }),
  ),
});

/** How the rescans of a disk go: when the one under way began, when the last one ended that came to its end, and how long it took. */
const Rescan = Type.Object({
  beganAt: nullable(Time),
  endedAt: nullable(Time),
  tookSeconds: nullable(Seconds),
});

/** Where a disk goes, or where points of it are kept. */
const DiskTarget = Type.Object({
  id: Id,
  name: Type.String(),
  /** It decides where the disk's history goes on, and is what failovers start from. */
  main: Type.Boolean(),
  journaled: nullable(Sequence),
  rpoSeconds: nullable(Seconds),
  /**
   * following: it gets what the disk logs; copying: it has no recoverable point of now yet; left-behind: what it lacks is not held for it any more; away: it has no session;
   * kept: the disk does not go there any more, and its points stay; deleting: they are to go.
   */
  state: Type.Enum(["following", "copying", "left-behind", "away", "kept", "deleting"]),
  faults: Type.Array(StandingFault),
});

/** A protected disk. `rescan` is null but for one that is rescanned. `machine`, `processServer` and `masterTarget` are ids. */
export const Disk = Type.Object({
  id: Id,
  name: Type.String(),
  machine: Id,
  path: Type.String(),
  sizeBytes: nullable(Bytes),
  capture: Type.String(),
  state: DiskState,
  nbdUri: nullable(Type.String()),
  sequence: Type.Object({ written: nullable(Sequence), cached: nullable(Sequence), journaled: nullable(Sequence) }),
  rpoSeconds: nullable(Seconds),
  progress: nullable(Progress),
  rescan: nullable(Rescan),
  faults: Type.Array(StandingFault),
  policy: Type.String(),
  processServer: nullable(Id),
  masterTarget: nullable(Id),
  /** The main one first; null where a server of an older release does not say. */
  targets: nullable(Type.Array(DiskTarget)),
  history: nullable(History),
  newestPoint: nullable(Time),
  oldestPoint: nullable(Time),
  pointCount: nullable(Type.Integer({ minimum: 0 })),
  journalBytes: nullable(Bytes),
  logBytes: nullable(Bytes),
  historyForecast: nullable(HistoryForecast),
  heldExcess: nullable(HeldExcess),
  merging: nullable(Progress),
  verify: Verify,
});
export type Disk = Static<typeof Disk>;

export const Machine = Type.Object({
  id: Id,
  name: Type.String(),
  state: Type.Enum(["online", "offline", "removed"]),
  epoch: Type.Integer({ minimum: 0 }),
  agentVersion: nullable(Type.String()),
  lastSeen: nullable(Time),
  disks: Type.Array(Disk),
  enrolledAt: Time,
  clockOffsetSeconds: nullable(Type.Number()),
  certificateExpiresAt: nullable(Time),
  bandwidth: Bandwidth,
  /** Under which policy devices that appear are protected by themselves (null: they are not), and which paths are not; a `*` stands for any text. */
  autoProtect: Type.Object({ policy: nullable(Type.String()), exclude: Type.Array(Type.String()) }),
  recovery: RecoverySettings,
  /** The container through which its data go; null where they go to process servers straight. */
  cacheAccount: nullable(
    Type.Object({
      storeUrl: Type.String(),
      bytesMax: Bytes,
      /** What its process servers' targets have not journaled yet, in the container. */
      waitingBytes: nullable(Bytes),
      /** Of the agent, for each 10^9 bytes that were put. */
      requestsPerGb: nullable(Type.Number({ minimum: 0 })),
    }),
  ),
});
export type Machine = Static<typeof Machine>;

/** What `machine set` changes. */
export const MachineChange = Type.Object(
  {
    ...SenderChange.properties,
    autoProtect: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: "a policy's name, or off" })),
    cacheAccount: Type.Optional(
      Type.String({ minLength: 1, maxLength: 1_024, description: "as azure://ACCOUNT/CONTAINER, or none" }),
    ),
    cacheBytesMax: Type.Optional(Type.Integer({ minimum: 64 * 1_024 * 1_024, maximum: 2 ** 50 })),
    exclude: Type.Optional(Type.String({ maxLength: 1_024, description: "as /dev/sdb,/dev/dm-*" })),
  },
  STRICT,
);
export type MachineChange = Static<typeof MachineChange>;

/** What could be protected on a machine; a refusal says why a rung cannot capture it, and is null when it can. */
export const Candidate = Type.Object({
  path: Type.String(),
  kind: Type.Enum(["file", "block-device"]),
  sizeBytes: Bytes,
  refusal: nullable(Type.String()),
  trackerRefusal: nullable(Type.String()),
  rescanRefusal: nullable(Type.String()),
});
export type Candidate = Static<typeof Candidate>;
