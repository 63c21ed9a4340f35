import { type Static, Type } from "typebox";
import { Bytes, Id, nullable, Seconds, STRICT, Time } from "./schema-words.ts";

const ScheduleText = Type.String({
  minLength: 1,
  maxLength: 1_024,
  description: 'as "20MB/s; mon-fri 08:00-18:00 5MB/s; sat,sun unlimited", by the clock of whoever sends',
});

/** A limit on what a machine or process server sends, and what it last said of it. */
export const Bandwidth = Type.Object({
  schedule: ScheduleText,
  /** In which the schedule is read. */
  timeZone: nullable(Type.String()),
  /** In force now; 0 is no limit. */
  bytesPerSecond: nullable(Bytes),
  /** When another limit comes; null also when none does. */
  until: nullable(Time),
  /** How long something waited for the limit, and how much was sent, since the daemon started. */
  waitedSeconds: nullable(Seconds),
  sentBytes: nullable(Bytes),
});
export type Bandwidth = Static<typeof Bandwidth>;

/** What `machine set` and `process-server set` change. */
export const SenderChange = Type.Object({ bandwidth: Type.Optional(ScheduleText) }, STRICT);
export type SenderChange = Static<typeof SenderChange>;

const WorkingHours = Type.String({
  minLength: 1,
  maxLength: 1_024,
  description: 'as "mon-thu 08:00-18:00; fri 08:00-14:00", by the clock of each machine; or none',
});

/** What holds for the whole installation. */
export const Installation = Type.Object({
  id: Id,
  workingHours: WorkingHours,
  /** Whether what destroys needs somebody else's approval. */
  secondPerson: nullable(Type.Boolean()),
});
export type Installation = Static<typeof Installation>;

/** What `installation set` changes. */
export const InstallationChange = Type.Object(
  { workingHours: Type.Optional(WorkingHours), secondPerson: Type.Optional(Type.Boolean()) },
  STRICT,
);
export type InstallationChange = Static<typeof InstallationChange>;
