import assert from "node:assert/strict";
import { test } from "node:test";
import { versionFindings } from "./version-findings.ts";

void test("who is more than two releases behind is named, and who is not known yet or ahead is not", () => {
  const codes = (softwareVersion: string | null, serverVersion: string): string[] =>
    versionFindings({ role: "agent", name: "web", softwareVersion }, serverVersion).map(({ code }) => code);
  assert.deepEqual(codes("0.2.9", "0.5.0"), ["member-too-old"]);
  assert.deepEqual(codes("0.9.0", "1.0.0"), ["member-too-old"]);
  for (const version of ["0.3.0", "0.5.0", "0.6.0", null]) assert.deepEqual(codes(version, "0.5.0"), []);
});
