import type { Fault } from "@leeward/base";
import { operator } from "../operator-fault.ts";

export const planInvalid = (problems: readonly string[]): Fault =>
  operator(
    "plan-invalid",
    `The plan cannot be taken: ${problems.join("; ")}.`,
    "Correct those places; `leeward plan schema` says what a plan's document may have.",
  );

export const planUnknown = (nameOrId: string): Fault =>
  operator("plan-unknown", `There is no recovery plan ${JSON.stringify(nameOrId)}.`, "See `leeward plan list`.");

export const planExists = (name: string): Fault =>
  operator(
    "plan-exists",
    `There is a recovery plan ${name} already.`,
    "Replace it with `leeward plan edit` (or `leeward plan import --replace`), or give another name.",
  );

export const planRunUnknown = (id: string): Fault =>
  operator("plan-run-unknown", `There is no run ${JSON.stringify(id)} of a recovery plan.`, "See `leeward plan runs`.");

export const planRunUnderWay = (plan: string, run: string): Fault =>
  operator(
    "plan-run-under-way",
    `The run ${run} of the recovery plan ${plan} goes on.`,
    "Wait until it has ended, or cancel it: `leeward plan cancel RUN`.",
  );

export const planRunEnded = (run: string, state: string): Fault =>
  operator("plan-run-ended", `The run ${run} is over: ${state}.`, "There is nothing of it to be changed any more.");

export const planOrderInvalid = (what: string): Fault =>
  operator(
    "plan-order-invalid",
    what,
    "A planned failover takes the last point that the source makes and no `--at`; a test is never forced.",
  );

export const planStepUnknown = (run: string, step: string): Fault =>
  operator(
    "plan-step-unknown",
    `The run ${run} has no step ${JSON.stringify(step)}.`,
    "See `leeward plan show-run RUN`.",
  );

export const planStepNotAsking = (step: string, state: string): Fault =>
  operator(
    "plan-step-not-asking",
    `The step ${step} does not wait for a person: it is ${state}.`,
    "See with `leeward plan show-run RUN` which step does.",
  );

export const planStepDeclined = (step: string, notes: string | undefined): Fault =>
  operator(
    "plan-step-declined",
    `A person said that the step ${step} failed${notes === undefined ? "" : `: ${notes}`}.`,
    "See to what went wrong, and run the plan again or go on by hand.",
  );

export const planScriptMissing = (file: string, why: string): Fault =>
  operator(
    "plan-script-missing",
    `The script ${file} cannot be run: ${why}.`,
    "Put an executable of that name into HOME/config-server/scripts; both have to belong to root or to the server's user, and nobody else may write to them.",
  );

export const planScriptFailed = (file: string, said: string): Fault =>
  operator(
    "plan-script-failed",
    `The script ${file} failed: ${said}`,
    "See to what it says, and run the plan again or go on by hand.",
  );

export const planHealthFailed = (what: string, said: string): Fault =>
  operator(
    "plan-health-failed",
    `${what} did not answer as it should within its limit: ${said}`,
    "Look at the replica machine's console (`leeward failover console`), and at the network between it and the config server.",
  );

export const planRunFailed = (of: {
  plan: string;
  run: string;
  failed: readonly string[];
  leftOut: readonly string[];
}): Fault =>
  operator(
    "plan-run-failed",
    `Of the run ${of.run} of the recovery plan ${of.plan} failed: ${of.failed.join(", ")}${of.leftOut.length === 0 ? "" : `; not begun: ${of.leftOut.join(", ")}`}.`,
    `Each says why: \`leeward plan show-run ${of.run}\`. What was started goes on.`,
  );

export const planCleanupFailed = (run: string, what: readonly string[]): Fault =>
  operator(
    "plan-cleanup-failed",
    `Of the run ${run} is left: ${what.join("; ")}`,
    `Repeat \`leeward plan cleanup ${run}\`, or clean up one by one: \`leeward failover cleanup\`.`,
  );

export const planRunNotTest = (run: string, kind: string): Fault =>
  operator(
    "plan-run-not-test",
    `The run ${run} is a ${kind} failover; only a test is cleaned up.`,
    "Commit, cancel or fail back its machines one by one: `leeward failover list`.",
  );
