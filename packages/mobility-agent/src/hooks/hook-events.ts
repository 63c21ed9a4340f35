import type { Fault } from "@leeward/base";
import type { EventReport } from "@leeward/proto";
import type { LeftHooks } from "./hook-set.ts";
import type { PointAsked } from "./quiesce.ts";

/** Of a hook's output, characters: what an event's field takes. */
const OUTPUT_CHARACTERS_MAX = 4_096;
const NAMES_CHARACTERS_MAX = 1_024;

/** A point could not be made as consistent as it was asked for. */
export function lessConsistentEvent(machine: string, asked: PointAsked, why: Fault): EventReport {
  return {
    kind: "point-less-consistent",
    subject: machine,
    message: `A point of ${machine} was to be ${asked.consistency}-consistent and is crash-consistent: ${why.message}`,
    detail: { point: asked.pointId, asked: asked.consistency, code: why.code, ...textsOf(why) },
    severity: "warning",
  };
}

/** An agent was killed while applications were at rest; this one has ended that. */
export function leftAtRestEvent(machine: string, { names, faults }: LeftHooks): EventReport {
  const [fault] = faults;
  const named = names.join(", ").slice(0, NAMES_CHARACTERS_MAX) || "none";
  const failed = fault === undefined ? "" : ` Not all of that succeeded: ${fault.message}`;
  return {
    kind: "hooks-left",
    subject: machine,
    message: `The agent had ended while hooks were at work; --post was run at its start for: ${named}.${failed}`,
    detail: fault === undefined ? {} : { code: fault.code, ...textsOf(fault) },
    severity: "warning",
  };
}

/** A fence was lifted, and whom it had at rest goes on. */
export function restEndedEvent(machine: string, { names, faults }: LeftHooks): EventReport {
  const [fault] = faults;
  const named = names.join(", ").slice(0, NAMES_CHARACTERS_MAX) || "none";
  const failed = fault === undefined ? "" : ` Not all of that succeeded: ${fault.message}`;
  return {
    kind: "applications-resumed",
    subject: machine,
    message: `The applications of ${machine} go on; --post was run for: ${named}.${failed}`,
    detail: fault === undefined ? {} : { code: fault.code, ...textsOf(fault) },
    severity: fault === undefined ? "info" : "warning",
  };
}

/** What a fault says beside its message, without what is empty. */
function textsOf({ detail }: Fault): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(detail)) {
    const text = String(value ?? "").slice(0, OUTPUT_CHARACTERS_MAX);
    if (text !== "") texts[key] = text;
  }
  return texts;
}
