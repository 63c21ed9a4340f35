// When something may be done that would disturb at other times: always, in some hours of the week, or outside of them. Working hours are
// said once for the whole installation, and what is to keep out of them says so by name.
import { Fault } from "@leeward/base";
import type { TimeZone } from "./time-zone.ts";
import { isAtMinute, isInHours, MINUTES_PER_DAY, nextChange, type WeekHours } from "./week-hours.ts";
import { formatWeekHours, parseWeekHours, WEEK_HOURS_MAX } from "./week-hours-text.ts";

/** As `TimeWindow` of control.proto: the hours, or all that is outside of them. */
export interface TimeWindow {
  readonly outside: boolean;
  readonly hours: readonly WeekHours[];
}

export const ALWAYS: TimeWindow = { outside: true, hours: [] };

export const OUTSIDE_WORKING_HOURS = "outside-working-hours";

export function isInWindow({ outside, hours }: TimeWindow, wallMicros: number, zone: TimeZone): boolean {
  return hours.some((each) => isInHours(each, wallMicros, zone)) !== outside;
}

/** When the window next opens or closes, microseconds since 1970; undefined when it stays as it is. */
export function nextWindowChange(window: TimeWindow, wallMicros: number, zone: TimeZone): number | undefined {
  const valueAt = (micros: number): boolean => isInWindow(window, micros, zone);
  return nextChange({ hours: window.hours, valueAt }, wallMicros, zone);
}

/** "mon-fri 08:00-18:00; sat 09:00-12:00", or "none"; some of the week stays free. @throws Fault `time-window-invalid` */
export function parseWorkingHours(text: string): readonly WeekHours[] {
  const hours = text.trim() === "none" ? [] : parseHours(text);
  if (coversWeek(hours)) throw invalid(text, "it leaves nothing of the week for what keeps out of working hours");
  return hours;
}

/** As `parseWorkingHours` takes it, in one form alone. */
export function formatWorkingHours(hours: readonly WeekHours[]): string {
  return hours.length === 0 ? "none" : hours.map(formatWeekHours).join("; ");
}

/** "always", "outside-working-hours", or hours of the week. @throws Fault `time-window-invalid` */
export function parseTimeWindow(text: string, workingHours: readonly WeekHours[]): TimeWindow {
  switch (text.trim()) {
    case "always":
      return ALWAYS;
    case OUTSIDE_WORKING_HOURS:
      return { outside: true, hours: workingHours };
    default:
      return { outside: false, hours: parseHours(text) };
  }
}

/** The text in the one form that is kept. @throws Fault `time-window-invalid` */
export function normalTimeWindow(text: string): string {
  const named = text.trim();
  if (named === "always" || named === OUTSIDE_WORKING_HOURS) return named;
  return formatWorkingHours(parseHours(text));
}

function parseHours(text: string): readonly WeekHours[] {
  const parts = text.split(";");
  if (parts.length > WEEK_HOURS_MAX) throw invalid(text, `it has more than ${WEEK_HOURS_MAX} parts`);
  return parts.map((part) => {
    const hours = parseWeekHours(part);
    if (hours === undefined) throw invalid(text, `${JSON.stringify(part.trim())} is not days and a time of the day`);
    return hours;
  });
}

function coversWeek(hours: readonly WeekHours[]): boolean {
  for (let minute = 0; minute < 7 * MINUTES_PER_DAY; minute += 1) {
    const day = Math.floor(minute / MINUTES_PER_DAY);
    if (!hours.some((each) => isAtMinute(each, day, minute % MINUTES_PER_DAY))) return false;
  }
  return true;
}

function invalid(text: string, why: string): Fault {
  return new Fault({
    code: "time-window-invalid",
    kind: "operator",
    message: `${JSON.stringify(text)} says no hours of the week: ${why}.`,
    remedy: 'Write it as "mon-fri 08:00-18:00; sat 22:00-06:00". A window may also be always or outside-working-hours.',
    detail: { text },
  });
}
