import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Fault } from "@leeward/base";
import { simulatedClock } from "@leeward/world/testing";
import { STATE_NAME } from "../store/node-open-state.ts";
import { temporaryFolder } from "../testing/node-test-server.ts";
import { openTestStore } from "../testing/node-test-state.ts";
import { forgetIdempotentCalls, IdempotentCalls } from "./idempotent-calls.ts";

const KEY = "0123456789abcdef";
const CALL = { caller: "token a (operator)", key: KEY, call: "POST /v1/x {}" };
const DAY_MS = 86_400_000;

void test("the same call is made once, and answered as it was, also after a restart", async (t) => {
  const home = await temporaryFolder(t);
  let effects = 0;
  const work = async (): Promise<string> => `answer ${(effects += 1)}`;
  {
    using store = await openTestStore(home);
    const calls = new IdempotentCalls(store.idempotentCalls, simulatedClock());
    assert.deepEqual(await calls.answer(CALL, work), { text: "answer 1", isRepeated: false });
    assert.deepEqual(await calls.answer(CALL, work), { text: "answer 1", isRepeated: true });
    assert.equal((await calls.answer({ ...CALL, caller: "token b" }, work)).text, "answer 2");
    assert.equal((await calls.answer({ ...CALL, key: `${KEY}0` }, work)).text, "answer 3");
    await assert.rejects(calls.answer({ ...CALL, call: "POST /v1/y {}" }, work), { code: "idempotency-key-reused" });
  }
  using store = await openTestStore(home);
  const calls = new IdempotentCalls(store.idempotentCalls, simulatedClock());
  assert.deepEqual(await calls.answer(CALL, work), { text: "answer 1", isRepeated: true });
  assert.equal(effects, 3);
});

void test("while the first is under way the same call is refused for now; it is noted before it begins", async (t) => {
  using store = await openTestStore(await temporaryFolder(t));
  const clock = simulatedClock();
  const calls = new IdempotentCalls(store.idempotentCalls, clock);
  const { promise, resolve } = Promise.withResolvers<string>();
  const first = calls.answer(CALL, () => promise);
  await assert.rejects(
    calls.answer(CALL, () => promise),
    { code: "call-under-way", kind: "transient" },
  );
  // Another process that has the state after this one knows no more than that it was begun.
  const after = new IdempotentCalls(store.idempotentCalls, clock);
  await assert.rejects(
    after.answer(CALL, () => promise),
    { code: "call-interrupted" },
  );
  resolve("done");
  assert.equal((await first).text, "done");
  assert.equal((await after.answer(CALL, () => promise)).text, "done");
});

void test("a call that was refused leaves nothing; after one that failed by a mistake nobody knows", async (t) => {
  using store = await openTestStore(await temporaryFolder(t));
  const calls = new IdempotentCalls(store.idempotentCalls, simulatedClock());
  const refusal = new Fault({ code: "machine-unknown", kind: "operator", message: "x", remedy: "y" });
  await assert.rejects(
    calls.answer(CALL, () => Promise.reject(refusal)),
    { code: "machine-unknown" },
  );
  assert.equal((await calls.answer(CALL, async () => "now")).text, "now");
  const other = { ...CALL, key: `${KEY}1` };
  await assert.rejects(
    calls.answer(other, () => Promise.reject(new TypeError("a mistake"))),
    TypeError,
  );
  await assert.rejects(
    calls.answer(other, async () => "again"),
    { code: "call-interrupted" },
  );
});

void test("a call that failed on its way is not made again: what it did by then is not known", async (t) => {
  using store = await openTestStore(await temporaryFolder(t));
  const calls = new IdempotentCalls(store.idempotentCalls, simulatedClock());
  for (const [index, kind] of (["transient", "discontinuity", "corruption", "protocol"] as const).entries()) {
    const call = { ...CALL, key: `${KEY}${index}` };
    let effects = 0;
    const work = async (): Promise<string> => {
      effects += 1;
      throw new Fault({ code: "call-timed-out", kind, message: "x", remedy: "y" });
    };
    await assert.rejects(calls.answer(call, work), { code: "call-timed-out" });
    await assert.rejects(calls.answer(call, work), { code: "call-interrupted" }, kind);
    assert.equal(effects, 1, kind);
  }
});

void test("an answer is kept for 24 hours, and only who has the key can read it", async (t) => {
  const home = await temporaryFolder(t);
  using store = await openTestStore(home);
  const clock = simulatedClock();
  const calls = new IdempotentCalls(store.idempotentCalls, clock);
  await calls.answer(CALL, async () => "a secret that was answered");
  const files = await Promise.all(
    [`${home}/${STATE_NAME}`, `${home}/${STATE_NAME}-wal`].map((path) => readFile(path).catch(() => Buffer.alloc(0))),
  );
  for (const content of files) {
    assert.equal(content.includes("a secret that was answered"), false);
    assert.equal(content.includes(KEY), false);
  }
  await clock.advance(DAY_MS - 1_000);
  assert.equal((await calls.answer(CALL, async () => "new")).isRepeated, true);
  await clock.advance(2_000);
  assert.deepEqual(await calls.answer(CALL, async () => "new"), { text: "new", isRepeated: false });
});

void test("what was kept for 24 hours is forgotten by the clock, though nobody calls", async (t) => {
  using store = await openTestStore(await temporaryFolder(t));
  const clock = simulatedClock();
  const rows = store.idempotentCalls;
  const digest = "d".repeat(64);
  rows.insert({ digest, callDigest: digest, createdMicros: clock.wallMicros() });
  const stop = new AbortController();
  const running = forgetIdempotentCalls(rows, clock, stop.signal);
  await clock.advance(DAY_MS - 1_000);
  assert.notEqual(rows.byDigest(digest), undefined);
  await clock.advance(DAY_MS / 24);
  assert.equal(rows.byDigest(digest), undefined);
  stop.abort();
  await running;
});

void test("a key that could be guessed, or is none, is refused", async (t) => {
  using store = await openTestStore(await temporaryFolder(t));
  const calls = new IdempotentCalls(store.idempotentCalls, simulatedClock());
  for (const key of ["", "1", "a key with spaces in it", "x".repeat(129), "ümläutümläutümläut"])
    await assert.rejects(
      calls.answer({ ...CALL, key }, async () => "x"),
      { code: "idempotency-key-invalid" },
      key,
    );
});
