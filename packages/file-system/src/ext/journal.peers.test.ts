// Disks as a crash leaves them: copied while mounted. What is read of them is what a mount finds after its replay, and what e2fsck's replay leaves.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rename, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { MiB, type Random, seededRandom } from "@leeward/base";
import { openFileDevice } from "@leeward/block";
import { peer } from "@leeward/nbd/testing";
import { type Walked, walkFolder, walkTree } from "../testing/walk.ts";
import { Volume } from "../volume.ts";
import { JOURNAL_MAGIC } from "./block-source.ts";
import { ExtTree } from "./ext-tree.ts";

const E2FSCK = peer("e2fsck");
const DEBUGFS = peer("debugfs");
const isRoot = process.getuid?.() === 0 || process.env["LEEWARD_REQUIRE_PEERS"] === "1";
const skip = isRoot ? E2FSCK.skip : "only root can mount";
const IMAGE_BYTES = 96 * MiB;
const folder = await mkdtemp(join(tmpdir(), "leeward-ext-journal-"));
after(() => rm(folder, { recursive: true }));

function run(tool: string, ...args: readonly string[]): string {
  return execFileSync(tool, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Loop devices are few, and between finding a free one and taking it another may have. */
async function attached(image: string): Promise<string> {
  for (let tries = 0; ; tries += 1) {
    try {
      return run("losetup", "--find", "--show", image).trim();
    } catch (error) {
      if (tries === 100) throw error;
      await delay(200);
    }
  }
}

async function whileMounted<T>(image: string, options: string, work: (mountPoint: string) => Promise<T>): Promise<T> {
  const mountPoint = `${image}.mounted`;
  mkdirSync(mountPoint, { recursive: true });
  const device = await attached(image);
  try {
    run("mount", "-o", options, device, mountPoint);
    try {
      return await work(mountPoint);
    } finally {
      run("umount", mountPoint);
    }
  } finally {
    run("losetup", "--detach", device);
  }
}

async function walkImage(image: string): Promise<{ readonly walked: Walked; readonly replayed: number }> {
  await using device = await openFileDevice({
    path: image,
    readOnly: true,
    io: "thread-pool",
    direct: false,
    exclusive: false,
  });
  const tree = await ExtTree.open(Volume.whole(device));
  return { walked: await walkTree(tree), replayed: tree.replayedBlocks ?? 0 };
}

/** Everything that makes a journal interesting: folders that go and whose blocks files take, what begins like the journal's own mark. */
async function work(root: string, random: Random): Promise<void> {
  const magic = Buffer.alloc(4);
  magic.writeUInt32BE(JOURNAL_MAGIC);
  for (let round = 0; round < 4; round += 1) {
    const at = join(root, `round ${round}`);
    await mkdir(at);
    for (let index = 0; index < 120; index += 1)
      await writeFile(join(at, `file ${index} ${"x".repeat(random.below(90))}`), random.bytes(random.below(9_000)));
    await writeFile(join(at, "marked"), Buffer.concat([magic, random.bytes(4_092), magic, random.bytes(9_000)]));
    await symlink(`to ${round}`, join(at, "link"));
    await utimes(join(at, "marked"), 4_000_000_000 + round, 4_000_000_000 + round);
    run("sync", "-f", root);
    if (round > 0) await rm(join(root, `round ${round - 1}`), { recursive: true });
    run("sync", "-f", root);
    await writeFile(join(root, `reuse ${round}`), random.bytes(600_000));
    await rename(join(at, "marked"), join(root, `kept ${round}`));
    await truncate(join(root, `reuse ${round}`), 300_001);
  }
  run("sync", "-f", root);
  await writeFile(join(root, "never committed, or so"), "x");
}

const KINDS: readonly (readonly [string, readonly string[], string])[] = [
  ["ext4 as it is made", ["-t", "ext4", "-b", "4096"], "defaults"],
  ["ext4 with blocks of 1 KiB and data in the journal", ["-t", "ext4", "-b", "1024"], "data=journal"],
  ["ext4 with data in the journal", ["-t", "ext4", "-b", "4096", "-J", "size=16"], "data=journal"],
  ["ext4 without checksums", ["-t", "ext4", "-O", "^metadata_csum,^64bit"], "data=journal"],
  ["ext4 whose journal alone has checksums", ["-t", "ext4", "-O", "^metadata_csum"], "journal_checksum"],
  ["ext3", ["-t", "ext3"], "defaults"],
];

for (const [index, [name, made, mounted]] of KINDS.entries()) {
  test(`${name}, not unmounted, has the files that a mount finds`, { skip }, async () => {
    const random = seededRandom(index + 1);
    const image = join(folder, `image-${index}`);
    await writeFile(image, "");
    await truncate(image, IMAGE_BYTES);
    run("mke2fs", "-q", "-F", ...made, image);
    const crashed = `${image}.crashed`;
    await whileMounted(image, mounted, async (root) => {
      await work(root, random);
      await copyFile(image, crashed, constants.COPYFILE_FICLONE);
    });
    const { walked, replayed } = await walkImage(crashed);
    assert.ok(replayed > 20, `${replayed} blocks were replayed`);
    assert.ok(Object.keys(walked).length > 120);
    assert.deepEqual(walked, await byMount(crashed));
    assert.deepEqual(walked, await byE2fsck(crashed));
    // What a journal that breaks off anywhere still gives.
    const places = journalPlaces(crashed);
    for (let cut = 0; cut < 6; cut += 1) {
      const broken = `${crashed}.cut`;
      await copyFile(crashed, broken);
      breakOff(broken, places, 1 + random.below(Math.min(places.blocks.length - 1, 400)));
      assert.deepEqual((await walkImage(broken)).walked, await byE2fsck(broken), `cut ${cut}`);
      await rm(broken);
    }
    for (const path of [image, crashed]) await rm(path);
  });
}

test("blocks of folders that are a file's now are not overwritten by what the journal has of them", {
  skip,
}, async () => {
  for (const [index, features] of ["metadata_csum", "^metadata_csum,^64bit"].entries()) {
    const random = seededRandom(50 + index);
    const image = join(folder, "image-full");
    await writeFile(image, "");
    await truncate(image, 24 * MiB);
    run("mke2fs", "-q", "-F", "-t", "ext4", "-b", "1024", "-m", "0", "-J", "size=4", "-O", features, image);
    const crashed = `${image}.crashed`;
    await whileMounted(image, "defaults", async (root) => {
      for (let each = 0; each < 80; each += 1) {
        await mkdir(join(root, `folder ${each}`));
        for (const name of ["a", "b", "c"]) await writeFile(join(root, `folder ${each}/${name.repeat(200)}`), "");
      }
      run("sync", "-f", root);
      for (let each = 0; each < 80; each += 1) await rm(join(root, `folder ${each}`), { recursive: true });
      run("sync", "-f", root);
      // All the room that there is, so also those folders'.
      await assert.rejects(writeFile(join(root, "all"), random.bytes(24 * MiB)), { code: "ENOSPC" });
      run("sync", "-f", root);
      await copyFile(image, crashed);
    });
    const { walked, replayed } = await walkImage(crashed);
    assert.ok(replayed > 3);
    assert.deepEqual(walked, await byMount(crashed));
    assert.deepEqual(walked, await byE2fsck(crashed));
    for (const path of [image, crashed]) await rm(path);
  }
});

async function byMount(image: string): Promise<Walked> {
  const copy = `${image}.copy`;
  await copyFile(image, copy);
  const walked = await whileMounted(copy, "ro", async (root) => walkFolder(root));
  await rm(copy);
  return walked;
}

async function byE2fsck(image: string): Promise<Walked> {
  const copy = `${image}.copy`;
  await copyFile(image, copy);
  run(E2FSCK.path, "-E", "journal_only", "-y", copy);
  const { walked, replayed } = await walkImage(copy);
  assert.equal(replayed, 0);
  await rm(copy);
  return walked;
}

interface Places {
  readonly blockBytes: number;
  /** Of the journal, in order. */
  readonly blocks: readonly number[];
}

function journalPlaces(image: string): Places {
  const listed = run(DEBUGFS.path, "-R", "blocks <8>", image);
  const blockBytes = Number(/Block size:\s+(\d+)/.exec(run(DEBUGFS.path, "-R", "stats -h", image))?.[1]);
  return { blockBytes, blocks: listed.trim().split(/\s+/).map(Number) };
}

/** Nothing of the journal from its block `from` on ever reached the disk. */
function breakOff(image: string, { blockBytes, blocks }: Places, from: number): void {
  const handle = openSync(image, "r+");
  for (const block of blocks.slice(from)) {
    const bytes = Buffer.alloc(blockBytes);
    readSync(handle, bytes, 0, blockBytes, block * blockBytes);
    if (bytes.readUInt32BE(0) === JOURNAL_MAGIC)
      writeSync(handle, Buffer.alloc(blockBytes), 0, blockBytes, block * blockBytes);
  }
  closeSync(handle);
}
