import assert from "node:assert/strict";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { createConnection, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { MiB } from "@leeward/base";
import { openFileDevice } from "@leeward/block";
import { NbdListener, NbdServer, singleExport } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import { Chain } from "../harness/chain.ts";
import { leeward } from "../harness/leeward-process.ts";
import { AGENT_UNIT, startAgentInGuest } from "./agent-in-guest.ts";
import { Guest } from "./guest.ts";
import { GuestImage } from "./guest-image.ts";
import { guestSkip } from "./guest-peers.ts";
import { installLeeward } from "./leeward-in-guest.ts";
import { HOST_ADDRESS } from "./qemu-arguments.ts";

const DISKS = ["a", "b", "c", "d"];

async function makeEmpty(path: string, bytes: number): Promise<void> {
  await writeFile(path, "");
  await truncate(path, bytes);
}

/** Answers whoever connects with one line. */
async function greeter(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((socket) => socket.end("hello from the host\n"));
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return { server, port: address.port };
}

describe("a guest", { skip: guestSkip() }, () => {
  const stack = new AsyncDisposableStack();
  let folder: string;
  let image: GuestImage;
  let chain: Chain;
  let guest: Guest;
  let reached: number;
  let hidden: number;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "leeward-guest-test-"));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    image = await GuestImage.open();
    await image.copyTo(join(folder, "root.raw"));
    for (const name of DISKS) await makeEmpty(join(folder, name), 256 * MiB);
    const greeters = [await greeter(), await greeter()] as const;
    for (const { server } of greeters) stack.defer(() => void server.close());
    [reached, hidden] = [greeters[0].port, greeters[1].port];
    chain = await Chain.start({ machine: "guest", reachedAt: HOST_ADDRESS });
    stack.defer(() => chain.stop({ keep: false }));
    const { api, data } = await chain.ports();
    guest = await Guest.start({
      image,
      boot: { file: join(folder, "root.raw") },
      disks: DISKS.map((name) => ({ file: join(folder, name) })),
      forwards: [2_222],
      reachHost: [reached, api, data],
    });
    stack.defer(() => guest[Symbol.asyncDispose]());
  });
  after(() => stack.disposeAsync());

  test("runs commands as root, and says how they ended", async () => {
    assert.equal(await guest.run("id -u"), "0\n");
    assert.equal(await guest.run("cat", { input: "through standard input" }), "through standard input");
    const { code, stderr } = await guest.tryRun("echo wrong >&2; exit 7");
    assert.deepEqual([code, stderr], [7, "wrong\n"]);
    await assert.rejects(guest.run("echo because >&2; exit 3"), /exit code 3\nbecause/);
    await assert.rejects(guest.run("sleep 60", { secondsMax: 1 }), /time limit/);
  });

  test("takes in files and folders", async () => {
    await writeFile(join(folder, "note"), "a note");
    await guest.copyIn(join(folder, "note"), "/root/note");
    await guest.copyIn(import.meta.dirname, "/root/sources");
    assert.equal(await guest.run("cat /root/note"), "a note");
    assert.match(await guest.run("ls /root/sources"), /guest\.full\.test\.ts/);
    await assert.rejects(guest.copyIn(join(folder, "no such file"), "/root/note"), /no such file/i);
  });

  test("reaches the ports that it was given, and nothing else", async () => {
    const ask = (host: string, port: number) => guest.tryRun(`timeout 5 bash -c 'cat < /dev/tcp/${host}/${port}'`);
    assert.equal((await ask(HOST_ADDRESS, reached)).stdout, "hello from the host\n");
    assert.equal((await ask(HOST_ADDRESS, reached)).stdout, "hello from the host\n", "a second connection");
    for (const [host, port] of [
      [HOST_ADDRESS, hidden],
      ["10.0.2.2", reached],
      ["10.0.2.2", hidden],
    ] as const) {
      const { code, stdout } = await ask(host, port);
      assert.deepEqual([stdout, code === 0], ["", false], `${host}:${port}`);
    }
  });

  test("is reached at the ports that were forwarded", async () => {
    await guest.run("/usr/sbin/sshd -p 2222 > /dev/null 2>&1");
    assert.notEqual(guest.hostPort(2_222), guest.hostPort(22));
    const socket = createConnection({ host: "127.0.0.1", port: guest.hostPort(2_222) });
    for await (const greeting of socket) {
      assert.match(String(greeting), /^SSH-2/);
      break;
    }
    assert.throws(() => guest.hostPort(80), /not forwarded/);
  });

  test("has what makes logical volumes and mirrors, and finds them again after a reboot", async () => {
    const disk = (index: number): string => `/dev/disk/by-id/virtio-disk${index}`;
    await guest.run(`vgcreate -q data ${disk(1)} ${disk(2)} && lvcreate -q -y -n files -l 100%FREE data`);
    await guest.run("mkfs.xfs -q /dev/data/files");
    await guest.run(`mdadm --create /dev/md0 --run --quiet --level=1 --raid-devices=2 ${disk(3)} ${disk(4)}`);
    await guest.run("mkfs.ext4 -q /dev/md0 && mkdir -p /mnt/files /mnt/mirror");
    await guest.run("mount /dev/data/files /mnt/files && mount /dev/md0 /mnt/mirror");
    await guest.run("echo on a volume > /mnt/files/it; echo on a mirror > /mnt/mirror/it; sync");
    const boot = await guest.run("cat /proc/sys/kernel/random/boot_id");
    await guest.reboot();
    assert.notEqual(await guest.run("cat /proc/sys/kernel/random/boot_id"), boot);
    await guest.run("mount /dev/data/files /mnt/files && mount /dev/md/*0 /mnt/mirror");
    assert.equal(await guest.run("cat /mnt/files/it /mnt/mirror/it"), "on a volume\non a mirror\n");
  });

  test("runs Leeward, of the same version as here", async () => {
    await installLeeward(guest);
    assert.equal(await guest.run("leeward --version"), (await leeward(["--version"])).stdout);
  });

  test("holds a machine whose agent is online at a server outside of it", async () => {
    await startAgentInGuest(guest, chain, ["/dev/vda"]);
    assert.equal(await guest.run(`systemctl is-active ${AGENT_UNIT}`), "active\n");
  });

  test("loses its power, and starts from the same disk, served by us, with another firmware", async () => {
    await guest.run("echo before the cut > /root/written && sync");
    await guest.kill();
    assert.equal(guest.isRunning, false);
    const path = join(folder, "root.raw");
    const device = stack.use(await openFileDevice({ path, readOnly: false, io: "thread-pool", direct: false }));
    const server = new NbdServer({ exports: singleExport(device), clock: nodeClock });
    const nbdSocket = join(folder, "nbd");
    const listener = await NbdListener.open(server, { path: nbdSocket });
    stack.defer(() => listener.close());
    await using again = await Guest.start({ image, boot: { nbdSocket }, firmware: "uefi" });
    assert.equal(await again.run("test -d /sys/firmware/efi && cat /root/written"), "before the cut\n");
    await again.shutdown();
    assert.equal(again.isRunning, false);
    assert.match(await again.serial(), /reboot: Power down/);
  });
});
