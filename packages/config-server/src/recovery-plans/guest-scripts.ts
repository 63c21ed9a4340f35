import { MICROS_PER_MS, MICROS_PER_SECOND } from "@leeward/base";
import { failoverUnknown } from "../failover/failover-faults.ts";
import { type StepMeans, targetOf } from "../failover/step.ts";
import { PLAN_SAID_LETTERS_MAX } from "../limits.ts";
import type { GuestScripts } from "./actions.ts";

/** For the agent, for the script, and for what lies around them, the wait for the target's answer has this much more, seconds. */
const AROUND_SECONDS = 120;

/** Scripts that the master target of a failover has run in its replica machine. */
export function guestScripts({ store, requests }: StepMeans): GuestScripts {
  return async (failoverId, { content, environment, limitSeconds }, signal) => {
    const row = store.failovers.byId(failoverId);
    if (row === undefined) throw failoverUnknown(failoverId);
    const named = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const value = { replicaId: row.id, script: content, environment: named, limitSeconds };
    const timeoutMs = ((2 * limitSeconds + AROUND_SECONDS) * MICROS_PER_SECOND) / MICROS_PER_MS;
    const target = targetOf({ store }, row);
    const { exitCode, said } = await requests.ask(target, { kind: "runInReplica", value }, { signal, timeoutMs });
    return { ok: exitCode === 0, said: `exit code ${exitCode}\n${said}`.trim().slice(-PLAN_SAID_LETTERS_MAX) };
  };
}
