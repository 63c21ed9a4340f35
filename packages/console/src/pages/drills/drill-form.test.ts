import assert from "node:assert/strict";
import { test } from "node:test";
import { CHECK_KINDS, checkOf, checkText, formOf, NEW_DRILL, settingsOf } from "./drill-form.ts";

test("checks are written and read the same, with whatever stands behind their kind", () => {
  for (const text of ["console", "console:login: ", "agent", "tcp:22", "http:8080/a:b", "script:check.sh"]) {
    assert.equal(checkText(checkOf(text.trim())), text.trim());
  }
});

test("a check that the API would refuse is none", () => {
  assert.equal(checkText({ kind: "tcp", value: "" }), undefined);
  assert.equal(checkText({ kind: "tcp", value: "0" }), undefined);
  assert.equal(checkText({ kind: "http", value: "80" }), undefined);
  assert.equal(checkText({ kind: "script", value: "../x" }), undefined);
  assert.ok(
    CHECK_KINDS.every((kind) => kind === "console" || kind === "agent" || checkText({ kind, value: "" }) === undefined),
  );
});

test("settings are what the API takes, and come back from it as they were", () => {
  const form = { ...NEW_DRILL, order: { network: "user", forwards: [22] }, timeoutSeconds: 90 };
  const settings = settingsOf(form);
  assert.ok(settings !== undefined);
  assert.deepEqual(settings, { checks: ["console"], proof: "full", timeoutSeconds: 90, network: "user" });
  assert.deepEqual(formOf(settings), {
    checks: form.checks,
    timeoutSeconds: 90,
    isProved: true,
    order: { network: "user" },
  });
  assert.equal(settingsOf({ ...form, checks: [] }), undefined);
});
