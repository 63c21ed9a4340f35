import { type Static, Type } from "typebox";
import { Bandwidth } from "./bandwidth.ts";
import { StandingFault } from "./fault.ts";
import { Bytes, Id, nullable, Time } from "./schema-words.ts";

export const Severity = Type.Enum(["info", "warning", "critical"]);
export type Severity = Static<typeof Severity>;

/** Something that happened: every change, every refusal, and what daemons report. `actor` is who did it. */
export const Event = Type.Object({
  id: Type.Integer({ minimum: 1 }),
  time: Time,
  severity: Severity,
  kind: Type.String(),
  subject: nullable(Type.String()),
  actor: Type.String(),
  address: nullable(Type.String()),
  message: Type.String(),
  detail: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
});
export type Event = Static<typeof Event>;

/** Something that needs a person, and what they should do. */
export const StatusItem = Type.Object({
  code: Type.String(),
  severity: Severity,
  subject: nullable(Type.String()),
  message: Type.String(),
  remedy: Type.String(),
  since: nullable(Time),
});
export type StatusItem = Static<typeof StatusItem>;

/** The object store of a master target whose journals lie in one, and what was asked of it since that started. */
const JournalStore = Type.Object({
  place: Type.String(),
  /** Without conditional writes: one server at a time writes to it. */
  leased: Type.Boolean(),
  puts: Type.Integer({ minimum: 0 }),
  gets: Type.Integer({ minimum: 0 }),
  lists: Type.Integer({ minimum: 0 }),
  removes: Type.Integer({ minimum: 0 }),
  retries: Type.Integer({ minimum: 0 }),
  sentBytes: Bytes,
  receivedBytes: Bytes,
  /** For each 10^9 bytes that were sent. */
  requestsPerGb: nullable(Type.Number({ minimum: 0 })),
  /** Locks of points, each at each of its disks, and those of them that the store itself keeps as well; null where it cannot hold objects. */
  heldLocks: nullable(Type.Object({ locks: Type.Integer({ minimum: 0 }), held: Type.Integer({ minimum: 0 }) })),
});

/** A process server or master target. */
export const Server = Type.Object({
  id: Id,
  name: Type.String(),
  role: Type.Enum(["process-server", "master-target"]),
  state: Type.Enum(["online", "offline", "removed"]),
  softwareVersion: nullable(Type.String()),
  address: nullable(Type.String()),
  lastSeen: nullable(Time),
  enrolledAt: Time,
  certificateExpiresAt: nullable(Time),
  /** Null while it is offline, as are `totalBytes`, `uploadDelaySeconds`, `health` and `store`. */
  freeBytes: nullable(Bytes),
  totalBytes: nullable(Bytes),
  /** The longest that anything has been waiting at a process server for its target, as the rule `upload-delay` judges it; null of a master target. */
  uploadDelaySeconds: nullable(Type.Number({ minimum: 0 })),
  health: nullable(
    Type.Object({
      cpuFraction: Type.Number({ minimum: 0 }),
      memoryFraction: Type.Number({ minimum: 0 }),
      residentBytes: Bytes,
    }),
  ),
  faults: Type.Array(StandingFault),
  /** Of a process server; a master target has none. */
  bandwidth: nullable(Bandwidth),
  /** Null where journals lie in the home, or none are. */
  store: nullable(JournalStore),
});
export type Server = Static<typeof Server>;

/** The time is the server's own, so that others can tell how far their clocks are from it. */
export const Health = Type.Object({ state: Type.Literal("ok"), version: Type.String(), id: Id, time: Time });

/** What `start` prints once it is usable, and writes to HOME/ready.json. */
export const Ready = Type.Object({
  event: Type.Literal("ready"),
  role: Type.String(),
  pid: Type.Integer({ minimum: 1 }),
  apiUrl: nullable(Type.String()),
  dataUrl: nullable(Type.String()),
  targetUrl: nullable(Type.String()),
  caFingerprint: nullable(Type.String()),
  processes: Type.Record(Type.String(), Type.Integer({ minimum: 1 })),
});
export type Ready = Static<typeof Ready>;
