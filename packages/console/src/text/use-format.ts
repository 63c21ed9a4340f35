// Numbers, sizes and times as people of the chosen language write them, in the browser's zone.
import { useMemo } from "react";
import { type Language, useLanguage } from "./language.tsx";

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;
const UNKNOWN = "–";

export interface Format {
  /** 1.5 GiB; a dash for what is not known. */
  readonly bytes: (bytes: number | null | undefined) => string;
  readonly bytesPerSecond: (bytes: number | null | undefined) => string;
  readonly count: (count: number | null | undefined) => string;
  /** 0.25 as 25 %. */
  readonly fraction: (fraction: number | null | undefined) => string;
  /** 3 min 5 s; the two largest parts. */
  readonly duration: (seconds: number | null | undefined) => string;
  /** 0.0123 s as 12.3 ms, for what is quick. */
  readonly milliseconds: (seconds: number | null | undefined) => string;
  /** Date and time of day, to the second. */
  readonly time: (time: string | null | undefined) => string;
  /** Time of day, to the millisecond. */
  readonly timeOfDay: (time: string | null | undefined) => string;
  readonly date: (time: string | null | undefined) => string;
  /** 3 min ago, in 2 h. What is a few seconds ahead is now: clocks differ by as much, and the page's own goes by steps. */
  readonly since: (time: string | null | undefined, nowMs: number) => string;
}

export function useFormat(): Format {
  const { language } = useLanguage();
  return useMemo(() => formatOf(language), [language]);
}

function formatOf(language: Language): Format {
  const count = new Intl.NumberFormat(language);
  const short = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
  const quick = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const timeOfDay = new Intl.DateTimeFormat(language, {
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
  });
  const day = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  const bytes = (value: number): string => {
    const step = Math.min(UNITS.length - 1, value < 1 ? 0 : Math.floor(Math.log2(value) / 10));
    return `${short.format(value / 1_024 ** step)} ${UNITS[step] ?? "B"}`;
  };
  return {
    bytes: known(bytes),
    bytesPerSecond: known((value) => `${bytes(value)}/s`),
    count: known((value) => count.format(value)),
    fraction: known((value) => percent.format(value)),
    duration: known((seconds) => durationText(seconds, language)),
    milliseconds: known((seconds) => `${quick.format(seconds * 1_000)} ms`),
    time: known((time) => moment.format(new Date(time))),
    timeOfDay: known((time) => timeOfDay.format(new Date(time))),
    date: known((time) => day.format(new Date(time))),
    since: (time, nowMs) => {
      if (time === null || time === undefined) return UNKNOWN;
      const ahead = (Date.parse(time) - nowMs) / 1_000;
      const seconds = ahead > 0 && ahead <= AHEAD_SECONDS_MAX ? 0 : ahead;
      const [unit, length] = SPANS.find(([, each]) => Math.abs(seconds) >= each) ?? SECOND;
      return relative.format(Math.trunc(seconds / length), unit);
    },
  };
}

const AHEAD_SECONDS_MAX = 6;
const SECOND = ["second", 1] as const;
const SPANS = [["day", 86_400], ["hour", 3_600], ["minute", 60], SECOND] as const;
const SPAN_TEXTS = {
  en: { day: "d", hour: "h", minute: "min", second: "s" },
  ko: { day: "일", hour: "시간", minute: "분", second: "초" },
} as const;

function durationText(seconds: number, language: Language): string {
  const texts = SPAN_TEXTS[language];
  const gap = language === "ko" ? "" : " ";
  if (seconds < 1) return seconds === 0 ? `0${gap}${texts.second}` : `${seconds.toFixed(1)}${gap}${texts.second}`;
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [unit, length] of SPANS) {
    const amount = Math.floor(rest / length);
    rest -= amount * length;
    if (amount > 0) parts.push(`${amount}${gap}${texts[unit]}`);
    else if (parts.length > 0) break;
  }
  return parts.slice(0, 2).join(" ");
}

function known<T>(format: (value: T) => string): (value: T | null | undefined) => string {
  return (value) => (value === null || value === undefined ? UNKNOWN : format(value));
}
