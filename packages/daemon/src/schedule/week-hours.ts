// Hours of the week, by the clock on the wall of whoever keeps to them.
//
// Days are those on which the hours begin: "fri 22:00-06:00" ends on Saturday. Where daylight saving skips an hour, hours that begin inside of it
// begin when it is over; an hour that comes twice counts both times.
import { MICROS_PER_SECOND } from "@leeward/base";
import type { TimeZone } from "./time-zone.ts";

/** As `WeekHours` of control.proto. Up to `fromMinute`, and past midnight, when `toMinute` is not after it. */
export interface WeekHours {
  /** A bit for each day: 1 is Monday, 64 is Sunday. */
  readonly days: number;
  /** Of the day, 0 to 1439. */
  readonly fromMinute: number;
  /** Of the day, 1 to 1440; not part of the hours any more. */
  readonly toMinute: number;
}

export const ALL_DAYS = 0b111_1111;
export const MINUTES_PER_DAY = 1_440;
const MINUTE_MICROS = 60 * MICROS_PER_SECOND;
const DAY_MICROS = MINUTES_PER_DAY * MINUTE_MICROS;
/** 1 January 1970 was a Thursday. */
const FIRST_DAY = 3;
/** A week, and another one when daylight saving skips what would change in it, microseconds. */
const HORIZON_MICROS = 15 * DAY_MICROS;

/** Whether the moment lies in the hours. */
export function isInHours(hours: WeekHours, wallMicros: number, zone: TimeZone): boolean {
  const minutes = Math.floor((wallMicros + zone.offsetMicrosAt(wallMicros)) / MINUTE_MICROS);
  const day = Math.floor(minutes / MINUTES_PER_DAY) + FIRST_DAY;
  return isAtMinute(hours, ((day % 7) + 7) % 7, minutes - (day - FIRST_DAY) * MINUTES_PER_DAY);
}

/** The same by the day of the week (0 is Monday) and the minute of that day. */
export function isAtMinute({ days, fromMinute, toMinute }: WeekHours, day: number, minute: number): boolean {
  const beginsOn = (which: number): boolean => ((days >> which) & 1) === 1;
  if (toMinute > fromMinute) return beginsOn(day) && minute >= fromMinute && minute < toMinute;
  return (beginsOn(day) && minute >= fromMinute) || (beginsOn((day + 6) % 7) && minute < toMinute);
}

/**
 * When what follows from `hours` is another than at the moment, microseconds since 1970; undefined when it stays for two weeks, which is for
 * ever but where daylight saving skips it twice.
 */
export function nextChange(
  {
    hours,
    valueAt,
  }: { readonly hours: readonly WeekHours[]; readonly valueAt: (wallMicros: number) => number | boolean },
  wallMicros: number,
  zone: TimeZone,
): number | undefined {
  const edges = new Set(hours.flatMap(({ fromMinute, toMinute }) => [fromMinute, toMinute % MINUTES_PER_DAY]));
  if (edges.size === 0) return undefined;
  const minutes = [...edges.add(0)].toSorted((a, b) => a - b);
  const now = valueAt(wallMicros);
  for (let at = wallMicros; at < wallMicros + HORIZON_MICROS; ) {
    at = nextEdge(minutes, at, zone);
    if (valueAt(at) !== now) return at;
  }
  return undefined;
}

/** The next moment at which the clock on the wall shows one of the minutes, or is set to another time. */
function nextEdge(minutes: readonly number[], wallMicros: number, zone: TimeZone): number {
  const offset = zone.offsetMicrosAt(wallMicros);
  const local = wallMicros + offset;
  const midnight = Math.floor(local / DAY_MICROS) * DAY_MICROS;
  const edges = minutes.map((minute) => midnight + minute * MINUTE_MICROS);
  const at = (edges.find((edge) => edge > local) ?? midnight + DAY_MICROS) - offset;
  return zone.offsetMicrosAt(at) === offset ? at : clockSet(wallMicros, at, zone);
}

/** The first moment after `before`, and at the latest `after`, at which the offset is another than at `before`. */
function clockSet(before: number, after: number, zone: TimeZone): number {
  const offset = zone.offsetMicrosAt(before);
  let [low, high] = [before, after];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offsetMicrosAt(middle) === offset) low = middle;
    else high = middle;
  }
  return high;
}
