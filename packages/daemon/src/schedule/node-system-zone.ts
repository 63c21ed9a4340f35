import { type TimeZone, timeZone } from "./time-zone.ts";

/** The zone of this machine, as it was when the process started. */
export function systemZone(): TimeZone {
  return timeZone(Intl.DateTimeFormat().resolvedOptions().timeZone);
}
