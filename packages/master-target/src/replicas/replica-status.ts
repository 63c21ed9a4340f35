import type { ReplicaStatus } from "@leeward/proto";
import type { ReplicaMachine } from "@leeward/recovery-host";
import type { ReplicaRecord, ReplicaStep } from "./replica-record.ts";

/** Of what a hypervisor said, so many letters are told on. */
const WHY_LETTERS_MAX = 4_096;

/** What the recovery host said last of a machine; a text where it could not say anything. */
export type Seen = ReplicaMachine | string | undefined;

/** How the machine is, as far as this target and its recovery host know. */
export function replicaStatusOf({ step, asked }: ReplicaRecord, seen: Seen, uris: readonly string[]): ReplicaStatus {
  const { replicaId, machineId, pointId, host, disks } = asked;
  const { state, why } = isOfHost(step) ? stateOf(seen) : { state: waitingIn(step), why: "" };
  return {
    replicaId,
    machineId,
    pointId,
    host,
    state,
    why: why.slice(-WHY_LETTERS_MAX),
    resumedMicros: typeof seen === "object" ? (seen.resumedMicros ?? 0) : 0,
    disks: disks.map(({ diskId }, index) => ({ diskId, nbdUri: uris[index] ?? "" })),
  };
}

/** Whether what there is to say of a machine in this step is what its recovery host says. */
export function isOfHost(step: ReplicaStep): step is "started" | "halting" | "halted" {
  return step === "started" || step === "halting" || step === "halted";
}

function waitingIn(step: Exclude<ReplicaStep, "started" | "halting" | "halted">): "starting" | "removing" {
  return step === "removing" ? "removing" : "starting";
}

function stateOf(seen: Seen): Pick<ReplicaStatus, "state" | "why"> {
  if (seen === undefined) return { state: "unknown", why: "its recovery host does not know it" };
  if (typeof seen === "string") return { state: "unknown", why: seen };
  const { state } = seen;
  switch (state.kind) {
    case "running":
    case "described":
      return { state: state.kind, why: "" };
    case "paused":
    case "unknown":
      return { state: state.kind, why: state.why };
    case "ended":
      return { state: "ended", why: state.said === "" ? state.how : `${state.how}: ${state.said}` };
    default:
      return state satisfies never;
  }
}
