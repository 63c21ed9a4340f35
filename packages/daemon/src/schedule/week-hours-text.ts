// Hours of the week as people write them: "mon-fri 08:00-18:00", "sat,sun", "22:00-06:00".
import { ALL_DAYS, MINUTES_PER_DAY, type WeekHours } from "./week-hours.ts";

/** What says so many hours at most, of anything. */
export const WEEK_HOURS_MAX = 32;

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const HOURS = /^(?<days>[a-z,-]+)?\s*(?:(?<from>\d{1,2}:\d{2})-(?<to>\d{1,2}:\d{2}))?$/;

/** Undefined when the text says no hours. Without days it is every day, without a time the whole day. */
export function parseWeekHours(text: string): WeekHours | undefined {
  const { days, from = "00:00", to = "24:00" } = HOURS.exec(text.trim().toLowerCase())?.groups ?? { days: "none" };
  const set = days === undefined ? ALL_DAYS : parseDays(days);
  const [fromMinute, toMinute] = [minuteOf(from), minuteOf(to)];
  if (text.trim() === "" || set === undefined || fromMinute === undefined || toMinute === undefined) return undefined;
  if (fromMinute === MINUTES_PER_DAY || fromMinute === toMinute) return undefined;
  return { days: set, fromMinute, toMinute: toMinute === 0 ? MINUTES_PER_DAY : toMinute };
}

/** As `parseWeekHours` takes it, in one form alone. */
export function formatWeekHours({ days, fromMinute, toMinute }: WeekHours): string {
  const time =
    fromMinute === 0 && toMinute === MINUTES_PER_DAY ? "" : `${formatMinute(fromMinute)}-${formatMinute(toMinute)}`;
  if (days === ALL_DAYS) return time === "" ? "mon-sun" : time;
  return `${formatDays(days)} ${time}`.trim();
}

/** "fri-mon" goes over the end of the week. */
function parseDays(text: string): number | undefined {
  let set = 0;
  for (const part of text.split(",")) {
    const [first = "", last = first, ...more] = part.split("-");
    const [from, to] = [DAYS.indexOf(first), DAYS.indexOf(last)];
    if (from < 0 || to < 0 || more.length > 0) return undefined;
    for (let day = from; ; day = (day + 1) % 7) {
      set |= 1 << day;
      if (day === to) break;
    }
  }
  return set;
}

/** Three days and more in a row are said as from and to. */
function formatDays(set: number): string {
  const parts: string[] = [];
  for (let day = 0; day < 7; day += 1) {
    if (((set >> day) & 1) === 0) continue;
    let last = day;
    while (((set >> (last + 1)) & 1) === 1) last += 1;
    if (last - day < 2) parts.push(DAYS[day] ?? "");
    else {
      parts.push(`${DAYS[day]}-${DAYS[last]}`);
      day = last;
    }
  }
  return parts.join(",");
}

function minuteOf(text: string): number | undefined {
  const [hour = 0, minute = 0] = text.split(":").map(Number);
  const minutes = hour * 60 + minute;
  return minute < 60 && minutes <= MINUTES_PER_DAY ? minutes : undefined;
}

function formatMinute(minutes: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
