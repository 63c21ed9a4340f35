import { MICROS_PER_MS } from "@leeward/base";

/** Where the clock on the wall is read. */
export interface TimeZone {
  /** As the time zone database says it: "Europe/Berlin". */
  readonly name: string;
  /** Local time minus UTC at a moment, microseconds; it changes where daylight saving begins and ends. */
  offsetMicrosAt(wallMicros: number): number;
}

export const UTC: TimeZone = { name: "UTC", offsetMicrosAt: () => 0 };

/** The zone of that name, which this system knows. */
export function timeZone(name: string): TimeZone {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: name,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return {
    name,
    offsetMicrosAt: (wallMicros) => {
      const ms = Math.floor(wallMicros / (1_000 * MICROS_PER_MS)) * 1_000;
      const shown = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
      const of = (type: Intl.DateTimeFormatPartTypes): number => shown.get(type) ?? 0;
      const local = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
      return (local - ms) * MICROS_PER_MS;
    },
  };
}
