import assert from "node:assert/strict";
import { test } from "node:test";
import { stageSums } from "./stage-sums.ts";

test("stages are summed over disks, and what no disk says stays unknown", () => {
  const unknown = { busyFraction: null, bytesPerSecond: null, waitingBytes: null };
  const outBytesPerSecond = null;
  const sums = stageSums([
    {
      disk: "a",
      machine: "m",
      bottleneck: "apply",
      stages: [{ stage: "apply", busyFraction: 0.9, bytesPerSecond: 10, waitingBytes: 5, outBytesPerSecond }],
    },
    {
      disk: "b",
      machine: "m",
      bottleneck: null,
      stages: [
        { stage: "apply", busyFraction: 0.2, bytesPerSecond: 7, waitingBytes: 1, outBytesPerSecond },
        { stage: "read", ...unknown, outBytesPerSecond },
      ],
    },
  ]);
  const apply = sums.find(({ stage }) => stage === "apply");
  assert.deepEqual([apply?.busyFraction, apply?.bytesPerSecond, apply?.waitingBytes], [0.9, 17, 6]);
  assert.deepEqual(
    apply?.bottleneckOf.map(({ disk }) => disk),
    ["a"],
  );
  assert.deepEqual(sums[0], { stage: "read", ...unknown, bottleneckOf: [] });
});
