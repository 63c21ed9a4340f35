// What is read of ext file systems, against what was put in (mke2fs -d) and against the kernel's own mount, for every layout that matters.
import assert from "node:assert/strict";
import { link, mkdir, mkdtemp, open, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { MiB, seededRandom } from "@leeward/base";
import { openFileDevice } from "@leeward/block";
import { peer, runPeer } from "@leeward/nbd/testing";
import { walkFolder, walkTree } from "../testing/walk.ts";
import { Volume } from "../volume.ts";
import { ExtTree } from "./ext-tree.ts";

const MKE2FS = peer("mke2fs");
const { skip } = MKE2FS;
const random = seededRandom(11);
const folder = await mkdtemp(join(tmpdir(), "leeward-ext-"));
const source = join(folder, "source");

before(async () => {
  await mkdir(source);
  const names = [
    "plain",
    "two words",
    '"quoted"',
    "it's",
    "new\nline",
    "-rf",
    "...",
    "..a",
    "<8>",
    "ünï çødé 漢字 🙂",
    "a\\b",
    "%s*?[x]",
  ];
  for (const name of names) await writeFile(join(source, name), `content of ${name}`);
  await writeFile(Buffer.concat([Buffer.from(`${source}/raw-`), Buffer.from([0xff, 0xfe, 0x80])]), "no UTF-8");
  await writeFile(join(source, "n".repeat(255)), "long name");
  await writeFile(join(source, "empty"), "");
  await writeFile(join(source, "tiny"), "t");
  await writeFile(join(source, "inline"), random.bytes(130));
  await writeFile(join(source, "large"), random.bytes(9 * MiB + 777));
  await link(join(source, "large"), join(source, "second name of large"));
  await sparse(join(source, "sparse"), [0, 40_000, 5 * MiB + 1, 17 * MiB]);
  await truncate(await made(join(source, "hole")), 3 * MiB);
  // Ragged: more extents, and more blocks, than an inode holds.
  await sparse(
    join(source, "ragged"),
    Array.from({ length: 900 }, (_, index) => index * 16_384),
  );
  await symlink("plain", join(source, "link"));
  await symlink("../../../etc/passwd", join(source, "link out"));
  await symlink("x".repeat(59), join(source, "link of 59"));
  await symlink("x".repeat(60), join(source, "link of 60"));
  await symlink(`/${"y/".repeat(400)}`, join(source, "long link"));
  await mkdir(join(source, "deep/a/b/c/d/e"), { recursive: true });
  await writeFile(join(source, "deep/a/b/c/d/e/f"), "deep");
  await mkdir(join(source, "small folder"));
  await writeFile(join(source, "small folder/x"), "x");
  await mkdir(join(source, "many"), { mode: 0o1755 });
  for (let index = 0; index < 1_500; index += 1) await writeFile(join(source, `many/file ${index}`), `${index}`);
  await utimes(join(source, "tiny"), -86_400, -86_400);
});

after(() => rm(folder, { recursive: true }));

async function made(path: string): Promise<string> {
  await writeFile(path, "");
  return path;
}

async function sparse(path: string, offsets: readonly number[]): Promise<void> {
  await using handle = await open(path, "w");
  for (const offset of offsets) await handle.write(random.bytes(5_000), 0, 5_000, offset);
}

async function openImage(path: string) {
  const device = await openFileDevice({ path, readOnly: true, io: "thread-pool", direct: false, exclusive: false });
  return { tree: await ExtTree.open(Volume.whole(device)), [Symbol.asyncDispose]: () => device[Symbol.asyncDispose]() };
}

const LAYOUTS: Readonly<Record<string, readonly string[]>> = {
  "ext4 as it is made": ["-t", "ext4"],
  "ext4 with every checksum and blocks of 1 KiB": [
    "-t",
    "ext4",
    "-b",
    "1024",
    "-O",
    "metadata_csum,64bit,metadata_csum_seed",
  ],
  "ext4 with small files in inodes": ["-t", "ext4", "-O", "inline_data", "-I", "512"],
  "ext4 with meta_bg": ["-t", "ext4", "-b", "1024", "-O", "meta_bg,^resize_inode"],
  "ext4 with bigalloc": ["-t", "ext4", "-O", "bigalloc", "-C", "16384"],
  "ext4 without checksums, 64 bits, types": ["-t", "ext4", "-O", "^metadata_csum,^64bit,^filetype,^uninit_bg"],
  "ext4 with blocks of 64 KiB": ["-t", "ext4", "-b", "65536"],
  ext3: ["-t", "ext3"],
  "ext2 with blocks of 1 KiB": ["-t", "ext2", "-b", "1024"],
  "ext2 of the first revision": ["-t", "ext2", "-r", "0", "-O", "none"],
};

for (const [name, options] of Object.entries(LAYOUTS)) {
  test(`${name} gives back what was put in`, { skip }, async () => {
    const image = join(folder, "image");
    const args = ["-q", "-F", "-L", "a label", ...options, "-d", source, image, "400M"];
    const madeIt = await runPeer(MKE2FS, args);
    assert.equal(madeIt.code, 0, madeIt.stderr);
    {
      await using opened = await openImage(image);
      const walked = await walkTree(opened.tree, { times: !name.includes("first revision") });
      const { "/lost+found": lost, ...rest } = walked;
      assert.ok(lost?.startsWith("folder 700"));
      const expected = walkFolder(source, { times: !name.includes("first revision") });
      assert.deepEqual(Object.keys(rest).toSorted(), Object.keys(expected).toSorted());
      for (const [path, facts] of Object.entries(expected)) assert.equal(rest[path], facts, path);
      assert.equal(opened.tree.label, "a label");
      assert.equal(opened.tree.fileSystem, name.slice(0, 4));
    }
    await rm(image);
  });
}
