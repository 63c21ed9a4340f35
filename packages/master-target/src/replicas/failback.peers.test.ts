import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { isFault, type Random, randomId, seededRandom } from "@leeward/base";
import { connectNbd, type NbdClient, parseNbdUri } from "@leeward/nbd";
import { peer } from "@leeward/nbd/testing";
import { blockDigests, type StartReplica } from "@leeward/proto";
import { BOOT_DISK_BYTES, eventually, ORDER_AT } from "@leeward/recovery-host/testing";
import { nodeClock, nodeRandom } from "@leeward/world";
import { mortal } from "../testing/node-mortal.ts";
import { GREETING, ReplicaRig, type RunningTarget } from "../testing/node-replica-rig.ts";

const NEVER = new AbortController().signal;
const SECTOR = 512;
const STEPS_MAX = 60;
const PIN = { owner: "test", reason: "looked at" };

describe("the way back at a master target", { skip: peer("qemu-system-x86_64").skip, timeout: 600_000 }, () => {
  test("a guest that heeds its button is halted in order, is told so again after a restart, and can be started again", async () => {
    await using rig = await ReplicaRig.make();
    const asked = await askedOf(rig);
    const id = asked.replicaId;
    const halted = await (async () => {
      await using target = await rig.start();
      const { disks } = await target.begin(asked);
      await shows(target, id, new RegExp(GREETING));
      await tell(disks[0]?.nbdUri, "P");
      await shows(target, id, /P/);
      const answer = await target.halt(id);
      assert.equal(answer.orderly, true);
      assert.ok((answer.overlays[0]?.sequence ?? 0) > 0);
      assert.deepEqual(await target.halt(id), answer);
      assert.deepEqual(await stateOf(target), "ended");
      assert.deepEqual(await target.opened(), [], "its disks are served to nobody");
      return answer;
    })();
    await using target = await rig.start();
    assert.deepEqual(await target.halt(id), halted);
    await assert.rejects(connected(target, asked), (error) => isFault(error));
    const { state, disks } = await target.begin(asked);
    assert.equal(state, "running");
    await shows(target, id, /P/);
    await tell(disks[0]?.nbdUri, ".");
    const again = await target.halt(id, 1);
    assert.equal(again.orderly, false, "this one did not heed it");
    assert.equal(again.overlays[0]?.branch, halted.overlays[0]?.branch);
    assert.ok((again.overlays[0]?.sequence ?? 0) > (halted.overlays[0]?.sequence ?? 0));
  });

  test("one that is removed while its guest is waited for goes at once", async () => {
    await using rig = await ReplicaRig.make();
    const asked = await askedOf(rig);
    {
      await using target = await rig.start();
      await target.begin(asked);
      await shows(target, asked.replicaId, new RegExp(GREETING));
      const halting = assert.rejects(target.halt(asked.replicaId, 3_600), (error) =>
        isFault(error, "replica-removing"),
      );
      await target.remove(asked.replicaId);
      await halting;
      await assert.rejects(target.halt(asked.replicaId), (error) => isFault(error, "replica-unknown"));
    }
    assert.deepEqual(await rig.left(), []);
  });

  test("whatever step of halting the daemon is killed at, the machine is halted when that is asked again, and nobody starts it", async () => {
    await using rig = await ReplicaRig.make();
    for (let steps = 1; ; steps += 1) {
      assert.ok(steps < STEPS_MAX);
      const asked = await askedOf(rig);
      const id = asked.replicaId;
      assert.equal(await mortal(rig, { action: "start", replicaId: id, steps: STEPS_MAX }), true);
      {
        await using target = await rig.start();
        await shows(target, id, new RegExp(GREETING));
        await tell((await target.told())[0]?.disks[0]?.nbdUri, "P");
        await shows(target, id, /P/);
      }
      const through = await mortal(rig, { action: "halt", replicaId: id, steps });
      await using target = await rig.start();
      if (steps % 3 === 0) {
        // The way back was given up, and begun again. A guest that boots yet does not hear its button.
        await target.begin(asked);
        await shows(target, id, /P/);
      }
      const answer = await target.halt(id);
      assert.equal(answer.orderly, true, `killed at step ${steps}`);
      await assert.rejects(connected(target, asked), (error) => isFault(error), `killed at step ${steps}`);
      assert.equal(await stateOf(target), "ended");
      await target.remove(id);
      assert.deepEqual(await target.told(), []);
      if (through) return;
    }
  });

  test("what nobody of ours runs is refused every write once it is halted, and becomes a point that reads as it did", async () => {
    await using rig = await ReplicaRig.make();
    const asked = await askedOf(rig, "none");
    const id = asked.replicaId;
    const pointId = randomId(nodeRandom);
    const image = rig.maker.image;
    const halted = await (async () => {
      await using target = await rig.start();
      await target.begin(asked);
      await using client = await connected(target, asked);
      await writeSome(client, { random: seededRandom(1), image, count: 40 });
      await assert.rejects(target.absorb(id, pointId), (error) => isFault(error, "replica-not-halted"));
      const writing = writeOn(client);
      const answer = await target.halt(id, 3_600);
      const written = await writing;
      image.fill(0xdd, 0, written > 0 ? SECTOR : 0);
      assert.equal(answer.orderly, false);
      assert.ok((answer.overlays[0]?.sequence ?? 0) >= 40 + written, "all that was acknowledged is in");
      await assert.rejects(client.write(0, new Uint8Array(SECTOR), { fua: true }));
      return answer;
    })();
    await using target = await rig.start();
    assert.deepEqual(await target.halt(id), halted);
    const shown = await contentOf(target, asked);
    assert.deepEqual(shown.subarray(SECTOR), image.subarray(SECTOR));
    const point = await target.absorb(id, pointId);
    const { diskId } = rig.identity;
    assert.deepEqual(point.members, halted.overlays);
    assert.deepEqual([point.id, point.kind, point.consistency, point.missingDiskIds], [pointId, "mark", "crash", []]);
    assert.deepEqual(await target.absorb(id, pointId), point, "once more is the same");
    assert.equal(await target.newestPoint(rig.identity.machineId), pointId);
    const present = { machineId: rig.identity.machineId, diskId, offset: 0, length: BOOT_DISK_BYTES, replicaId: "" };
    const digests = await target.digests({ ...present, present: true });
    assert.deepEqual(Buffer.from(digests.digests), Buffer.from(blockDigests(shown)));
    assert.deepEqual([{ diskId, branch: digests.branch, sequence: digests.sequence }], halted.overlays);
  });

  test("whatever step of the absorption the daemon is killed at, it comes to the same point, once", async () => {
    for (let steps = 1; ; steps += 1) {
      assert.ok(steps < STEPS_MAX);
      await using rig = await ReplicaRig.make();
      const asked = await askedOf(rig, "none");
      const pointId = randomId(nodeRandom);
      const shown = await (async () => {
        await using target = await rig.start();
        await target.begin(asked);
        await using client = await connected(target, asked);
        await writeSome(client, { random: seededRandom(steps), image: rig.maker.image, count: 20 });
        await target.halt(asked.replicaId);
        return await contentOf(target, asked);
      })();
      const through = await mortal(rig, { action: "absorb", replicaId: asked.replicaId, steps, more: pointId });
      {
        await using target = await rig.start();
        const point = await target.absorb(asked.replicaId, pointId);
        assert.equal(point.id, pointId);
        await target.remove(asked.replicaId);
      }
      await rig.withJournal(async (journal) => {
        assert.equal(journal.points().length, 2);
        await using device = await journal.openPoint(journal.resolve({ kind: "latest" }).id, PIN);
        const content = new Uint8Array(BOOT_DISK_BYTES);
        await device.read(0, content);
        assert.deepEqual(content, shown, `killed at step ${steps}`);
      });
      assert.deepEqual(await rig.left(), []);
      if (through) return;
    }
  });

  test("a machine that nothing was written to ends where its point stands, and one that was absorbed goes on", async () => {
    await using rig = await ReplicaRig.make();
    const asked = await askedOf(rig, "none");
    const id = asked.replicaId;
    await using target = await rig.start();
    await target.begin(asked);
    const { overlays } = await target.halt(id);
    assert.equal(overlays[0]?.sequence, 0);
    const [first, second] = [randomId(nodeRandom), randomId(nodeRandom)];
    const { members } = await target.absorb(id, first);
    assert.deepEqual(members, [
      { diskId: rig.identity.diskId, branch: rig.maker.branch, sequence: rig.maker.sequence },
    ]);
    await target.begin(asked);
    {
      await using client = await connected(target, asked);
      await client.write(0, new Uint8Array(SECTOR).fill(1), { fua: false });
    }
    const later = await target.halt(id);
    assert.equal(later.overlays[0]?.sequence, 1);
    assert.deepEqual((await target.absorb(id, second)).members, later.overlays);
    assert.equal(await target.newestPoint(rig.identity.machineId), second);
  });

  test("what changed is told by sequences and in pages, and what is read and digested is what the machine has", async () => {
    await using rig = await ReplicaRig.make();
    const chosen = await askedOf(rig, "none");
    // What the source wrote after the point.
    rig.maker.writeBytes(600 * SECTOR, new Uint8Array(2 * SECTOR).fill(9));
    await rig.withJournal((journal) => rig.takePoint(journal));
    await using target = await rig.start();
    await target.begin(chosen);
    const of = { replicaId: chosen.replicaId, diskId: rig.identity.diskId };
    const from = { ...of, afterSequence: 0, fromOffset: 0 };
    const untouched = await target.changes(from);
    assert.deepEqual(untouched, {
      sequence: 0,
      extents: [{ offset: 600 * SECTOR, length: 2 * SECTOR }],
      more: false,
      journaledSequence: rig.maker.sequence,
      halted: false,
      diskBytes: BOOT_DISK_BYTES,
    });
    await using client = await connected(target, chosen);
    for (let sector = 1; sector < BOOT_DISK_BYTES / SECTOR; sector += 2)
      await client.write(sector * SECTOR, new Uint8Array(SECTOR).fill(sector), { fua: false });
    const page = await target.changes(from);
    assert.deepEqual([page.extents.length, page.more], [1_023, false], "two of them touch what the source wrote");
    await client.write(0, new Uint8Array(SECTOR).fill(7), { fua: false });
    await client.zero({ offset: 2 * SECTOR, length: 3 * SECTOR }, { fua: false, mayDiscard: true });
    const since = await target.changes({ ...from, afterSequence: page.sequence });
    assert.deepEqual(since.extents, [
      { offset: 0, length: SECTOR },
      { offset: 2 * SECTOR, length: 3 * SECTOR },
    ]);
    assert.deepEqual([since.sequence, since.more], [page.sequence + 2, false]);
    // An extent that grew between two pages is gone on with in the middle.
    const rest = await target.changes({ ...from, fromOffset: 3 * SECTOR });
    assert.deepEqual(rest.extents[0], { offset: 3 * SECTOR, length: 3 * SECTOR });
    assert.deepEqual((await target.changes({ ...from, afterSequence: since.sequence })).extents, []);
    await assert.rejects(target.changes({ ...from, afterSequence: since.sequence + 1 }), (error) =>
      isFault(error, "overlay-set-back"),
    );

    const content = await contentOf(target, chosen);
    assert.deepEqual([content[0], content[SECTOR], content[2 * SECTOR]], [7, 1, 0]);
    const part = await target.content({ ...of, offset: SECTOR, length: SECTOR });
    assert.deepEqual(Uint8Array.from(part), content.subarray(SECTOR, 2 * SECTOR));
    const outside = { ...of, offset: BOOT_DISK_BYTES - SECTOR, length: 2 * SECTOR };
    await assert.rejects(target.content(outside), (error) => isFault(error, "extent-outside"));
    const { machineId } = rig.identity;
    const asked = { ...of, machineId, offset: 0, length: 2 * BOOT_DISK_BYTES, present: false };
    const digests = await target.digests(asked);
    assert.deepEqual(Buffer.from(digests.digests), Buffer.from(blockDigests(content)));
    assert.deepEqual([digests.sequence, digests.length, digests.pointId], [since.sequence, BOOT_DISK_BYTES, ""]);
    await assert.rejects(target.digests({ ...asked, machineId: randomId(nodeRandom) }), (error) =>
      isFault(error, "replica-other"),
    );
    await assert.rejects(target.changes({ ...from, diskId: randomId(nodeRandom) }), (error) =>
      isFault(error, "replica-unknown"),
    );
    await target.halt(chosen.replicaId);
    assert.equal((await target.changes(from)).halted, true);
  });

  test("a record of a halted machine that is damaged keeps its disks from being served all the same", async () => {
    await using rig = await ReplicaRig.make();
    const asked = await askedOf(rig, "none");
    {
      await using target = await rig.start();
      await target.begin(asked);
      await target.halt(asked.replicaId);
    }
    const path = `${rig.home}/replicas/${asked.replicaId}.json`;
    const stored = await readFile(path, "utf8");
    await writeFile(path, stored.slice(0, stored.length / 2));
    await using target = await rig.start();
    assert.deepEqual(await target.opened(), []);
    await assert.rejects(target.halt(asked.replicaId), (error) => isFault(error, "replica-unknown"));
    await target.remove(asked.replicaId);
  });
});

async function askedOf(rig: ReplicaRig, host: StartReplica["host"] = "qemu") {
  await using target = await rig.start();
  return rig.asked(await target.newestPoint(rig.identity.machineId), randomId(nodeRandom), host);
}

function shows(target: RunningTarget, replicaId: string, pattern: RegExp): Promise<string> {
  return eventually(`the console shows ${pattern}`, async () => {
    const said = await target.console(replicaId);
    return pattern.test(said) ? said : undefined;
  });
}

async function stateOf(target: RunningTarget): Promise<string | undefined> {
  return (await target.told())[0]?.state;
}

function connectedTo(uri = ""): Promise<NbdClient> {
  const { address, exportName } = parseNbdUri(uri);
  return connectNbd(address, { exportName, clock: nodeClock }, NEVER);
}

async function connected(target: RunningTarget, { replicaId }: StartReplica): Promise<NbdClient> {
  const status = (await target.told()).find((each) => each.replicaId === replicaId);
  return connectedTo(status?.disks[0]?.nbdUri);
}

async function tell(uri: string | undefined, letter: string): Promise<void> {
  const sector = new Uint8Array(SECTOR);
  sector.set(new TextEncoder().encode(letter));
  await using client = await connectedTo(uri);
  await client.write(ORDER_AT, sector, { fua: false });
}

async function writeSome(
  client: NbdClient,
  of: { readonly random: Random; readonly image: Uint8Array; readonly count: number },
): Promise<void> {
  for (let done = 0; done < of.count; done += 1) {
    const offset = (1 + of.random.below(BOOT_DISK_BYTES / SECTOR - 1)) * SECTOR;
    const data = of.random.bytes(Math.min(BOOT_DISK_BYTES - offset, SECTOR * (1 + of.random.below(6))));
    await client.write(offset, data, { fua: false });
    of.image.set(data, offset);
  }
}

/** Writes the first sector until that is refused; how often it was not. */
async function writeOn(client: NbdClient): Promise<number> {
  for (let count = 0; ; count += 1) {
    try {
      await client.write(0, new Uint8Array(SECTOR).fill(0xdd), { fua: false });
    } catch {
      return count;
    }
  }
}

/** All of the disk as the machine has it. */
async function contentOf(target: RunningTarget, { replicaId, disks }: StartReplica): Promise<Uint8Array> {
  const diskId = disks[0]?.diskId ?? "";
  return Uint8Array.from(await target.content({ replicaId, diskId, offset: 0, length: BOOT_DISK_BYTES }));
}
