// A bandwidth schedule as people write it: "20MB/s; mon-fri 08:00-18:00 5MB/s; sat,sun unlimited". What stands without days and time holds
// when no window does, and stands first; a schedule without it is unlimited outside of its windows.
import { Fault } from "@leeward/base";
import type { BandwidthSchedule } from "./bandwidth-schedule.ts";
import { formatWeekHours, parseWeekHours, WEEK_HOURS_MAX } from "./week-hours-text.ts";

/** No limit is smaller, bytes per second: a message of 1 MiB is under way for less than two minutes. */
const LIMIT_MIN = 10_000;
const LIMIT_MAX = 1e12;

/** Bytes; the first that divides a limit and leaves the least is how the limit is written. */
const UNITS: readonly (readonly [name: string, bytes: number])[] = [
  ["GB", 1e9],
  ["GiB", 1024 ** 3],
  ["MB", 1e6],
  ["MiB", 1024 ** 2],
  ["kB", 1e3],
  ["KiB", 1024],
  ["B", 1],
];
const UNIT_BYTES: ReadonlyMap<string, number> = new Map([
  ...UNITS,
  ["KB", 1e3],
  ["kbit", 125],
  ["Mbit", 125_000],
  ["Gbit", 125_000_000],
]);

const PART = /^(?<when>.*?)\s*(?<rate>unlimited|\d{1,15}(?:\.\d{1,6})?\s*[A-Za-z]+\/s)$/;
const RATE = /^(?<amount>[\d.]+)\s*(?<unit>[A-Za-z]+)\/s$/;

/** @throws Fault `bandwidth-invalid` */
export function parseBandwidth(text: string): BandwidthSchedule {
  const parts = text.split(";").map((part) => part.trim());
  if (parts.length > WEEK_HOURS_MAX) throw invalid(text, `it has more than ${WEEK_HOURS_MAX} parts`);
  const read = parts.map((part) => parsePart(part));
  const [first, ...others] = read;
  const windows = read.flatMap(({ hours, bytesPerSecond }) =>
    hours === undefined ? [] : { ...hours, bytesPerSecond },
  );
  if (others.some(({ hours }) => hours === undefined)) {
    throw invalid(text, "only its first part, which holds outside of all windows, may be without days and time");
  }
  return { bytesPerSecond: first?.hours === undefined ? (first?.bytesPerSecond ?? 0) : 0, windows };
}

/** As `parseBandwidth` takes it, in one form alone. */
export function formatBandwidth({ bytesPerSecond, windows }: BandwidthSchedule): string {
  const parts = windows.map((window) => `${formatWeekHours(window)} ${formatLimit(window.bytesPerSecond)}`);
  return [formatLimit(bytesPerSecond), ...parts].join("; ");
}

/** "5MB/s", "unlimited" for 0. */
export function formatLimit(bytesPerSecond: number): string {
  if (bytesPerSecond === 0) return "unlimited";
  const [name, bytes] = UNITS.filter(([, each]) => bytesPerSecond % each === 0).reduce((best, next) =>
    next[1] > best[1] ? next : best,
  );
  return `${bytesPerSecond / bytes}${name}/s`;
}

function parsePart(part: string) {
  const { when, rate } = PART.exec(part)?.groups ?? {};
  if (when === undefined || rate === undefined) throw invalid(part, "it does not end with a limit");
  const bytesPerSecond = parseLimit(rate, part);
  if (when === "") return { bytesPerSecond };
  const hours = parseWeekHours(when);
  if (hours === undefined) throw invalid(part, `${JSON.stringify(when)} is not days and a time of the day`);
  return { bytesPerSecond, hours };
}

function parseLimit(rate: string, part: string): number {
  if (rate === "unlimited") return 0;
  const { amount, unit = "" } = RATE.exec(rate)?.groups ?? {};
  const bytes = UNIT_BYTES.get(unit);
  if (bytes === undefined) throw invalid(part, `${unit} is none of ${[...UNIT_BYTES.keys()].join(", ")}`);
  const limit = Math.round(Number(amount) * bytes);
  if (limit < LIMIT_MIN || limit > LIMIT_MAX)
    throw invalid(part, `a limit is ${formatLimit(LIMIT_MIN)} to ${formatLimit(LIMIT_MAX)}, or unlimited`);
  return limit;
}

function invalid(text: string, why: string): Fault {
  return new Fault({
    code: "bandwidth-invalid",
    kind: "operator",
    message: `${JSON.stringify(text)} is no bandwidth: ${why}.`,
    remedy:
      'Write it as "20MB/s; mon-fri 08:00-18:00 5MB/s; sat,sun unlimited"; the first window that holds the moment counts.',
    detail: { text },
  });
}
