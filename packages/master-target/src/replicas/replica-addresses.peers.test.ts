import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { randomId } from "@leeward/base";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { peer } from "@leeward/nbd/testing";
import type { StartReplica } from "@leeward/proto";
import { nodeClock, nodeRandom } from "@leeward/world";
import { guestDisk, PARTITION_AT, plainFileSystem, SYSTEM_FILES } from "../testing/node-guest-disk.ts";
import { mortal } from "../testing/node-mortal.ts";
import { NIC, ReplicaRig } from "../testing/node-replica-rig.ts";

const WANTED = "/etc/systemd/system/multi-user.target.wants";
const FILES = { ...SYSTEM_FILES, [`${WANTED}/systemd-networkd.service`]: "" };
const WRITTEN = "/etc/systemd/network/00-leeward-nic0.network";
const NEVER = new AbortController().signal;
const STEPS_MAX = 60;
const PIECE_BYTES = 1 << 20;
const isRoot = process.getuid?.() === 0 || process.env["LEEWARD_REQUIRE_PEERS"] === "1";
const skip = isRoot ? peer("nbdfuse").skip || peer("debugfs").skip : "only root can mount";
const folder = await mkdtemp(join(tmpdir(), "leeward-addresses-"));
after(() => rm(folder, { recursive: true }));

async function rigOf(files: Readonly<Record<string, string>> = FILES): Promise<ReplicaRig> {
  return ReplicaRig.make(guestDisk(await plainFileSystem(folder, { files })));
}

async function askedOf(rig: ReplicaRig, host: StartReplica["host"] = "none"): Promise<StartReplica> {
  await using target = await rig.start();
  const asked = rig.asked(await target.newestPoint(rig.identity.machineId), randomId(nodeRandom), host);
  return { ...asked, nics: [{ ...NIC, dhcp: true }] };
}

/** What the machine's disk has, as the machine would read it. */
async function read(uri: string): Promise<Uint8Array> {
  const { address, exportName } = parseNbdUri(uri);
  await using client = await connectNbd(address, { exportName, clock: nodeClock }, NEVER);
  const content = new Uint8Array(client.sizeBytes);
  for (let at = 0; at < content.length; at += PIECE_BYTES)
    await client.read(at, content.subarray(at, at + PIECE_BYTES));
  return content;
}

/** The point as the journal has it, past whatever was written over it. */
async function pointOf(rig: ReplicaRig, pointId: string): Promise<Uint8Array> {
  return rig.withJournal(async (journal) => {
    await using device = await journal.openPoint(pointId, { owner: "test", reason: "compared" });
    const content = new Uint8Array(device.sizeBytes);
    await device.read(0, content);
    return content;
  });
}

async function requireAdjusted(content: Uint8Array): Promise<void> {
  const image = join(folder, "found");
  await writeFile(image, content.subarray(PARTITION_AT));
  const environment = { encoding: "utf8", env: { PATH: "/usr/sbin:/sbin" } } as const;
  const { status, stdout } = spawnSync("e2fsck", ["-fn", image], environment);
  assert.equal(status, 0, stdout);
  assert.match(spawnSync("debugfs", ["-R", `cat ${WRITTEN}`, image], environment).stdout, /^DHCP=yes$/m);
}

describe("addresses of replica machines at a master target", { skip }, () => {
  test("are on the disk that the machine is started from, and the replica is as it was", async () => {
    await using rig = await rigOf();
    const asked = await askedOf(rig, peer("qemu-system-x86_64").skip === false ? "qemu" : "none");
    {
      await using target = await rig.start();
      const { disks, state } = await target.begin(asked);
      assert.equal(state, asked.host === "qemu" ? "running" : "described");
      const before = await read(disks[0]?.nbdUri ?? "");
      await requireAdjusted(before);
      await target.begin(asked);
      assert.ok(Buffer.from(before).equals(await read(disks[0]?.nbdUri ?? "")), "asked again, it is adjusted no more");
      await target.remove(asked.replicaId);
    }
    assert.ok(Buffer.from(rig.maker.image).equals(await pointOf(rig, asked.pointId)));
    assert.deepEqual(await rig.left(), []);
  });

  test("that cannot be written keep the machine from being started, and leave nothing", async () => {
    await using rig = await rigOf(SYSTEM_FILES);
    const asked = await askedOf(rig);
    {
      await using target = await rig.start();
      await assert.rejects(target.begin(asked), { code: "guest-not-adjustable" });
      const addresses = ["10.0.0.5/24\n[Network]"];
      await assert.rejects(target.begin({ ...asked, nics: [{ ...NIC, addresses }] }), {
        code: "guest-address-invalid",
      });
      assert.deepEqual(await target.told(), []);
    }
    assert.deepEqual(await rig.left(), []);
  });

  test("are whole or not there, at whatever step of the start the daemon is killed", async () => {
    await using rig = await rigOf();
    for (let steps = 1; ; steps += 1) {
      assert.ok(steps < STEPS_MAX);
      const asked = await askedOf(rig);
      const through = await mortal(rig, { action: "start", replicaId: asked.replicaId, steps, more: "adjusted" });
      await using target = await rig.start();
      const { disks } = await target.begin(asked);
      await requireAdjusted(await read(disks[0]?.nbdUri ?? ""));
      await target.remove(asked.replicaId);
      if (through) break;
    }
    assert.deepEqual(await rig.left(), []);
  });
});
