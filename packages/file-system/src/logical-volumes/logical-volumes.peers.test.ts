import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { isFault, MiB, seededRandom } from "@leeward/base";
import { type BlockDevice, memoryDevice } from "@leeward/block";
import { peer } from "@leeward/nbd/testing";
import { openTree } from "../open-tree.ts";
import { partitionsOf } from "../partitions/partition-list.ts";
import { recognised } from "../recognition.ts";
import { fillVolume, volumeGroup } from "../testing/node-volume-group.ts";
import { Volume } from "../volume.ts";
import { logicalVolumes, type VolumePart } from "./logical-volumes.ts";

const isRoot = process.getuid?.() === 0 || process.env["LEEWARD_REQUIRE_PEERS"] === "1";
const skip = isRoot ? peer("pvcreate").skip || peer("mke2fs").skip : "only root can attach loop devices";
const folder = await mkdtemp(join(tmpdir(), "leeward-volumes-"));
after(() => rm(folder, { recursive: true }));

const NEW = ["-an", "-Zn", "-Wn", "-y"];
/** A root in three pieces on two disks, and what is not put together beside it. */
const OPTIONS = {
  sizes: [96 * MiB, 64 * MiB],
  commands: [
    ["lvcreate", ...NEW, "-n", "root", "-L", "24M", "data", "@0"],
    ["lvcreate", ...NEW, "-n", "between", "-L", "8M", "data", "@0"],
    ["lvextend", "-y", "-L", "+12M", "data/root", "@0"],
    ["lvextend", "-y", "-L", "+12M", "data/root", "@1"],
    ["lvcreate", ...NEW, "-n", "striped", "-i", "2", "-L", "16M", "data"],
    ["lvcreate", ...NEW, "-n", "my-own_name.1", "-L", "4M", "data", "@1"],
    ["lvrename", "data", "between", "renamed"],
  ],
};

async function partOf(image: string, change: (content: Buffer) => void = () => undefined): Promise<VolumePart> {
  const content = await readFile(image);
  change(content);
  const device = memoryDevice(content.length);
  await device.write(0, content, { fua: false });
  const [whole] = await partitionsOf(Volume.whole(device));
  assert.ok(whole !== undefined && (await recognised(Volume.whole(device))) === "lvm");
  return { device, extent: whole };
}

async function contentOf(device: BlockDevice | undefined): Promise<Buffer> {
  assert.ok(device !== undefined);
  const content = Buffer.alloc(device.sizeBytes);
  await device.read(0, content);
  return content;
}

describe("logical volumes", { skip }, async () => {
  const group = skip === false ? await volumeGroup(folder, OPTIONS) : { images: [], pieces: [] };

  test("are what LVM says they are, in however many pieces, whichever disk comes first", async () => {
    const image = join(folder, "root");
    await writeFile(image, "");
    await truncate(image, 48 * MiB);
    const tree = join(folder, "tree");
    execFileSync("mkdir", [tree]);
    await writeFile(join(tree, "large"), seededRandom(1).bytes(30 * MiB));
    execFileSync("mke2fs", ["-q", "-t", "ext4", "-d", tree, image], { env: { PATH: "/usr/sbin:/sbin" } });
    const content = await readFile(image);
    const other = Buffer.from(seededRandom(2).bytes(4 * MiB));
    await fillVolume(group, "root", content);
    await fillVolume(group, "my-own_name.1", other);
    assert.equal(group.pieces.filter(({ volume }) => volume === "root").length, 3, "as the test wants it");

    const parts = await Promise.all(group.images.map((each) => partOf(each)));
    for (const order of [parts, parts.toReversed()]) {
      const found = await logicalVolumes(order);
      assert.deepEqual(
        found.map(({ name, why }) => [name, why]),
        [
          ["data/root", ""],
          ["data/renamed", ""],
          ["data/striped", "a part is striped"],
          ["data/my-own_name.1", ""],
        ],
      );
      const named = (name: string) => found.find((each) => each.name === name)?.device;
      assert.ok((await contentOf(named("data/root"))).equals(content));
      assert.ok((await contentOf(named("data/my-own_name.1"))).equals(other));
      const root = named("data/root");
      assert.ok(root !== undefined);
      const files = await openTree(Volume.whole(root));
      const large = (await files.list(await files.root())).find(({ name }) => Buffer.from(name).toString() === "large");
      assert.equal(large?.node.sizeBytes, 30 * MiB);
    }
  });

  test("of which a disk is missing are named with what is missing, and the others are there", async () => {
    const [first] = group.images;
    assert.ok(first !== undefined);
    const found = await logicalVolumes([await partOf(first)]);
    const whyOf = new Map(found.map(({ name, why }) => [name, why]));
    assert.equal(whyOf.get("data/root"), "a part is on a disk that is not there");
    assert.equal(whyOf.get("data/renamed"), "");
  });

  test("whose description is damaged are refused, whatever byte of it is", async () => {
    const [first] = group.images;
    assert.ok(first !== undefined);
    const content = await readFile(first);
    const text = content.lastIndexOf("logical_volumes", 2 * MiB);
    assert.ok(text > 0, "the newest description has volumes");
    // Label and header of the volume, header of its metadata area, and the newest description.
    for (const at of [512 + 16, 512 + 24, 512 + 40, 4_096 + 1, 4_096 + 44, text + 3])
      await assert.rejects(
        partOf(first, (copy) => void copy.writeUInt8(copy.readUInt8(at) ^ 1, at)).then((part) =>
          logicalVolumes([part]),
        ),
        (error) => isFault(error, "file-system-damaged") || isFault(error, "file-system-unsupported"),
        `byte ${at}`,
      );
    const twice = await Promise.all([partOf(first), partOf(first)]);
    await assert.rejects(logicalVolumes(twice), { code: "file-system-damaged" });
  });
});
