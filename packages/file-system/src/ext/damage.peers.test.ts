// Disks that are broken, or made to break who reads them: each ends in a named Fault or in what was there, and ends.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { isFault, MiB, seededRandom } from "@leeward/base";
import { memoryDevice } from "@leeward/block";
import { peer, runPeer } from "@leeward/nbd/testing";
import { sampled } from "@leeward/world/testing";
import { openTree } from "../open-tree.ts";
import { type Walked, walkTree } from "../testing/walk.ts";
import { Volume } from "../volume.ts";

const MKE2FS = peer("mke2fs");
const { skip } = MKE2FS;
const IMAGE_BYTES = 8 * MiB;
const folder = await mkdtemp(join(tmpdir(), "leeward-ext-damage-"));
after(() => rm(folder, { recursive: true }));
const images = new Map<string, Buffer>();

before(async () => {
  if (skip !== false) return;
  const source = join(folder, "source");
  await mkdir(join(source, "many"), { recursive: true });
  for (let index = 0; index < 120; index += 1)
    await writeFile(join(source, `many/${"n".repeat(100)}${index}`), `${index}`);
  await writeFile(join(source, "large"), Buffer.alloc(MiB, 7));
  const made = async (name: string, ...options: readonly string[]): Promise<void> => {
    const image = join(folder, name);
    const run = await runPeer(MKE2FS, ["-q", "-F", "-b", "1024", ...options, "-d", source, image, "8M"]);
    assert.equal(run.code, 0, run.stderr);
    images.set(name, await readFile(image));
    await rm(image);
  };
  await made("ext4", "-t", "ext4", "-O", "^has_journal");
  await made("ext2", "-t", "ext2");
});

/** The volume's name, in the superblock. */
const LABEL_AT = 1_024 + 0x78;

async function walked(content: Uint8Array): Promise<Walked | string> {
  await using device = memoryDevice(IMAGE_BYTES);
  await device.write(0, content, { fua: false });
  try {
    return await walkTree(await openTree(Volume.whole(device)));
  } catch (error) {
    if (isFault(error, "file-system-damaged", "file-system-unsupported")) return error.code;
    throw error;
  }
}

function imageOf(name: string): Buffer {
  return Buffer.from(images.get(name) ?? assert.fail("it was made"));
}

test("a bit that turns in what ext4 sums is found, whatever it is", { skip }, async () => {
  const whole = await walked(imageOf("ext4"));
  // Few rounds may hit nothing that is summed by chance: so one is sure to.
  const labelled = imageOf("ext4");
  labelled.writeUInt8(labelled.readUInt8(LABEL_AT) ^ 1, LABEL_AT);
  assert.equal(await walked(labelled), "file-system-damaged");
  for (const round of sampled(240)) {
    const random = seededRandom(round);
    const content = imageOf("ext4");
    // Where the metadata is: superblock, descriptors, inodes, and the blocks of folders.
    const at = random.below(2) === 0 ? 1_024 + random.below(300 * 1_024) : random.below(IMAGE_BYTES);
    content.writeUInt8(content.readUInt8(at) ^ (1 << random.below(8)), at);
    const result = await walked(content);
    if (typeof result !== "string") {
      // Contents of files have no sums; names, kinds, sizes and times have.
      const facts = (each: Walked | string): unknown =>
        typeof each === "string"
          ? each
          : Object.entries(each).map(([name, fact]) => [name, fact.split(" ").slice(0, 4)]);
      assert.deepEqual(facts(result), facts(whole), `round ${round}, byte ${at}`);
    }
  }
});

test("a disk full of nonsense, or cut short, ends in a Fault or in what is left", { skip }, async () => {
  for (const name of images.keys()) {
    for (const round of sampled(180)) {
      const random = seededRandom(round);
      const content = imageOf(name);
      for (let wounds = 1 + random.below(60); wounds > 0; wounds -= 1) {
        const at = random.below(10) < 7 ? 1_024 + random.below(400 * 1_024) : random.below(IMAGE_BYTES - 16);
        content.set(random.below(3) === 0 ? Buffer.alloc(8, 0xff) : random.bytes(1 + random.below(8)), at);
      }
      // Its magic is left, so that it is read at all.
      content.writeUInt16LE(0xef53, 1_024 + 56);
      await walked(content);
    }
  }
});

test("a partition that is smaller than its file system is named", { skip }, async () => {
  await using device = memoryDevice(IMAGE_BYTES / 2);
  await device.write(0, imageOf("ext4").subarray(0, IMAGE_BYTES / 2), { fua: false });
  await assert.rejects(openTree(Volume.whole(device)), { code: "file-system-damaged" });
});
