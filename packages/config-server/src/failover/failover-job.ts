import { assert, type Random, randomId } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import type { JobRow } from "../store/job-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";

/** What a job of a failover is asked to do is in the failover's own row. */
const FailoverInput = Type.Object({ failoverId: Type.String() });

export type FailoverJobKind = Extract<JobRow["kind"], `failover-${string}`>;

export function failoverInput(failoverId: string): Static<typeof FailoverInput> {
  return { failoverId };
}

export function failoverIdOf({ input }: Pick<JobRow, "input">): string {
  assert(Check(FailoverInput, input), "a failover's job names it");
  return input.failoverId;
}

/** Stores a job of the failover; returns its id. */
export function insertJob(
  { store, clock, random }: { readonly store: Store; readonly clock: Clock; readonly random: Random },
  kind: FailoverJobKind,
  machine: Pick<MemberRow, "id" | "name">,
  failoverId: string,
): string {
  const id = randomId(random);
  const of = { subject: machine.name, machineId: machine.id, diskId: "", createdMicros: clock.wallMicros() };
  store.jobs.insert({ id, kind, ...of, input: failoverInput(failoverId) });
  return id;
}

/** The job that carries the failover on now; a proof goes on beside whatever is done. */
export function carrierOf(store: Store, failoverId: string): JobRow | undefined {
  return store.jobs
    .unfinished()
    .find(
      (job) => job.kind.startsWith("failover-") && job.kind !== "failover-proof" && failoverIdOf(job) === failoverId,
    );
}
