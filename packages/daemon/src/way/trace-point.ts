import type { Trace, TraceFields } from "../trace/trace.ts";

/**
 * A line for a step of a recovery point on its way, under the point's id: one search for it through the traces of all daemons shows its way. Points are made
 * every few seconds, and single writes are never told.
 */
export function tracePoint(
  trace: Trace,
  point: string,
  { stage, ...more }: TraceFields & { readonly stage: string },
): void {
  trace.debug(`A recovery point is ${stage}.`, { point, stage, ...more });
}
