// Windows' event log: where its administrators look first, and what their tools collect.
import { type Trace, type TraceFields } from "./trace.ts";

const TYPES = { error: 1, warn: 2, info: 4 } as const;
/** One number for each kind, since tools filter by it. EventCreate.exe, which install.ps1 names as the source's texts, shows events 1 to 1000 as they are. */
const EVENT_IDS = { error: 3, warn: 2, info: 1 } as const;
/** What ReportEvent takes, characters. */
const TEXT_CHARACTERS_MAX = 31_000;

/** A trace that is also in Windows' event log under `source`: all but what is only for whoever looks for a cause (debug). */
export async function inEventLog(trace: Trace, source: string): Promise<Trace> {
  const { default: koffi } = await import("koffi");
  const library = koffi.load("advapi32.dll");
  const register: (server: null, source: string) => number | bigint = library.func(
    "uintptr_t __stdcall RegisterEventSourceW(str16 server, str16 source)",
  );
  const report: (...args: readonly unknown[]) => number = library.func(
    "int __stdcall ReportEventW(uintptr_t log, uint16_t type, uint16_t category, uint32_t id, void *user, uint16_t texts, uint32_t bytes, str16 *text, void *data)",
  );
  const log = register(null, source);
  const put = (level: keyof typeof TYPES, message: string, fields: TraceFields | undefined): void => {
    const text = eventText(message, fields).slice(0, TEXT_CHARACTERS_MAX);
    // A log that is full is its owner's own choice, and no reason to stop protecting disks.
    report(log, TYPES[level], 0, EVENT_IDS[level], null, 1, 0, [text], null);
  };
  const wrapped = (inner: Trace): Trace => ({
    debug: (message, fields) => inner.debug(message, fields),
    info(message, fields) {
      inner.info(message, fields);
      put("info", message, fields);
    },
    warn(message, fields) {
      inner.warn(message, fields);
      put("warn", message, fields);
    },
    error(message, fields) {
      inner.error(message, fields);
      put("error", message, fields);
    },
    with: (fields) => wrapped(inner.with(fields)),
  });
  return wrapped(trace);
}

function eventText(message: string, { fault, ...fields }: TraceFields = {}): string {
  const lines = [message];
  if (fault !== undefined)
    lines.push(`${fault.code}: ${fault.message}`, ...(fault.remedy === undefined ? [] : [fault.remedy]));
  for (const [name, value] of Object.entries(fields)) if (name !== "stack") lines.push(`${name}: ${String(value)}`);
  return lines.join("\r\n");
}
