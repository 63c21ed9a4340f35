import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@leeward/base";
import { ExtentSet } from "@leeward/block";
import { type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import { Journal } from "../journal.ts";
import type { BranchPosition } from "../recovery-point.ts";
import { HistoryMaker, type MadePoint } from "../testing/index.ts";

const SIZE = 512 * 1024;
const BLOCK = 512;
const WHOLE = { offset: 0, length: SIZE };
const NEVER = new AbortController().signal;
const NOBODY = "0".repeat(32);
/** Keeps every point. */
const POLICY = { windowMicros: Number.MAX_SAFE_INTEGER, bytesMax: 0, advance: "now" } as const;

interface Rig {
  readonly world: SimulatedWorld;
  readonly journal: Journal;
  readonly maker: HistoryMaker;
  point(writes: number): Promise<MadePoint>;
}

async function made(seed: number): Promise<Rig> {
  const world = simulatedWorld({ seed });
  await world.files.makeFolder("/j");
  const maker = new HistoryMaker(seededRandom(seed), SIZE);
  const options = { folder: "/j/d", dataKey: maker.dataKey, limits: { reserveBytes: 0 } };
  const journal = await Journal.create(world, { ...options, ...maker.identity });
  const point = async (writes: number): Promise<MadePoint> => {
    for (let count = 0; count < writes; count += 1) maker.writeSomewhere();
    const marked = maker.mark();
    await journal.accept(await maker.stage(world, journal.stagingPath("s"), maker.cut()));
    await journal.addPoint(marked.record);
    return marked;
  };
  maker.endSpan(maker.beginSpan("initial"));
  return { world, journal, maker, point };
}

function placeOf({ record }: MadePoint): BranchPosition {
  const [member] = record.members;
  assert.ok(member !== undefined);
  return { branch: member.branch, sequence: member.sequence };
}

function differing(one: Uint8Array, other: Uint8Array): ExtentSet {
  const set = new ExtentSet();
  for (let offset = 0; offset < SIZE; offset += BLOCK) {
    const end = offset + BLOCK;
    if (Buffer.compare(one.subarray(offset, end), other.subarray(offset, end)) !== 0)
      set.add({ offset, length: BLOCK });
  }
  return set;
}

test("every byte in which a later end differs from a point is told, over forks, index runs and merging", async () => {
  for (let seed = 1; seed <= 4; seed += 1) {
    const { world, journal, maker, point } = await made(seed);
    const points = [await point(20)];
    for (let count = 0; count < 40; count += 1) {
      const [from] = points.slice(seed % 3);
      if (count === 25 && seed > 1 && from !== undefined) maker.fork(from);
      points.push(await point(3));
    }
    const check = async (): Promise<void> => {
      for (const each of points) {
        const told = await journal.changesAfter(placeOf(each), NOBODY).within(WHOLE);
        for (const { offset, length } of differing(each.image, maker.image))
          assert.ok(told.covers({ offset, length }), `seed ${seed}: ${offset} differs`);
      }
    };
    await check();
    await journal.buildRuns(NEVER);
    await check();
    await world.clock.run(() => journal.retain(POLICY, NEVER));
    await world.clock.run(() => journal.merge(POLICY, NEVER));
    await check();
    await journal.close();
  }
});

test("behind a point nothing is told but what was written there, also where a run begins before it", async () => {
  const { journal, maker, point } = await made(5);
  await point(10);
  for (let count = 0; count < 12; count += 1) await point(2);
  const chosen = await point(1);
  maker.write(8 * BLOCK, { kind: "write", length: 3 * BLOCK });
  await point(0);
  maker.write(100 * BLOCK, { kind: "discard", length: BLOCK });
  await point(0);
  for (let count = 0; count < 4; count += 1) {
    maker.write(8 * BLOCK, { kind: "write", length: BLOCK });
    await point(0);
  }
  const wanted = [
    { offset: 8 * BLOCK, length: 3 * BLOCK },
    { offset: 100 * BLOCK, length: BLOCK },
  ];
  const told = async (within = WHOLE) => [...(await journal.changesAfter(placeOf(chosen), NOBODY).within(within))];
  assert.deepEqual(await told(), wanted);
  assert.ok((await journal.buildRuns(NEVER)) > 0);
  assert.deepEqual(await told(), wanted);
  assert.deepEqual(await told({ offset: 9 * BLOCK, length: BLOCK }), [{ offset: 9 * BLOCK, length: BLOCK }]);
  await journal.close();
});

test("a branch that is excepted is not told, and after a history without a beginning in common all of the disk is", async () => {
  const { journal, maker, point } = await made(6);
  const chosen = await point(10);
  maker.fork(chosen);
  await point(5);
  const told = async (except: string) => (await journal.changesAfter(placeOf(chosen), except).within(WHOLE)).totalBytes;
  assert.ok((await told(NOBODY)) > 0);
  assert.equal(await told(maker.branch), 0);
  maker.restart();
  await point(0);
  assert.equal(await told(NOBODY), SIZE);
  await journal.close();
});
