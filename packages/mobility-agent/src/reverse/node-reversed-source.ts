import { promises as fs } from "node:fs";
import { isFault } from "@leeward/base";
import { openFileDevice } from "@leeward/block";
import type { DiskSettings } from "../disk/disk-host.ts";
import { openNodeSource } from "../disk/node-source-disk.ts";
import type { SourceDisk } from "../disk/source-disk.ts";
import { diskInUse } from "./reversed-disk.ts";

/** The disk as it is served and tracked otherwise, to be written by the agent alone. @throws Fault `disk-in-use`, and as `openFileDevice` */
export async function openReversedSource(settings: DiskSettings): Promise<SourceDisk> {
  try {
    const source = await (settings.capture === "tracker" ? openTracked(settings) : openNodeSource(settings));
    return settings.reverse?.place === undefined ? source : { ...source, lasting: await lastingOf(settings) };
  } catch (error) {
    throw isFault(error, "disk-busy") ? diskInUse(error, settings) : error;
  }
}

/** Names of devices change with each start of a machine: what has no number of its own is the same for as long as the machine runs. */
async function lastingOf({ path, bootId }: DiskSettings): Promise<string> {
  const name = path.replace(/^\/dev\//, "").replaceAll("/", "!");
  for (const file of ["wwid", "device/wwid", "device/serial", "serial", "dm/uuid"]) {
    const text = (await fs.readFile(`/sys/class/block/${name}/${file}`, "utf8").catch(() => "")).trim();
    if (text !== "") return `${file} ${text}`;
  }
  return (await fs.stat(path)).isFile() ? "file" : `boot ${bootId}`;
}

/**
 * Told from another as `openLiveSource` tells it: the tracker says whether anything was missed. Past the page cache, which may hold older content than what
 * was mounted from the disk, and would write that back beside what is brought.
 */
async function openTracked({ path }: DiskSettings): Promise<SourceDisk> {
  const device = await openFileDevice({ path, readOnly: false, io: "thread-pool", direct: true, exclusive: true });
  const { kind, device: number } = await device.identity();
  const { physicalBlockBytes } = device;
  return { device, physicalBlockBytes, identity: `${kind} ${number}`, witness: async () => "tracked" };
}
