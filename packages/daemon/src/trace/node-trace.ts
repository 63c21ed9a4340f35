import { Fault } from "@leeward/base";
import { type DestinationStream, destination, type Logger, pino, stdSerializers } from "pino";
import { fieldsOfFault } from "./fault-fields.ts";
import { withoutSecrets } from "./secrets.ts";
import type { Trace, TraceFields, TraceLevel } from "./trace.ts";

export interface NodeTraceOptions {
  readonly role: string;
  readonly level: TraceLevel;
  /** Standard error when left out. */
  readonly stream?: DestinationStream;
}

/** Trace as JSON lines on standard error, written before the call returns so that nothing is lost at a crash. */
export function nodeTrace(options: NodeTraceOptions): Trace {
  const logger = pino(
    {
      level: options.level,
      base: { role: options.role, pid: process.pid },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: "message",
      errorKey: "error",
      serializers: { err: stdSerializers.err },
    },
    options.stream ?? destination({ dest: 2, sync: true }),
  );
  return traceOf(logger);
}

function traceOf(logger: Logger): Trace {
  return {
    // Nothing is made of a line that nobody reads.
    debug(message, fields = {}) {
      if (logger.isLevelEnabled("debug")) logger.debug(plain(fields), message);
    },
    info: (message, fields = {}) => logger.info(plain(fields), message),
    warn: (message, fields = {}) => logger.warn(plain(fields), message),
    error: (message, fields = {}) => logger.error(plain(fields), message),
    with: (fields) => traceOf(logger.child(plain(fields))),
  };
}

function plain(fields: TraceFields): Record<string, unknown> {
  const told = Object.entries(fields).map(([key, value]): [string, unknown] => [
    key,
    value instanceof Fault ? fieldsOfFault(value) : value,
  ]);
  return withoutSecrets(Object.fromEntries<unknown>(told));
}
