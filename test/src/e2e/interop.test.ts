// Whoever speaks NBD may use a protected disk and an opened point: the tools of libnbd, QEMU and fio do, and check what they read
// themselves. At the end QEMU compares the source with the opened point.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readFile, stat, truncate, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { MiB } from "@leeward/base";
import { peer } from "@leeward/nbd/testing";
import { Chain } from "../harness/chain.ts";
import { diskOf, type OpenedDocument, openedOf, pointOf } from "../harness/shapes.ts";
import { runTool } from "./tool-run.ts";

const MACHINE = "interop";
const DISK = "disk.img";
const DISK_BYTES = 32 * MiB;
const QUIET_MS = 1_000;

const nbdcopy = peer("nbdcopy");
const nbdinfo = peer("nbdinfo");
const qemuIo = peer("qemu-io");
const qemuImg = peer("qemu-img");
const fio = peer("fio");

/** What fio does when it writes; what it does when it only checks what it wrote is the same without the writing. */
const FIO_JOB = [
  "--name=verify",
  "--ioengine=nbd",
  "--thread",
  "--rw=randwrite",
  "--bs=4k",
  "--size=4M",
  "--iodepth=8",
  "--verify=crc32c",
  "--verify_state_save=0",
  "--randseed=7",
];

describe("peers that speak NBD", () => {
  let chain: Chain;
  let image: string;
  let uri: string;

  before(async () => {
    chain = await Chain.start({ machine: MACHINE });
    image = `${chain.sourceFolder}/${DISK}`;
    await writeFile(image, "");
    await truncate(image, DISK_BYTES);
    const { nbdUri } = diskOf(await chain.run("disk", "protect", MACHINE, "--path", image, "--timeout", "60"));
    assert.ok(nbdUri !== null, "a protected disk takes clients");
    uri = nbdUri;
  });
  after(() => chain.stop({ keep: false }));

  test("nbdinfo finds the disk's size, and that it takes writes", { skip: nbdinfo.skip }, async () => {
    const { stdout } = await tool(nbdinfo.path, ["--json", uri]);
    assert.match(stdout, new RegExp(`"export-size": ${DISK_BYTES}\\b`));
    assert.match(stdout, /"is_read_only": false/);
  });

  test("nbdcopy fills the protected disk, and reads the same from it and from an opened point", {
    skip: nbdcopy.skip,
  }, async () => {
    const [source, copied, recovered] = ["random", "copied", "recovered"].map((name) => `${chain.folder}/${name}.img`);
    assert.ok(source !== undefined && copied !== undefined && recovered !== undefined);
    // A hole in the middle: a copier may write zeroes, or trim, there.
    const content = randomBytes(DISK_BYTES);
    content.fill(0, 10 * MiB, 14 * MiB);
    await writeFile(source, content);
    await tool(nbdcopy.path, ["--flush", source, uri]);
    await tool(nbdcopy.path, [uri, copied]);
    assert.equal(await digestOf(copied), await digestOf(source), "the protected disk");
    await atPoint(await newPoint(), async (opened) => {
      await tool(nbdcopy.path, [opened.nbdUri, recovered]);
    });
    assert.equal(await digestOf(recovered), await digestOf(source), "the point");
  });

  test("qemu-io writes patterns, zeroes and discards, and finds them in the disk and in a point", {
    skip: qemuIo.skip,
  }, async () => {
    const written = [
      "write -P 0xa5 1M 64k",
      "write -f -P 0x5a 1056k 4k",
      "write -z 3M 1M",
      "discard 5M 1M",
      "writev -P 0x33 7M 4k 8k",
      "flush",
    ];
    const expected = [
      "read -P 0xa5 1M 32k",
      "read -P 0x5a 1056k 4k",
      "read -P 0xa5 1060k 28k",
      "read -P 0 3M 1M",
      "read -P 0 5M 1M",
      "read -P 0x33 7M 12k",
    ];
    await qemu(uri, written);
    await qemu(uri, expected);
    await atPoint(await newPoint(), (opened) => qemu(opened.nbdUri, expected, ["-r"]));
  });

  test("fio verifies what it wrote, on the disk and on a point", { skip: fio.skip }, async () => {
    await tool(fio.path, [...FIO_JOB, `--uri=${uri}`, "--do_verify=1", "--end_fsync=1"]);
    await atPoint(await newPoint(), async (opened) => {
      await tool(fio.path, [...FIO_JOB, `--uri=${opened.nbdUri}`, "--verify_only=1"]);
    });
  });

  test("qemu-img converts a disk into the protected one, and a point into an image", {
    skip: qemuImg.skip,
  }, async () => {
    const [source, qcow] = [`${chain.folder}/convert.img`, `${chain.folder}/convert.qcow2`];
    const content = randomBytes(DISK_BYTES);
    content.fill(0, 2 * MiB, 20 * MiB);
    await writeFile(source, content);
    await tool(qemuImg.path, ["convert", "-n", "-f", "raw", "-O", "raw", source, uri]);
    await atPoint(await newPoint(), async (opened) => {
      await tool(qemuImg.path, ["convert", "-f", "raw", "-O", "qcow2", opened.nbdUri, qcow]);
    });
    await tool(qemuImg.path, ["compare", "-f", "raw", "-F", "qcow2", source, qcow]);
    // The allocation of the point reaches the copier: what was never there takes no place.
    assert.ok((await stat(qcow)).size < 16 * MiB, "zeroes stay holes");
  });

  test("a point takes no write, and the overlay of a writable one never reaches it", {
    skip: qemuIo.skip,
  }, async () => {
    await qemu(uri, ["write -P 0x11 0 1M", "flush"]);
    const point = await newPoint();
    await atPoint(point, async (opened) => {
      const refused = await runTool(
        qemuIo.path,
        ["-f", "raw", "-c", "write -P 0x22 0 4k", opened.nbdUri],
        chain.folder,
      );
      assert.match(`${refused.stdout}${refused.stderr}`, /permission denied|read-only|not permitted/i);
      assert.notEqual(refused.code, 0);
    });
    const writable = openedOf(await chain.run("point", "open", MACHINE, DISK, "--at", point, "--writable"));
    await qemu(writable.nbdUri, ["write -P 0x22 0 64k", "write -z 128k 64k", "discard 256k 64k", "flush"]);
    const overlay = ["read -P 0x22 0 64k", "read -P 0x11 64k 64k", "read -P 0 128k 64k", "read -P 0x11 320k 64k"];
    await qemu(writable.nbdUri, overlay);
    if (fio.skip === false) await tool(fio.path, [...FIO_JOB, `--uri=${writable.nbdUri}`, "--do_verify=1"]);
    await atPoint(point, (opened) => qemu(opened.nbdUri, ["read -P 0x11 0 1M"], ["-r"]));
    await chain.run("point", "close", writable.id);
    await atPoint(point, (opened) => qemu(opened.nbdUri, ["read -P 0x11 0 1M"], ["-r"]));
    await qemu(uri, ["read -P 0x11 0 1M"]);
  });

  test("after a quiet second the newest point is the source image", { skip: qemuImg.skip }, async () => {
    await delay(QUIET_MS);
    await newPoint();
    await atPoint("latest", async (opened) => {
      const { stdout } = await tool(qemuImg.path, ["compare", "-f", "raw", "-F", "raw", image, opened.nbdUri]);
      assert.match(stdout, /identical/);
    });
  });

  async function newPoint(): Promise<string> {
    return pointOf(await chain.run("point", "create", MACHINE, "--timeout", "60")).id;
  }

  async function atPoint(at: string, work: (opened: OpenedDocument) => Promise<void>): Promise<void> {
    const opened = openedOf(await chain.run("point", "open", MACHINE, DISK, "--at", at));
    try {
      await work(opened);
    } finally {
      await chain.run("point", "close", opened.id);
    }
  }

  async function qemu(address: string, commands: readonly string[], flags: readonly string[] = []): Promise<void> {
    const { stdout } = await tool(qemuIo.path, [
      ...flags,
      "-f",
      "raw",
      ...commands.flatMap((command) => ["-c", command]),
      address,
    ]);
    assert.doesNotMatch(stdout, /Pattern verification failed|error/i);
  }

  /** Runs a tool that must succeed; in a folder of ours, because some leave files where they run. */
  async function tool(path: string, args: readonly string[]): Promise<{ stdout: string }> {
    const { code, stdout, stderr } = await runTool(path, args, chain.folder);
    assert.equal(code, 0, `${path} ${args.join(" ")}\n${stdout}${stderr}`);
    return { stdout };
  }
});

async function digestOf(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}
