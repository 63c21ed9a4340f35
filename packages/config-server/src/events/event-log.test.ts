import assert from "node:assert/strict";
import { test } from "node:test";
import { silentTrace } from "@leeward/daemon";
import { simulatedClock } from "@leeward/world/testing";
import { EVENTS_PRUNED_MAX } from "../limits.ts";
import { temporaryFolder } from "../testing/node-test-server.ts";
import { openTestStore } from "../testing/node-test-state.ts";
import { EventLog, SELF } from "./event-log.ts";

void test("once fewer events are kept, the oldest go, so many at once, until only those are there", async (t) => {
  using store = await openTestStore(await temporaryFolder(t));
  const clock = simulatedClock();
  let kept = 1e6;
  const events = new EventLog({ rows: store.events, clock, trace: silentTrace, kept: () => kept });
  const add = (count: number): void =>
    store.transaction(() => {
      for (let made = 0; made < count; made += 1)
        events.add(SELF, { severity: "info", kind: "k", subject: null, message: "m" });
    });
  const all = () => events.list({ order: "oldest", severities: ["info"], limit: 1e6 }).map(({ id }) => id);
  const made = 2 * EVENTS_PRUNED_MAX + 2_000;
  add(made);
  assert.equal(all().length, made);
  kept = 1_000;
  add(1_000);
  assert.equal(all()[0], EVENTS_PRUNED_MAX + 1, "no more at once");
  add(20);
  const [first = 0] = all();
  assert.equal(first, made + 21, "and the rest soon");
});
