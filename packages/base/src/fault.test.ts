import assert from "node:assert/strict";
import { test } from "node:test";
import { AssertionFailure, assert as promised } from "./assert.ts";
import { Fault, isFault } from "./fault.ts";

test("a fault carries its code, kind, detail and cause", () => {
  const cause = new Error("below");
  const fault = new Fault({ code: "test-code", kind: "transient", message: "It happened.", detail: { n: 1 }, cause });
  assert.equal(isFault(fault), true);
  assert.equal(isFault(fault, "other", "test-code"), true);
  assert.equal(isFault(fault, "other"), false);
  assert.equal(fault.cause, cause);
  assert.deepEqual(
    [fault.code, fault.kind, fault.detail, fault.message],
    ["test-code", "transient", { n: 1 }, "It happened."],
  );
  assert.equal(fault.remedy, "See `test-code` in the manual's page of faults: `man leeward-faults`.");
  const waiting = new Fault({ code: "test-code", kind: "operator", message: "", remedy: "Mend it." });
  assert.equal("cause" in waiting, false);
  assert.equal(waiting.remedy, "Mend it.");
});

test("a broken promise of ours is no fault", () => {
  assert.throws(() => promised(false, "never"), AssertionFailure);
  assert.equal(isFault(new AssertionFailure("x")), false);
  assert.equal(isFault(undefined), false);
});
