import { promises as fs } from "node:fs";
import { Fault } from "@leeward/base";
import { type Extent, openFileDevice } from "@leeward/block";
import { extentsOfFiles } from "@leeward/tracker";
import type { DiskSettings } from "./disk-host.ts";
import type { LiveSource } from "./tracked-disk.ts";

const SECTOR_BYTES = 512;

/** The disk as it is, in use or not: read past the page cache, whose copy of it is older than what is mounted from it. */
export async function openLiveSource({ path }: DiskSettings): Promise<LiveSource> {
  const device = await openFileDevice({ path, readOnly: true, io: "thread-pool", direct: true });
  const { kind, device: number } = await device.identity();
  if (kind !== "block-device") {
    await device[Symbol.asyncDispose]();
    throw notABlockDevice(path);
  }
  return {
    device,
    physicalBlockBytes: device.physicalBlockBytes,
    identity: `${kind} ${number}`,
    // Whether anything was missed, the tracker says.
    witness: async () => "tracked",
    sizeNow: () => sizeOf(path, number),
  };
}

/** Where the logs of all disks of the home lie on this one. */
export async function ownExtentsOn({ path, folder }: DiskSettings): Promise<readonly Extent[]> {
  const disks = folder.slice(0, folder.lastIndexOf("/"));
  const found = await fs.readdir(disks, { recursive: true, withFileTypes: true });
  const files = found.filter((each) => each.isFile()).map((each) => `${each.parentPath}/${each.name}`);
  return (await extentsOfFiles(files, path)) ?? [];
}

async function sizeOf(path: string, number: string): Promise<number> {
  try {
    return Number(await fs.readFile(`/sys/dev/block/${number}/size`, "utf8")) * SECTOR_BYTES;
  } catch (cause) {
    throw new Fault({
      code: "disk-missing",
      kind: "operator",
      message: `${path} has gone from this machine.`,
      remedy: "Attach it again; after it was replaced by another, unprotect the old and protect the new one.",
      detail: { path },
      cause,
    });
  }
}

function notABlockDevice(path: string): Fault {
  return new Fault({
    code: "disk-unsuitable",
    kind: "operator",
    message: `${path} cannot be tracked: the kernel notes changes of block devices alone.`,
    remedy:
      "Protect an image file with `--capture splitter`, or the block device that it lies on with `--capture tracker`.",
    detail: { path },
  });
}
