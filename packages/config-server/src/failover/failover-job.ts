import { assert } from "@leeward/base";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import type { JobRow } from "../store/job-rows.ts";

/** What a job of a failover is asked to do is in the failover's own row. */
const FailoverInput = Type.Object({ failoverId: Type.String() });

export function failoverInput(failoverId: string): Static<typeof FailoverInput> {
  return { failoverId };
}

export function failoverIdOf({ input }: JobRow): string {
  assert(Check(FailoverInput, input), "a failover's job names it");
  return input.failoverId;
}
