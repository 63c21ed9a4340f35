import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault } from "@leeward/base";
import { formatRetention, parseRetention } from "./retention-text.ts";

test("what is kept reads as it is written, in one form", () => {
  const tiers = parseRetention("120m:all, 24h:300s,30d:60m");
  assert.deepEqual(tiers, {
    retentionSeconds: 30 * 86_400,
    thinningTiers: [
      { afterSeconds: 7_200, stepSeconds: 300 },
      { afterSeconds: 86_400, stepSeconds: 3_600 },
    ],
  });
  assert.equal(formatRetention(tiers), "2h:all,1d:5m,30d:1h");
  assert.deepEqual(parseRetention(formatRetention(tiers)), tiers);
  assert.equal(formatRetention({ retentionSeconds: 90, thinningTiers: [] }), "90s:all");
});

test("what contradicts itself is refused and says why", () => {
  const cases = {
    "": "REACH:STEP",
    "2h": "all points",
    "2h:5m": "all points",
    "30s:all": "60 s at least",
    "2h:all,1h:5m": "further back",
    "2h:all,24h:all": "no step",
    "2h:all,24h:5m,30d:7m": "multiple",
    "2h:all,24h:1h,30d:5m": "multiple",
    "2h:all,3h:5h": "longer than its tier",
    "2h:all:5m": "REACH:STEP",
    "2 hours:all": "REACH:STEP",
    "9999d:all": "10 years",
    "1m:all,2m:1s,3m:2s,4m:4s,5m:8s,6m:16s,7m:32s,8m:64s,9m:128s": "more than 8",
  };
  for (const [text, why] of Object.entries(cases)) {
    assert.throws(
      () => parseRetention(text),
      (error) => isFault(error, "retention-invalid") && error.message.includes(why),
      text,
    );
  }
});
