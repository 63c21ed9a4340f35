// The image that is replicated: an ext4 file system with real files of this machine in one half of its data and bytes that do not
// compress in the other. Both halves follow from what lies in the folders below and from a fixed seed.
import { createCipheriv } from "node:crypto";
import type { Dirent } from "node:fs";
import { copyFile, mkdir, open, readdir, rm, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { KiB, MiB, seededRandom } from "@leeward/base";
import type { BenchPlace } from "../run/bench-place.ts";
import { runTool } from "../run/tool-run.ts";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
/** Where real files are taken from, in this order, until there are enough. */
const FILE_FOLDERS = ["/usr/lib", "/usr/share", "/usr/bin", `${REPOSITORY}node_modules`, `${REPOSITORY}tools`];
const FILE_BYTES_MAX = 64 * MiB;
const BLOCK_BYTES = 4 * KiB;
/** What of the image the file system itself needs: its journal, and a share for inodes, bitmaps and folders. */
const [OVERHEAD_BYTES, OVERHEAD_SHARE] = [24 * MiB, 0.04];
const FOLDER_ENTRIES_MAX = 256;
const SEED = 20_261_121;

export interface SourceImage {
  readonly path: string;
  readonly sizeBytes: number;
  readonly realFileBytes: number;
  readonly randomBytes: number;
  /** The rest reads as zeroes. */
  readonly allocatedBytes: number;
}

/** Makes the image in `folder`; whatever it needed beside it is removed. */
export async function makeSourceImage(place: BenchPlace, folder: string, sizeBytes: number): Promise<SourceImage> {
  const tree = `${folder}/tree`;
  const path = `${folder}/source.img`;
  const halfBytes = Math.floor((sizeBytes * (1 - OVERHEAD_SHARE) - OVERHEAD_BYTES) / 2);
  await mkdir(`${tree}/files`, { recursive: true });
  await mkdir(`${tree}/random`);
  const realFileBytes = await copyRealFiles(`${tree}/files`, halfBytes);
  const randomBytes = await writeRandomFiles(`${tree}/random`, realFileBytes);
  await using handle = await open(path, "wx");
  await handle.truncate(sizeBytes);
  const features = ["-E", "root_owner=0:0,lazy_itable_init=0", "-m", "0", "-J", "size=16"];
  await runTool(place, "mke2fs", ["-q", "-F", "-t", "ext4", "-b", String(BLOCK_BYTES), ...features, "-d", tree, path]);
  await handle.sync();
  await rm(tree, { recursive: true });
  return { path, sizeBytes, realFileBytes, randomBytes, allocatedBytes: (await stat(path)).blocks * 512 };
}

/** Copies files until `bytes` are full; what they take in blocks. */
async function copyRealFiles(folder: string, bytes: number): Promise<number> {
  let [taken, count] = [0, 0];
  for (const from of FILE_FOLDERS) {
    for await (const path of filesBelow(from)) {
      const size = Math.ceil((await stat(path)).size / BLOCK_BYTES) * BLOCK_BYTES;
      if (size === 0 || size > FILE_BYTES_MAX || taken + size > bytes) continue;
      await copyFile(path, await nthPath(folder, count));
      taken += size;
      count += 1;
      if (taken > bytes - BLOCK_BYTES) return taken;
    }
  }
  return taken;
}

/** mke2fs takes long for a folder with very many entries. */
async function nthPath(folder: string, count: number): Promise<string> {
  const below = `${folder}/${Math.floor(count / FOLDER_ENTRIES_MAX)}`;
  await mkdir(below, { recursive: true });
  return `${below}/${count}`;
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for (const entry of await entriesOf(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

/** Sorted, so that every run takes the same files; a folder that this user may not read has none. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return (await readdir(folder, { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

/** Files of many sizes whose content is a cipher's key stream. */
async function writeRandomFiles(folder: string, bytes: number): Promise<number> {
  const random = seededRandom(SEED);
  const cipher = createCipheriv("aes-256-ctr", Buffer.alloc(32, SEED % 251), Buffer.alloc(16));
  let [taken, count] = [0, 0];
  while (taken < bytes) {
    const size = Math.min(bytes - taken, (1 + random.below(1 << random.below(14))) * BLOCK_BYTES);
    await writeFile(await nthPath(folder, count), cipher.update(Buffer.alloc(size)));
    taken += size;
    count += 1;
  }
  return taken;
}
