import assert from "node:assert/strict";
import { test } from "node:test";
import { FailoverState } from "@leeward/api";
import { actsOf, hasFailoverEnded, lostSeconds, rtoSeconds, standsStill, wayOf } from "./failover-rules.ts";

const KINDS = ["test", "planned", "unplanned"] as const;
const STATES = FailoverState.enum;
const FACTS = { startedAt: null, epoch: null };

test("every state of every kind is on the drawn way, once, and is the only one that it is in", () => {
  for (const kind of KINDS) {
    for (const state of STATES) {
      const way = wayOf({ kind, state, ...FACTS });
      assert.deepEqual(
        way.filter(({ place }) => place === "here").map((each) => each.state),
        [state],
      );
      assert.equal(new Set(way.map((each) => each.state)).size, way.length, `${kind} ${state}`);
    }
  }
});

test("nothing is ahead of a failover that has ended, and nothing can be asked of it", () => {
  for (const kind of KINDS) {
    for (const state of STATES.filter((each) => hasFailoverEnded({ state: each }))) {
      assert.ok(!wayOf({ kind, state, ...FACTS }).some(({ place }) => place === "ahead"));
      assert.deepEqual(actsOf({ kind, state }), []);
      assert.ok(standsStill({ kind, state }));
    }
  }
});

test("a test failover is only ever cleaned up; a real one never is", () => {
  assert.deepEqual(actsOf({ kind: "test", state: "running" }), ["cleanup"]);
  for (const kind of ["planned", "unplanned"] as const) {
    assert.ok(STATES.every((state) => !actsOf({ kind, state }).includes("cleanup")));
  }
});

test("what is lost is the time from which the point has everything until the request; a planned failover loses nothing", () => {
  const createdAt = "2026-01-01T00:00:07.500000Z";
  assert.equal(lostSeconds({ kind: "unplanned", createdAt }, "2026-01-01T00:00:00.000000Z"), 7.5);
  assert.equal(lostSeconds({ kind: "unplanned", createdAt }, "2026-01-01T00:01:00.000000Z"), 0);
  assert.equal(lostSeconds({ kind: "planned", createdAt }, null), 0);
  assert.equal(lostSeconds({ kind: "unplanned", createdAt }, null), null);
});

test("the recovery time is from the request until the processor ran", () => {
  const createdAt = "2026-01-01T00:00:07.500000Z";
  assert.equal(rtoSeconds({ createdAt, startedAt: null }), null);
  assert.equal(rtoSeconds({ createdAt, startedAt: "2026-01-01T00:00:09.000000Z" }), 1.5);
});
