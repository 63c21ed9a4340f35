import { spawnSync } from "node:child_process";
import { open } from "node:fs/promises";
import { BLOCK_BYTES, type DemoImage, findTool } from "./demo-image.ts";
import { blockContent, type Versions } from "./demo-writer.ts";

export interface Verdict {
  readonly blocksCompared: number;
  readonly blocksWritten: number;
  readonly fileSystem: "clean" | "not checked: no e2fsck here";
}

/** Compares a recovered image, every byte of it, with what the writer knows and with the image as it was. Throws at the first difference. */
export async function checkImage(
  recovered: string,
  known: { image: DemoImage; original: string; versions: Versions },
): Promise<Verdict> {
  const { image, original, versions } = known;
  const blockAt = new Map(image.blockOffsets.map((offset, block) => [offset, block]));
  const [found, before] = [await open(recovered, "r"), await open(original, "r")];
  const [foundBlock, expected] = [Buffer.alloc(BLOCK_BYTES), Buffer.alloc(BLOCK_BYTES)];
  let blocksWritten = 0;
  try {
    const { size } = await found.stat();
    if (size !== image.sizeBytes) throw new Error(`${recovered} has ${size} bytes, the disk had ${image.sizeBytes}`);
    for (let offset = 0; offset < size; offset += BLOCK_BYTES) {
      await found.read(foundBlock, 0, BLOCK_BYTES, offset);
      const block = blockAt.get(offset);
      const version = block === undefined ? undefined : versions.get(block);
      if (block === undefined || version === undefined) await before.read(expected, 0, BLOCK_BYTES, offset);
      else {
        blockContent(block, version).copy(expected);
        blocksWritten += 1;
      }
      if (!foundBlock.equals(expected)) {
        throw new Error(
          `${recovered} differs at offset ${offset} (block ${block ?? "outside of the file"}, version ${version ?? "never written"})`,
        );
      }
    }
    return { blocksCompared: size / BLOCK_BYTES, blocksWritten, fileSystem: checkFileSystem(recovered) };
  } finally {
    await found.close();
    await before.close();
  }
}

function checkFileSystem(path: string): Verdict["fileSystem"] {
  const e2fsck = findTool("e2fsck");
  if (e2fsck === undefined) return "not checked: no e2fsck here";
  const done = spawnSync(e2fsck, ["-fn", path], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`e2fsck found ${path} not clean:\n${done.stdout}${done.stderr}`);
  return "clean";
}
