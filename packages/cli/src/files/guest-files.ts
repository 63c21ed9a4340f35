// Which partition is meant, and what a path in it leads to. Paths are bytes to be compared, and nothing in them has a meaning but "/".
import { isFault } from "@leeward/base";
import { type BlockDevice, overlaps } from "@leeward/block";
import {
  type Content,
  type Entry,
  type FileTree,
  isReadable,
  type LogicalVolume,
  logicalVolumes,
  openTree,
  type Partition,
  partitionsOf,
  recognised,
  Volume,
  type VolumePart,
} from "@leeward/file-system";
import { partitionInvalid, pathInvalid, pathMissing } from "./faults.ts";
import { plainName } from "./plain-name.ts";

/** A partition, or a logical volume in one. */
export interface KnownPartition extends Partition {
  /** A logical volume's name, by its group and its own; null for a partition. Its number is that of the partition that it begins in, its offset where in the disk that is. */
  readonly volume: string | null;
  readonly content: Content;
  /** Whether files are read out of it. */
  readonly readable: boolean;
}

/** With what is read from it; nothing of a logical volume that cannot be put together. */
interface Readable extends KnownPartition {
  readonly bytes: Volume | undefined;
}

/** One partition's files. */
export interface GuestFiles {
  readonly partition: KnownPartition;
  readonly tree: FileTree;
}

/** What a path stands for; the entry of the root has no name. */
export interface Found extends Entry {
  readonly path: string;
}

/** The parts of a disk, its logical volumes after them, and what each holds. @throws Fault `file-system-damaged`, and what the disk throws */
export async function knownPartitions(device: BlockDevice): Promise<readonly KnownPartition[]> {
  return readables(device);
}

async function readables(device: BlockDevice): Promise<Readable[]> {
  const disk = Volume.whole(device);
  const found: Readable[] = [];
  for (const partition of await partitionsOf(disk)) {
    const bytes = disk.part(partition);
    const content = await recognised(bytes);
    found.push({ ...partition, volume: null, content, readable: isReadable(content), bytes });
  }
  return [...found, ...(await volumesIn(device, found))];
}

/** None where LVM's own description of them is damaged: their partitions are there all the same, and so are the others. */
async function volumesIn(device: BlockDevice, partitions: readonly Readable[]): Promise<Readable[]> {
  const physical = partitions.filter(({ content }) => content === "lvm");
  const [first] = physical;
  if (first === undefined) return [];
  const found: Readable[] = [];
  for (const { name, device: own, at } of await volumesOf(physical.map((extent) => ({ device, extent })))) {
    const beginsIn = physical.find((part) => at !== undefined && overlaps(part, at)) ?? first;
    const bytes = own && Volume.whole(own);
    const content = bytes === undefined ? "unknown" : await recognised(bytes);
    const place = { offset: at?.offset ?? beginsIn.offset, length: own?.sizeBytes ?? 0 };
    found.push({ ...beginsIn, ...place, volume: name, content, readable: isReadable(content), bytes });
  }
  return found;
}

async function volumesOf(parts: readonly VolumePart[]): Promise<LogicalVolume[]> {
  try {
    return await logicalVolumes(parts);
  } catch (error) {
    if (isFault(error, "file-system-damaged") || isFault(error, "file-system-unsupported")) return [];
    throw error;
  }
}

/**
 * The files of the partition with that number, or of the logical volume of that name; without one, of the only one, or of the only one that is
 * read here.
 * @throws Fault `partition-choice-invalid`, `file-system-unsupported`, `file-system-damaged`
 */
export async function guestFiles(device: BlockDevice, choice: number | string | undefined): Promise<GuestFiles> {
  const partitions = await readables(device);
  const isMeant = ({ number, volume }: KnownPartition): boolean =>
    typeof choice === "string" ? volume === choice : volume === null && number === choice;
  const partition = choice === undefined ? theOnly(partitions) : partitions.find(isMeant);
  if (partition === undefined)
    throw partitionInvalid(
      typeof choice === "string" ? `The disk has no logical volume ${choice}.` : `The disk has no partition ${choice}.`,
    );
  if (partition.bytes === undefined)
    throw partitionInvalid(
      `The logical volume ${partition.volume} does not lie on this disk in one piece after another.`,
    );
  return { partition, tree: await openTree(partition.bytes) };
}

/**
 * What `path`, from the root on, leads to. Links on the way are not followed: a stranger wrote them.
 * @throws Fault `guest-path-missing`, `guest-path-invalid`
 */
export async function lookUp(tree: FileTree, path: string): Promise<Found> {
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  if (names.includes(".."))
    throw pathInvalid(path, 'has ".." in it', "Name the place from the root of its file system on.");
  let found: Found = { path: "/", name: new Uint8Array(), node: await tree.root() };
  for (const [index, name] of names.entries()) {
    const above = found;
    if (above.node.kind !== "folder") throw await noFolder(tree, above);
    const wanted = new TextEncoder().encode(name);
    const entry = (await tree.list(above.node)).find((each) => tree.isNamed(each, wanted));
    if (entry === undefined) throw pathMissing(`/${names.slice(0, index + 1).join("/")}`);
    found = { ...entry, path: `/${names.slice(0, index + 1).join("/")}` };
  }
  return found;
}

/** A link is what it is: its target is named, and not gone to. */
export async function isLink(tree: FileTree, { path, node }: Found): Promise<never> {
  const target = plainName(await tree.linkTarget(node));
  throw pathInvalid(path, `is a symbolic link to ${target}, and links are not followed`, "Name what it leads to.");
}

async function noFolder(tree: FileTree, found: Found): Promise<Error> {
  if (found.node.kind === "symlink") return isLink(tree, found);
  return pathInvalid(found.path, "is no folder", "Name a folder, or the file itself.");
}

function theOnly(partitions: readonly Readable[]): Readable {
  const readable = partitions.filter((each) => each.readable);
  const [chosen, ...others] = partitions.length === 1 ? partitions : readable;
  if (chosen !== undefined && others.length === 0) return chosen;
  const names = partitions.map(({ number, volume, content }) => `${volume ?? number} (${content})`).join(", ");
  throw partitionInvalid(`It must be said which partition is meant: ${names === "" ? "there is none" : names}.`);
}
