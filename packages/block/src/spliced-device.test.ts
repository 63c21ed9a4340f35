import assert from "node:assert/strict";
import { test } from "node:test";
import { KiB, seededRandom } from "@leeward/base";
import { memoryDevice } from "./memory-device.ts";
import { SplicedDevice } from "./spliced-device.ts";

const BLOCK = 512;
const STRETCHES = [
  { from: 0, offset: 8 * KiB, length: 16 * KiB },
  { from: 1, offset: 0, length: 4 * KiB },
  { from: 0, offset: 32 * KiB, length: 8 * KiB },
];
const SIZE = 28 * KiB;

test("writes, zeroes and reads of any extent do on the parts what they would do on a disk of one piece", async () => {
  const random = seededRandom(4);
  const devices = [memoryDevice(64 * KiB), memoryDevice(4 * KiB)] as const;
  const around = Buffer.from(random.bytes(64 * KiB));
  await devices[0].write(0, around, { fua: false });
  await devices[1].write(0, random.bytes(4 * KiB), { fua: false });
  const spliced = new SplicedDevice(
    STRETCHES.map(({ from, offset, length }) => ({ device: devices[from === 0 ? 0 : 1], offset, length })),
  );
  assert.equal(spliced.sizeBytes, SIZE);
  const model = Buffer.alloc(SIZE);
  await spliced.read(0, model);
  for (let round = 0; round < 300; round += 1) {
    const offset = BLOCK * random.below(SIZE / BLOCK);
    const length = BLOCK * (1 + random.below((SIZE - offset) / BLOCK));
    if (random.below(4) === 0) {
      await spliced.zero({ offset, length }, { fua: false, mayDiscard: true });
      model.fill(0, offset, offset + length);
    } else {
      const data = random.bytes(length);
      await spliced.write(offset, data, { fua: true });
      model.set(data, offset);
    }
    const read = Buffer.alloc(length);
    await spliced.read(offset, read);
    assert.ok(read.equals(model.subarray(offset, offset + length)));
  }
  const runs = await spliced.allocation({ offset: BLOCK, length: SIZE - 2 * BLOCK });
  let at = BLOCK;
  for (const run of runs) {
    assert.equal(run.offset, at);
    at += run.length;
    if (run.kind === "zero") assert.ok(model.subarray(run.offset, at).every((byte) => byte === 0));
  }
  assert.equal(at, SIZE - BLOCK);
  // What lies between the stretches is as it was.
  const whole = Buffer.alloc(64 * KiB);
  await devices[0].read(0, whole);
  for (const [from, to] of [
    [0, 8],
    [24, 32],
    [40, 64],
  ] as const)
    assert.ok(whole.subarray(from * KiB, to * KiB).equals(around.subarray(from * KiB, to * KiB)));
});
