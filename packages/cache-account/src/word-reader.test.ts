import assert from "node:assert/strict";
import { test } from "node:test";
import type { CacheWord, DiskPosition, Message } from "@leeward/proto";
import { WordReader } from "./word-reader.ts";

const COURSE = 7;
const word = (fields: Partial<CacheWord> = {}): CacheWord => {
  return { course: COURSE, collected: 1, doneCourse: COURSE, done: 0, ...fields };
};
const disk = (cachedSequence: number, fields: Partial<DiskPosition> = {}): DiskPosition => {
  return { diskId: "d", branch: "b", cachedSequence, journaledSequence: 0, ...fields };
};
const messagesOf = (value: CacheWord, ...positions: DiskPosition[]): Message[] => [
  { body: { kind: "cacheWord", value }, payload: new Uint8Array() },
  ...positions.map((each): Message => ({ body: { kind: "diskPosition", value: each }, payload: new Uint8Array() })),
];

function reading(): { reader: WordReader; told: number[] } {
  const told: number[] = [];
  const reader = new WordReader(COURSE, ({ body }) => {
    if (body.kind === "diskPosition") told.push(body.value.cachedSequence);
  });
  return { reader, told };
}

test("a position is told once, and again when it is another", () => {
  const { reader, told } = reading();
  reader.take(messagesOf(word(), disk(5)), "1");
  reader.take(messagesOf(word(), disk(5)), "2");
  assert.equal(reader.take(messagesOf(word(), disk(9)), "2"), "known");
  reader.take(messagesOf(word(), disk(6)), "3");
  assert.deepEqual(told, [5, 6]);
});

test("what was said before an offer was collected is no answer to it; the same said afterwards is", () => {
  const { reader, told } = reading();
  reader.take(messagesOf(word(), disk(5)), "1");
  reader.await("d");
  reader.take(messagesOf(word({ collected: 3 }), disk(6)), "2");
  reader.offered("d", 4);
  reader.take(messagesOf(word({ collected: 3 }), disk(7)), "3");
  assert.deepEqual(told, [5]);
  reader.take(messagesOf(word({ collected: 4 }), disk(5)), "4");
  assert.deepEqual(told, [5, 5]);
});

test("a word of another course says nothing of disks, and one that is done with less than before is an old one", () => {
  const { reader, told } = reading();
  assert.notEqual(
    reader.take(messagesOf(word({ course: COURSE - 1, doneCourse: COURSE - 1, done: 9 }), disk(5)), "1"),
    "old",
  );
  assert.deepEqual(told, []);
  reader.take(messagesOf(word({ done: 4 })), "2");
  assert.equal(reader.take(messagesOf(word({ done: 3 })), "3"), "old");
  assert.equal(reader.take(messagesOf(word({ doneCourse: COURSE - 1, done: 9 })), "4"), "old");
});
