import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTime } from "@leeward/base";
import fc from "fast-check";
import { type TimeZone, timeZone, UTC } from "./time-zone.ts";
import { isInHours, nextChange, type WeekHours } from "./week-hours.ts";
import { formatWeekHours, parseWeekHours } from "./week-hours-text.ts";

const MINUTE = 60_000_000;
const DAY = 1_440 * MINUTE;
const ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"].map(
  timeZone,
);

const anyHours = fc
  .record(
    {
      days: fc.integer({ min: 1, max: 127 }),
      fromMinute: fc.integer({ min: 0, max: 1_439 }),
      toMinute: fc.integer({ min: 1, max: 1_440 }),
    },
    { noNullPrototype: true },
  )
  .filter(({ fromMinute, toMinute }) => fromMinute !== toMinute);

/** What a clock on the wall there shows, as the system says it. */
function shownAt(wallMicros: number, { name }: TimeZone): { day: number; minute: number } {
  const text = new Intl.DateTimeFormat("en-GB", {
    timeZone: name,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(wallMicros / 1_000);
  const [, day = "", hour, minute] = /(\w{3})\w*,? (\d\d):(\d\d)/.exec(text) ?? [];
  return { day: "MonTueWedThuFriSatSun".indexOf(day) / 3, minute: Number(hour) * 60 + Number(minute) };
}

/** The minutes of a week, each in the hours or not. */
function weekOf({ days, fromMinute, toMinute }: WeekHours): boolean[] {
  const week = Array.from({ length: 7 * 1_440 }, () => false);
  for (let day = 0; day < 7; day += 1) {
    if (Math.floor(days / 2 ** day) % 2 === 0) continue;
    const length = toMinute > fromMinute ? toMinute - fromMinute : 1_440 - fromMinute + toMinute;
    for (let minute = 0; minute < length; minute += 1) week[(day * 1_440 + fromMinute + minute) % week.length] = true;
  }
  return week;
}

test("hours hold at each moment at which the wall clock of the zone shows them", () => {
  const years = { min: Date.UTC(2024, 0) * 1_000, max: Date.UTC(2027, 0) * 1_000 };
  fc.assert(
    fc.property(anyHours, fc.constantFrom(...ZONES), fc.integer(years), (hours, zone, wallMicros) => {
      const { day, minute } = shownAt(wallMicros, zone);
      assert.equal(isInHours(hours, wallMicros, zone), weekOf(hours)[day * 1_440 + minute]);
    }),
    { numRuns: 300 },
  );
});

test("the next change is the first minute at which looking again gives something else", () => {
  // Around the days at which the clocks of these zones are set.
  const around = ["2026-03-29T00:00:00Z", "2026-10-25T00:00:00Z", "2026-11-01T00:00:00Z", "2026-04-04T00:00:00Z"].map(
    parseTime,
  );
  const moment = fc.tuple(fc.constantFrom(...around), fc.integer({ min: -3 * 1_440, max: 3 * 1_440 }));
  fc.assert(
    fc.property(anyHours, fc.constantFrom(...ZONES), moment, (hours, zone, [base, minutes]) => {
      const from = base + minutes * MINUTE;
      const valueAt = (micros: number): boolean => isInHours(hours, micros, zone);
      const next = nextChange({ hours: [hours], valueAt }, from + 1, zone);
      const end = Math.min(next ?? Infinity, from + 3 * DAY);
      for (let at = from + MINUTE; at < end; at += MINUTE) assert.equal(valueAt(at), valueAt(from), String(at - from));
      if (next !== undefined) assert.notEqual(valueAt(next), valueAt(next - 1));
    }),
    { numRuns: 40 },
  );
});

test("an hour that daylight saving skips is not waited for, and one that comes twice counts twice", () => {
  const berlin = timeZone("Europe/Berlin");
  const hours = parseWeekHours("sun 02:30-03:30");
  assert.ok(hours !== undefined);
  const changes = (from: string, count: number): string[] => {
    const valueAt = (micros: number): boolean => isInHours(hours, micros, berlin);
    const found: string[] = [];
    for (let at = parseTime(from); found.length < count; ) {
      at = nextChange({ hours: [hours], valueAt }, at, berlin) ?? Number.NaN;
      found.push(new Date(at / 1_000).toISOString().slice(0, 16));
    }
    return found;
  };
  assert.deepEqual(changes("2026-03-28T00:00:00Z", 2), ["2026-03-29T01:00", "2026-03-29T01:30"]);
  assert.deepEqual(changes("2026-10-24T00:00:00Z", 4), [
    "2026-10-25T00:30",
    "2026-10-25T01:00",
    "2026-10-25T01:30",
    "2026-10-25T02:30",
  ]);
});

test("hours are read as they are written, in one form", () => {
  fc.assert(fc.property(anyHours, (hours) => assert.deepEqual(parseWeekHours(formatWeekHours(hours)), hours)));
  const forms = [
    ["Mon-Fri 8:00-18:00", "mon-fri 08:00-18:00"],
    ["sat,sun", "sat,sun"],
    ["fri-mon 22:00-06:00", "mon,fri-sun 22:00-06:00"],
    ["22:00-00:00", "22:00-24:00"],
    ["mon-sun", "mon-sun"],
    ["mon-sun 00:00-24:00", "mon-sun"],
    ["mon,tue,wed", "mon-wed"],
  ] as const;
  for (const [text, form] of forms) {
    const hours = parseWeekHours(text);
    assert.ok(hours !== undefined, text);
    assert.equal(formatWeekHours(hours), form);
  }
  const wrong = [
    "",
    "mo",
    "mon-",
    "mon--fri",
    "mon-tue-wed",
    "mon,,tue",
    "8-18",
    "25:00-26:00",
    "08:60-09:00",
    "24:00-01:00",
  ];
  for (const text of [...wrong, "08:00-08:00", "08:00", "mon 08:00-", "mon 8:00-18:00 x", "none"]) {
    assert.equal(parseWeekHours(text), undefined, text);
  }
});

test("without hours nothing ever changes", () => {
  assert.equal(nextChange({ hours: [], valueAt: () => 1 }, 5, UTC), undefined);
});
