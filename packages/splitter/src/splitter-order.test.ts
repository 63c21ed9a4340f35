import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "@leeward/base";
import { delayedDevice, faultyDevice, type RecordingDevice, recordingDevice } from "@leeward/block/testing";
import type { LogRecord } from "@leeward/proto";
import * as fc from "fast-check";
import { RIG_FOLDER, readLog, replay, SplitterRig, untilSendable } from "./testing/index.ts";

const BLOCK = 512;
const BLOCKS = 24;
const PLAIN = { fua: false } as const;

/** What was put into one block, one after another, as the log tells it and as the disk saw it. */
function historyOf(block: number, records: readonly LogRecord[]): (number | undefined)[] {
  const touching = records.filter(
    (record) =>
      (record.kind === "write" || record.kind === "zero" || record.kind === "discard") &&
      record.offset <= block * BLOCK &&
      block * BLOCK < record.offset + record.length,
  );
  return touching.map((record) => (record.kind === "write" ? record.data[block * BLOCK - record.offset] : 0));
}

function diskHistoryOf(block: number, { calls }: RecordingDevice): (number | undefined)[] {
  const changing = calls.filter(
    ({ operation, extent, outcome }) =>
      ["write", "zero", "discard"].includes(operation) &&
      outcome === "done" &&
      extent !== undefined &&
      extent.offset <= block * BLOCK &&
      block * BLOCK < extent.offset + extent.length,
  );
  return changing.map(({ data, extent }) => data?.[block * BLOCK - (extent?.offset ?? 0)] ?? 0);
}

const change = fc.record({
  kind: fc.constantFrom("write", "write", "write", "zero", "discard"),
  from: fc.nat(BLOCKS - 1),
  blocks: fc.integer({ min: 1, max: 8 }),
  /** Milliseconds before it is asked for, and that the disk takes. */
  waits: fc.nat(3),
  takes: fc.nat(5),
});

describe("overlapping writes side by side", () => {
  test("log order is disk order, for each block, and the log replayed is the disk", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 40 }), async (changes) => {
        let recording: RecordingDevice | undefined;
        const takes = changes.map((each) => each.takes);
        const rig = new SplitterRig({
          seed: 1,
          diskBytes: BLOCKS * BLOCK,
          limits: { activityRegionBytes: 4_096, changeRegionBytes: 4_096, activeRegionsMax: 4 },
          parent: { branch: "0f".repeat(16), sequence: 1 },
          wrap: (device, clock) => (recording = recordingDevice(delayedDevice(device, clock, () => takes.pop() ?? 0))),
        });
        await rig.clock.run(async () => {
          const splitter = await rig.open();
          const calls = changes.map(async ({ kind, from, blocks, waits }, index) => {
            await rig.clock.sleep(waits, new AbortController().signal);
            const extent = { offset: from * BLOCK, length: Math.min(blocks, BLOCKS - from) * BLOCK };
            if (kind === "write")
              await splitter.write(extent.offset, new Uint8Array(extent.length).fill(index + 1), PLAIN);
            else if (kind === "zero") await splitter.zero(extent, { fua: false, mayDiscard: true });
            else await splitter.discard(extent, PLAIN);
          });
          await Promise.all(calls);
          await splitter.flush();
          await untilSendable(splitter);
          const { sendableSequence } = splitter.facts();
          const records = await readLog(rig.files, RIG_FOLDER, sendableSequence);
          assert.ok(recording !== undefined);
          for (let block = 0; block < BLOCKS; block += 1) {
            assert.deepEqual(historyOf(block, records), diskHistoryOf(block, recording), `block ${block}`);
          }
          assert.ok(replay(records, BLOCKS * BLOCK).equals(await rig.content()));
          await splitter.close();
        });
      }),
      { numRuns: 150 },
    );
  });

  test("the same when the disk refuses some: the log replayed up to the end, without what was refused, is the disk", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 30 }), fc.nat(), async (changes, seed) => {
        const random = seededRandom(seed);
        const rig = new SplitterRig({
          seed: 1,
          diskBytes: BLOCKS * BLOCK,
          limits: { activityRegionBytes: 4_096, changeRegionBytes: 4_096, activeRegionsMax: 4 },
          parent: { branch: "0f".repeat(16), sequence: 1 },
          wrap: (device, clock) => {
            const operations = ["write", "zero", "discard"] as const;
            const faulty = faultyDevice(device, { operations, fails: () => random.below(4) === 0, torn: true });
            return delayedDevice(faulty, clock, () => random.below(5));
          },
        });
        await rig.clock.run(async () => {
          const splitter = await rig.open();
          const calls = changes.map(async ({ from, blocks, waits }, index) => {
            await rig.clock.sleep(waits, new AbortController().signal);
            const length = Math.min(blocks, BLOCKS - from) * BLOCK;
            await splitter.write(from * BLOCK, new Uint8Array(length).fill(index + 1), PLAIN);
          });
          await Promise.allSettled(calls);
          await splitter.flush();
          await untilSendable(splitter);
          const { sendableSequence, writtenSequence } = splitter.facts();
          assert.equal(sendableSequence, writtenSequence, "every refusal was said");
          const records = await readLog(rig.files, RIG_FOLDER, sendableSequence);
          assert.ok(replay(records, BLOCKS * BLOCK).equals(await rig.content()));
          await splitter.close();
        });
      }),
      { numRuns: 100 },
    );
  });
});
