import { Fault } from "./fault.ts";
import { MICROS_PER_MS } from "./units.ts";

/** Microseconds since 1970 as RFC 3339 UTC with microseconds: "2026-11-20T10:00:00.000123Z". */
export function formatTime(micros: number): string {
  const date = new Date(Math.floor(micros / MICROS_PER_MS));
  const fraction = String(((micros % MICROS_PER_MS) + MICROS_PER_MS) % MICROS_PER_MS).padStart(3, "0");
  return date.toISOString().replace("Z", `${fraction}Z`);
}

const TIME_PATTERN = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * RFC 3339 to microseconds since 1970; digits past the sixth are dropped.
 * @throws Fault `time-invalid`
 */
export function parseTime(text: string): number {
  const [, day = "", time = "", fraction = "", zone = ""] = TIME_PATTERN.exec(text) ?? [];
  const ms = Date.parse(`${day}T${time}${zone.toUpperCase()}`);
  if (Number.isNaN(ms) || !existsInCalendar(day, time)) {
    throw new Fault({
      code: "time-invalid",
      kind: "operator",
      message: `${JSON.stringify(text)} is not a time such as 2026-11-20T10:00:00.000000Z.`,
      remedy: "Write it as 2026-11-20T10:00:00Z.",
    });
  }
  return ms * MICROS_PER_MS + Number(fraction.padEnd(6, "0").slice(0, 6));
}

/** Date.parse takes 30 February and 24:00 for the day after. */
function existsInCalendar(day: string, time: string): boolean {
  return new Date(`${day}T${time}Z`).toISOString().startsWith(`${day}T${time}`);
}
