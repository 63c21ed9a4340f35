import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { firstOf, orAborted, Waiters } from "./wait.ts";

const reason = new Error("enough");

test("what settles before the abort settles so, and leaves no listener behind", async () => {
  const { signal } = new AbortController();
  assert.equal(await orAborted(Promise.resolve(5), signal), 5);
  await assert.rejects(orAborted(Promise.reject(new Error("own")), signal), { message: "own" });
  assert.equal(getEventListeners(signal, "abort").length, 0);
});

test("an abort rejects with its reason, before and during, and what comes later is ignored", async () => {
  const late = Promise.withResolvers<void>();
  const controller = new AbortController();
  const waiting = orAborted(late.promise, controller.signal);
  controller.abort(reason);
  await assert.rejects(waiting, reason);
  await assert.rejects(orAborted(late.promise, controller.signal), reason);
  // Nobody looks at this promise any more: were its rejection not taken, it would end the process.
  late.reject(new Error("late"));
  await new Promise((resolve) => setImmediate(resolve));
});

test("everyone who waits is woken, and looks again", async () => {
  const waiters = new Waiters();
  const { signal } = new AbortController();
  let level = 0;
  const woken: number[] = [];
  const until = async (least: number): Promise<void> => {
    await waiters.until(() => level >= least, signal);
    woken.push(least);
  };
  const all = Promise.all([until(2), until(1), until(0)]);
  for (level = 1; level <= 2; level += 1) {
    waiters.notify();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await all;
  assert.deepEqual(woken, [0, 1, 2]);
});

test("a notification between taking the promise and waiting for it is not lost", async () => {
  const waiters = new Waiters();
  const next = waiters.next();
  waiters.notify();
  await next;
});

test("an abort ends the wait for a condition", async () => {
  const controller = new AbortController();
  const waiting = new Waiters().until(() => false, controller.signal);
  controller.abort(reason);
  await assert.rejects(waiting, reason);
});

test("the first wait to settle ends the others, and the caller waits until they have", async () => {
  const { signal } = new AbortController();
  const ended: string[] = [];
  const forever = (name: string) => async (inner: AbortSignal) => {
    try {
      await orAborted(new Promise<void>(() => undefined), inner);
    } finally {
      ended.push(name);
    }
  };
  await firstOf(signal, [forever("a"), async () => undefined, forever("b")]);
  assert.deepEqual(ended.sort(), ["a", "b"]);
  const refusal = new Error("refused");
  await assert.rejects(firstOf(signal, [forever("c"), () => Promise.reject(refusal)]), refusal);
  assert.ok(ended.includes("c"));
});

test("an abort ends all waits, and rejects with its reason", async () => {
  const stop = new AbortController();
  const why = new Error("stopped");
  const waiting = firstOf(stop.signal, [(inner) => orAborted(new Promise<void>(() => undefined), inner)]);
  stop.abort(why);
  await assert.rejects(waiting, why);
});
