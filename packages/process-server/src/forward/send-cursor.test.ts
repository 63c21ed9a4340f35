import assert from "node:assert/strict";
import { test } from "node:test";
import { MiB } from "@leeward/base";
import fc from "fast-check";
import type { Cut } from "../cut/cut-folder.ts";
import { LIMITS } from "../limits.ts";
import { type Part, SendCursor } from "./send-cursor.ts";

function cutsOf(...sizes: readonly number[]): Cut[] {
  return sizes.map((sizeBytes, index) => {
    const from = index * 10 + 1;
    return { from, to: from + 9, sizeBytes, path: `/cut-${from}`, sha256: new Uint8Array(32) };
  });
}

function at(journaled: number): { cached: number; journaled: number } {
  return { cached: journaled, journaled };
}

function takeAll(cursor: SendCursor, cuts: readonly Cut[]): Part[] {
  const parts: Part[] = [];
  for (let part = cursor.take(cuts); part !== undefined; part = cursor.take(cuts)) parts.push(part);
  return parts;
}

function told(parts: readonly Part[]): string[] {
  return parts.map(({ cut, position, length }) => `${cut.from}@${position}+${length}`);
}

test("cuts go out in order, in parts of at most 1 MiB, and each once", () => {
  const cursor = new SendCursor("d", at(0));
  assert.deepEqual(told(takeAll(cursor, cutsOf(2 * MiB + 5, 7))), [
    `1@0+${MiB}`,
    `1@${MiB}+${MiB}`,
    `1@${2 * MiB}+5`,
    "11@0+7",
  ]);
  assert.equal(cursor.move(at(10)), false);
  assert.deepEqual(takeAll(cursor, cutsOf(2 * MiB + 5, 7)), []);
});

test("what the target holds already is skipped", () => {
  const cursor = new SendCursor("d", at(20));
  assert.deepEqual(told(takeAll(cursor, cutsOf(1, 2, 3))), ["21@0+3"]);
});

test("a position that does not rise asks for all that follows it again", () => {
  const cuts = cutsOf(1, 2, 3);
  const cursor = new SendCursor("d", at(0));
  takeAll(cursor, cuts);
  assert.equal(cursor.move(at(10)), false);
  assert.equal(cursor.move(at(10)), true);
  assert.deepEqual(told(takeAll(cursor, cuts)), ["11@0+2", "21@0+3"]);
});

test("a position that was cached and not journaled yet is an answer too, and asks for nothing", () => {
  const cursor = new SendCursor("d", at(0));
  takeAll(cursor, cutsOf(1, 2));
  assert.equal(cursor.move({ cached: 20, journaled: 0 }), false);
  assert.equal(cursor.move({ cached: 20, journaled: 20 }), false);
  assert.equal(cursor.journaled, 20);
});

test("a target that lost what it had acknowledged is a discontinuity", () => {
  const cursor = new SendCursor("d", at(20));
  cursor.move(at(3));
  assert.throws(() => cursor.take(cutsOf(1, 2, 3).slice(1)), { code: "target-behind", kind: "discontinuity" });
});

test("a target that stands inside of a cut is a discontinuity", () => {
  const cursor = new SendCursor("d", at(15));
  assert.throws(() => cursor.take(cutsOf(1, 2)), { code: "cut-straddles", kind: "discontinuity" });
});

test("no more than the limit is unacknowledged, but one cut always goes", () => {
  const most = LIMITS.unacknowledgedBytesMax;
  const cuts = cutsOf(100 * MiB, 1, most - 2 * MiB, 2 * MiB);
  const cursor = new SendCursor("d", at(0));
  assert.equal(takeAll(cursor, cuts).length, 100);
  cursor.move(at(10));
  assert.equal(takeAll(cursor, cuts).length, most / MiB - 1);
  const small = new SendCursor("d", at(0));
  assert.equal(takeAll(small, cutsOf(1, 1, 1, 1, 1)).length, 4);
});

test("whatever positions the target says, it gets all of each cut it asked for, from the first byte", () => {
  const event = fc.oneof({ weight: 4, arbitrary: fc.constant("take") }, { weight: 1, arbitrary: fc.nat(4) });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const cuts = cutsOf(3 * MiB, MiB, 2 * MiB + 1, 5);
      const cursor = new SendCursor("d", at(0));
      // The target: what it holds whole, and the cut that it is receiving.
      let held = 0;
      let receiving: { from: number; bytes: number } | undefined;
      const take = (): boolean => {
        const part = cursor.take(cuts);
        if (part === undefined) return false;
        if (part.cut.from !== held + 1) return true;
        if (part.position === 0) receiving = { from: part.cut.from, bytes: 0 };
        assert.equal(receiving?.from, part.cut.from);
        assert.equal(receiving?.bytes, part.position);
        receiving = { from: part.cut.from, bytes: part.position + part.length };
        if (receiving.bytes === part.cut.sizeBytes) held = part.cut.to;
        return true;
      };
      for (const each of events) {
        if (each === "take") take();
        else cursor.move(at(Math.min(held, each * 10)));
      }
      cursor.move(at(held));
      cursor.move(at(held));
      while (take());
      assert.equal(held, 40);
    }),
  );
});
