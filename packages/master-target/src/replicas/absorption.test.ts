import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, KiB, seededRandom } from "@leeward/base";
import { journalMemory, type OverlayDevice, openOverlay } from "@leeward/journal";
import { HistoryMaker } from "@leeward/journal/testing";
import { simulatedWorld } from "@leeward/world/testing";
import { EpochBook } from "../intake/epoch-book.ts";
import { AnchorStore } from "../keep/anchor-store.ts";
import { openJournalHome } from "../keep/journal-home.ts";
import { TargetDisks } from "../keep/target-disks.ts";
import { Absorption } from "./absorption.ts";

const DISK_BYTES = 64 * KiB;
const BLOCK = 512;
const RECIPIENT = "0e".repeat(16);
const NEVER = new AbortController().signal;
const EPOCH = 7;

/** Three disks of one machine, of which a point has two; an overlay over each of those. */
async function made() {
  const world = simulatedWorld({ seed: 1 });
  const { files } = world;
  for (const name of ["mt/journal", "mt/anchors", "mt/overlays"]) await files.makeFolder(`/${name}`);
  const [one, other, third] = [1, 2, 3].map(
    (seed) => new HistoryMaker(seededRandom(seed), DISK_BYTES, "aa".repeat(16)),
  );
  assert.ok(one !== undefined && other !== undefined && third !== undefined);
  const epochs = await EpochBook.open(files, "/mt");
  await epochs.see(one.identity.machineId, EPOCH);
  const keys = new Map([one, other, third].map(({ dataKey }) => [dataKey.keyId, dataKey.bytes]));
  const disks = new TargetDisks(
    {
      journals: await openJournalHome(world, { home: "/mt" }),
      unwrap: async (_, keyId) => keys.get(keyId) ?? assert.fail("a key that nobody has"),
      recipient: RECIPIENT,
      epochs,
      anchors: new AnchorStore(files, "/mt/anchors"),
      memory: journalMemory(64 * KiB),
      reserveBytes: 0,
      report: () => undefined,
    },
    (error) => assert.fail(String(error)),
  );
  const still = { machineName: "m", diskName: "d", epoch: 0, term: 0, processServerId: "", intake: true };
  const kept = { wrappedKeys: [{ recipient: RECIPIENT, jwe: "x" }], retentionSeconds: 60, retentionBytesMax: 0 };
  const planned = [one, other, third].map(({ identity, dataKey: { keyId } }) => {
    return { ...identity, ...still, ...kept, keyId, thinningTiers: [] };
  });
  await disks.apply(planned);
  const makers = [one, other];
  const records = makers.map((maker) => {
    maker.endSpan(maker.beginSpan("initial"));
    maker.writeSomewhere();
    return maker.mark().record;
  });
  const [first] = records;
  assert.ok(first !== undefined);
  const point = { ...first, members: records.flatMap(({ members }) => members) };
  const overlays: OverlayDevice[] = [];
  for (const maker of makers) {
    const { journal } = disks.require(maker.identity.machineId, maker.identity.diskId);
    await journal.accept(await maker.stage(world, journal.stagingPath("s"), maker.cut()));
    await journal.addPoint(point);
    const device = await journal.openPoint(point.id, { owner: "test", reason: "overlay" });
    const folder = `/mt/overlays/${maker.identity.diskId}`;
    overlays.push(await openOverlay(world, { device, folder, ...maker.identity }));
  }
  const written = makers.flatMap(({ identity: { diskId } }, index) => {
    const overlay = overlays[index];
    return overlay === undefined ? [] : [{ diskId, overlay, sequence: index === 0 ? 1 : 0 }];
  });
  await overlays[0]?.write(0, new Uint8Array(BLOCK).fill(9), { fua: false });
  const { machineId } = one.identity;
  return { machineId, point, third, disks, written, absorption: new Absorption(disks, epochs) };
}

test("the point of several disks stands at the end of what was written, or where the one before stood, and is the newest", async () => {
  const { machineId, point, third, disks, written, absorption } = await made();
  const diskIds = written.map(({ diskId }) => diskId);
  const later = absorption.laterPoint("0f".repeat(16), { machineId, diskIds, haltedMicros: 5 });
  assert.ok(later.timeMicros > point.validUntilMicros && later.number > point.number, "the clock here is behind");
  const steps: string[] = [];
  const absorbing = { machineId, point: later, disks: written, onStep: (step: string) => steps.push(step) };
  const stored = await absorption.absorb(absorbing, NEVER);
  const [first, second] = written;
  assert.ok(first !== undefined && second !== undefined);
  const before = point.members.find(({ diskId }) => diskId === second.diskId);
  assert.deepEqual(stored.members, [
    { diskId: first.diskId, branch: first.overlay.origin.branch, sequence: 1 },
    before,
  ]);
  assert.deepEqual([stored.epoch, stored.kind, stored.missingDiskIds], [EPOCH, "mark", [third.identity.diskId]]);
  assert.deepEqual(steps, ["disk 1 absorbed", "disk 2 absorbed", "point stored"]);
  assert.equal(disks.machine(machineId)?.resolve({ kind: "latest" }).id, later.id);
  assert.deepEqual(await absorption.absorb(absorbing, NEVER), stored);
});

test("an overlay that does not end where it was said to end becomes no history", async () => {
  const { machineId, point, disks, written, absorption } = await made();
  const wrong = written.map((disk) => ({ ...disk, sequence: disk.sequence + 1 }));
  const later = { id: "0f".repeat(16), number: 9, timeMicros: point.timeMicros + 9 };
  const absorbing = { machineId, point: later, disks: wrong, onStep: () => undefined };
  await assert.rejects(absorption.absorb(absorbing, NEVER), (error) => isFault(error, "overlay-set-back"));
  assert.equal(disks.machine(machineId)?.resolve({ kind: "latest" }).id, point.id);
});
