import { Fault } from "./fault.ts";
import { MICROS_PER_MS } from "./units.ts";

/** Microseconds since 1970 as RFC 3339 UTC with microseconds: "2026-11-20T10:00:00.000123Z". */
export function formatTime(micros: number): string {
  const date = new Date(Math.floor(micros / MICROS_PER_MS));
  const fraction = String(((micros % MICROS_PER_MS) + MICROS_PER_MS) % MICROS_PER_MS).padStart(3, "0");
  return date.toISOString().replace("Z", `${fraction}Z`);
}

const TIME_PATTERN = /^(\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * RFC 3339 to microseconds since 1970; digits past the sixth are dropped.
 * @throws Fault `time-invalid`
 */
export function parseTime(text: string): number {
  const match = TIME_PATTERN.exec(text);
  const ms = match === null ? Number.NaN : Date.parse(`${match[1]}${match[3]}`);
  if (match === null || Number.isNaN(ms)) {
    throw new Fault({
      code: "time-invalid",
      kind: "operator",
      message: `${JSON.stringify(text)} is not a time such as 2026-11-20T10:00:00.000000Z.`,
    });
  }
  return ms * MICROS_PER_MS + Number((match[2] ?? "").padEnd(6, "0").slice(0, 6));
}
