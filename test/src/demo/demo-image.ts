import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, cp, mkdir, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";

export const BLOCK_BYTES = 4096;
const IMAGE_BYTES = 96 * 1024 * 1024;
const FILE_BLOCKS = 6_144;
const MARKER = "leeward demo block ";
const SOURCES = fileURLToPath(new URL("../../../packages", import.meta.url));
const SPARE_IMAGE = fileURLToPath(new URL("../../fixtures/demo-ext4.img.zst", import.meta.url));

export interface DemoImage {
  readonly path: string;
  readonly sizeBytes: number;
  /** Where the blocks of the preallocated file lie in the image, by their number in the file. */
  readonly blockOffsets: readonly number[];
  readonly madeBy: "mke2fs" | "the image in the repository";
}

/** An ext4 image filled with real files, and one preallocated file whose data blocks the demo may write. */
export async function makeImage(folder: string): Promise<DemoImage> {
  const path = `${folder}/web.img`;
  const mke2fs = findTool("mke2fs");
  if (mke2fs === undefined) await writeFile(path, await promisify(zstdDecompress)(await readFile(SPARE_IMAGE)));
  else await makeByTool(mke2fs, folder, path);
  const { size } = await stat(path);
  return {
    path,
    sizeBytes: size,
    blockOffsets: await findBlocks(path, size),
    madeBy: mke2fs === undefined ? "the image in the repository" : "mke2fs",
  };
}

/** A program on the PATH or where administrators' programs lie; undefined when there is none. */
export function findTool(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/sbin"];
  return folders.map((folder) => `${folder}/${name}`).find((path) => existsSync(path));
}

async function makeByTool(mke2fs: string, folder: string, path: string): Promise<void> {
  const tree = `${folder}/tree`;
  await mkdir(tree);
  await cp(SOURCES, `${tree}/srv`, { recursive: true, filter: (from) => !from.includes("node_modules") });
  await writeFile(`${tree}/data.bin`, fileContent());
  const handle = await open(path, "wx");
  await handle.truncate(IMAGE_BYTES);
  await handle.close();
  const args = [
    "-q",
    "-F",
    "-t",
    "ext4",
    "-b",
    String(BLOCK_BYTES),
    "-E",
    "root_owner=0:0,lazy_itable_init=0",
    "-d",
    tree,
    path,
  ];
  const done = spawnSync(mke2fs, args, { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`mke2fs failed: ${done.stderr}`);
  await rm(tree, { recursive: true });
}

/** Each block says its number, so that it can be found in the image again without knowing the file system. */
function fileContent(): Buffer {
  const content = Buffer.alloc(FILE_BLOCKS * BLOCK_BYTES);
  for (let block = 0; block < FILE_BLOCKS; block += 1) content.write(`${MARKER}${block}\n`, block * BLOCK_BYTES);
  return content;
}

async function findBlocks(path: string, size: number): Promise<number[]> {
  const offsets: number[] = [];
  const handle = await open(path, "r");
  try {
    const block = Buffer.alloc(BLOCK_BYTES);
    for (let offset = 0; offset < size; offset += BLOCK_BYTES) {
      await handle.read(block, 0, BLOCK_BYTES, offset);
      const match = new RegExp(`^${MARKER}(\\d+)\n`).exec(block.toString("latin1", 0, 64));
      if (match !== null) offsets[Number(match[1])] = offset;
    }
  } finally {
    await handle.close();
  }
  if (offsets.length === 0 || offsets.includes(-1)) throw new Error(`the blocks of data.bin were not found in ${path}`);
  return offsets;
}

/** Keeps the image as it was at the beginning, to compare what was not written. */
export async function keepOriginal(image: DemoImage, folder: string): Promise<string> {
  const path = `${folder}/original.img`;
  await copyFile(image.path, path);
  return path;
}
