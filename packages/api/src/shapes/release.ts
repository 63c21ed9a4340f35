import { type Static, Type } from "typebox";
import { ErrorItem } from "./fault.ts";
import { JobState } from "./job.ts";
import { Bytes, Id, NameOrId, nullable, STRICT, Time } from "./schema-words.ts";

/** "0.1.0", as the program says it. */
export const Version = Type.String({ pattern: "^\\d[A-Za-z0-9.-]{0,40}$", description: "version" });

/** A file of a release that the config server keeps for agents. */
export const ReleaseFile = Type.Object({
  file: Type.String(),
  version: Version,
  kind: Type.Enum(["deb", "tar.gz"]),
  bytes: Bytes,
  sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
  addedAt: Time,
  addedBy: Type.String(),
});
export type ReleaseFile = Static<typeof ReleaseFile>;

/** How much of a file has come; the file itself once all of it has. */
export const ReleasePart = Type.Object({ receivedBytes: Bytes, release: nullable(ReleaseFile) });
export type ReleasePart = Static<typeof ReleasePart>;

/** Which agents become which version, and how carefully. */
export const UpgradeOrder = Type.Object(
  {
    /** Every machine when left out. */
    machines: Type.Optional(Type.Array(NameOrId, { minItems: 1, maxItems: 10_000 })),
    /** The newest that the config server has when left out. */
    version: Type.Optional(Version),
    /** Machines at a time; 1, then 4, then 16 when left out. */
    wave: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    /** From how many machines on that failed nothing more is begun; 1 when left out. */
    failures: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
    /** In which a new version has to be up; 120 when left out. */
    readySeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_600 })),
  },
  STRICT,
);
export type UpgradeOrder = Static<typeof UpgradeOrder>;

/** `skipped`: it was away, or is no member any more; nothing was asked of it. */
export const UpgradeState = Type.Enum(["waiting", "ordered", "upgraded", "failed", "skipped"]);
export type UpgradeState = Static<typeof UpgradeState>;

export const UpgradedMachine = Type.Object({
  machine: Id,
  name: Type.String(),
  state: UpgradeState,
  /** What it had when the upgrade was ordered. */
  from: nullable(Type.String()),
  error: nullable(ErrorItem),
});
export type UpgradedMachine = Static<typeof UpgradedMachine>;

/** An upgrade of agents, which is a job, machine by machine. */
export const Upgrade = Type.Object({
  job: Id,
  version: Version,
  state: JobState,
  machines: Type.Array(UpgradedMachine),
});
export type Upgrade = Static<typeof Upgrade>;
