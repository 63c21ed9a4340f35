import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, type Random, seededRandom } from "@leeward/base";
import type { BlockDevice } from "@leeward/block";
import type { World } from "@leeward/world";
import { crashSweep, simulatedWorld } from "@leeward/world/testing";
import { Journal } from "../journal.ts";
import type { BranchPosition, PointRecord } from "../recovery-point.ts";
import { HistoryMaker, type MadePoint } from "../testing/index.ts";
import { type OverlayDevice, openOverlay } from "./overlay-device.ts";

const SIZE = 256 * 1024;
const BLOCK = 512;
const FOLDER = "/o/one";
const NEVER = new AbortController().signal;
const PIN = { owner: "test", reason: "overlay" };
/** So that an overlay has several files. */
const LOG_BYTES = 8 * 1024;
const POLICY = { windowMicros: 1, bytesMax: 0, advance: "now" } as const;

interface Rig {
  readonly maker: HistoryMaker;
  readonly point: MadePoint;
  readonly options: Parameters<typeof Journal.open>[1];
}

/** A journal with a point, and behind it what the source wrote later, with a point of its own. */
async function made(world: World, seed: number): Promise<Rig> {
  for (const folder of ["/j", "/o"]) await world.files.makeFolder(folder);
  const maker = new HistoryMaker(seededRandom(seed), SIZE);
  const options = { folder: "/j/d", dataKey: maker.dataKey, limits: { reserveBytes: 0 } };
  await using journal = await Journal.create(world, { ...options, ...maker.identity });
  maker.endSpan(maker.beginSpan("initial"));
  for (let count = 0; count < 20; count += 1) maker.writeSomewhere();
  const point = await taken(world, journal, maker);
  for (let count = 0; count < 5; count += 1) maker.writeSomewhere();
  await taken(world, journal, maker);
  return { maker, point, options };
}

/** Ends a segment with a point, and takes both in. */
async function taken(world: World, journal: Journal, maker: HistoryMaker): Promise<MadePoint> {
  const point = maker.mark();
  await journal.accept(await maker.stage(world, journal.stagingPath("s"), maker.cut()));
  await journal.addPoint(point.record);
  return point;
}

async function overlayOf(world: World, journal: Journal, { maker, point }: Rig): Promise<OverlayDevice> {
  const device = await journal.openPoint(point.record.id, PIN);
  return openOverlay(world, { device, folder: FOLDER, ...maker.identity, segmentBytesMax: LOG_BYTES });
}

async function writeSome(device: BlockDevice, random: Random, count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) {
    const offset = random.below(SIZE / BLOCK) * BLOCK;
    const length = Math.min(SIZE - offset, BLOCK * (1 + random.below(8)));
    const choice = random.below(5);
    if (choice === 0) await device.zero({ offset, length }, { fua: false, mayDiscard: true });
    else if (choice === 1) await device.discard({ offset, length }, { fua: false });
    else await device.write(offset, random.bytes(length), { fua: false });
  }
}

async function contentOf(device: BlockDevice): Promise<Uint8Array> {
  const content = new Uint8Array(device.sizeBytes);
  await device.read(0, content);
  return content;
}

async function pointContent(journal: Journal, id: string): Promise<Uint8Array> {
  await using device = await journal.openPoint(id, PIN);
  return contentOf(device);
}

/** A point at the place, later than all others. */
function pointAt(rig: Rig, place: BranchPosition, id = "0f".repeat(16)): PointRecord {
  const timeMicros = rig.maker.nowMicros + 60_000_000;
  const { diskId } = rig.maker.identity;
  const own = {
    id,
    number: 99,
    timeMicros,
    validUntilMicros: timeMicros,
    kind: "mark",
    members: [{ diskId, ...place }],
  };
  return { ...rig.point.record, ...own, kind: "mark" };
}

test("what was written over a point becomes a point that reads as the overlay did, and so does what is written later", async () => {
  const world = simulatedWorld({ seed: 1 });
  const rig = await made(world, 1);
  await using journal = await Journal.open(world, rig.options);
  const before = await pointContent(journal, rig.point.record.id);
  const random = seededRandom(2);
  let first: Uint8Array;
  {
    await using overlay = await overlayOf(world, journal, rig);
    await writeSome(overlay, random, 40);
    first = await contentOf(overlay);
    const place = await journal.absorb(overlay, NEVER);
    assert.deepEqual(place, { branch: overlay.origin.branch, sequence: await overlay.settle() });
    assert.ok((await world.files.list(overlay.logFolder)).length > 3, "it has several files");
    await journal.addPoint(pointAt(rig, place, "01".repeat(16)));
    assert.deepEqual(await journal.absorb(overlay, NEVER), place, "once more changes nothing");
    assert.equal(journal.position(place.branch), place.sequence);
  }
  await using overlay = await overlayOf(world, journal, rig);
  await writeSome(overlay, random, 7);
  const second = await contentOf(overlay);
  await journal.addPoint(pointAt(rig, await journal.absorb(overlay, NEVER), "02".repeat(16)));
  assert.deepEqual(await pointContent(journal, "01".repeat(16)), first);
  assert.deepEqual(await pointContent(journal, "02".repeat(16)), second);
  assert.deepEqual(await pointContent(journal, rig.point.record.id), before);
});

test("killed anywhere and begun again, an overlay becomes history once, and reads as it did", async () => {
  for (const cut of ["power", "process"] as const) {
    const setup = { seed: 3, rounds: 1, cut };
    let rig: Rig | undefined;
    let shown: Uint8Array = new Uint8Array();
    let through = 0;
    const absorbed = async (world: World): Promise<void> => {
      assert.ok(rig !== undefined);
      await using journal = await Journal.open(world, rig.options);
      await using overlay = await overlayOf(world, journal, rig);
      const place = await journal.absorb(overlay, NEVER);
      assert.equal(place.sequence, through);
      await journal.addPoint(pointAt(rig, place));
    };
    await crashSweep(
      {
        prepare: async (files) => {
          const world = { ...simulatedWorld({ seed: 4 }), files };
          rig = await made(world, 4);
          await files.syncFolder("/");
          await using journal = await Journal.open(world, rig.options);
          await using overlay = await overlayOf(world, journal, rig);
          await writeSome(overlay, seededRandom(5), 9);
          shown = await contentOf(overlay);
          through = await overlay.settle();
        },
        work: (files) => absorbed({ ...simulatedWorld({ seed: 6 }), files }),
        verify: async (files) => {
          assert.ok(rig !== undefined);
          const world = { ...simulatedWorld({ seed: 7 }), files };
          await absorbed(world);
          await using journal = await Journal.open(world, rig.options);
          const { id } = journal.resolve({ kind: "latest" });
          assert.equal(id, "0f".repeat(16));
          assert.equal(Buffer.compare(await pointContent(journal, id), shown), 0);
          assert.equal(Buffer.compare(await pointContent(journal, rig.point.record.id), rig.point.image), 0);
          assert.equal(journal.points().length, 3);
          assert.equal(journal.found.missing.length, 0);
        },
      },
      setup,
    );
  }
});

test("an overlay that nothing was written to ends where its point stands", async () => {
  const world = simulatedWorld({ seed: 8 });
  const rig = await made(world, 8);
  await using journal = await Journal.open(world, rig.options);
  await using overlay = await overlayOf(world, journal, rig);
  const [member] = rig.point.record.members;
  const place = await journal.absorb(overlay, NEVER);
  assert.deepEqual({ diskId: rig.maker.identity.diskId, ...place }, member);
  await journal.addPoint(pointAt(rig, place));
  assert.equal(journal.resolve({ kind: "latest" }).id, "0f".repeat(16));
  assert.deepEqual(await pointContent(journal, "0f".repeat(16)), rig.point.image);
});

test("the source goes on from the end of the overlay, and retention lets go of what it had written instead", async () => {
  const world = simulatedWorld({ seed: 9 });
  const rig = await made(world, 9);
  const { maker } = rig;
  await using journal = await Journal.open(world, rig.options);
  const old = journal.resolve({ kind: "latest" });
  let absorbed: MadePoint;
  {
    await using overlay = await overlayOf(world, journal, rig);
    await writeSome(overlay, seededRandom(10), 30);
    const image = await contentOf(overlay);
    const record = pointAt(rig, await journal.absorb(overlay, NEVER));
    await journal.addPoint(record);
    absorbed = { record, image };
  }
  const [member] = absorbed.record.members;
  assert.ok(member !== undefined);
  assert.deepEqual(journal.head, { branch: member.branch, sequence: member.sequence });
  assert.deepEqual(
    journal.points().map(({ id }) => id),
    [rig.point.record.id, old.id, absorbed.record.id],
    "points of what the source had written stay for now",
  );
  {
    await using present = await journal.openHead(PIN);
    assert.deepEqual(await contentOf(present), absorbed.image);
  }

  maker.pass(120_000_000);
  maker.fork(absorbed);
  assert.equal(journal.position(maker.branch), undefined);
  for (let count = 0; count < 5; count += 1) maker.writeSomewhere();
  const next = await taken(world, journal, maker);
  assert.equal(journal.resolve({ kind: "latest" }).id, next.record.id);
  assert.equal(journal.position(maker.branch), maker.sequence);
  assert.deepEqual(await pointContent(journal, next.record.id), next.image);

  await world.clock.run(() => journal.retain(POLICY, NEVER));
  await world.clock.run(() => journal.merge(POLICY, NEVER));
  assert.deepEqual(
    journal.points().map(({ id }) => id),
    [absorbed.record.id, next.record.id],
  );
  assert.equal(journal.position(old.branch), undefined, "the branch that nothing comes from any more is gone");
  assert.deepEqual(await pointContent(journal, next.record.id), next.image);
});

test("an overlay is absorbed while retention, merging and index runs go on beside it", async () => {
  const world = simulatedWorld({ seed: 11 });
  const rig = await made(world, 11);
  await using journal = await Journal.open(world, rig.options);
  await using overlay = await overlayOf(world, journal, rig);
  await writeSome(overlay, seededRandom(12), 60);
  const shown = await contentOf(overlay);
  await world.clock.run(async () => {
    const others = async (): Promise<void> => {
      for (let count = 0; count < 4; count += 1) {
        await journal.retain(POLICY, NEVER);
        await journal.merge(POLICY, NEVER);
        await journal.buildRuns(NEVER);
      }
    };
    const [place] = await Promise.all([journal.absorb(overlay, NEVER), others()]);
    await journal.addPoint(pointAt(rig, place));
    await others();
  });
  assert.deepEqual(await pointContent(journal, "0f".repeat(16)), shown);
  assert.deepEqual(await contentOf(overlay), shown);
});

test("an overlay whose log has lost a file is refused, and nothing of it becomes a point", async () => {
  const world = simulatedWorld({ seed: 13 });
  const rig = await made(world, 13);
  await using journal = await Journal.open(world, rig.options);
  await using overlay = await overlayOf(world, journal, rig);
  await writeSome(overlay, seededRandom(14), 40);
  const names = (await world.files.list(overlay.logFolder)).toSorted();
  await world.files.remove(`${overlay.logFolder}/${names[1]}`);
  await assert.rejects(journal.absorb(overlay, NEVER), (error) => isFault(error, "overlay-incomplete"));
});

test("what changed behind a sequence is what later records wrote, also after the overlay was opened again", async () => {
  const world = simulatedWorld({ seed: 15 });
  const rig = await made(world, 15);
  await using journal = await Journal.open(world, rig.options);
  const random = seededRandom(16);
  const seen: { readonly sequence: number; readonly image: Uint8Array }[] = [];
  for (let round = 0; round < 4; round += 1) {
    await using overlay = await overlayOf(world, journal, rig);
    seen.push({ sequence: await overlay.settle(), image: await contentOf(overlay) });
    await writeSome(overlay, random, 6);
    const now = new Uint8Array(SIZE);
    await overlay.readDurably(0, now);
    for (const { sequence, image } of seen) {
      const changed = overlay.changedExtents(sequence);
      for (let offset = 0; offset < SIZE; offset += BLOCK) {
        if (Buffer.compare(now.subarray(offset, offset + BLOCK), image.subarray(offset, offset + BLOCK)) !== 0)
          assert.ok(changed.covers({ offset, length: BLOCK }), `${offset} changed behind ${sequence}`);
      }
    }
    assert.equal(overlay.changedExtents(await overlay.settle()).count, 0);
  }
});

test("what was read durably is there after a loss of power", async () => {
  const world = simulatedWorld({ seed: 17 });
  const rig = await made(world, 17);
  await world.files.syncFolder("/");
  const target = new Uint8Array(BLOCK);
  const journal = await Journal.open(world, rig.options);
  const overlay = await overlayOf(world, journal, rig);
  await overlay.write(0, new Uint8Array(BLOCK).fill(7), { fua: false });
  await overlay.readDurably(0, target);
  const after = { ...world, files: world.files.crash() };
  await using again = await Journal.open(after, rig.options);
  await using found = await overlayOf(after, again, rig);
  const content = new Uint8Array(BLOCK);
  await found.read(0, content);
  assert.deepEqual(content, target);
});
