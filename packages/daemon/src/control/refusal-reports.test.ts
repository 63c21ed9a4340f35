import assert from "node:assert/strict";
import { test } from "node:test";
import type { EventReport } from "@leeward/proto";
import { simulatedClock } from "@leeward/world/testing";
import { RefusalReports } from "./refusal-reports.ts";

const NEVER = new AbortController().signal;

test("a flood of refusals becomes a few events, hides no other code, and is counted", async () => {
  const clock = simulatedClock();
  await clock.run(async () => {
    const told: EventReport[] = [];
    const reports = new RefusalReports(clock, (event) => told.push(event));
    const flood = (): void => {
      for (let each = 0; each < 1_000; each += 1)
        reports.tell({ code: "flood", what: "a session", message: "No.", address: "10.0.0.9:1" });
    };
    flood();
    assert.equal(told.length, 20);
    reports.tell({ code: "disk-foreign", what: "a disk", message: "No.", address: "10.0.0.9:1", peer: "agent m2" });
    assert.equal(told.at(-1)?.detail["code"], "disk-foreign");
    assert.equal(told.at(-1)?.subject, "agent m2");
    await clock.sleep(60_000, NEVER);
    flood();
    assert.equal(told.length, 22);
    assert.equal(told.at(-1)?.detail["unsaid"], "980");
  });
});

test("a peer that makes up codes does not get a ration for each", () => {
  const told: EventReport[] = [];
  const reports = new RefusalReports(simulatedClock(), (event) => told.push(event));
  for (let each = 0; each < 10_000; each += 1)
    reports.tell({ code: `made-up-${each}`, what: "a session", message: "x".repeat(9_000), address: "a:1" });
  assert.ok(told.length <= 64 + 20, `${told.length} events`);
  assert.ok(told.every(({ message }) => message.length <= 500));
});
