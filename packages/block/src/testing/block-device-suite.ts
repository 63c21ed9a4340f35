import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isFault, MiB } from "@leeward/base";
import { sampledRuns } from "@leeward/world/testing";
import * as fc from "fast-check";
import type { BlockDevice } from "../block-device.ts";
import { type Extent, endOf } from "../extent.ts";

/** The disk that the suite asks for: of this size, holding zeroes. The suite disposes of it. */
export interface DeviceRequest {
  readonly sizeBytes: number;
  readonly readOnly: boolean;
}

const SIZE = 4 * MiB;
const PLAIN = { fua: false } as const;

/** What every BlockDevice must do, real or fake, near or far. */
export function blockDeviceSuite(name: string, make: (request: DeviceRequest) => Promise<BlockDevice>): void {
  const open: Open = (readOnly = false) => make({ sizeBytes: SIZE, readOnly });
  describe(name, () => {
    test("a fresh disk has its size and reads as zeroes", () => startsWithZeroes(open));
    test("what was written is read, also at both ends, and nothing beside it changes", () => readsWhatWasWritten(open));
    test("a buffer is free again when its call has settled", () => borrowsBuffers(open));
    test("many calls run side by side", () => runsSideBySide(open));
    test("a large write is whole", () => takesLargeWrites(open));
    test("a read-only disk says so and refuses every change", () => refusesWhenReadOnly(open));
    test("allocation is whole, in order, and says zero only of what reads as zeroes", () => tellsAllocation(open));
    test("a disk is a plain array of bytes", () => isAnArrayOfBytes(open));
  });
}

type Open = (readOnly?: boolean) => Promise<BlockDevice>;

async function startsWithZeroes(open: Open): Promise<void> {
  await using device = await open();
  assert.equal(device.sizeBytes, SIZE);
  assert.ok(device.blockBytes === 512 || device.blockBytes === 4096);
  assert.equal(device.readOnly, false);
  const target = filled(SIZE, 1);
  await device.read(0, target);
  assert.ok(target.every((byte) => byte === 0));
}

async function readsWhatWasWritten(open: Open): Promise<void> {
  await using device = await open();
  const block = device.blockBytes;
  await device.write(0, filled(block, 1), PLAIN);
  await device.write(SIZE - block, filled(block, 2), { fua: true });
  await device.write(5 * block, filled(3 * block, 3), PLAIN);
  const all = await readAll(device);
  const expected = new Uint8Array(SIZE);
  expected
    .fill(1, 0, block)
    .fill(3, 5 * block, 8 * block)
    .fill(2, SIZE - block);
  assert.deepEqual(Buffer.compare(all, expected), 0);
}

async function borrowsBuffers(open: Open): Promise<void> {
  await using device = await open();
  const data = filled(64 * 1024, 7);
  await device.write(0, data, PLAIN);
  data.fill(9);
  const target = new Uint8Array(64 * 1024);
  await device.read(0, target);
  assert.ok(target.every((byte) => byte === 7));
}

async function runsSideBySide(open: Open): Promise<void> {
  await using device = await open();
  const block = device.blockBytes;
  const count = 300;
  await Promise.all(
    Array.from({ length: count }, (_, index) => device.write(index * block, filled(block, (index % 250) + 1), PLAIN)),
  );
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const target = new Uint8Array(block);
      await device.read(index * block, target);
      assert.ok(target.every((byte) => byte === (index % 250) + 1));
    }),
  );
  await Promise.all([device.flush(), device.flush(), device.flush()]);
}

async function takesLargeWrites(open: Open): Promise<void> {
  await using device = await open();
  const data = Uint8Array.from({ length: SIZE }, (_, index) => (index * 31 + (index >> 12)) & 255);
  await device.write(0, data, PLAIN);
  assert.equal(Buffer.compare(await readAll(device), data), 0);
}

async function refusesWhenReadOnly(open: Open): Promise<void> {
  await using device = await open(true);
  assert.equal(device.readOnly, true);
  const extent = { offset: 0, length: device.blockBytes };
  const refused = (error: unknown): boolean => isFault(error, "disk-read-only");
  await assert.rejects(async () => device.write(0, filled(device.blockBytes, 1), PLAIN), refused);
  await assert.rejects(async () => device.zero(extent, { fua: false, mayDiscard: true }), refused);
  await assert.rejects(async () => device.discard(extent, PLAIN), refused);
  await device.flush();
  assert.ok((await readAll(device)).every((byte) => byte === 0));
}

async function tellsAllocation(open: Open): Promise<void> {
  await using device = await open();
  await device.write(MiB, filled(256 * 1024, 4), PLAIN);
  await device.write(3 * MiB, filled(device.blockBytes, 5), PLAIN);
  await device.discard({ offset: MiB, length: 64 * 1024 }, PLAIN);
  const all = await readAll(device);
  const asked: Extent[] = [
    { offset: 0, length: SIZE },
    { offset: MiB, length: device.blockBytes },
    { offset: MiB + device.blockBytes, length: 2 * MiB },
  ];
  for (const extent of asked) await checkAllocation(device, extent, all);
}

async function isAnArrayOfBytes(open: Open): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(commands, { maxLength: 25 }), async (list) => {
      await using device = await open();
      const model = new Uint8Array(SIZE);
      for (const command of list) await apply(device, model, command);
      await device.flush();
      assert.equal(Buffer.compare(await readAll(device), model), 0);
      await checkAllocation(device, { offset: 0, length: SIZE }, model);
    }),
    { numRuns: sampledRuns(15, 3) },
  );
}

interface Command {
  readonly kind: "write" | "zero" | "unmap" | "discard" | "flush";
  /** In blocks of 4096. */
  readonly at: number;
  readonly count: number;
  readonly fill: number;
  readonly fua: boolean;
}

const commands: fc.Arbitrary<Command> = fc.record({
  kind: fc.constantFrom("write", "write", "zero", "unmap", "discard", "flush"),
  at: fc.integer({ min: 0, max: SIZE / 4096 - 1 }),
  count: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: SIZE / 4096 })),
  fill: fc.integer({ min: 1, max: 255 }),
  fua: fc.boolean(),
});

async function apply(device: BlockDevice, model: Uint8Array, command: Command): Promise<void> {
  const { kind, fua } = command;
  const offset = command.at * 4096;
  const extent = { offset, length: Math.min(command.count * 4096, SIZE - offset) };
  switch (kind) {
    case "write":
      model.fill(command.fill, offset, endOf(extent));
      return device.write(offset, filled(extent.length, command.fill), { fua });
    case "zero":
    case "unmap":
      model.fill(0, offset, endOf(extent));
      return device.zero(extent, { fua, mayDiscard: kind === "unmap" });
    case "discard":
      model.fill(0, offset, endOf(extent));
      return device.discard(extent, { fua });
    case "flush":
      return device.flush();
  }
}

async function checkAllocation(device: BlockDevice, extent: Extent, content: Uint8Array): Promise<void> {
  let at = extent.offset;
  for (const run of await device.allocation(extent)) {
    assert.equal(run.offset, at);
    assert.ok(run.length > 0 && run.offset % device.blockBytes === 0);
    if (run.kind === "zero") assert.ok(content.subarray(run.offset, endOf(run)).every((byte) => byte === 0));
    at = endOf(run);
  }
  assert.equal(at, endOf(extent));
}

async function readAll(device: BlockDevice): Promise<Uint8Array> {
  const all = new Uint8Array(device.sizeBytes);
  await device.read(0, all);
  return all;
}

function filled(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value);
}
