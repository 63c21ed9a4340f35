import assert from "node:assert/strict";
import { test } from "node:test";
import { isShorter, type Tier, tiersOf } from "./retention.ts";

const HOUR = 3_600;

function tiers(text: string): readonly Tier[] {
  const found = tiersOf(text);
  assert.ok(found !== undefined, text);
  return found;
}

void test("a retention is read as the server reads it", () => {
  assert.deepEqual(tiers("2h:all, 1d:5m"), [
    { reachSeconds: 2 * HOUR, stepSeconds: 0 },
    { reachSeconds: 24 * HOUR, stepSeconds: 300 },
  ]);
  for (const wrong of [
    "",
    "2h",
    "2h:5m",
    "2h:all,1h:5m",
    "2h:all,1d:5m,30d:7m",
    "59s:all",
    "2h:all,3661d:1h",
    "2h:all:1",
  ])
    assert.equal(tiersOf(wrong), undefined, wrong);
});

void test("a retention is shorter than another when points go under it that stay under the other", () => {
  const from = tiers("2h:all,1d:5m,30d:1h");
  for (const shorter of [
    "1h:all,1d:5m,30d:1h",
    "2h:all,1d:10m,30d:1h",
    "2h:all,1d:5m,29d:1h",
    "3h:all",
    "2h:all,12h:5m,30d:1h",
  ])
    assert.equal(isShorter(from, tiers(shorter)), true, shorter);
  for (const longer of ["2h:all,1d:5m,30d:1h", "3h:all,1d:5m,30d:1h", "2h:all,2d:5m,30d:1h", "31d:all"])
    assert.equal(isShorter(from, tiers(longer)), false, longer);
});
