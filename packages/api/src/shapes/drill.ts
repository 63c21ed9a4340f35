import { type Static, Type } from "typebox";
import { TestFailoverOrder } from "./failover.ts";
import { Consistency } from "./point.ts";
import { Bytes, Id, nullable, Seconds, STRICT, Time } from "./schema-words.ts";

const HOUR_SECONDS = 3_600;
const YEAR_SECONDS = 366 * 86_400;

export const DRILL_CHECK_PATTERN =
  "^(console(:.{1,256})?|agent|tcp:[1-9]\\d{0,4}|http:[1-9]\\d{0,4}/\\S{0,512}|script:[A-Za-z0-9_][A-Za-z0-9._-]{0,63})$";

/** What is looked for, as people write it. */
const DrillCheck = Type.String({
  pattern: DRILL_CHECK_PATTERN,
  description:
    "console:TEXT, console (its login prompt), agent (of the guest), tcp:PORT, http:PORT/PATH, or script:NAME in the master target's check-scripts",
});
const Proof = Type.Enum(["full", "none"]);

const { host, cpus, memoryMib, firmware, diskBus, network, cpuShare, bootDisk, allowMissing } =
  TestFailoverOrder.properties;
const SETTINGS = {
  checks: Type.Array(DrillCheck, { minItems: 1, maxItems: 16 }),
  timeoutSeconds: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 86_400, description: "seconds that checks may take from the machine's start" }),
  ),
  proof: Type.Optional(Proof),
  host,
  cpus,
  memoryMib,
  firmware,
  diskBus,
  network,
  cpuShare,
  bootDisk,
  allowMissing,
} as const;

/** How drills of a machine are to be; what is left out is as for a test failover. */
export const DrillSettings = Type.Object(SETTINGS, STRICT);
export type DrillSettings = Static<typeof DrillSettings>;

export const DrillOrder = Type.Object({ at: TestFailoverOrder.properties.at, ...SETTINGS }, STRICT);
export type DrillOrder = Static<typeof DrillOrder>;

const EverySeconds = Type.Integer({
  minimum: HOUR_SECONDS,
  maximum: YEAR_SECONDS,
  description: "seconds from one drill to the next",
});
const Window = Type.String({
  minLength: 1,
  maxLength: 1_024,
  description: "when a drill may begin: always, outside-working-hours, or hours such as sat,sun 22:00-06:00",
});

/** A drill of the newest point, again and again. */
export const DrillScheduleChange = Type.Object(
  { everySeconds: EverySeconds, window: Type.Optional(Window), ...SETTINGS },
  STRICT,
);
export type DrillScheduleChange = Static<typeof DrillScheduleChange>;

export const DrillSchedule = Type.Object({
  machine: Id,
  machineName: Type.String(),
  everySeconds: EverySeconds,
  window: Window,
  settings: DrillSettings,
  setBy: Type.String(),
  setAt: Time,
  /** From when on the next one may begin. */
  dueAt: Time,
});
export type DrillSchedule = Static<typeof DrillSchedule>;

export const DrillState = Type.Enum([
  "choosing",
  "digesting",
  "starting",
  "checking",
  "clearing",
  "comparing",
  "reporting",
  "passed",
  "failed",
]);
export type DrillState = Static<typeof DrillState>;

export const Drill = Type.Object({
  id: Id,
  machine: Id,
  machineName: Type.String(),
  state: DrillState,
  /** By the machine's schedule, not by a person. */
  scheduled: Type.Boolean(),
  actor: Type.String(),
  at: Type.String(),
  settings: DrillSettings,
  /** Null until they are chosen, and begun. */
  point: nullable(Id),
  pointTime: nullable(Time),
  failover: nullable(Id),
  /** What failed it, in the order in which it came up. */
  problems: Type.Array(Type.Object({ code: Type.String(), message: Type.String() })),
  createdAt: Time,
  endedAt: nullable(Time),
});
export type Drill = Static<typeof Drill>;

const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });

/** What a drill has shown. Whatever was not come to is null. */
export const DrillReport = Type.Object({
  format: Type.Literal(1),
  drill: Id,
  /** The config server, and what it runs. */
  installation: Id,
  softwareVersion: Type.String(),
  outcome: Type.Enum(["passed", "failed"]),
  problems: Type.Array(Type.Object({ code: Type.String(), message: Type.String() })),
  machine: Type.Object({ id: Id, name: Type.String() }),
  masterTarget: Type.Object({ id: Id, name: Type.String() }),
  asked: Type.Object({ by: Type.String(), scheduled: Type.Boolean(), time: Time, at: Type.String() }),
  settings: DrillSettings,
  point: nullable(
    Type.Object({
      id: Id,
      time: Time,
      validUntil: Time,
      consistency: Consistency,
      missingDisks: Type.Array(Type.String()),
    }),
  ),
  failover: nullable(Id),
  /** Age of the point when the drill was asked for. */
  rpo: Type.Object({ seconds: nullable(Seconds), words: Type.String() }),
  rto: Type.Object({
    /** When the machine was ordered, and how long until its processor ran. */
    orderedAt: nullable(Time),
    startSeconds: nullable(Seconds),
    words: Type.String(),
  }),
  checks: Type.Array(
    Type.Object({
      check: Type.String(),
      /** Null: it was not made. */
      ok: nullable(Type.Boolean()),
      /** From the order of the machine until it was decided. */
      afterOrderSeconds: nullable(Seconds),
      said: Type.String(),
    }),
  ),
  screen: Type.Object({ png: nullable(Type.String({ description: "base64" })), why: nullable(Type.String()) }),
  proof: Type.Object({
    kind: Proof,
    result: Type.Enum(["equal", "different", "not-proved"]),
    words: Type.String(),
    windowBytes: Bytes,
    disks: Type.Array(
      Type.Object({ disk: Id, name: Type.String(), sizeBytes: Bytes, before: Sha256, after: nullable(Sha256) }),
    ),
  }),
  cleanup: Type.Object({ done: Type.Boolean(), endedAt: nullable(Time), words: Type.String() }),
  interruptions: Type.Array(Type.Object({ time: Time, state: DrillState, why: Type.String() })),
  endedAt: Time,
});
export type DrillReport = Static<typeof DrillReport>;

/** The report, and the detached JWS (ES256, RFC 7515) over its canonical JSON (RFC 8785). */
export const SignedDrillReport = Type.Object({ report: DrillReport, signature: Type.String() });
export type SignedDrillReport = Static<typeof SignedDrillReport>;
