import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { KiB, MiB, seededRandom } from "@leeward/base";
import { journalMemory } from "@leeward/journal";
import { HistoryMaker } from "@leeward/journal/testing";
import type { PointDigest } from "@leeward/proto";
import { simulatedWorld } from "@leeward/world/testing";
import { EpochBook } from "../intake/epoch-book.ts";
import { AnchorStore } from "../keep/anchor-store.ts";
import { openJournalHome } from "../keep/journal-home.ts";
import { TargetDisks } from "../keep/target-disks.ts";
import { PointDigests } from "./point-digests.ts";

/** Some pieces, and a last one that is short. */
const DISK_BYTES = 3 * MiB + 20 * KiB;
const RECIPIENT = "0e".repeat(16);
const HOLDER = "d1".repeat(16);
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
      // So much that all that was read stays in memory, for whoever looks there.
      memory: journalMemory(64 * MiB),
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
  const digests = new PointDigests(world.clock, disks);
  let cuts = 0;
  const point = async (): Promise<string> => {
    const made = maker.mark();
    cuts += 1;
    await journal.accept(await maker.stage(world, journal.stagingPath(`s${cuts}`), maker.cut()));
    await journal.addPoint(made.record);
    return made.record.id;
  };
  maker.endSpan(maker.beginSpan("initial"));
  for (let at = 0; at + 64 * KiB <= DISK_BYTES; at += 192 * KiB) maker.write(at, { kind: "write", length: 64 * KiB });
  const pointId = await point();
  const ask = (more: Partial<PointDigest> = {}) =>
    world.clock.run(() =>
      digests.of({ ...identity, pointId, holder: HOLDER, offset: 0, length: 256 * MiB, ...more }, NEVER),
    );
  return { world, maker, journal, digests, ask, point, pointId, identity };
}

/** What the point holds, as whoever opens it reads it. */
async function contentOf({ journal, pointId }: Awaited<ReturnType<typeof started>>): Promise<Uint8Array> {
  await using device = await journal.openPoint(pointId, { owner: "test", reason: "test" });
  const content = new Uint8Array(device.sizeBytes);
  await device.read(0, content);
  return content;
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

void test("the digest of a part is that of its bytes as a recovery reads them, zeroes included, cut off at the disk's end", async () => {
  const stage = await started(1);
  const content = await stage.world.clock.run(() => contentOf(stage));
  const whole = await stage.ask();
  assert.deepEqual([whole.diskBytes, whole.length], [DISK_BYTES, DISK_BYTES]);
  assert.equal(Buffer.from(whole.sha256).toString("hex"), sha256(content));
  const tail = await stage.ask({ offset: 3 * MiB, length: MiB });
  assert.equal(tail.length, 20 * KiB);
  assert.equal(Buffer.from(tail.sha256).toString("hex"), sha256(content.subarray(3 * MiB)));
  await assert.rejects(stage.ask({ offset: DISK_BYTES, length: 1 }), { code: "part-behind-end" });
  await assert.rejects(stage.ask({ pointId: "00".repeat(16) }), { code: "point-missing" });
});

void test("later writes change nothing of it, and the point is held once until its holder lets go", async () => {
  const stage = await started(2);
  const { maker, journal, ask, point, digests, identity, pointId } = stage;
  const before = await ask();
  maker.write(0, { kind: "write", length: 64 * KiB });
  const other = await point();
  assert.deepEqual(await ask(), before);
  assert.notDeepEqual((await ask({ pointId: other })).sha256, before.sha256);
  const held = journal.pins().map((pin) => [pin.owner, pin.pointId]);
  assert.deepEqual(held, [
    [HOLDER, pointId],
    [HOLDER, other],
  ]);
  await digests.release(identity.machineId, "ee".repeat(16));
  assert.equal(journal.pins().length, 2);
  await digests.release(identity.machineId, HOLDER);
  await digests.release(identity.machineId, HOLDER);
  assert.deepEqual(journal.pins(), []);
});

void test("what was changed on disk behind the daemon is seen, though what was read before is still in memory", async () => {
  const stage = await started(3);
  const { world, journal, ask } = stage;
  await ask();
  await world.clock.run(() => contentOf(stage));
  const [name = ""] = await world.files.list(`${journal.folder}/segments`);
  const path = `${journal.folder}/segments/${name}`;
  const handle = await world.files.open(path, "update");
  const at = Math.floor((await handle.sizeBytes()) / 2);
  const byte = new Uint8Array(1);
  await handle.read(byte, at);
  await handle.write([Uint8Array.of((byte[0] ?? 0) ^ 1)], at);
  await handle.close();
  // As an opened point it is still served from memory.
  await world.clock.run(() => contentOf(stage));
  await assert.rejects(ask(), { code: "disk-read-failed" });
});
