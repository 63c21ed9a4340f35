// Looks at a device that somebody named to be a disk of the machine from now on. Nothing is written, and it is let go at once: whoever writes to it
// looks again. What it must not be: in anybody's use, or a part of what is protected. Worst outcome if broken: another disk is overwritten.
import { promises as fs } from "node:fs";
import { isFault } from "@leeward/base";
import { type FileDevice, openFileDevice } from "@leeward/block";
import type { DeviceLook, LookAtDevice } from "@leeward/proto";
import { contentOfDevice } from "../reverse/device-content.ts";

const SYS_BLOCK = "/sys/class/block";

export interface LookOptions extends Pick<LookAtDevice, "capture"> {
  /** Resolved. */
  readonly path: string;
  /** Of the machine's other protected disks. */
  readonly otherPaths: readonly string[];
  /** This agent has it, as the disk that it is to be. */
  readonly isOwn: boolean;
}

/** @throws Fault `disk-missing`, `disk-denied`, `disk-unsuitable`, `disk-read-failed` */
export async function lookAt(options: LookOptions): Promise<DeviceLook> {
  const { path } = options;
  const found = (await ofOthers(options)) ?? (await openedForLook(options));
  if (typeof found === "string") return { sizeBytes: 0, refusal: found, content: "", digests: NOTHING, seen: "" };
  await using device = found;
  const { sizeBytes } = device;
  if (options.capture === "tracker" && device.kind === "file") {
    const refusal = `${path} is a file; the kernel notes changes of block devices alone.`;
    return { sizeBytes, refusal, content: "", digests: NOTHING, seen: "" };
  }
  const isReadOnly = (await textOf(`${SYS_BLOCK}/${nameOf(path)}/ro`)) === "1";
  return { sizeBytes, refusal: isReadOnly ? `${path} takes no writes.` : "", ...(await contentOfDevice(device)) };
}

const NOTHING = new Uint8Array();

/** The device, when nobody else has it; else why not. */
async function openedForLook({ path, isOwn }: LookOptions): Promise<FileDevice | string> {
  const how = { path, readOnly: true, io: "thread-pool", direct: false } as const;
  try {
    return await openFileDevice({ ...how, exclusive: true });
  } catch (error) {
    if (!isFault(error, "disk-busy")) throw error;
    // Nobody else can have what this agent has for itself alone.
    return isOwn ? openFileDevice(how) : `${path} is mounted or in other use.`;
  }
}

async function ofOthers({ path, otherPaths }: LookOptions): Promise<string | undefined> {
  const others = await Promise.all(otherPaths.map((other) => fs.realpath(other).catch(() => other)));
  if (others.includes(path)) return `${path} is another protected disk.`;
  const loop = await loopOver(path);
  if (loop !== undefined) return `${path} is in use as ${loop}.`;
  const related = await relativesOf(nameOf(path));
  const other = others.find((each) => related.has(nameOf(each)));
  return other && `${path} and the protected disk ${other} lie on one another.`;
}

/** Whatever device the device lies on, and whatever lies on it; not what lies beside it. */
async function relativesOf(name: string): Promise<ReadonlySet<string>> {
  const below = await closure(name, async (each) => [...(await parentOf(each)), ...(await partsIn(each, "slaves"))]);
  const above = await closure(name, async (each) => [
    ...(await partitionsOf(each)),
    ...(await partsIn(each, "holders")),
  ]);
  return below.union(above);
}

async function closure(name: string, next: (name: string) => Promise<readonly string[]>): Promise<Set<string>> {
  const found = new Set<string>();
  const open = [name];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    for (const other of await next(each)) {
      if (found.has(other)) continue;
      found.add(other);
      open.push(other);
    }
  }
  return found;
}

/** The disk that it is a partition of. */
async function parentOf(name: string): Promise<string[]> {
  if ((await textOf(`${SYS_BLOCK}/${name}/partition`)) === "") return [];
  const real = await fs.realpath(`${SYS_BLOCK}/${name}`).catch(() => "");
  return real.split("/").slice(-2, -1);
}

async function partitionsOf(name: string): Promise<string[]> {
  const inside = await fs.readdir(`${SYS_BLOCK}/${name}`).catch(() => []);
  const isPartition = await Promise.all(inside.map((each) => textOf(`${SYS_BLOCK}/${name}/${each}/partition`)));
  return inside.filter((_, index) => isPartition[index] !== "");
}

function partsIn(name: string, folder: "slaves" | "holders"): Promise<string[]> {
  return fs.readdir(`${SYS_BLOCK}/${name}/${folder}`).catch(() => []);
}

/** The loop device that has the image file. */
async function loopOver(path: string): Promise<string | undefined> {
  const names = (await fs.readdir(SYS_BLOCK).catch(() => [])).filter((name) => name.startsWith("loop"));
  for (const name of names) {
    if ((await textOf(`${SYS_BLOCK}/${name}/loop/backing_file`)) === path) return `/dev/${name}`;
  }
  return undefined;
}

function nameOf(path: string): string {
  return path.replace(/^\/dev\//, "").replaceAll("/", "!");
}

async function textOf(path: string): Promise<string> {
  return (await fs.readFile(path, "utf8").catch(() => "")).trim();
}
