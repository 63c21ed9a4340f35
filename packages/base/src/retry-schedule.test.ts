import assert from "node:assert/strict";
import { test } from "node:test";
import { reconnectDelayMs, retryDelayMs } from "./retry-schedule.ts";

test("a fault is retried after 1, 2, 4, 8, 10 minutes, then every 30", () => {
  const minutes = [1, 2, 3, 4, 5, 6, 7, 100].map((attempt) => retryDelayMs(attempt) / 60_000);
  assert.deepEqual(minutes, [1, 2, 4, 8, 10, 30, 30, 30]);
});

test("a lost peer is called again after a quarter of a second, doubled up to 15 seconds", () => {
  const delays = [1, 2, 3, 6, 7, 8, 1_000_000].map(reconnectDelayMs);
  assert.deepEqual(delays, [250, 500, 1_000, 8_000, 15_000, 15_000, 15_000]);
});
