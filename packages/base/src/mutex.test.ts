import assert from "node:assert/strict";
import { test } from "node:test";
import { Mutex } from "./mutex.ts";

test("holders come one after another, in the order of their calls", async () => {
  const mutex = new Mutex();
  const trace: string[] = [];
  const work = (name: string, turns: number) =>
    mutex.hold(async () => {
      trace.push(`${name} in`);
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      trace.push(`${name} out`);
      return name;
    });
  assert.deepEqual(await Promise.all([work("a", 20), work("b", 0), work("c", 5)]), ["a", "b", "c"]);
  assert.deepEqual(trace, ["a in", "a out", "b in", "b out", "c in", "c out"]);
});

test("a holder that fails hands on, and its error reaches its caller alone", async () => {
  const mutex = new Mutex();
  const failed = mutex.hold(async () => {
    throw new Error("mine");
  });
  const next = mutex.hold(async () => "next");
  await assert.rejects(failed, { message: "mine" });
  assert.equal(await next, "next");
  const thrown = mutex.hold(() => {
    throw new Error("at once");
  });
  await assert.rejects(thrown, { message: "at once" });
  assert.equal(await mutex.hold(async () => "free"), "free");
});
