import type { Metrics } from "../metrics.ts";
import type { Trace, TraceFields } from "./trace.ts";

/** A trace that counts each fault that it tells of as a warning or an error: what is retried, and what ends something, is told there. */
export function countingTrace(trace: Trace, metrics: Pick<Metrics, "fault">): Trace {
  const count = (fields: TraceFields = {}): void => {
    if (fields.fault !== undefined) metrics.fault(fields.fault);
  };
  return {
    debug: (message, fields) => trace.debug(message, fields),
    info: (message, fields) => trace.info(message, fields),
    warn: (message, fields) => {
      count(fields);
      trace.warn(message, fields);
    },
    error: (message, fields) => {
      count(fields);
      trace.error(message, fields);
    },
    with: (fields) => countingTrace(trace.with(fields), metrics),
  };
}
