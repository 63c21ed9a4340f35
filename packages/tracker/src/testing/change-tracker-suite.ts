import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isFault, KiB, MiB, type Random, seededRandom } from "@leeward/base";
import type { BlockDevice, Extent } from "@leeward/block";
import type { ChangeTracker } from "../change-tracker.ts";

/** A device of SUITE_SIZE_BYTES, and what tracks it. The suite disposes of it. */
export interface TrackerRig extends AsyncDisposable {
  /** What is done through it changes the tracked device, past every cache. It may be larger than what is tracked. */
  readonly device: BlockDevice;
  /** Whether what is tracked outlives the tracker. */
  readonly keeps: boolean;
  open(): Promise<ChangeTracker>;
  /** Makes the open tracker incomplete. */
  lose(): Promise<void>;
  /** Makes the tracked device larger, and tells its device anew; undefined where it cannot. */
  readonly grow?: (sizeBytes: number) => Promise<BlockDevice>;
}

/** The last region is a short one. */
export const SUITE_SIZE_BYTES = 8 * MiB + 4 * KiB;
const REGION = 64 * KiB;
const WRITE_BYTES_MAX = MiB;
const PLAIN = { fua: false } as const;
const ATTEMPTS = 5;

/** What every ChangeTracker must do. */
export function changeTrackerSuite(name: string, make: () => Promise<TrackerRig>): void {
  const within = (run: (rig: TrackerRig) => Promise<void>) => (): Promise<void> =>
    unlessNotRun(async () => {
      await using rig = await make();
      await run(rig);
    });
  describe(name, () => {
    test("a fresh tracker knows the device, and nothing waits", within(startsEmpty));
    test("what was changed waits, whole regions of it and no others", within(tellsWhatChanged));
    test(
      "no change is missed while others change the device and it is collected without a pause",
      within(missesNothing),
    );
    test("what changes after it was taken waits again, whatever happens to what was taken", within(waitsAgain));
    test("what is taken is told in order, and in pieces as large as asked", within(tellsExtents));
    test("a region can be made to wait", within(waitsWhenTold));
    test("what was not settled waits for the next tracker, where it is kept", within(keepsOrSaysSo));
    test("a tracker that was ended leaves nothing", within(leavesNothing));
    test("a tracker that may have missed a change says so from then on", within(saysIncomplete));
    test("a device that has grown is followed", within(followsGrowth));
  });
}

/**
 * Again, when the running kernel was found not to have run its programs for all requests: there are such, on which no tracker can do better. One that counts
 * wrongly ends so each time.
 */
export async function unlessNotRun<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      const wasNotRun = isFault(error, "tracking-incomplete") && Number(error.detail["missedSectors"] ?? 0) > 0;
      if (!wasNotRun || attempt === ATTEMPTS) throw error;
    }
  }
}

async function startsEmpty(rig: TrackerRig): Promise<void> {
  await using tracker = await rig.open();
  await tracker.collect();
  const { sizeBytes, regionBytes, waitingCount, takenCount } = tracker;
  assert.deepEqual(
    { sizeBytes, regionBytes, waitingCount, takenCount },
    { sizeBytes: SUITE_SIZE_BYTES, regionBytes: REGION, waitingCount: 0, takenCount: 0 },
  );
  assert.match(tracker.trackingId, /^[0-9a-f]{32}$/);
  assert.equal(tracker.take(), 0);
  assert.deepEqual([...tracker.taken(MiB)], []);
}

async function tellsWhatChanged(rig: TrackerRig): Promise<void> {
  await using tracker = await rig.open();
  const random = seededRandom(7);
  for (let round = 0; round < 30; round += 1) {
    const extents = Array.from({ length: 1 + random.below(4) }, () => someExtent(rig.device, random));
    for (const extent of extents) await change(rig.device, extent, random);
    await tracker.collect();
    const expected = new Set(extents.flatMap(regionsOf));
    assert.equal(tracker.waitingCount, expected.size);
    for (const extent of extents) assert.equal(tracker.waitsWithin(extent), true);
    assert.equal(tracker.take(), expected.size);
    const taken = [...tracker.taken(MiB)].flatMap(regionsOf);
    assert.deepEqual(new Set(taken), expected);
    assert.equal(taken.length, expected.size);
    tracker.settle();
  }
}

/** The oracle is a copy that is brought up to date with what is taken alone: at the end it has to be the device. */
async function missesNothing(rig: TrackerRig): Promise<void> {
  await using tracker = await rig.open();
  const copy = await contentOf(rig.device);
  let writing = true;
  const write = async (seed: number): Promise<void> => {
    const random = seededRandom(seed);
    for (let count = 0; count < 250; count += 1) await change(rig.device, someExtent(rig.device, random), random);
  };
  const writers = Promise.all([1, 2, 3, 4].map(write)).finally(() => {
    writing = false;
  });
  let passes = 0;
  while (writing) {
    await follow(tracker, rig.device, copy);
    passes += 1;
  }
  await writers;
  await follow(tracker, rig.device, copy);
  assert.ok(passes > 0);
  assert.equal(Buffer.compare(copy, await contentOf(rig.device)), 0);
}

async function waitsAgain(rig: TrackerRig): Promise<void> {
  await using tracker = await rig.open();
  const first = { offset: 0, length: REGION };
  await rig.device.write(0, new Uint8Array(REGION).fill(1), PLAIN);
  for (const afterwards of ["settle", "giveBack"] as const) {
    await tracker.collect();
    assert.equal(tracker.take(), 1);
    await rig.device.write(0, new Uint8Array(REGION).fill(2), PLAIN);
    await tracker.collect();
    assert.equal(tracker.waitsWithin(first), true);
    tracker[afterwards]();
    assert.deepEqual([tracker.waitingCount, tracker.takenCount], [1, 0]);
  }
  assert.equal(tracker.take(), 1);
  tracker.settle();
  await tracker.collect();
  assert.equal(tracker.waitingCount, 0);
}

async function tellsExtents(rig: TrackerRig): Promise<void> {
  await using tracker = await rig.open();
  tracker.wait({ offset: 2 * REGION, length: 40 * REGION });
  tracker.wait({ offset: SUITE_SIZE_BYTES - 1, length: 1 });
  assert.equal(tracker.take(), 41);
  const last = { offset: 8 * MiB, length: 4 * KiB };
  assert.deepEqual([...tracker.taken(8 * MiB)], [{ offset: 2 * REGION, length: 40 * REGION }, last]);
  const pieces = [...tracker.taken(MiB + 1)];
  assert.deepEqual(
    pieces.map(({ length }) => length),
    [MiB, MiB, 8 * REGION, 4 * KiB],
  );
  assert.deepEqual(pieces.at(-1), last);
  tracker.giveBack();
  assert.deepEqual([tracker.waitingCount, tracker.takenCount], [41, 0]);
}

async function waitsWhenTold(rig: TrackerRig): Promise<void> {
  await using tracker = await rig.open();
  tracker.wait({ offset: REGION - 1, length: 2 });
  tracker.wait({ offset: 0, length: 1 });
  assert.equal(tracker.waitingCount, 2);
  assert.equal(tracker.waitsWithin({ offset: 2 * REGION, length: 50 * REGION }), false);
  assert.equal(tracker.waitsWithin({ offset: 0, length: SUITE_SIZE_BYTES }), true);
}

async function keepsOrSaysSo(rig: TrackerRig): Promise<void> {
  const before = await rig.open();
  const { trackingId } = before;
  await rig.device.write(0, new Uint8Array(4 * KiB), PLAIN);
  await before.collect();
  before.take();
  await rig.device.write(4 * REGION, new Uint8Array(4 * KiB), PLAIN);
  await before.collect();
  await rig.device.write(8 * REGION, new Uint8Array(4 * KiB), PLAIN);
  await before[Symbol.asyncDispose]();
  await rig.device.write(12 * REGION, new Uint8Array(4 * KiB), PLAIN);
  await using after = await rig.open();
  assert.equal(after.trackingId === trackingId, rig.keeps);
  if (!rig.keeps) return;
  await after.collect();
  assert.equal(after.take(), 4);
  assert.deepEqual(
    [...after.taken(MiB)].map(({ offset }) => offset / REGION),
    [0, 4, 8, 12],
  );
}

async function leavesNothing(rig: TrackerRig): Promise<void> {
  const before = await rig.open();
  before.wait({ offset: 0, length: 1 });
  await before.end();
  await using after = await rig.open();
  await after.collect();
  assert.notEqual(after.trackingId, before.trackingId);
  assert.equal(after.waitingCount, 0);
}

async function saysIncomplete(rig: TrackerRig): Promise<void> {
  const before = await rig.open();
  await rig.lose();
  for (let time = 0; time < 2; time += 1) {
    await assert.rejects(before.collect(), (error) => isFault(error, "tracking-incomplete"));
  }
  await before[Symbol.asyncDispose]();
  await using after = await rig.open();
  assert.notEqual(after.trackingId, before.trackingId);
  await after.collect();
}

async function followsGrowth(rig: TrackerRig): Promise<void> {
  if (rig.grow === undefined) return;
  await using tracker = await rig.open();
  await rig.device.write(0, new Uint8Array(4 * KiB), PLAIN);
  await tracker.collect();
  tracker.take();
  await rig.device.write(2 * REGION, new Uint8Array(4 * KiB), PLAIN);
  const grown = await rig.grow(16 * MiB);
  await tracker.grow(16 * MiB);
  const { trackingId } = tracker;
  assert.deepEqual([tracker.sizeBytes, tracker.takenCount, tracker.waitingCount], [16 * MiB, 1, 1]);
  tracker.settle();
  await grown.write(15 * MiB, new Uint8Array(4 * KiB), PLAIN);
  await tracker.collect();
  assert.equal(tracker.take(), 2);
  assert.deepEqual(
    [...tracker.taken(MiB)].map(({ offset }) => offset),
    [2 * REGION, 15 * MiB],
  );
  await tracker[Symbol.asyncDispose]();
  if (!rig.keeps) return;
  await using after = await rig.open();
  assert.equal(after.trackingId, trackingId);
  assert.equal(after.waitingCount, 2);
}

/** Brings the copy up to date with what is taken. */
async function follow(tracker: ChangeTracker, device: BlockDevice, copy: Uint8Array): Promise<void> {
  await tracker.collect();
  tracker.take();
  for (const { offset, length } of tracker.taken(MiB))
    await device.read(offset, copy.subarray(offset, offset + length));
  tracker.settle();
}

async function contentOf(device: BlockDevice): Promise<Uint8Array> {
  const content = new Uint8Array(SUITE_SIZE_BYTES);
  for (let at = 0; at < content.length; at += MiB) await device.read(at, content.subarray(at, at + MiB));
  return content;
}

function someExtent(device: BlockDevice, random: Random): Extent {
  const blocks = SUITE_SIZE_BYTES / device.blockBytes;
  const lengthMax = random.below(3) === 0 ? WRITE_BYTES_MAX : 16 * KiB;
  const length = 1 + random.below(lengthMax / device.blockBytes);
  const first = random.below(blocks - length + 1);
  return { offset: first * device.blockBytes, length: length * device.blockBytes };
}

async function change(device: BlockDevice, extent: Extent, random: Random): Promise<void> {
  const kind = random.below(10);
  if (kind === 0) await device.discard(extent, PLAIN);
  else if (kind === 1) await device.zero(extent, { ...PLAIN, mayDiscard: false });
  else await device.write(extent.offset, random.bytes(extent.length), PLAIN);
}

function regionsOf({ offset, length }: Extent): number[] {
  const first = Math.floor(offset / REGION);
  const last = Math.floor((offset + length - 1) / REGION);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
