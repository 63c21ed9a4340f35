import { Fault } from "@leeward/base";
import { fieldsOfError } from "./fault-fields.ts";
import type { TraceFields } from "./trace.ts";

/** Whatever was thrown, as fields of a trace line: a Fault with its code, anything else with its stack. */
export function fieldsOfThrown(error: unknown): TraceFields {
  return error instanceof Fault ? { fault: error } : fieldsOfError(error);
}
