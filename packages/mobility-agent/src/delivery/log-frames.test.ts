import assert from "node:assert/strict";
import { test } from "node:test";
import { MiB, seededRandom } from "@leeward/base";
import { ChangeLog } from "@leeward/change-log";
import { decodeFrames } from "@leeward/proto";
import { simulatedWorld } from "@leeward/world/testing";
import { logFrames } from "./log-frames.ts";

const IDENTITY = {
  machineId: "aa".repeat(16),
  diskId: "bb".repeat(16),
  branch: "cc".repeat(16),
  bootId: "dd".repeat(16),
  diskBytes: 64 * MiB,
  blockBytes: 512,
  physicalBlockBytes: 512,
} as const;

test("frames come out as they were logged, small and large, across files and into the middle, from one buffer", async () => {
  const world = simulatedWorld({ seed: 3 });
  const random = seededRandom(4);
  await world.files.makeFolder("/agent");
  const options = { folder: "/agent/log", identity: IDENTITY, segmentBytesMax: 4 * MiB, seal: "at-once" } as const;
  await using log = await ChangeLog.open(world, options);
  const written: Buffer[] = [];
  for (let count = 0; count < 60; count += 1) {
    const data = Buffer.from(random.bytes(count % 7 === 0 ? MiB : 512 * (1 + random.below(64))));
    written.push(data);
    const { written: done } = log.append([{ kind: "write", timeMicros: count, offset: 512 * count, data }]);
    if (count % 3 === 0) await done;
  }
  await log.sync();
  for (const from of [1, 17]) {
    await using frames = logFrames(world.files, "/agent/log", from);
    const buffers = new Set<ArrayBufferLike>();
    let next = from;
    for (;;) {
      const found = await frames.next(log.durableSequence);
      if (found === undefined) break;
      assert.equal(found.from, next);
      for (const record of decodeFrames(found.bytes)) {
        assert.ok(record.kind === "write" && written[record.sequence - 1]?.equals(record.data), `${record.sequence}`);
      }
      buffers.add(found.bytes.buffer);
      next = found.to + 1;
    }
    assert.equal(next, log.lastSequence + 1);
    assert.ok(buffers.size <= 4, `${buffers.size} buffers`);
  }
});
