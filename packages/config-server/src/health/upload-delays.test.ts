import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedClock } from "@leeward/world/testing";
import { UPLOAD_NOTES_MAX } from "../limits.ts";
import { UploadDelays } from "./upload-delays.ts";

void test("a delay is how long the oldest of what waits has been waiting, however the target comes on", async () => {
  const clock = simulatedClock();
  const delays = new UploadDelays(clock);
  const say = (cachedSequence: number, journaledSequence: number): number => {
    delays.note([{ diskId: "d", cachedSequence, journaledSequence }]);
    return delays.of("d");
  };
  assert.equal(say(10, 10), 0);
  assert.equal(say(20, 10), 0);
  await clock.advance(600_000);
  assert.equal(say(30, 10), 600, "what came later waits less, and does not count");
  assert.equal(say(30, 25), 0, "the older part has gone, and the rest came now");
  await clock.advance(60_000);
  assert.equal(say(30, 29), 60);
  assert.equal(say(30, 30), 0);
  say(40, 30);
  await clock.advance(60_000);
  assert.equal(say(5, 1), 0, "another branch begins anew");
  delays.note([]);
  await clock.advance(60_000);
  assert.equal(delays.of("d"), 0, "a disk that nobody names any more");
});

void test("what is noted is bounded, and the oldest of it stays", async () => {
  const clock = simulatedClock();
  const delays = new UploadDelays(clock);
  for (let round = 0; round < 3 * UPLOAD_NOTES_MAX; round += 1) {
    delays.note([{ diskId: "d", cachedSequence: round + 1, journaledSequence: 0 }]);
    await clock.advance(60_000);
  }
  assert.equal(delays.of("d"), 3 * UPLOAD_NOTES_MAX * 60);
});
