// Which partition is meant, and what a path in it leads to. Paths are bytes to be compared, and nothing in them has a meaning but "/".
import type { BlockDevice } from "@leeward/block";
import {
  type Content,
  type Entry,
  type FileTree,
  isReadable,
  openTree,
  type Partition,
  partitionsOf,
  recognised,
  Volume,
} from "@leeward/file-system";
import { partitionInvalid, pathInvalid, pathMissing } from "./faults.ts";
import { plainName } from "./plain-name.ts";

export interface KnownPartition extends Partition {
  readonly content: Content;
  /** Whether files are read out of it. */
  readonly readable: boolean;
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

/** The parts of a disk, and what each holds. @throws Fault `file-system-damaged`, and what the disk throws */
export async function knownPartitions(device: BlockDevice): Promise<KnownPartition[]> {
  const disk = Volume.whole(device);
  const found: KnownPartition[] = [];
  for (const partition of await partitionsOf(disk)) {
    const content = await recognised(disk.part(partition));
    found.push({ ...partition, content, readable: isReadable(content) });
  }
  return found;
}

/**
 * The files of the partition with that number; without one, of the only partition, or of the only one that is read here.
 * @throws Fault `partition-choice-invalid`, `file-system-unsupported`, `file-system-damaged`
 */
export async function guestFiles(device: BlockDevice, number: number | undefined): Promise<GuestFiles> {
  const partitions = await knownPartitions(device);
  const partition = number === undefined ? theOnly(partitions) : partitions.find((each) => each.number === number);
  if (partition === undefined) throw partitionInvalid(`The disk has no partition ${number}.`);
  return { partition, tree: await openTree(Volume.whole(device).part(partition)) };
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

function theOnly(partitions: readonly KnownPartition[]): KnownPartition {
  const readable = partitions.filter((each) => each.readable);
  const [chosen, ...others] = partitions.length === 1 ? partitions : readable;
  if (chosen !== undefined && others.length === 0) return chosen;
  const names = partitions.map(({ number, content }) => `${number} (${content})`).join(", ");
  throw partitionInvalid(`It must be said which partition is meant: ${names === "" ? "there is none" : names}.`);
}
