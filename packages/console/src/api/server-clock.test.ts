import assert from "node:assert/strict";
import { test } from "node:test";
import { clockOffsetMs, rememberServerTime, serverNowMs } from "./server-clock.ts";

const DATE = "Fri, 02 Jan 2026 10:00:00 GMT";
const AT_MS = Date.parse("2026-01-02T10:00:00Z");

test("the server's clock is told apart from the browser's once they differ by more than the header can say", () => {
  assert.equal(clockOffsetMs(DATE, AT_MS + 1_900), 0);
  assert.equal(clockOffsetMs(DATE, AT_MS + 3_600_000), -3_600_000);
  assert.equal(clockOffsetMs(DATE, AT_MS - 3_600_000), 3_600_000);
  assert.equal(clockOffsetMs("soon", AT_MS), 0);
});

test("time goes on from what the last answer said", () => {
  rememberServerTime(DATE);
  assert.ok(Math.abs(serverNowMs() - AT_MS) < 60_000);
  rememberServerTime(new Date().toUTCString());
  assert.ok(Math.abs(serverNowMs() - Date.now()) < 60_000);
});
