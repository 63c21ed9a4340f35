import assert from "node:assert/strict";
import { test } from "node:test";
import { viewOf } from "@leeward/base";
import * as fc from "fast-check";
import { tracedEvents } from "./trace-page.ts";

/** A page with the words after its head. */
function page(words: readonly number[], flags = 0): Uint8Array {
  const bytes = new Uint8Array(4_096);
  const view = viewOf(bytes);
  view.setUint32(8, ((4 * words.length) | flags) >>> 0, true);
  for (const [index, word] of words.entries()) view.setUint32(16 + 4 * index, word, true);
  return bytes;
}

test("events of every kind of head are found where their data begins", () => {
  const short = [2 | (7 << 5), 11, 12];
  const long = [0, 12, 21, 22];
  const moreTime = [30 | (1 << 5), 5];
  const discarded = [29 | (1 << 5), 8, 99];
  const toTheEnd = [29, 0, 0];
  const found = tracedEvents(page([...short, ...long, ...moreTime, ...discarded, ...short, ...toTheEnd]));
  assert.deepEqual(found, [20, 36, 68]);
});

test("a page before which events are missing is refused, and one that ends inside of an event", () => {
  assert.equal(tracedEvents(page([1, 1], 0x80000000)), undefined);
  assert.equal(tracedEvents(page([3, 1])), undefined);
  assert.equal(tracedEvents(page([0, 2])), undefined);
});

test("no page makes it read past its end", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const at of tracedEvents(bytes) ?? []) assert.ok(at <= bytes.length);
    }),
  );
});
