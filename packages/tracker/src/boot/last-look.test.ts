import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { KiB, MiB, randomId } from "@leeward/base";
import { openFileDevice } from "@leeward/block";
import { nodeRandom } from "@leeward/world";
import type { ChangeTracker } from "../change-tracker.ts";
import { forgetTracking } from "../kernel/node-forget-tracking.ts";
import { openChangeTracker } from "../kernel/node-open-change-tracker.ts";
import { directDevice } from "../testing/node-kernel-rig.ts";
import { loopDisk, reasonToSkip, type TestDisk } from "../testing/node-test-disk.ts";
import { differingPages } from "./content-samples.ts";
import { mayBeBootFolder } from "./node-boot-places.ts";
import { deviceIdentity } from "./node-device-identity.ts";
import { type LastLook, lookAt, lookAtLeftDisk } from "./node-last-look.ts";

const SIZE = 64 * MiB;
const REGION = 64 * KiB;

interface Rig extends AsyncDisposable {
  readonly disk: TestDisk;
  readonly diskId: string;
  readonly tracker: ChangeTracker;
  look(): Promise<LastLook>;
}

async function rigOf(): Promise<Rig> {
  const disk = loopDisk(SIZE);
  const diskId = randomId(nodeRandom);
  const tracker = await openChangeTracker({ path: disk.path, diskId, backend: "ebpf" });
  const { trackingId } = tracker;
  return {
    disk,
    diskId,
    tracker,
    // A loop device has no name of its own.
    look: () => lookAtLeftDisk({ path: disk.path, diskId, trackingId, identityOf: () => "a serial number" }),
    async [Symbol.asyncDispose]() {
      await tracker[Symbol.asyncDispose]();
      await forgetTracking(diskId);
      await disk[Symbol.asyncDispose]();
    },
  };
}

function write(path: string, at: number): void {
  const args = ["if=/dev/urandom", `of=${path}`, "bs=64k", "count=1", `seek=${at}`, "oflag=direct", "conv=notrunc"];
  execFileSync("dd", args, { stdio: "ignore" });
}

function assertUnknown(look: LastLook, reason: RegExp): void {
  assert.ok(look.kind === "unknown", JSON.stringify(look));
  assert.match(look.reason, reason);
}

describe("the last look at a disk", { skip: reasonToSkip("loop") }, () => {
  test("what was written after its agent had left is told, and left with the kernel", async () => {
    await using rig = await rigOf();
    await rig.tracker[Symbol.asyncDispose]();
    write(rig.disk.path, 3);
    write(rig.disk.path, 700);
    for (let times = 0; times < 2; times += 1) {
      const look = await rig.look();
      assert.ok(look.kind === "closed", JSON.stringify(look));
      assert.equal(look.sizeBytes, SIZE);
      assert.deepEqual(
        look.changed,
        [3, 700].map((region) => ({ offset: region * REGION, length: REGION })),
      );
    }
  });

  test("its samples show where another disk or an older copy differs", async () => {
    await using rig = await rigOf();
    await rig.tracker[Symbol.asyncDispose]();
    const look = await rig.look();
    assert.ok(look.kind === "closed", JSON.stringify(look));
    await using device = await directDevice(rig.disk.path);
    assert.deepEqual(await differingPages(device, look.samples), []);
    write(rig.disk.path, SIZE / REGION - 1);
    assert.deepEqual(await differingPages(device, look.samples), [{ offset: SIZE - 4 * KiB, length: 4 * KiB }]);
  });

  test("a disk that somebody has is not closed, whoever it is", async () => {
    await using rig = await rigOf();
    const { path } = rig.disk;
    await rig.tracker[Symbol.asyncDispose]();
    execFileSync("mkfs.ext4", ["-q", path], { stdio: "pipe" });
    const folder = mkdtempSync(join(tmpdir(), "leeward-look-"));
    execFileSync("mount", [path, folder]);
    assertUnknown(await rig.look(), /mounted/);
    execFileSync("umount", [folder]);
    rmdirSync(folder);
    // Open without being taken, as a database on a raw device has it.
    const opener = spawn("sh", ["-c", `exec 3<>${path}; echo; read line`], { stdio: ["pipe", "pipe", "ignore"] });
    const left = once(opener, "exit");
    try {
      await once(opener.stdout, "data");
      assertUnknown(await rig.look(), new RegExp(`process ${opener.pid} has it open`));
    } finally {
      opener.stdin.end();
      await left;
    }
    const shown = execFileSync("losetup", ["--find", "--show", path], { encoding: "utf8" }).trim();
    assertUnknown(await rig.look(), /shows it/);
    execFileSync("losetup", ["--detach", shown]);
    assert.equal((await rig.look()).kind, "closed");
  });

  test("who comes while it is looked at is found: by what it writes, or by having it at the end", async () => {
    await using rig = await rigOf();
    const { path } = rig.disk;
    await using device = await openFileDevice({ path, readOnly: true, io: "thread-pool", direct: true });
    const look = { identity: "a serial number", tracker: rig.tracker, device };
    const closedFor = (user: string | undefined) => ({ otherUser: () => user, [Symbol.dispose]: () => undefined });
    assert.equal((await lookAt({ ...look, closed: closedFor(undefined) })).kind, "closed");
    assertUnknown(await lookAt({ ...look, closed: closedFor("process 7 has it open") }), /process 7/);
    const read = device.read.bind(device);
    device.read = async (offset, into) => {
      write(path, 9);
      await read(offset, into);
    };
    assertUnknown(await lookAt({ ...look, closed: closedFor(undefined) }), /written to while it was looked at/);
  });

  test("a disk whose changes the kernel does not note, or that may start the machine, is not known", async () => {
    await using rig = await rigOf();
    const { path } = rig.disk;
    const { diskId } = rig;
    await rig.tracker[Symbol.asyncDispose]();
    assertUnknown(await lookAtLeftDisk({ path, diskId, trackingId: rig.tracker.trackingId }), /no serial number/);
    const another = { path, diskId, trackingId: randomId(nodeRandom), identityOf: () => "a serial number" };
    assertUnknown(await lookAtLeftDisk(another), /does not note/);
    execFileSync("sfdisk", ["-q", "--no-reread", path], {
      input: "label: dos\ntype=83, bootable\n",
      stdio: ["pipe", "pipe", "pipe"],
    });
    assertUnknown(await rig.look(), /boot loader/);
    await forgetTracking(diskId);
    execFileSync("blkdiscard", ["-z", path]);
    assertUnknown(await rig.look(), /does not note/);
  });

  test("what /etc/fstab has mounted at /boot is known by its device, and by nothing when it cannot be found", async () => {
    await using disk = loopDisk(SIZE);
    const fstab = join(mkdtempSync(join(tmpdir(), "leeward-fstab-")), "fstab");
    const says = (line: string): boolean => {
      writeFileSync(fstab, `# a comment\n${line}\n`);
      return mayBeBootFolder(disk.path, fstab);
    };
    assert.equal(says(`${disk.path} /srv ext4 defaults 0 2`), false);
    assert.equal(says(`${disk.path} /boot ext4 defaults 0 2`), true);
    assert.equal(says(`${disk.path} /boot/efi vfat defaults 0 2`), true);
    assert.equal(says(`${disk.path} /bootstrap ext4 defaults 0 2`), false);
    assert.equal(says("UUID=not-there /efi vfat defaults 0 2"), true);
    assert.equal(deviceIdentity(disk.path), undefined);
  });
});
