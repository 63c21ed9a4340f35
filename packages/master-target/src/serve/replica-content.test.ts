import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, KiB, MiB, seededRandom } from "@leeward/base";
import { type Extent, ExtentSet, endOf, memoryDevice } from "@leeward/block";
import { journalMemory, type OverlayDevice, openOverlay } from "@leeward/journal";
import { HistoryMaker } from "@leeward/journal/testing";
import type { ReplicaChangeList, RequestBody } from "@leeward/proto";
import { type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import { EpochBook } from "../intake/epoch-book.ts";
import { AnchorStore } from "../keep/anchor-store.ts";
import { openJournalHome } from "../keep/journal-home.ts";
import { TargetDisks } from "../keep/target-disks.ts";
import { CHANGED_EXTENTS_PER_ANSWER_MAX } from "../limits.ts";
import { answerLeased } from "./leased-requests.ts";
import { ReplicaContent } from "./replica-content.ts";
import { ReplicaDigests } from "./replica-digests.ts";

const DISK_BYTES = 40 * MiB;
const BLOCK = 512;
const RECIPIENT = "0e".repeat(16);
const NEVER = new AbortController().signal;
const REPLICA = "0a".repeat(16);
/** The process server that has the disk's lease. */
const HOLDER = "0b".repeat(16);

/** A disk with a point, what the source wrote after it, and an overlay over the point. */
async function made(seed: number, laterWrites: number) {
  const world = simulatedWorld({ seed });
  const { files } = world;
  const maker = new HistoryMaker(seededRandom(seed), DISK_BYTES);
  const { identity, dataKey } = maker;
  for (const name of ["mt/journal", "mt/anchors", "mt/overlays"]) await files.makeFolder(`/${name}`);
  const disks = new TargetDisks(
    {
      journals: await openJournalHome(world, { home: "/mt" }),
      unwrap: async () => dataKey.bytes,
      recipient: RECIPIENT,
      epochs: await EpochBook.open(files, "/mt"),
      anchors: new AnchorStore(files, "/mt/anchors"),
      memory: journalMemory(64 * KiB),
      reserveBytes: 0,
      report: () => undefined,
    },
    (error) => assert.fail(String(error)),
  );
  const still = { machineName: "m", diskName: "d", epoch: 0, term: 0, processServerId: HOLDER, intake: true };
  const wrappedKeys = [{ recipient: RECIPIENT, jwe: "x" }];
  const kept = { keyId: dataKey.keyId, wrappedKeys, retentionSeconds: 60, retentionBytesMax: 0, thinningTiers: [] };
  await disks.apply([{ ...identity, ...still, ...kept }]);
  const { journal } = disks.require(identity.machineId, identity.diskId);
  maker.endSpan(maker.beginSpan("initial"));
  for (let count = 0; count < 10; count += 1) maker.writeSomewhere();
  const point = maker.mark();
  await journal.accept(await maker.stage(world, journal.stagingPath("one"), maker.cut()));
  await journal.addPoint(point.record);
  for (let count = 0; count < laterWrites; count += 1) maker.writeSomewhere();
  if (laterWrites > 0) await journal.accept(await maker.stage(world, journal.stagingPath("two"), maker.cut()));
  const device = await journal.openPoint(point.record.id, { owner: "test", reason: "overlay" });
  const overlay = await openOverlay(world, { device, folder: "/mt/overlays/one", ...identity });
  const replicas = { disk: async () => ({ machineId: identity.machineId, overlay, isHalted: false }) };
  const content = new ReplicaContent({ ...world, disks, replicas });
  const page = (afterSequence: number, fromOffset: number) => {
    const request = { replicaId: REPLICA, diskId: identity.diskId, afterSequence, fromOffset };
    return world.clock.run(() => content.changes(request, NEVER));
  };
  const digests = new ReplicaDigests(world.clock, disks, replicas);
  const answer = (body: RequestBody, peerId = HOLDER) => {
    const intake = (diskId: string) => disks.intake(diskId);
    return world.clock.run(() => answerLeased({ content, digests, intake }, { body, peerId }, NEVER));
  };
  return { world, maker, overlay, page, answer };
}

/** All pages; `between` happens between two of them. */
async function allOf(
  page: (afterSequence: number, fromOffset: number) => Promise<ReplicaChangeList>,
  afterSequence: number,
  between: () => Promise<void> = async () => undefined,
): Promise<{ readonly sequence: number; readonly told: ExtentSet; readonly pages: number }> {
  const extents: Extent[] = [];
  const first = await page(afterSequence, 0);
  let pages = 1;
  for (let answer = first; ; pages += 1) {
    for (const extent of answer.extents) {
      assert.ok(
        extent.offset >= endOf(extents.at(-1) ?? { offset: 0, length: 0 }),
        "they are sorted, and none comes twice",
      );
      extents.push(extent);
    }
    assert.ok(answer.extents.length <= CHANGED_EXTENTS_PER_ANSWER_MAX);
    if (!answer.more) break;
    const last = answer.extents.at(-1);
    assert.ok(last !== undefined);
    await between();
    answer = await page(afterSequence, endOf(last));
  }
  return { sequence: first.sequence, told: ExtentSet.of(extents), pages };
}

async function imageOf(overlay: OverlayDevice): Promise<Uint8Array> {
  const image = new Uint8Array(DISK_BYTES);
  await overlay.read(0, image);
  return image;
}

function assertTold(told: ExtentSet, one: Uint8Array, other: Uint8Array): void {
  for (let offset = 0; offset < DISK_BYTES; offset += BLOCK) {
    const end = offset + BLOCK;
    if (Buffer.compare(one.subarray(offset, end), other.subarray(offset, end)) !== 0)
      assert.ok(told.covers({ offset, length: BLOCK }), `${offset} differs and is not told`);
  }
}

async function writeSome(overlay: OverlayDevice, seed: number, count: number): Promise<void> {
  const random = seededRandom(seed);
  for (let done = 0; done < count; done += 1)
    await overlay.write(random.below(DISK_BYTES / BLOCK) * BLOCK, random.bytes(BLOCK), { fua: false });
}

test("rounds by sequence bring a copy to what the machine has, whatever it writes between two pages", async () => {
  const { maker, overlay, page } = await made(1, 1_500);
  await writeSome(overlay, 2, 1_500);
  const source = maker.image.slice();
  let sequence = 0;
  let pagesMost = 0;
  for (let round = 0; round < 4; round += 1) {
    const isLast = round === 3;
    const { told, pages, ...at } = await allOf(page, sequence, async () => {
      if (!isLast) await writeSome(overlay, 10 + round, 5);
    });
    pagesMost = Math.max(pagesMost, pages);
    for (const { offset, length } of told) {
      const piece = new Uint8Array(length);
      await overlay.readDurably(offset, piece);
      source.set(piece, offset);
    }
    sequence = at.sequence;
    if (!isLast) await writeSome(overlay, 20 + round, 20);
  }
  assert.ok(pagesMost > 1, "there was more than one page");
  assert.equal(Buffer.compare(source, await imageOf(overlay)), 0);
});

test("from the beginning all is told in which the source's history and the machine differ, and behind a sequence what was written since", async () => {
  const { maker, overlay, page } = await made(3, 40);
  await writeSome(overlay, 4, 60);
  const before = await imageOf(overlay);
  const { told, sequence } = await allOf(page, 0);
  assertTold(told, maker.image, before);
  await overlay.zero({ offset: 3 * MiB, length: MiB }, { fua: false });
  const since = await allOf(page, sequence);
  assert.deepEqual([...since.told], [{ offset: 3 * MiB, length: MiB }]);
  assertTold(since.told, before, await imageOf(overlay));
});

test("an extent that grows between two pages is not left out where it goes on", async () => {
  const { overlay, page } = await made(5, 0);
  await overlay.write(0, new Uint8Array(BLOCK), { fua: false });
  for (let block = 2; block < 2 * CHANGED_EXTENTS_PER_ANSWER_MAX + 200; block += 2)
    await overlay.write(block * BLOCK, new Uint8Array(BLOCK), { fua: false });
  const first = await page(0, 0);
  assert.deepEqual([first.extents.length, first.more], [CHANGED_EXTENTS_PER_ANSWER_MAX, true]);
  const last = first.extents.at(-1);
  assert.ok(last !== undefined);
  await overlay.write(endOf(last), new Uint8Array(BLOCK), { fua: false });
  const second = await page(0, endOf(last));
  assert.equal(second.extents[0]?.offset, endOf(last));
  assert.deepEqual((await page(0, DISK_BYTES)).extents, []);
});

test("what is told is durable: a loss of power gives no told sequence to another record", async () => {
  const { world, maker, overlay, page } = await made(7, 0);
  for (const folder of ["/mt", "/"]) await world.files.syncFolder(folder);
  await writeSome(overlay, 8, 10);
  const { sequence } = await page(0, 0);
  assert.equal(sequence, 10);
  await writeSome(overlay, 9, 10);
  const after: SimulatedWorld = { ...world, files: world.files.crash("none") };
  assert.ok((await settledIn(after, maker)) >= sequence);
});

test("a process server is answered for a disk whose lease it holds, for no other, and nothing but what a way back needs", async () => {
  const { maker, overlay, answer } = await made(11, 0);
  await overlay.write(0, seededRandom(12).bytes(4_096), { fua: false });
  const { machineId, diskId } = maker.identity;
  const of = { replicaId: REPLICA, diskId };
  const changes: RequestBody = { kind: "replicaChanges", value: { ...of, afterSequence: 0, fromOffset: 0 } };
  const read: RequestBody = { kind: "replicaRead", value: { ...of, offset: 0, length: MiB } };
  const digestsOf = { machineId, diskId, offset: 0, length: MiB, present: false };
  const digests: RequestBody = { kind: "replicaDigests", value: { ...digestsOf, replicaId: REPLICA } };
  assert.equal((await answer(changes)).kind, "replicaChangeList");
  const content = await answer(read);
  assert.ok(content.kind === "replicaContent" && content.value.content.length < MiB, "it is compressed");
  assert.equal((await answer(digests)).kind, "blockDigests");
  for (const body of [changes, read, digests])
    await assert.rejects(answer(body, "0c".repeat(16)), (error) => isFault(error, "lease-elsewhere"));
  const others: readonly RequestBody[] = [
    { kind: "replicaDigests", value: { ...digestsOf, replicaId: "" } },
    { kind: "removeReplica", value: { replicaId: REPLICA } },
    { kind: "deleteHistory", value: { machineId, diskIds: [diskId] } },
  ];
  for (const body of others) await assert.rejects(answer(body), (error) => isFault(error, "request-unsupported"));
  const unknown: RequestBody = {
    kind: "replicaRead",
    value: { ...of, diskId: "0d".repeat(16), offset: 0, length: 512 },
  };
  await assert.rejects(answer(unknown), (error) => isFault(error, "disk-not-planned"));
  const outside: RequestBody = { kind: "replicaRead", value: { ...of, offset: 100, length: 512 } };
  await assert.rejects(answer(outside), (error) => isFault(error, "extent-outside"));
});

/** The last sequence of the overlay's log as it survived. */
async function settledIn(world: SimulatedWorld, maker: HistoryMaker): Promise<number> {
  const device = memoryDevice(DISK_BYTES);
  await using overlay = await openOverlay(world, { device, folder: "/mt/overlays/one", ...maker.identity });
  return overlay.settle();
}
