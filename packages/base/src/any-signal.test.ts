import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { anySignal } from "./any-signal.ts";

async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  for (let round = 0; round < 5; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    runInNewContext("gc()");
  }
}

/** Of one that is aborted at once, and of whose controller nothing is left. */
function abortedBehind(reason: Error, ...others: AbortSignal[]): AbortSignal {
  const ended = new AbortController();
  const signal = anySignal([...others, ended.signal]);
  ended.abort(reason);
  return signal;
}

test("a signal says that it is aborted also when what aborted it was collected before anyone looked", async () => {
  const reason = new RangeError("enough");
  const life = new AbortController();
  const signal = abortedBehind(reason, life.signal);
  const nested = anySignal([abortedBehind(reason, life.signal), life.signal]);
  await collectGarbage();
  for (const each of [signal, nested]) {
    assert.equal(each.aborted, true);
    assert.equal(each.reason, reason);
  }
});

test("a signal aborts when the first of its sources does, with its reason", () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const signal = anySignal([one.signal, other.signal]);
  assert.equal(signal.aborted, false);
  other.abort(new RangeError("other"));
  one.abort(new RangeError("one"));
  assert.deepEqual(signal.reason, new RangeError("other"));
});
