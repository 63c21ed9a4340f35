import type { Fault } from "@leeward/base";

export const TRACE_LEVELS = ["debug", "info", "warn", "error"] as const;
export type TraceLevel = (typeof TRACE_LEVELS)[number];

/** Facts beside a trace line. Secrets never belong here; keys that name one are cut out all the same. */
export interface TraceFields {
  readonly fault?: Fault | undefined;
  readonly [key: string]: string | number | boolean | null | undefined | Fault;
}

/** Text output of a daemon: for whoever looks for the cause of something. Never a promise, never the change log. */
export interface Trace {
  debug(message: string, fields?: TraceFields): void;
  info(message: string, fields?: TraceFields): void;
  warn(message: string, fields?: TraceFields): void;
  error(message: string, fields?: TraceFields): void;
  /** A trace whose every line has these fields too. */
  with(fields: TraceFields): Trace;
}

/** A trace that says nothing: for code that runs without one. */
export const silentTrace: Trace = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silentTrace,
};
