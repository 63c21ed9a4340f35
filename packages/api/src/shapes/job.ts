import { type Static, Type } from "typebox";
import { ErrorItem } from "./fault.ts";
import { Progress } from "./machine.ts";
import { Saved, Verified } from "./point.ts";
import { Id, nullable, Time } from "./schema-words.ts";

export const JobState = Type.Enum(["queued", "running", "succeeded", "failed", "cancelled"]);
export type JobState = Static<typeof JobState>;

/** What a job that succeeded has to say: of a save, and of a verification. */
export const JobResult = Type.Union([Saved, Verified]);
export type JobResult = Static<typeof JobResult>;

/** Bytes of what copies or compares; steps of what has steps, and then there are no bytes to count. */
export const JobProgress = Type.Object({
  ...Progress.properties,
  doneSteps: nullable(Type.Integer({ minimum: 0 })),
  totalSteps: nullable(Type.Integer({ minimum: 0 })),
});
export type JobProgress = Static<typeof JobProgress>;

/** Work that outlives a request. `subject` says what it is about, for people: "MACHINE/DISK" by name, or "MACHINE". */
export const Job = Type.Object({
  id: Id,
  kind: Type.Enum([
    "protect",
    "save",
    "verify",
    "resync",
    "seed-load",
    "failover-test",
    "failover-planned",
    "failover-proof",
    "failover-unplanned",
    "failover-change-point",
    "failover-cancel",
    "failover-cleanup",
    "failover-reprotect",
    "failover-failback",
    "drill",
    "recovery-plan",
    "recovery-plan-cleanup",
    "push",
    "agent-upgrade",
  ]),
  subject: Type.String(),
  state: JobState,
  progress: nullable(JobProgress),
  error: nullable(ErrorItem),
  startedAt: nullable(Time),
  endedAt: nullable(Time),
  createdAt: Time,
  machine: nullable(Id),
  disk: nullable(Id),
  result: nullable(JobResult),
});
export type Job = Static<typeof Job>;
