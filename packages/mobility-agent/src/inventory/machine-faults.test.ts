import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "@leeward/base";
import { simulatedClock } from "@leeward/world/testing";
import { MachineFaults } from "./machine-faults.ts";

function invalid(name: string): Fault {
  return new Fault({ code: "offer-invalid", kind: "operator", message: `${name} is wrong.`, remedy: "Mend it." });
}

test("a fault is shown since it began, until it is mended, and told once", async () => {
  const clock = simulatedClock();
  const told: string[] = [];
  const faults = new MachineFaults({
    clock,
    onEvent: ({ subject, detail }) => told.push(`${subject} ${detail["code"]}`),
  });
  const shown = (): string[] => faults.all().map(({ fault, sinceMicros }) => `${fault.message} ${sinceMicros - begun}`);
  const begun = clock.wallMicros();
  faults.set("offers", [invalid("one")]);
  faults.set("configuration", []);
  await clock.advance(1_000);
  const changed = faults.changed();
  faults.set("offers", [invalid("one"), invalid("two")]);
  await changed;
  faults.set("offers", [invalid("one"), invalid("two")]);
  assert.deepEqual(shown(), ["one is wrong. 0", "two is wrong. 1000000"]);
  assert.deepEqual(told, ["offers offer-invalid", "offers offer-invalid"]);
  faults.set("offers", [invalid("two")]);
  assert.deepEqual(shown(), ["two is wrong. 1000000"]);
  faults.set("offers", []);
  assert.deepEqual(shown(), []);
});
