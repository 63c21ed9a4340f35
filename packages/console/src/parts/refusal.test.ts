import assert from "node:assert/strict";
import { test } from "node:test";
import { refusalOf } from "./refusal.ts";

const ADMINISTRATOR = { role: "administrator", scope: null } as const;
const LIMITED = { role: "administrator", scope: ["m1"] } as const;

test("a role is refused what needs a higher one", () => {
  assert.deepEqual(refusalOf({ role: "viewer", scope: null }, "setPolicy"), { kind: "role", needs: "administrator" });
  assert.equal(refusalOf(ADMINISTRATOR, "setPolicy"), undefined);
  assert.equal(refusalOf({ role: "viewer", scope: null }, "listMachines"), undefined);
});

test("who is limited to machines is refused what is about the whole installation, and nothing of their machines", () => {
  for (const name of ["setPolicy", "planProtection", "listLinks", "installationSamples", "createRecoveryPlan"] as const)
    assert.deepEqual(refusalOf(LIMITED, name), { kind: "limited" }, name);
  for (const name of ["setMachine", "testFailover", "listMachines", "listAlertRules", "acknowledgeAlert"] as const)
    assert.equal(refusalOf(LIMITED, name), undefined, name);
  // Of both reasons, the role is said: a limit alone is no matter of theirs.
  assert.deepEqual(refusalOf({ role: "viewer", scope: ["m1"] }, "setPolicy"), { kind: "role", needs: "administrator" });
});
