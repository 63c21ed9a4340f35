// A server is started again: a disk that nobody has at the end of its shutdown goes on without being read anew, and its replica is right.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { MiB } from "@leeward/base";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { createPoint, liveDisk, savePoint } from "../harness/live-chain.ts";
import { fieldOf } from "../harness/shapes.ts";
import { AGENT_HOME, AGENT_UNIT, startAgentInGuest } from "./agent-in-guest.ts";
import { Guest } from "./guest.ts";
import { GuestImage } from "./guest-image.ts";
import { guestSkip } from "./guest-peers.ts";
import { installLeeward } from "./leeward-in-guest.ts";
import { HOST_ADDRESS } from "./qemu-arguments.ts";

const DISK_BYTES = 256 * MiB;
const SECTOR_BYTES = 512;
const DISK = "/dev/disk/by-id/virtio-disk1";
/** Everything takes some 20 times longer where the processor is emulated. */
const COPY_MS_MAX = 1_800_000;
const COMMAND = { secondsMax: 600 };
/** What Debian's does, for the configuration that the image was made with: settings, then the files of the folder, into each entry. */
const UPDATE_GRUB = `#!/bin/sh
set -e
GRUB_CMDLINE_LINUX=
. /etc/default/grub
for each in /etc/default/grub.d/*.cfg; do if [ -e "$each" ]; then . "$each"; fi; done
sed -i "s|no_timer_check.*|no_timer_check $GRUB_CMDLINE_LINUX|" /boot/grub/grub.cfg
`;
/** Stops after the agent, and writes then; starts before it, and writes then too. */
const WRITER = `[Unit]
RequiresMountsFor=/mnt/data
Before=${AGENT_UNIT}
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'head -c 300000 /dev/urandom > /mnt/data/early; sync'
ExecStop=/bin/sh -c 'systemctl is-active ${AGENT_UNIT} > /mnt/data/agent; head -c 300000 /dev/urandom > /mnt/data/late; sync'
[Install]
WantedBy=multi-user.target
`;

describe("a guest that is started again", { skip: guestSkip() }, () => {
  const stack = new AsyncDisposableStack();
  let chain: Chain;
  let guest: Guest;

  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), "leeward-reboot-guest-"));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const image = await GuestImage.open();
    await image.copyTo(join(folder, "root.raw"));
    await writeFile(join(folder, "data"), "");
    await truncate(join(folder, "data"), DISK_BYTES);
    chain = await Chain.start({ machine: "guest", reachedAt: HOST_ADDRESS });
    stack.defer(() => chain.stop({ keep: false }));
    const { api, data } = await chain.ports();
    guest = await Guest.start({
      image,
      boot: { file: join(folder, "root.raw") },
      disks: [{ file: join(folder, "data") }],
      memoryMib: 2_048,
      reachHost: [api, data],
    });
    stack.defer(() => guest[Symbol.asyncDispose]());
    await guest.run(`mkfs.ext4 -q -E nodiscard -L data ${DISK} && mkdir /mnt/data`);
    await guest.run("echo 'LABEL=data /mnt/data ext4 defaults 0 2' >> /etc/fstab && mount /mnt/data");
    await guest.run("cat > /usr/sbin/update-grub && chmod +x /usr/sbin/update-grub", { input: UPDATE_GRUB });
    await guest.run("echo 'GRUB_CMDLINE_LINUX=net.ifnames=1' > /etc/default/grub");
    await guest.run("cat > /etc/systemd/system/writer.service", { input: WRITER });
    await guest.run("systemctl enable --quiet --now writer.service");
    await installLeeward(guest);
    await startAgentInGuest(guest, chain);
  });
  after(() => stack.disposeAsync());

  async function untilProtected(): Promise<void> {
    const isProtected = async (): Promise<true | undefined> =>
      (await liveDisk(chain, "data")).state === "protected" ? true : undefined;
    await eventually("the disk is protected", isProtected, COPY_MS_MAX);
  }

  /** Of the guest's data disk since its start. */
  async function readBytes(): Promise<number> {
    const stat = await guest.run("cat /sys/block/vdb/stat");
    return Number(stat.trim().split(/\s+/)[2]) * SECTOR_BYTES;
  }

  async function prepareBoot(...options: readonly string[]): Promise<unknown> {
    const said = await guest.run(
      `leeward agent prepare-boot --home ${AGENT_HOME} ${options.join(" ")} --json`,
      COMMAND,
    );
    return JSON.parse(said);
  }

  /** Until the agent that the machine has started has the disk open. */
  async function reboot(): Promise<void> {
    await guest.reboot();
    await chain.untilOnline();
    const open = `grep -qs $(cat /proc/sys/kernel/random/boot_id | tr -d -) ${AGENT_HOME}/disks/*/tracking`;
    const isOpen = async (): Promise<true | undefined> => ((await guest.tryRun(open)).code === 0 ? true : undefined);
    await eventually("the disk is open", isOpen, COPY_MS_MAX);
    await untilProtected();
  }

  async function assertReplicaIsRight(): Promise<void> {
    await guest.run("systemctl stop writer.service; umount /mnt/data");
    const at = await createPoint(chain, 600);
    const source = await guest.run(`dd if=${DISK} iflag=direct bs=1M status=none | sha256sum`, COMMAND);
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(await savePoint(chain, { disk: "data", at })))
      hash.update(Buffer.from(chunk));
    assert.equal(hash.digest("hex"), source.split(" ")[0]);
    await guest.run("mount /mnt/data; systemctl start writer.service");
  }

  test("is prepared once, and says what it changed", async () => {
    const where = ["--path", "/dev/vdb", "--name", "data", "--capture", "tracker"];
    await chain.run("disk", "protect", chain.machine, ...where, "--timeout", "600");
    await untilProtected();
    const prepared = await prepareBoot();
    assert.equal(fieldOf(prepared, "running"), "absent");
    assert.match(
      await guest.run("cat /boot/grub/grub.cfg"),
      /net.ifnames=1 trace_event=block:block_rq_complete trace_buf_size=16M/,
    );
    assert.deepEqual(fieldOf(await prepareBoot(), "changed"), []);
  });

  test("goes on with a disk that was unmounted at the end, without reading it anew", async () => {
    await guest.run("head -c 3000000 /dev/urandom > /mnt/data/before; sync");
    await reboot();
    const read = await readBytes();
    assert.ok(read < DISK_BYTES / 4, `${read} bytes were read`);
    assert.equal(await guest.run("cat /mnt/data/agent"), "inactive\n", "the agent had ended before the last writer");
    await assertReplicaIsRight();
    const status = await guest.run(`leeward agent status --home ${AGENT_HOME} --json`, COMMAND);
    assert.equal(fieldOf(JSON.parse(status), "bootTrace"), "released");
  });

  test("reads a disk anew that somebody had until the end, and takes back what was prepared", async () => {
    // A program that no service ends, and that has the disk open: whether it writes, nobody knows.
    await guest.run(
      "systemd-run --quiet --unit holder --property DefaultDependencies=no --property KillMode=none sh -c 'exec 3</dev/vdb; sleep 100000'",
    );
    await reboot();
    assert.ok((await readBytes()) > DISK_BYTES, "all of it was read");
    await assertReplicaIsRight();
    const undone = await prepareBoot("--undo");
    assert.notDeepEqual(fieldOf(undone, "changed"), []);
    assert.doesNotMatch(await guest.run("cat /boot/grub/grub.cfg"), /trace_/);
    assert.deepEqual(fieldOf(await prepareBoot("--undo"), "changed"), []);
  });
});
