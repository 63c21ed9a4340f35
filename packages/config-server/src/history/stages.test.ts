import assert from "node:assert/strict";
import { test } from "node:test";
import { type DiskStages, StageName as STAGES, type StageName } from "@leeward/api";
import { bottleneckOf } from "./stages.ts";

const MIB = 1024 ** 2;

function stages(waiting: Partial<Record<StageName, number>>, bytesPerSecond = MIB): DiskStages["stages"] {
  return STAGES.enum.map((stage) => ({
    stage,
    busyFraction: 1,
    bytesPerSecond,
    outBytesPerSecond: bytesPerSecond,
    waitingBytes: waiting[stage] ?? null,
  }));
}

void test("the bottleneck is the last stage before which much waits: those before it are only held up", () => {
  assert.equal(bottleneckOf(stages({ read: 900 * MIB, network: 500 * MIB, forward: 40 * MIB, apply: 0 })), "forward");
  assert.equal(bottleneckOf(stages({ network: 500 * MIB, compress: MIB, forward: 0 })), "network");
});

void test("nothing is a bottleneck while nothing waits for longer than it takes", () => {
  assert.equal(bottleneckOf(stages({})), null);
  assert.equal(bottleneckOf(stages({ network: 4 * MIB, forward: 2 * MIB })), null);
  assert.equal(bottleneckOf(stages({ network: 900_000 }, 0)), null);
});
