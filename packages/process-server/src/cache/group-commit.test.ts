import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { type Durable, GroupCommit } from "./group-commit.ts";

/** A log whose syncs are settled by hand. */
class HandLog implements Durable {
  readonly syncs: PromiseWithResolvers<void>[] = [];

  sync(): Promise<void> {
    const sync = Promise.withResolvers<void>();
    this.syncs.push(sync);
    return sync.promise;
  }
}

function settledOf(promise: Promise<void>): { now: "pending" | "durable" | "failed" } {
  const state: { now: "pending" | "durable" | "failed" } = { now: "pending" };
  promise.then(
    () => (state.now = "durable"),
    () => (state.now = "failed"),
  );
  return state;
}

test("disks that ask in one turn share a round, and one sync serves all askers of a disk", async () => {
  const group = new GroupCommit();
  const [a, b] = [new HandLog(), new HandLog()];
  const all = [a, a, b].map((log) => settledOf(group.commit(log)));
  await setImmediate();
  assert.deepEqual([a.syncs.length, b.syncs.length], [1, 1]);
  a.syncs[0]?.resolve();
  b.syncs[0]?.resolve();
  await setImmediate();
  assert.deepEqual(
    all.map((each) => each.now),
    ["durable", "durable", "durable"],
  );
});

test("who asks while a round runs is not served by it: what was appended since may have missed it", async () => {
  const group = new GroupCommit();
  const log = new HandLog();
  void group.commit(log);
  await setImmediate();
  const late = settledOf(group.commit(log));
  log.syncs[0]?.resolve();
  await setImmediate();
  assert.equal(late.now, "pending");
  log.syncs[1]?.resolve();
  await setImmediate();
  assert.equal(late.now, "durable");
});

test("the next round begins only when the one before is done, however many ask", async () => {
  const group = new GroupCommit();
  const [a, b] = [new HandLog(), new HandLog()];
  void group.commit(a);
  await setImmediate();
  void group.commit(b);
  void group.commit(b);
  await setImmediate();
  assert.equal(b.syncs.length, 0);
  a.syncs[0]?.resolve();
  await setImmediate();
  assert.equal(b.syncs.length, 1);
});

test("a log that fails fails its own askers alone, and can be asked again", async () => {
  const group = new GroupCommit();
  const [a, b] = [new HandLog(), new HandLog()];
  const [first, second] = [settledOf(group.commit(a)), settledOf(group.commit(b))];
  await setImmediate();
  a.syncs[0]?.reject(new Error("refused"));
  b.syncs[0]?.resolve();
  await setImmediate();
  assert.deepEqual([first.now, second.now], ["failed", "durable"]);
  const again = settledOf(group.commit(a));
  await setImmediate();
  a.syncs[1]?.resolve();
  await setImmediate();
  assert.equal(again.now, "durable");
});
