import type { TimeZone } from "./time-zone.ts";
import { isInHours, nextChange, type WeekHours } from "./week-hours.ts";

/** Hours with a limit of their own; bytes per second, 0 is no limit. */
export interface BandwidthWindow extends WeekHours {
  readonly bytesPerSecond: number;
}

/** As `Bandwidth` of control.proto: a limit by the hours of the week, of which the first that hold the moment count. */
export interface BandwidthSchedule {
  /** Outside of all windows; 0 is no limit. */
  readonly bytesPerSecond: number;
  readonly windows: readonly BandwidthWindow[];
}

export const NO_LIMIT: BandwidthSchedule = { bytesPerSecond: 0, windows: [] };

/** The limit at a moment, bytes per second; 0 is none. */
export function limitAt({ bytesPerSecond, windows }: BandwidthSchedule, wallMicros: number, zone: TimeZone): number {
  const window = windows.find((each) => isInHours(each, wallMicros, zone));
  return window?.bytesPerSecond ?? bytesPerSecond;
}

/** When the limit is next another, microseconds since 1970; undefined when it stays. */
export function nextLimitChange(schedule: BandwidthSchedule, wallMicros: number, zone: TimeZone): number | undefined {
  const valueAt = (micros: number): number => limitAt(schedule, micros, zone);
  return nextChange({ hours: schedule.windows, valueAt }, wallMicros, zone);
}
