import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteBudget } from "@leeward/base";
import { type DecodedLogFrame, decodeLogFrames, encodeLogFrame } from "@leeward/proto";
import { RecentRecords } from "./recent-records.ts";

const MESSAGE_BYTES = 100;
const RECORD_BYTES = 256;

function framesOf(from: number, count: number): DecodedLogFrame[] {
  const drafts = Array.from(
    { length: count },
    () => ({ kind: "zero", timeMicros: 1, offset: 0, length: 512 }) as const,
  );
  return decodeLogFrames(new Uint8Array(Buffer.concat(encodeLogFrame(from, drafts).parts)));
}

test("what came first stays where there is no room, and what comes when it has gone is kept again", () => {
  const recent = new RecentRecords(new ByteBudget(2 * (MESSAGE_BYTES + 10 * RECORD_BYTES)));
  const messages = [1, 11, 21, 31].map((from) => framesOf(from, 10));
  for (const frames of messages.slice(0, 3)) recent.note(MESSAGE_BYTES, frames);
  assert.equal(recent.framesWith(1), messages[0]);
  assert.equal(recent.framesWith(20), messages[1]);
  assert.equal(recent.framesWith(21), undefined);
  assert.equal(recent.nextAfter(20), Number.POSITIVE_INFINITY);
  recent.forgetThrough(15);
  assert.equal(recent.framesWith(10), undefined);
  assert.equal(recent.framesWith(16), messages[1], "what is cut in its middle is still needed");
  recent.note(MESSAGE_BYTES, messages[3] ?? []);
  assert.equal(recent.framesWith(25), undefined);
  assert.equal(recent.nextAfter(25), 31);
  assert.equal(recent.framesWith(31), messages[3]);
});

test("what is let go of makes room for other branches", () => {
  const budget = new ByteBudget(MESSAGE_BYTES + RECORD_BYTES);
  const [one, other] = [new RecentRecords(budget), new RecentRecords(budget)];
  one.note(MESSAGE_BYTES, framesOf(1, 1));
  other.note(MESSAGE_BYTES, framesOf(1, 1));
  assert.equal(other.framesWith(1), undefined);
  one.forgetThrough(Number.POSITIVE_INFINITY);
  other.note(MESSAGE_BYTES, framesOf(1, 1));
  assert.notEqual(other.framesWith(1), undefined);
});
