import { type Static, Type } from "typebox";
import { Bytes, Id, nullable, Time } from "./schema-words.ts";

const amounts = Type.Array(nullable(Type.Number({ minimum: 0 })));
const amount = nullable(Type.Number({ minimum: 0 }));

/** Of each step of `times`; null where nothing was heard. A step of several minutes has their median, and in `…Max` their most. */
export const DiskSamples = Type.Object({
  disk: Id,
  rpoSeconds: amounts,
  rpoSecondsMax: amounts,
  /** As applications wrote it, before anything is coalesced or compressed. */
  churnBytesPerSecond: amounts,
  churnBytesPerSecondMax: amounts,
  logBytes: amounts,
  journalBytes: amounts,
});
export type DiskSamples = Static<typeof DiskSamples>;

/** What was stored of a machine's disks; `times` are the beginnings of the steps. */
export const MachineSamples = Type.Object({
  stepSeconds: Type.Integer({ minimum: 60 }),
  times: Type.Array(Time),
  disks: Type.Array(DiskSamples),
});
export type MachineSamples = Static<typeof MachineSamples>;

/** The same of all machines: the worst RPO of a machine's disks, and their churn together. */
export const InstallationSamples = Type.Object({
  stepSeconds: Type.Integer({ minimum: 60 }),
  times: Type.Array(Time),
  machines: Type.Array(Type.Object({ machine: Id, rpoSeconds: amounts, churnBytesPerSecond: amounts })),
});
export type InstallationSamples = Static<typeof InstallationSamples>;

export const HistoryState = Type.Enum(["continuous", "reduced", "gap"]);
export type HistoryState = Static<typeof HistoryState>;

/** How well each stretch of time can be recovered: from the oldest recovery point to the end of the newest one. */
export const Timeline = Type.Object({
  from: nullable(Time),
  to: nullable(Time),
  disks: Type.Array(
    Type.Object({
      disk: Id,
      /** Why its master target could not say; null when it did. */
      unknown: nullable(Type.String()),
      spans: Type.Array(Type.Object({ from: Time, to: Time, state: HistoryState, reason: nullable(Type.String()) })),
    }),
  ),
});
export type Timeline = Static<typeof Timeline>;

export const StageName = Type.Enum(["read", "log", "network", "cache", "compress", "forward", "apply"]);
export type StageName = Static<typeof StageName>;

/** A disk's way, stage by stage, over the last minute; null where nobody says it now. */
export const DiskStages = Type.Object({
  disk: Id,
  machine: Id,
  stages: Type.Array(
    Type.Object({
      stage: StageName,
      /** The part of the time in which it worked, or waited for whom it hands on to. */
      busyFraction: nullable(Type.Number({ minimum: 0, maximum: 1 })),
      /** Taken in; of `compress` these are raw bytes. */
      bytesPerSecond: amount,
      /** Handed on; of `compress` these are compressed and encrypted bytes. */
      outBytesPerSecond: amount,
      waitingBytes: amount,
    }),
  ),
  /** The stage that those before it wait for; null when nothing waits. */
  bottleneck: nullable(StageName),
});
export type DiskStages = Static<typeof DiskStages>;

/** A way between two daemons; `config-server` is the server itself. */
export const Link = Type.Object({
  from: Id,
  to: Id,
  kind: Type.Enum(["control", "data", "target"]),
  state: Type.Enum(["up", "down"]),
  /** Payload over the last minute; of a control link, and where nobody says it, null. */
  bytesPerSecond: amount,
});
export type Link = Static<typeof Link>;

/** What an installation needs, from what was observed of it; a figure for which too little was observed is null. */
export const ProtectionPlan = Type.Object({
  observedSeconds: Type.Number({ minimum: 0 }),
  observed: Type.Object({
    machines: Type.Integer({ minimum: 0 }),
    diskBytes: nullable(Bytes),
    churnBytesPerDay: amount,
    churnP95BytesPerSecond: amount,
    churnPeakBytesPerSecond: amount,
    /** Bytes that applications wrote for each byte that was forwarded. */
    compression: amount,
    /** Of process servers, for each 10^9 raw bytes. */
    cpuSecondsPerGb: amount,
  }),
  needs: Type.Object({
    bandwidthBytesPerSecond: amount,
    bandwidthPeakBytesPerSecond: amount,
    retentionBytes: amount,
    cacheBytes: amount,
    processServers: amount,
    masterTargetBytes: amount,
    initialSeconds: amount,
  }),
  /** By name of the figure: from what it is computed, or what is missing. */
  basis: Type.Record(Type.String(), Type.String()),
  perMachine: Type.Array(
    Type.Object({
      machine: Id,
      churnBytesPerDay: amount,
      retentionBytes: amount,
      observedSeconds: Type.Number({ minimum: 0 }),
    }),
  ),
});
export type ProtectionPlan = Static<typeof ProtectionPlan>;

/** One moment of a recovery point on its way. */
export const WayItem = Type.Object({
  daemon: Type.Enum(["mobility-agent", "process-server", "master-target"]),
  /** Of the machine or server. */
  name: Type.String(),
  member: Id,
  disk: nullable(Id),
  stage: Type.Enum(["raised", "durable", "sent", "cached", "cut", "compressed", "staged", "journaled", "recoverable"]),
  /** By the config server's clock, as far as the daemon's offset to it is known. */
  at: Time,
  tookSeconds: Type.Number({ minimum: 0 }),
});
export type WayItem = Static<typeof WayItem>;

/** A recovery point's way; `unknown` names daemons that could not be asked, or remember nothing of it. */
export const PointWay = Type.Object({
  items: Type.Array(WayItem),
  unknown: Type.Array(Type.Object({ name: Type.String(), why: Type.String() })),
});
export type PointWay = Static<typeof PointWay>;
