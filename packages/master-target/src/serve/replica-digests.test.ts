import assert from "node:assert/strict";
import { test } from "node:test";
import { KiB, MiB, seededRandom } from "@leeward/base";
import { journalMemory } from "@leeward/journal";
import { HistoryMaker } from "@leeward/journal/testing";
import { blockDigests, DIGEST_BLOCK_BYTES, DIGEST_BYTES, type ReplicaDigests as Request } from "@leeward/proto";
import { readFile } from "@leeward/world";
import { type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import { EpochBook } from "../intake/epoch-book.ts";
import { AnchorStore } from "../keep/anchor-store.ts";
import { openJournalHome } from "../keep/journal-home.ts";
import { TargetDisks } from "../keep/target-disks.ts";
import { ReplicaDigests } from "./replica-digests.ts";

/** Some pieces, and a last block that is short. */
const DISK_BYTES = 3 * MiB + 20 * KiB;
const RECIPIENT = "0e".repeat(16);
const NEVER = new AbortController().signal;

async function started(seed: number) {
  const world = simulatedWorld({ seed });
  const { files } = world;
  const maker = new HistoryMaker(seededRandom(seed), DISK_BYTES);
  const { identity, dataKey } = maker;
  for (const name of ["mt/journal", "mt/anchors"]) await files.makeFolder(`/${name}`);
  const disks = new TargetDisks(
    {
      journals: await openJournalHome(world, { home: "/mt" }),
      unwrap: async () => dataKey.bytes,
      recipient: RECIPIENT,
      epochs: await EpochBook.open(files, "/mt"),
      anchors: new AnchorStore(files, "/mt/anchors"),
      // So little that what was read is read again.
      memory: journalMemory(64 * KiB),
      reserveBytes: 0,
      report: () => undefined,
    },
    (error) => assert.fail(String(error)),
  );
  const still = { machineName: "m", diskName: "d", epoch: 0, term: 0, processServerId: "", intake: true };
  const wrappedKeys = [{ recipient: RECIPIENT, jwe: "x" }];
  const kept = { keyId: dataKey.keyId, wrappedKeys, retentionSeconds: 60, retentionBytesMax: 0, thinningTiers: [] };
  await disks.apply([{ ...identity, ...still, ...kept }]);
  const { journal } = disks.require(identity.machineId, identity.diskId);
  const digests = new ReplicaDigests(world.clock, disks, { disk: () => assert.fail("no machine is asked for") });
  const ask = (more: Partial<Request> = {}) =>
    world.clock.run(() =>
      digests.of({ ...identity, offset: 0, length: 64 * MiB, present: false, replicaId: "", ...more }, NEVER),
    );
  let cuts = 0;
  const point = async (): Promise<ReturnType<HistoryMaker["mark"]>> => {
    const made = maker.mark();
    cuts += 1;
    await journal.accept(await maker.stage(world, journal.stagingPath(`s${cuts}`), maker.cut()));
    await journal.addPoint(made.record);
    return made;
  };
  return { world, maker, journal, ask, point, disks };
}

test("the digests are those of the disk at its newest point, wherever they are asked for", async () => {
  const { maker, ask, point, journal, disks } = await started(3);
  await assert.rejects(ask(), { code: "point-missing" });
  maker.endSpan(maker.beginSpan("initial"));
  for (let round = 0; round < 5; round += 1) {
    for (let count = 0; count < 40; count += 1) maker.writeSomewhere(400);
    const { record, image } = await point();
    const [member] = record.members;
    const { digests, ...rest } = await ask();
    assert.deepEqual(rest, {
      pointId: record.id,
      branch: member?.branch,
      sequence: member?.sequence,
      diskBytes: DISK_BYTES,
      length: DISK_BYTES,
    });
    assert.deepEqual(Buffer.from(digests), Buffer.from(blockDigests(image)));
    const offset = 5 * DIGEST_BLOCK_BYTES;
    const part = await ask({ offset, length: 3 * DIGEST_BLOCK_BYTES });
    assert.deepEqual(
      Buffer.from(part.digests),
      Buffer.from(blockDigests(image.subarray(offset, offset + part.length))),
    );
  }
  const behind = await ask({ offset: 4 * MiB });
  assert.deepEqual([behind.length, behind.digests.length, behind.diskBytes], [0, 0, DISK_BYTES]);
  await assert.rejects(ask({ offset: 512 }), { code: "extent-outside" });
  assert.deepEqual(journal.pins(), [], "nothing is held afterwards");
  await assert.rejects(ask({ diskId: "0f".repeat(16) }), { code: "disk-unknown" });
  await disks.close();
});

test("a record with one wrong byte gives another digest, and stored bytes that rotted give none", async () => {
  const { world, maker, ask, point, journal, disks } = await started(4);
  maker.endSpan(maker.beginSpan("initial"));
  maker.write(0, { kind: "write", length: 2 * MiB });
  const { image } = await point();
  const right = image.slice();
  // What a process server would have sent had it cut the wrong bytes: whole, sealed and authenticated.
  maker.write(MiB + 512, { kind: "write", length: 512 });
  await point();
  const { digests } = await ask();
  const differing = Array.from({ length: 32 }, (_, block) => block).filter((block) => {
    const at = block * DIGEST_BLOCK_BYTES;
    const wanted = blockDigests(right.subarray(at, at + DIGEST_BLOCK_BYTES));
    return Buffer.compare(wanted, digests.subarray(block * DIGEST_BYTES, (block + 1) * DIGEST_BYTES)) !== 0;
  });
  assert.deepEqual(differing, [MiB / DIGEST_BLOCK_BYTES]);
  await overwrite(world, `${journal.folder}/segments`);
  await assert.rejects(ask(), { code: "disk-read-failed", kind: "corruption" });
  assert.deepEqual(journal.pins(), []);
  await disks.close();
});

test("the digests of the present are those of all that is held, also inside of a span, and what rotted has none", async () => {
  const { world, maker, ask, point, journal, disks } = await started(5);
  await assert.rejects(ask({ present: true }), { code: "point-missing" });
  maker.endSpan(maker.beginSpan("initial"));
  maker.write(0, { kind: "write", length: 2 * MiB });
  await point();
  maker.beginSpan("resync");
  maker.write(3 * DIGEST_BLOCK_BYTES, { kind: "write", length: 512 });
  const present = maker.image.slice();
  await journal.accept(await maker.stage(world, journal.stagingPath("open"), maker.cut()));
  const { digests, pointId, sequence, branch } = await ask({ present: true });
  assert.deepEqual([pointId, branch, sequence], ["", journal.head?.branch, journal.head?.sequence]);
  assert.deepEqual(Buffer.from(digests), Buffer.from(blockDigests(present)));
  assert.deepEqual(journal.pins(), [], "nothing is held afterwards");

  await overwrite(world, `${journal.folder}/segments`);
  const left = (await ask({ present: true })).digests;
  const blocks = Array.from({ length: 2 * (MiB / DIGEST_BLOCK_BYTES) }, (_, block) => block);
  const unread = blocks.filter((block) =>
    left.subarray(block * DIGEST_BYTES, (block + 1) * DIGEST_BYTES).every(isZero),
  );
  assert.ok(unread.length > 0, "damage is told");
  const rest = blocks.filter((block) => !unread.includes(block));
  for (const block of rest) {
    const told = left.subarray(block * DIGEST_BYTES, (block + 1) * DIGEST_BYTES);
    assert.deepEqual(told, digests.subarray(block * DIGEST_BYTES, (block + 1) * DIGEST_BYTES), `block ${block}`);
  }
  await disks.close();
});

const isZero = (byte: number): boolean => byte === 0;

/** Other bytes in the largest file of the folder. */
async function overwrite(world: SimulatedWorld, folder: string): Promise<void> {
  const names = await world.files.list(folder);
  const sized = names.map(async (name) => {
    const path = `${folder}/${name}`;
    return { path, size: (await world.files.status(path))?.sizeBytes ?? 0 };
  });
  const [largest] = (await Promise.all(sized)).toSorted((a, b) => b.size - a.size);
  assert.ok(largest !== undefined);
  const { path, size } = largest;
  const bytes = await readFile(world.files, path, size);
  bytes.fill(0xa5, 9_000, 200_000);
  const file = await world.files.open(path, "update");
  await file.write([bytes], 0);
  await file.close();
}
