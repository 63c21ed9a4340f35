import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedClock } from "@leeward/world/testing";
import { nodeTrace } from "../index.ts";
import { Passages } from "./passages.ts";
import { PointMoments } from "./point-moments.ts";

void test("a record is found by its branch and sequence in each stage that it went through", () => {
  const clock = simulatedClock();
  const passages = new Passages<"cached" | "cut">(clock);
  passages.note("cached", { branch: "a", from: 1, to: 10 }, { tookMicros: 5, atMicros: 100 });
  passages.note("cached", { branch: "a", from: 11, to: 20 }, { tookMicros: 6, atMicros: 200 });
  passages.note("cut", { branch: "a", from: 1, to: 15 }, { tookMicros: 7, atMicros: 300 });
  assert.deepEqual(passages.of("a", 12), [
    { stage: "cached", atMicros: 200, tookMicros: 6 },
    { stage: "cut", atMicros: 300, tookMicros: 7 },
  ]);
  assert.deepEqual(passages.of("a", 16), [{ stage: "cached", atMicros: 200, tookMicros: 6 }]);
  assert.deepEqual(passages.of("b", 12), []);
});

void test("what is long past is forgotten, and not told as something else", () => {
  const passages = new Passages<"cached">(simulatedClock());
  for (let at = 1; at <= 5_000; at += 1) passages.note("cached", { branch: "a", from: at, to: at }, { tookMicros: at });
  assert.deepEqual(passages.of("a", 1), []);
  assert.equal(passages.of("a", 5_000)[0]?.tookMicros, 5_000);
});

void test("of a point what was noted first stays, and the newest points alone are remembered", () => {
  const moments = new PointMoments({ clock: simulatedClock() });
  const members = [{ diskId: "d", branch: "a", sequence: 4 }];
  moments.note({ id: "p", members }, "sent", { tookMicros: 1, atMicros: 10 });
  moments.note({ id: "p", members }, "sent", { tookMicros: 2, atMicros: 20 });
  assert.deepEqual(moments.itemsOf("p"), [{ diskId: "", stage: "sent", atMicros: 10, tookMicros: 1 }]);
  assert.deepEqual(moments.membersOf("p"), members);
  for (let at = 0; at < 3_000; at += 1) moments.note({ id: `q${at}`, members }, "sent", { tookMicros: 0 });
  assert.deepEqual(moments.itemsOf("p"), []);
  assert.equal(moments.itemsOf("q2999").length, 1);
});

void test("each moment of a point is one line of the trace, under the point's id, and none where lines of that kind are not read", () => {
  const clock = simulatedClock();
  const linesAt = (level: "debug" | "info"): unknown[] => {
    const lines: string[] = [];
    const trace = nodeTrace({ role: "agent", level, stream: { write: (line) => void lines.push(line) } });
    const moments = new PointMoments({ clock, trace });
    for (const tookMicros of [1_500, 2_500])
      moments.note({ id: "p", members: [] }, "sent", { tookMicros, atMicros: 0 });
    return lines.map((line): unknown => JSON.parse(line));
  };
  const told = linesAt("debug");
  assert.equal(told.length, 1, "what was noted first stays");
  assert.partialDeepStrictEqual(told[0], {
    role: "agent",
    point: "p",
    stage: "sent",
    at: "1970-01-01T00:00:00.000000Z",
    tookMs: 1.5,
  });
  assert.deepEqual(linesAt("info"), []);
});
