import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { isFault, MiB } from "@leeward/base";
import { memoryDevice } from "@leeward/block";
import { fillVolume, volumeGroup } from "@leeward/file-system/testing";
import { peer } from "@leeward/nbd/testing";
import { nodeClock } from "@leeward/world";
import {
  crashedFileSystem,
  guestDisk,
  PARTITION_AT,
  plainFileSystem,
  SYSTEM_FILES,
} from "../testing/node-guest-disk.ts";
import { adjustGuest } from "./guest-adjustment.ts";
import type { GuestCard } from "./guest-card.ts";
import { guestFileSystems } from "./node-guest-file-systems.ts";

const isRoot = process.getuid?.() === 0 || process.env["LEEWARD_REQUIRE_PEERS"] === "1";
const skip = isRoot ? peer("nbdfuse").skip || peer("e2fsck").skip || peer("pvcreate").skip : "only root can mount";
const folder = await mkdtemp(join(tmpdir(), "leeward-guest-"));
after(() => rm(folder, { recursive: true }));

const ID = "ab".repeat(16);
const CARD: GuestCard = {
  index: 0,
  mac: "52:54:00:12:34:56",
  dhcp: false,
  addresses: ["10.0.0.5/24", "fd00::5/64"],
  gateways: ["10.0.0.1"],
  dns: ["10.0.0.53"],
};
const WANTED = "/etc/systemd/system/multi-user.target.wants";
const NETWORKD = { [`${WANTED}/systemd-networkd.service`]: "→/lib/systemd/system/systemd-networkd.service" };
const UDEV = { "/lib/systemd/systemd-udevd": "" };
const IFUPDOWN = {
  ...UDEV,
  "/usr/sbin/ifup": "",
  "/etc/network/interfaces": "source /etc/network/interfaces.d/*\nauto ens3\niface ens3 inet dhcp\n",
};

async function adjusted(files: Readonly<Record<string, string>>) {
  return adjustedOf(await plainFileSystem(folder, { files: { ...SYSTEM_FILES, ...files } }));
}

async function adjustedOf(fileSystem: Uint8Array): Promise<string> {
  const disk = guestDisk(fileSystem);
  const device = memoryDevice(disk.length);
  await device.write(0, disk, { fua: false });
  await adjustGuest(guestFileSystems(nodeClock, folder), { id: ID, cards: [CARD], devices: [device] });
  const content = new Uint8Array(fileSystem.length);
  await device.read(PARTITION_AT, content);
  const before = new Uint8Array(PARTITION_AT);
  await device.read(0, before);
  assert.ok(Buffer.from(disk).subarray(0, PARTITION_AT).equals(before), "nothing but the partition is written");
  const image = join(folder, "adjusted");
  await writeFile(image, content);
  return image;
}

function tool(program: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", env: { PATH: "/usr/sbin:/sbin" } });
  return { status, stdout, stderr };
}

function fileOf(image: string, path: string): string {
  return tool("debugfs", "-R", `cat ${path}`, image).stdout;
}

describe("addresses of a replica machine", { skip }, () => {
  const kinds = [
    ["ext4", ["-t", "ext4"]],
    ["ext4 with blocks of 1 KiB, without checksums", ["-t", "ext4", "-b", "1024", "-O", "^metadata_csum,^64bit"]],
    ["ext3", ["-t", "ext3"]],
    ["ext2, which has no journal", ["-t", "ext2"]],
  ] as const;
  for (const [name, made] of kinds)
    test(`are written into ${name} that was not unmounted, and leave it clean`, async () => {
      const files = { ...SYSTEM_FILES, ...NETWORKD, "/etc/systemd/network/10-own.network": "[Match]\nName=*\n" };
      const image = await adjustedOf(await crashedFileSystem(folder, { files, made }));
      const { status, stdout } = tool("e2fsck", "-fn", image);
      assert.equal(status, 0, stdout);
      assert.match(fileOf(image, "/etc/systemd/network/00-leeward-nic0.network"), /^Address=10\.0\.0\.5\/24$/m);
      assert.match(fileOf(image, "/etc/systemd/network/10-own.network"), /Name=\*/, "the guest's own stays");
      assert.equal(fileOf(image, '"/late 49"'), "late", "what the journal alone had is there");
    });

  test("are written into a logical volume on two disks, and nothing else of these is written", async () => {
    const files = { ...SYSTEM_FILES, ...NETWORKD };
    const fileSystem = await crashedFileSystem(folder, { files });
    const half = `${fileSystem.length / 2 / MiB}M`;
    const sizes = [2 * fileSystem.length, fileSystem.length];
    const create = ["lvcreate", "-an", "-Zn", "-Wn", "-y", "-n", "root", "-L", half, "data", "@0"];
    const extend = ["lvextend", "-y", "-L", `+${half}`, "data/root", "@1"];
    const group = await volumeGroup(folder, { sizes, commands: [create, extend] });
    assert.equal(group.pieces.length, 2);
    await fillVolume(group, "root", fileSystem);
    const before = await Promise.all(group.images.map((image) => readFile(image)));
    const devices = before.map(({ length }) => memoryDevice(length));
    for (const [index, device] of devices.entries())
      await device.write(0, before[index] ?? assert.fail(), { fua: false });

    await adjustGuest(guestFileSystems(nodeClock, folder), { id: ID, cards: [CARD], devices });

    const adjustedRoot = Buffer.alloc(fileSystem.length);
    for (const [index, device] of devices.entries()) {
      const [was, is] = [before[index] ?? assert.fail(), Buffer.alloc(device.sizeBytes)];
      await device.read(0, is);
      for (const { at, length, image, offset } of group.pieces) {
        if (image !== index) continue;
        is.copy(adjustedRoot, at, offset, offset + length);
        for (const content of [was, is]) content.fill(0, offset, offset + length);
      }
      assert.ok(is.equals(was), "nothing but the logical volume is written");
    }
    const image = join(folder, "adjusted");
    await writeFile(image, adjustedRoot);
    assert.equal(tool("e2fsck", "-fn", image).status, 0);
    assert.match(fileOf(image, "/etc/systemd/network/00-leeward-nic0.network"), /^Address=10\.0\.0\.5\/24$/m);
    assert.equal(fileOf(image, '"/late 49"'), "late", "what the journal alone had is there");
  });

  test("are written for netplan, for NetworkManager and for ifupdown, whichever there is, in folders that there were not yet", async () => {
    const netplan = await adjusted({
      ...NETWORKD,
      "/etc/netplan/01.yaml": "network: {}\n",
      "/etc/cloud/cloud.cfg.d/x": "",
    });
    assert.match(fileOf(netplan, "/etc/netplan/99-leeward.yaml"), /macaddress: "52:54:00:12:34:56"/);
    assert.match(fileOf(netplan, "/etc/cloud/cloud.cfg.d/99-leeward-network.cfg"), /config: disabled/);
    const manager = await adjusted({ [`${WANTED}/NetworkManager.service`]: "" });
    assert.match(
      fileOf(manager, "/etc/NetworkManager/system-connections/leeward-nic0.nmconnection"),
      /^address1=10\.0\.0\.5\/24$/m,
    );
    assert.match(
      tool("debugfs", "-R", "stat /etc/NetworkManager/system-connections/leeward-nic0.nmconnection", manager).stdout,
      /Mode: +0600/,
    );
    const ifupdown = await adjusted({ ...IFUPDOWN, [`${WANTED}/NetworkManager.service`]: "" });
    assert.match(fileOf(ifupdown, "/etc/network/interfaces.d/leeward-nic0"), /^iface lan0 inet static$/m);
    assert.match(fileOf(ifupdown, "/etc/systemd/network/00-leeward-nic0.link"), /^Name=lan0$/m);
    assert.match(fileOf(ifupdown, "/etc/network/leeward-nic0.resolv"), /^nameserver 10\.0\.0\.53$/m);
    for (const image of [netplan, manager, ifupdown]) assert.equal(tool("e2fsck", "-fn", image).status, 0);
  });

  test("take the place of those of an earlier failover, which a failback had brought home", async () => {
    const path = "/etc/systemd/network/00-leeward-nic0.network";
    const image = await adjusted({ ...NETWORKD, [path]: "[Match]\nMACAddress=52:54:00:00:00:01\n" });
    assert.match(fileOf(image, path), /^MACAddress=52:54:00:12:34:56$/m);
    assert.equal(tool("e2fsck", "-fn", image).status, 0);
  });

  test("are refused by name where they cannot be written, and nothing of the tools is left", async () => {
    const unsuited: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
      [{}, /neither netplan/],
      [{ ...IFUPDOWN, "/etc/network/interfaces": "iface lo inet loopback\n" }, /interfaces\.d/],
      [{ ...NETWORKD, "/etc/selinux/config": "SELINUX=enforcing\n" }, /SELinux/],
      [{ ...NETWORKD, "/etc/systemd/network": "no folder" }, /no folder/],
    ];
    for (const [files, why] of unsuited)
      await assert.rejects(
        adjusted(files),
        (error) => isFault(error, "guest-not-adjustable") && why.test(error.message),
      );
    await using empty = memoryDevice(4 << 20);
    const machine = { id: ID, cards: [CARD], devices: [empty] };
    await assert.rejects(adjustGuest(guestFileSystems(nodeClock, folder), machine), { code: "guest-not-adjustable" });
    assert.doesNotMatch(await readFile("/proc/self/mountinfo", "utf8"), new RegExp(ID));
    assert.equal(existsSync(join(folder, ID)), false);
  });
});
