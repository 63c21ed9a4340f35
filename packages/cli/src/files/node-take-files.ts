// Files of a guest, written here. Whoever made that guest chose their names, links and sizes; so that none of it reaches beyond `to`:
// everything is made new, under names that hold no "/" (the file system's reader sees to that), by paths that go through folders that were
// made here a moment ago, and symbolic links are made last, when nothing is written any more.
//
//   .NAME.ID.partial ─► all files and folders ─► links ─► modes and times ─► renamed to NAME          on failure it is removed
import { createHash } from "node:crypto";
import { chmod, type FileHandle, mkdir, open, rename, rm, symlink, utimes } from "node:fs/promises";
import { posix } from "node:path";
import { isFault, type Random, randomId } from "@leeward/base";
import type { FileTree, Node } from "@leeward/file-system";
import { notTaken } from "./faults.ts";
import type { Found } from "./guest-files.ts";
import { plainName } from "./plain-name.ts";

/** What was taken. */
export interface Taken {
  files: number;
  folders: number;
  links: number;
  bytes: number;
  /** Of one file's content; null for a folder. */
  sha256: string | null;
  /** What is in the guest and not here. */
  readonly left: { readonly path: string; readonly why: string }[];
}

interface Taking {
  readonly tree: FileTree;
  readonly signal: AbortSignal;
  readonly taken: Taken;
  readonly links: { readonly path: Buffer; readonly target: Uint8Array }[];
  readonly folders: { readonly path: Buffer; readonly node: Node }[];
  /** Folders by id: one that is met twice leads in a circle. */
  readonly met: Set<number>;
}

/** Writes a file's content to stdout; settles when all of it is taken. */
export async function printFile(tree: FileTree, { node }: Found, signal: AbortSignal): Promise<void> {
  const zeroes = new Uint8Array(1 << 20);
  for await (const piece of tree.content(node)) {
    signal.throwIfAborted();
    if ("data" in piece) await toStdout(piece.data);
    else
      for (let left = piece.holeBytes; left > 0; left -= zeroes.length) {
        signal.throwIfAborted();
        await toStdout(zeroes.subarray(0, Math.min(left, zeroes.length)));
      }
  }
}

/**
 * Writes a file, or a folder with all that is in it, to `to`, where nothing is yet; whole or not at all.
 * @throws Fault `file-not-taken`, `file-system-damaged`, and what the disk throws
 */
export async function takeFiles(
  tree: FileTree,
  found: Found,
  { to, random, signal }: { readonly to: string; readonly random: Random; readonly signal: AbortSignal },
): Promise<Taken> {
  const aside = `${posix.dirname(to)}/.${posix.basename(to)}.${randomId(random)}.partial`;
  const taken: Taken = { files: 0, folders: 0, links: 0, bytes: 0, sha256: null, left: [] };
  const taking: Taking = { tree, signal, taken, links: [], folders: [], met: new Set() };
  try {
    if (found.node.kind === "folder") await takeFolder(taking, { node: found.node, path: Buffer.from(aside) }, "");
    else taken.sha256 = await takeFile(taking, found.node, Buffer.from(aside));
    for (const { path, target } of taking.links) await symlink(Buffer.from(target), path);
    for (const { path, node } of taking.folders.reverse()) await dress(path, node);
    await rename(aside, to);
    await syncFolder(posix.dirname(to));
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    if (isFault(error) || signal.aborted || !isOfSystem(error)) throw error;
    throw notTaken(to, error);
  }
  return taken;
}

interface Place {
  readonly node: Node;
  readonly path: Buffer;
}

async function takeFolder(taking: Taking, { node, path }: Place, above: string): Promise<void> {
  const { tree, taken, met } = taking;
  await mkdir(path, { mode: 0o700 });
  met.add(node.id);
  taken.folders += 1;
  taking.folders.push({ path, node });
  for (const { name, node: child } of await tree.list(node)) {
    taking.signal.throwIfAborted();
    const shown = `${above}/${plainName(name)}`;
    const place = { node: child, path: Buffer.concat([path, Buffer.from("/"), name]) };
    const why = await takeChild(taking, place, shown).catch((error: unknown) => {
      if (isOfSystem(error) && error.code === "EEXIST") return "another one has its name here";
      throw error;
    });
    if (why !== undefined) taken.left.push({ path: shown, why });
  }
}

/** Why it was left out, if it was. */
async function takeChild(taking: Taking, place: Place, shown: string): Promise<string | undefined> {
  const { tree, taken, links, met } = taking;
  const { node, path } = place;
  switch (node.kind) {
    case "file":
      await takeFile(taking, node, path);
      return undefined;
    case "folder":
      if (met.has(node.id)) return "it is a folder that stands elsewhere, too";
      await takeFolder(taking, place, shown);
      return undefined;
    case "symlink":
      links.push({ path, target: await tree.linkTarget(node) });
      taken.links += 1;
      return undefined;
    case "other":
      return "it is a device, a socket or a pipe";
  }
}

/** Holes stay holes. Gives the content's SHA-256. */
async function takeFile({ tree, signal, taken }: Taking, node: Node, path: Buffer): Promise<string> {
  const hash = createHash("sha256");
  await using handle = await open(path, "wx", 0o600);
  let at = 0;
  for await (const piece of tree.content(node)) {
    signal.throwIfAborted();
    if ("data" in piece) {
      await writeWhole(handle, piece.data, at);
      hash.update(piece.data);
      at += piece.data.length;
    } else {
      await hashZeroes(hash, piece.holeBytes, signal);
      at += piece.holeBytes;
    }
  }
  await handle.truncate(at);
  if (node.mode !== null) await handle.chmod(node.mode & 0o777);
  await handle.utimes(node.modifiedMicros / 1e6, node.modifiedMicros / 1e6);
  await handle.datasync();
  taken.files += 1;
  taken.bytes += at;
  return hash.digest("hex");
}

async function writeWhole(handle: FileHandle, data: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < data.length; )
    done += (await handle.write(data, done, data.length - done, position + done)).bytesWritten;
}

const ZEROES = new Uint8Array(1 << 20);

async function hashZeroes(hash: ReturnType<typeof createHash>, length: number, signal: AbortSignal): Promise<void> {
  for (let left = length; left > 0; left -= ZEROES.length) {
    hash.update(ZEROES.subarray(0, Math.min(left, ZEROES.length)));
    // A signal is heard between turns alone.
    if (left % (256 * ZEROES.length) < ZEROES.length) await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
  }
}

/** Who owns it, and what is more than read, write and execute, is the guest's affair. */
async function dress(path: Buffer, { mode, modifiedMicros }: Node): Promise<void> {
  if (mode !== null) await chmod(path, mode & 0o777);
  await utimes(path, modifiedMicros / 1e6, modifiedMicros / 1e6);
}

async function syncFolder(path: string): Promise<void> {
  await using handle = await open(path, "r");
  await handle.sync();
}

async function toStdout(data: Uint8Array): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  process.stdout.write(data, (error) => (error === null || error === undefined ? resolve() : reject(error)));
  await promise;
}

function isOfSystem(error: unknown): error is Error & { readonly code: unknown } {
  return error instanceof Error && "code" in error && "syscall" in error;
}
