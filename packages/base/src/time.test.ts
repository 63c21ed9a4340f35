import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatTime, parseTime } from "./time.ts";

const YEAR_0 = Date.UTC(2000, 0, 1) * 1_000 - 2_000 * 31_556_952_000_000;
const YEAR_2255 = Number.MAX_SAFE_INTEGER;

test("a time is written in UTC with six digits", () => {
  assert.equal(formatTime(0), "1970-01-01T00:00:00.000000Z");
  assert.equal(formatTime(1_795_168_800_000_123), "2026-11-20T10:00:00.000123Z");
  assert.equal(formatTime(-1), "1969-12-31T23:59:59.999999Z");
});

test("every time is read back as it was written", () => {
  fc.assert(
    fc.property(fc.integer({ min: YEAR_0 + 86_400_000_000, max: YEAR_2255 }), (micros) => {
      assert.equal(parseTime(formatTime(micros)), micros);
    }),
  );
});

test("offsets, lower case, and any number of digits are understood", () => {
  const micros = parseTime("2026-11-20T10:00:00Z");
  for (const same of [
    "2026-11-20t10:00:00z",
    "2026-11-20T11:30:00+01:30",
    "2026-11-20T02:00:00-08:00",
    "2026-11-20T10:00:00.0Z",
    "2026-11-20T10:00:00.000000999Z",
  ]) {
    assert.equal(parseTime(same), micros, same);
  }
  assert.equal(parseTime("2026-11-20T10:00:00.5Z"), micros + 500_000);
  assert.equal(parseTime("2026-11-20T10:00:00.000001Z"), micros + 1);
});

test("what is no time is refused, also when a lenient reader would take it", () => {
  for (const text of [
    "",
    "now",
    "2026-11-20",
    "2026-11-20 10:00:00Z",
    "2026-11-20T10:00:00",
    "2026-11-20T10:00Z",
    "2026-02-30T00:00:00Z",
    "2026-04-31T00:00:00+02:00",
    "2026-13-01T00:00:00Z",
    "2026-11-20T24:00:00Z",
    "2026-11-20T23:59:60Z",
    "2026-11-20T10:00:00+24:00",
    "2026-11-20T10:00:00.Z",
    "2026-11-20T10:00:00.0000000001Z",
    "+012026-11-20T10:00:00Z",
    " 2026-11-20T10:00:00Z",
  ]) {
    assert.throws(() => parseTime(text), { code: "time-invalid", kind: "operator" }, text);
  }
});
