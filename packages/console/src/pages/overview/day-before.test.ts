import assert from "node:assert/strict";
import { test } from "node:test";
import { dayBefore } from "./day-before.ts";

test("the last day is asked for by the same words for some minutes, and is never longer than a day", () => {
  const nowMs = Date.parse("2026-01-02T10:02:03.004Z");
  assert.equal(dayBefore(nowMs), "2026-01-01T10:05:00.000Z");
  assert.equal(dayBefore(nowMs + 60_000), dayBefore(nowMs));
  assert.equal(dayBefore(nowMs + 300_000), "2026-01-01T10:10:00.000Z");
});
