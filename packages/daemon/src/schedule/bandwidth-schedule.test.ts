import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTime } from "@leeward/base";
import fc from "fast-check";
import { limitAt, nextLimitChange } from "./bandwidth-schedule.ts";
import { formatBandwidth, parseBandwidth } from "./bandwidth-text.ts";
import {
  ALWAYS,
  formatWorkingHours,
  isInWindow,
  nextWindowChange,
  normalTimeWindow,
  parseTimeWindow,
  parseWorkingHours,
} from "./time-window.ts";
import { timeZone, UTC } from "./time-zone.ts";

test("the first window that holds the moment counts, and outside of all the limit that stands first", () => {
  const schedule = parseBandwidth("20MB/s; fri 12:00-13:00 1MB/s; mon-fri 08:00-18:00 5MB/s; sat,sun unlimited");
  const berlin = timeZone("Europe/Berlin");
  // 20 November 2026 is a Friday; Berlin is an hour ahead of UTC.
  const limits = [
    ["2026-11-20T06:59:59Z", 20_000_000, "2026-11-20T07:00:00Z"],
    ["2026-11-20T07:00:00Z", 5_000_000, "2026-11-20T11:00:00Z"],
    ["2026-11-20T11:30:00Z", 1_000_000, "2026-11-20T12:00:00Z"],
    ["2026-11-20T12:00:00Z", 5_000_000, "2026-11-20T17:00:00Z"],
    ["2026-11-20T22:00:00Z", 20_000_000, "2026-11-20T23:00:00Z"],
    ["2026-11-20T23:00:00Z", 0, "2026-11-22T23:00:00Z"],
  ] as const;
  for (const [at, limit, until] of limits) {
    assert.equal(limitAt(schedule, parseTime(at), berlin), limit, at);
    assert.equal(nextLimitChange(schedule, parseTime(at), berlin), parseTime(until), at);
  }
  assert.equal(
    nextLimitChange(parseBandwidth("5MB/s; mon 5MB/s"), 0, UTC),
    undefined,
    "another window, the same limit",
  );
});

test("a bandwidth is read as it is written, in one form", () => {
  const rate = fc.oneof(fc.constant(0), fc.integer({ min: 10_000, max: 1e12 }));
  const window = fc
    .record(
      {
        days: fc.integer({ min: 1, max: 127 }),
        fromMinute: fc.integer({ min: 0, max: 1_439 }),
        toMinute: fc.integer({ min: 1, max: 1_440 }),
        bytesPerSecond: rate,
      },
      { noNullPrototype: true },
    )
    .filter(({ fromMinute, toMinute }) => fromMinute !== toMinute);
  fc.assert(
    fc.property(
      fc.record({ bytesPerSecond: rate, windows: fc.array(window, { maxLength: 31 }) }, { noNullPrototype: true }),
      (schedule) => {
        const text = formatBandwidth(schedule);
        assert.deepEqual(parseBandwidth(text), schedule, text);
        assert.equal(formatBandwidth(parseBandwidth(text)), text);
      },
    ),
  );
  const forms = [
    ["20MB/s;mon-fri 08:00-18:00 5 MB/s ; sat,sun unlimited", "20MB/s; mon-fri 08:00-18:00 5MB/s; sat,sun unlimited"],
    ["100Mbit/s", "12500kB/s"],
    ["1.5GiB/s", "1536MiB/s"],
    ["08:00-18:00 5MB/s", "unlimited; 08:00-18:00 5MB/s"],
    ["unlimited", "unlimited"],
    ["10000B/s", "10kB/s"],
  ] as const;
  for (const [text, form] of forms) assert.equal(formatBandwidth(parseBandwidth(text)), form);
});

test("what is no bandwidth is refused with what is wrong in it", () => {
  const wrong = [
    ["", "does not end with a limit"],
    ["5MB", "does not end with a limit"],
    ["5Mb/s", "Mb is none of"],
    ["0MB/s", "a limit is 10kB/s to 1000GB/s"],
    ["9999B/s", "a limit is"],
    ["9999999GB/s", "a limit is"],
    ["mon-fri 08:00-18:00", "does not end with a limit"],
    ["monday 5MB/s", '"monday" is not days and a time'],
    ["mon 08:00-08:00 5MB/s", "is not days and a time"],
    ["08:00-18:005MB/s", "is not days and a time"],
    ["5MB/s; 6MB/s", "only its first part"],
    ["mon 5MB/s; 6MB/s", "only its first part"],
    ["5MB/s;", "does not end with a limit"],
    ["-5MB/s", "is not days and a time"],
    [Array.from({ length: 33 }, () => "mon 5MB/s").join(";"), "more than 32 parts"],
  ] as const;
  for (const [text, why] of wrong) {
    assert.throws(
      () => parseBandwidth(text),
      (error: unknown) =>
        error instanceof Error && error.message.includes(why) && Reflect.get(error, "code") === "bandwidth-invalid",
      text,
    );
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parseBandwidth(text);
      } catch (error) {
        assert.equal(error instanceof Error && Reflect.get(error, "code"), "bandwidth-invalid");
      }
    }),
  );
});

test("a window is open outside of working hours, always, or in hours of its own", () => {
  const workingHours = parseWorkingHours("mon-fri 08:00-18:00");
  const [noon, night] = [parseTime("2026-11-20T12:00:00Z"), parseTime("2026-11-20T23:00:00Z")];
  const open = (text: string): boolean[] => {
    const window = parseTimeWindow(text, workingHours);
    return [isInWindow(window, noon, UTC), isInWindow(window, night, UTC)];
  };
  assert.deepEqual(open("outside-working-hours"), [false, true]);
  assert.deepEqual(open("always"), [true, true]);
  assert.deepEqual(open("fri 11:00-13:00; sat"), [true, false]);
  assert.equal(nextWindowChange(ALWAYS, noon, UTC), undefined);
  const outside = parseTimeWindow("outside-working-hours", workingHours);
  assert.equal(nextWindowChange(outside, noon, UTC), parseTime("2026-11-20T18:00:00Z"));
  assert.equal(nextWindowChange(outside, night, UTC), parseTime("2026-11-23T08:00:00Z"));
  assert.equal(isInWindow(parseTimeWindow("outside-working-hours", parseWorkingHours("none")), noon, UTC), true);
  assert.equal(normalTimeWindow(" always "), "always");
  assert.equal(normalTimeWindow("Sat,Sun ; 22:00-6:00"), "sat,sun; 22:00-06:00");
});

test("working hours leave some of the week free, and are read as they are written", () => {
  for (const text of ["mon-fri 08:00-18:00", "none", "mon-thu 08:00-18:00; fri 08:00-14:00"]) {
    assert.equal(formatWorkingHours(parseWorkingHours(text)), text);
  }
  for (const text of ["mon-sun", "00:00-12:00; 12:00-24:00", "", "always", "08:00"]) {
    assert.throws(() => parseWorkingHours(text), { code: "time-window-invalid" }, text);
  }
  assert.throws(() => parseTimeWindow("never", []), { code: "time-window-invalid" });
});
