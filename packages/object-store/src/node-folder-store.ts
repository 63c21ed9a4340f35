// Objects as files in a folder, which several machines may have mounted (NFS). Of each key, its segments are the folders and the name.
//
// What it keeps true: a name that is a key names a whole object, the file's bytes durable before its name is; two conditional puts never both take effect. Order of a put: aside (~leeward/aside,
// which is no key) with its tag, datasync → folders, each durable → link, or under the key's lock: look, rename → sync of the folder. "absent" is link(2), which the file system itself does for one alone; all else
// that changes a name holds the lock of the key (flock, one of a few files), so that what was looked at still holds. A crash leaves a file aside, which goes a day later with the next open, or
// a folder that is empty. The worst outcome of a fault here is two servers that both believe they own a journal.
import { link, mkdir, open, readdir, rename, rmdir, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path/posix";
import { type Fault, isFault, MICROS_PER_SECOND, randomId } from "@leeward/base";
import { fileFault, isWindows, type World } from "@leeward/world";
import { errnoOf, unless } from "./node-errno.ts";
import { walkFolder } from "./node-folder-walk.ts";
import { holdingLock, LockRefused } from "./node-lock-file.ts";
import { ObjectFile, writeObjectFile } from "./node-object-file.ts";
import { checkKey, checkPrefix } from "./object-key.ts";
import type {
  Listed,
  ObjectSource,
  ObjectStatus,
  ObjectStore,
  PutCondition,
  PutOptions,
  ReadObject,
  RequestCounts,
} from "./object-store.ts";
import { noRequests } from "./request-counts.ts";
import {
  objectConflict,
  objectKeyInvalid,
  objectMissing,
  storeDenied,
  storeMissing,
  storeUnconditional,
  storeUrlInvalid,
} from "./store-faults.ts";

export type FolderStoreWorld = Pick<World, "clock" | "random">;

/** Of the store itself; no key begins with it. */
const OWN = "~leeward";
const LOCKS = 16;
/** After so long, a file aside is of a put that ended with its process. */
const ASIDE_SECONDS_MAX = 24 * 60 * 60;
/** How often a folder that was just made may be removed, empty, before an object is in it; and a file replaced at the server of NFS while it is opened. */
const TRIES = 10;
const NOTHING_THERE = ["ENOENT", "ENOTDIR"];
const READ_ONLY = ["EACCES", "EPERM", "EROFS"];
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];

/** The store in a folder. */
export class FolderStore implements ObjectStore {
  readonly kind = "folder";
  readonly place: string;
  readonly isConditional: boolean;
  readonly hold = undefined;
  readonly #world: FolderStoreWorld;
  readonly #root: string;
  readonly #counts = noRequests();

  private constructor(world: FolderStoreWorld, root: string, isConditional: boolean) {
    this.#world = world;
    this.#root = root;
    this.place = `file://${root}`;
    this.isConditional = isConditional;
  }

  /**
   * Opens the store in `folder`, which exists; sweeps what crashes left aside.
   * @throws Fault `store-missing`, `store-denied`, `store-url-invalid` on Windows, where folders have no such locks
   */
  static async open(world: FolderStoreWorld, folder: string): Promise<FolderStore> {
    if (isWindows) throw storeUrlInvalid("a folder is a store on Linux alone");
    return translated(folder, async () => {
      const found = await unless(NOTHING_THERE, () => stat(folder));
      if (found?.isDirectory() !== true) throw storeMissing(`file://${folder}`);
      // One that may not be written to is only read.
      const isConditional = await unless(READ_ONLY, async () => {
        await mkdir(asideOf(folder), { recursive: true, mode: 0o700 });
        await sweep(world, asideOf(folder));
        return honoursConditions(world, folder);
      });
      return new FolderStore(world, folder, isConditional ?? false);
    });
  }

  get requests(): RequestCounts {
    return { ...this.#counts };
  }

  async put(
    key: string,
    source: ObjectSource,
    { condition }: PutOptions = {},
    signal?: AbortSignal,
  ): Promise<ObjectStatus> {
    checkKey(key);
    signal?.throwIfAborted();
    if (condition !== undefined && !this.isConditional) throw storeUnconditional(this.place, key);
    this.#counts.puts += 1;
    const tag = randomId(this.#world.random);
    const aside = `${asideOf(this.#root)}/${tag}`;
    return translated(this.#pathOf(key), async () => {
      try {
        await writeObjectFile(aside, { source, tag, signal });
        this.#counts.sentBytes += source.sizeBytes;
        const { mtimeNs } = await stat(aside, { bigint: true });
        await this.#intoPlace({ key, aside, tag, condition });
        return { key, sizeBytes: source.sizeBytes, modifiedMicros: Number(mtimeNs / 1_000n), tag };
      } finally {
        await unless(["ENOENT"], () => unlink(aside));
      }
    });
  }

  // oxlint-disable-next-line max-params -- the interface has them, and a signal is always the last
  async read(
    key: string,
    target: Uint8Array,
    position: number,
    { tag }: { readonly tag?: string } = {},
    signal?: AbortSignal,
  ): Promise<ReadObject> {
    checkKey(key);
    signal?.throwIfAborted();
    this.#counts.gets += 1;
    return translated(this.#pathOf(key), async () => {
      await using file = await this.#open(key);
      if (file === undefined) throw objectMissing(key);
      if (tag !== undefined && tag !== file.status.tag) throw objectConflict(key);
      const bytes = await file.read(target, position);
      this.#counts.receivedBytes += bytes;
      return { bytes, status: file.status };
    });
  }

  async status(key: string, signal?: AbortSignal): Promise<ObjectStatus | undefined> {
    checkKey(key);
    signal?.throwIfAborted();
    this.#counts.gets += 1;
    return translated(this.#pathOf(key), async () => this.#statusOf(key));
  }

  async remove(key: string, signal?: AbortSignal): Promise<void> {
    checkKey(key);
    signal?.throwIfAborted();
    this.#counts.removes += 1;
    await translated(this.#pathOf(key), async () => {
      if ((await this.#statusOf(key)) === undefined) return;
      await this.#alone(key, () => unless(["ENOENT", "ENOTDIR", "EISDIR"], () => unlink(this.#pathOf(key))));
      await this.#pruneAbove(key);
    });
  }

  async *list(
    prefix: string,
    { shallow = false }: { readonly shallow?: boolean } = {},
    signal?: AbortSignal,
  ): AsyncIterable<Listed> {
    checkPrefix(prefix);
    signal?.throwIfAborted();
    this.#counts.lists += 1;
    try {
      yield* walkFolder({ root: this.#root, prefix, shallow, signal });
    } catch (error) {
      throw faultOf(error, `${this.#root}/${prefix}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.resolve();
  }

  #pathOf(key: string): string {
    return `${this.#root}/${key}`;
  }

  /** A name that was given to another file while NFS opened it is stale: it is looked up again. */
  async #open(key: string): Promise<ObjectFile | undefined> {
    for (let left = TRIES; ; left -= 1) {
      try {
        return await unless(NOTHING_THERE, () => ObjectFile.open(this.#pathOf(key), key));
      } catch (error) {
        if (left === 0 || errnoOf(error) !== "ESTALE") throw error;
        this.#counts.retries += 1;
      }
    }
  }

  async #statusOf(key: string): Promise<ObjectStatus | undefined> {
    await using file = await this.#open(key);
    return file?.status;
  }

  async #intoPlace(placing: Placing): Promise<void> {
    for (let left = TRIES; ; left -= 1) {
      try {
        await this.#makeFolders(placing.key);
        await (placing.condition?.kind === "absent" ? this.#link(placing) : this.#swap(placing));
        break;
      } catch (error) {
        // The folder was empty, and was removed after the last object in it.
        if (left === 0 || errnoOf(error) !== "ENOENT") throw error;
      }
    }
    // All of them: another process may have made one, and not have come to this.
    for (let folder = dirname(this.#pathOf(placing.key)); ; folder = dirname(folder)) {
      await unless(["ENOENT"], () => syncFolder(folder));
      if (folder === this.#root) break;
    }
  }

  /** Of all who link one name, the file system lets one succeed. NFS may have done so and say otherwise, when its answer was lost. */
  async #link({ key, aside, tag }: Placing): Promise<void> {
    const isLinked = await unless(["EEXIST"], async () => {
      await link(aside, this.#pathOf(key));
      return true;
    });
    if (isLinked === true) return;
    const there = await this.#statusOf(key);
    if (there?.tag !== tag) throw await this.#conflictAt(key);
  }

  async #swap({ key, aside, condition }: Placing): Promise<void> {
    await this.#alone(key, async () => {
      if (condition?.kind === "unchanged" && (await this.#statusOf(key))?.tag !== condition.tag) {
        throw await this.#conflictAt(key);
      }
      try {
        await rename(aside, this.#pathOf(key));
      } catch (error) {
        throw ["EISDIR", "ENOTEMPTY", "EEXIST"].includes(errnoOf(error) ?? "") ? await this.#conflictAt(key) : error;
      }
    });
  }

  async #conflictAt(key: string): Promise<Fault> {
    const isFolder = (await unless(NOTHING_THERE, () => stat(this.#pathOf(key))))?.isDirectory() === true;
    return isFolder ? objectKeyInvalid(key, "other objects lie below it") : objectConflict(key);
  }

  /** Runs `work` while nobody else changes what the key names. Where there are no locks, no condition is honoured, and none is needed. */
  async #alone(key: string, work: () => Promise<unknown>): Promise<void> {
    if (!this.isConditional) return void (await work());
    const number = Buffer.from(key).reduce((sum, byte) => (sum * 31 + byte) % LOCKS, 0);
    await holdingLock(`${this.#root}/${OWN}/lock-${number}`, this.#world.clock, work);
  }

  async #makeFolders(key: string): Promise<void> {
    try {
      await mkdir(dirname(this.#pathOf(key)), { recursive: true, mode: 0o700 });
    } catch (error) {
      const isBelowObject = ["EEXIST", "ENOTDIR"].includes(errnoOf(error) ?? "");
      throw isBelowObject ? objectKeyInvalid(key, "it lies below an object", error) : error;
    }
  }

  /** Removes the folders that held nothing else. */
  async #pruneAbove(key: string): Promise<void> {
    let folder = dirname(this.#pathOf(key));
    for (; folder !== this.#root; folder = dirname(folder)) {
      const isRemoved = await unless(["ENOENT", "ENOTEMPTY", "EEXIST"], async () => {
        await rmdir(folder);
        return true;
      });
      if (isRemoved !== true) break;
    }
    await unless(["ENOENT"], () => syncFolder(folder));
  }
}

interface Placing {
  readonly key: string;
  readonly aside: string;
  readonly tag: string;
  readonly condition: PutCondition | undefined;
}

function asideOf(root: string): string {
  return `${root}/${OWN}/aside`;
}

async function sweep({ clock }: FolderStoreWorld, aside: string): Promise<void> {
  for (const name of await readdir(aside)) {
    const path = `${aside}/${name}`;
    const found = await unless(["ENOENT", "ESTALE"], () => stat(path));
    const ageSeconds = clock.wallMicros() / MICROS_PER_SECOND - (found?.mtimeMs ?? 0) / 1_000;
    if (found !== undefined && ageSeconds > ASIDE_SECONDS_MAX) await unless(["ENOENT"], () => unlink(path));
  }
}

/** Whether names can be linked here, and files locked. */
async function honoursConditions({ clock, random }: FolderStoreWorld, root: string): Promise<boolean> {
  const [one, other] = [randomId(random), randomId(random)].map((name) => `${asideOf(root)}/${name}`);
  if (one === undefined || other === undefined) return false;
  try {
    await holdingLock(one, clock, () => link(one, other));
    return true;
  } catch (error) {
    if (error instanceof LockRefused || NO_LINKS.includes(errnoOf(error) ?? "")) return false;
    throw error;
  } finally {
    for (const path of [one, other]) await unless(["ENOENT"], () => unlink(path));
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function translated<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw faultOf(error, path);
  }
}

function faultOf(error: unknown, path: string): unknown {
  const errno = errnoOf(error);
  if (isFault(error) || errno === undefined) return error;
  return READ_ONLY.includes(errno) ? storeDenied(`file://${path}`, errno, error) : fileFault(errno, path, error);
}
