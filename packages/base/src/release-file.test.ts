import assert from "node:assert/strict";
import { test } from "node:test";
import { compareVersions, releaseFileOf, releasesBehind } from "./release-file.ts";

void test("the agent's package and the archive are known by their names, and nothing else is", () => {
  assert.deepEqual(releaseFileOf("leeward-agent_0.2.0-1_amd64.deb"), { version: "0.2.0", kind: "deb" });
  assert.deepEqual(releaseFileOf("leeward-0.2.0-rc.1-linux-x64.tar.gz"), { version: "0.2.0-rc.1", kind: "tar.gz" });
  for (const name of [
    "leeward-master-target_0.2.0-1_amd64.deb",
    "leeward-agent_0.2.0_amd64.deb",
    "../leeward-0.2.0-linux-x64.tar.gz",
    "leeward-..-linux-x64.tar.gz",
    "leeward-0/0-linux-x64.tar.gz",
    "leeward-agent_0.2.0rc1-1_amd64.deb",
    "leeward-0.2.0rc1-linux-x64.tar.gz",
    "leeward-0.2.-linux-x64.tar.gz",
    "leeward-0..2-linux-x64.tar.gz",
    "leeward-0.9999999999-linux-x64.tar.gz",
    "leeward-0.2.0--linux-x64.tar.gz",
    "SHA256SUMS",
  ])
    assert.equal(releaseFileOf(name), undefined, name);
});

void test("versions stand in the order of their numbers, and one with a suffix before the same without", () => {
  const sorted = ["0.1.9", "0.1.10", "0.2.0-rc.9", "0.2.0-rc.10", "0.2.0", "0.10.0", "1.0.0"];
  assert.deepEqual(sorted.toReversed().toSorted(compareVersions), sorted);
  assert.equal(compareVersions("0.2", "0.2.0"), 0);
});

void test("a version with a part that is no number is older than every release, and never as new", () => {
  for (const odd of ["0.1.0rc1", "", "0.x", "v9.0.0", "1e3"]) {
    assert.ok(compareVersions(odd, "0.1.0") < 0, odd);
    assert.ok(compareVersions("0.1.0", odd) > 0, odd);
  }
});

void test("a release is counted by the second number, and another first number is too far", () => {
  assert.equal(releasesBehind("0.1.0", "0.3.2"), 2);
  assert.equal(releasesBehind("0.3.9", "0.3.0"), 0);
  assert.equal(releasesBehind("0.9.0", "0.3.0"), 0);
  assert.equal(releasesBehind("0.9.0", "1.0.0"), Number.POSITIVE_INFINITY);
  assert.equal(releasesBehind("2.0.0", "1.5.0"), 0);
});
