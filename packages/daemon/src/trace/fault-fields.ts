import { Fault } from "@leeward/base";

/** How deep a chain of causes is told. */
const CAUSES_MAX = 4;

export interface FaultFields {
  readonly code: string;
  readonly kind: string;
  readonly message: string;
  readonly detail: Fault["detail"];
  readonly cause?: FaultFields | { readonly message: string; readonly stack: string };
}

/** A fault as trace lines tell it, with its causes. */
export function fieldsOfFault(fault: Fault, depth = 1): FaultFields {
  const { code, kind, message, detail, cause } = fault;
  return { code, kind, message, detail, ...causeOf(cause, depth) };
}

function causeOf(cause: unknown, depth: number): Pick<FaultFields, "cause"> {
  if (cause === undefined || depth >= CAUSES_MAX) return {};
  if (cause instanceof Fault) return { cause: fieldsOfFault(cause, depth + 1) };
  return { cause: fieldsOfError(cause) };
}

/** Whatever was thrown, as trace lines tell it. */
export function fieldsOfError(error: unknown): { readonly message: string; readonly stack: string } {
  if (error instanceof Error) return { message: error.message, stack: error.stack ?? "" };
  return { message: String(error), stack: "" };
}
