// What is read of FAT volumes, against what mtools put in; and volumes that are broken.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { isFault, MiB, seededRandom } from "@leeward/base";
import { memoryDevice } from "@leeward/block";
import { peer } from "@leeward/nbd/testing";
import { sampled } from "@leeward/world/testing";
import { openTree } from "../open-tree.ts";
import { type Walked, walkFolder, walkTree } from "../testing/walk.ts";
import { Volume } from "../volume.ts";
import { FatTree } from "./fat-tree.ts";

const skip = [peer("mkfs.fat"), peer("mcopy")].find((each) => each.skip !== false)?.skip ?? false;
const random = seededRandom(3);
const folder = await mkdtemp(join(tmpdir(), "leeward-fat-"));
const source = join(folder, "source");
after(() => rm(folder, { recursive: true }));

before(async () => {
  await mkdir(join(source, "A Folder/deep/er/still"), { recursive: true });
  const names = [
    "PLAIN.TXT",
    "lower.txt",
    "MixedCase.Text",
    "two words",
    "no extension at all, and long enough for four pieces of a name",
  ];
  for (const name of [
    ...names,
    "ünïçødé 漢字.txt",
    ".hidden",
    "a.b.c.d",
    "'quoted'",
    "-rf",
    "n".repeat(200),
    "exactly13char",
  ])
    await writeFile(join(source, name), `content of ${name}`);
  await writeFile(join(source, "empty"), "");
  await writeFile(join(source, "A Folder/deep/er/still/large"), random.bytes(2 * MiB + 99));
  await mkdir(join(source, "many"));
  for (let index = 0; index < 300; index += 1)
    await writeFile(join(source, `many/a rather long name, number ${index}`), `${index}`);
  await utimes(join(source, "PLAIN.TXT"), 1_000_000_000, 1_000_000_000);
});

function volumeOf(sizeMib: number, options: readonly string[]): string {
  const image = join(folder, "volume");
  execFileSync(peer("mkfs.fat").path, ["-C", ...options, "-n", "A LABEL", image, String(sizeMib * 1_024)]);
  const env = { ...process.env, TZ: "UTC", LC_ALL: "C.UTF-8", MTOOLS_SKIP_CHECK: "1" };
  const things = ["A Folder", "many"].map((name) => join(source, name));
  const files = execFileSync("find", [source, "-maxdepth", "1", "-type", "f", "-print0"])
    .toString()
    .split("\0")
    .filter(Boolean);
  execFileSync(peer("mcopy").path, ["-i", image, "-s", "-m", ...things, ...files, "::"], { env });
  return image;
}

async function treeOf(content: Uint8Array): Promise<FatTree> {
  const device = memoryDevice(content.length);
  await device.write(0, content, { fua: false });
  return FatTree.open(Volume.whole(device));
}

/** Without modes, which a FAT has not, and without times, of which mtools leaves some out. */
function compared(walked: Walked): Walked {
  return Object.fromEntries(
    Object.entries(walked).map(([name, facts]) => [name, facts.replace(/^(\w+) \d+ -?\d+/, "$1")]),
  );
}

for (const [name, sizeMib, options] of [
  ["FAT12", 4, ["-F", "12"]],
  ["FAT16", 32, ["-F", "16"]],
  ["FAT32", 64, ["-F", "32", "-s", "1"]],
  ["FAT32 with sectors of 4 KiB", 300, ["-F", "32", "-S", "4096", "-s", "1"]],
] as const) {
  test(`${name} gives back what was put in`, { skip }, async () => {
    const image = volumeOf(sizeMib, options);
    const tree = await treeOf(await readFile(image));
    await rm(image);
    assert.equal(tree.label, "A LABEL");
    const walked = await walkTree(tree);
    assert.deepEqual(compared(walked), compared(walkFolder(source)));
    assert.match(walked["/PLAIN.TXT"] ?? "", /^file 666 1000000000 /);
    const [entry] = (await tree.list(await tree.root())).filter(({ name: bytes }) => bytes[0] === 0x50);
    assert.ok(entry !== undefined && tree.isNamed(entry, Buffer.from("plain.txt")));
  });
}

test("a broken volume ends in a Fault or in what is left, and ends", { skip }, async () => {
  const image = volumeOf(4, ["-F", "12"]);
  const whole = await readFile(image);
  await rm(image);
  for (const round of sampled(240)) {
    const chance = seededRandom(round);
    const content = Buffer.from(whole);
    for (let wounds = 1 + chance.below(80); wounds > 0; wounds -= 1)
      content.set(chance.bytes(1 + chance.below(12)), 512 + chance.below(round % 2 === 0 ? 64 * 1_024 : MiB));
    const device = memoryDevice(content.length);
    await device.write(0, content, { fua: false });
    try {
      const tree = await openTree(Volume.whole(device));
      let folders = 0;
      const walk = async (node: Parameters<FatTree["list"]>[0], depth: number): Promise<void> => {
        // Folders that lead in a circle are for whoever walks to notice.
        if (depth > 6 || folders > 500) return;
        for (const entry of await tree.list(node)) {
          folders += 1;
          if (entry.node.kind === "folder") await walk(entry.node, depth + 1);
          else if (entry.node.sizeBytes < MiB) for await (const piece of tree.content(entry.node)) assert.ok(piece);
        }
      };
      await walk(await tree.root(), 0);
    } catch (error) {
      if (!isFault(error, "file-system-damaged", "file-system-unsupported")) throw error;
    }
  }
});

test("a chain that leads in a circle, outside, or to a free cluster is damage", { skip }, async () => {
  const image = volumeOf(32, ["-F", "16"]);
  const whole = await readFile(image);
  await rm(image);
  const fatAt = whole.readUInt16LE(14) * whole.readUInt16LE(11);
  for (const value of [0, 1, 3, 0xfff7]) {
    const content = Buffer.from(whole);
    for (let cluster = 3; cluster < 3_000; cluster += 1) content.writeUInt16LE(value, fatAt + cluster * 2);
    const tree = await treeOf(content);
    await assert.rejects(walkTree(tree), { code: "file-system-damaged" }, `value ${value}`);
  }
});
