/**
 * The files of journals, kept in an object store: `Files` for `Journal`, which is the same over a folder and over a store.
 *
 * What is written lies in a local folder under its passing name until it takes its final one: then it is put, and `rename` settles when it is durable. Manifests
 * and the pointer are as manifest-objects.ts and claim.ts say. Paths outside of the journals' folder are local.
 *
 * A journal is claimed before it is opened to be written (`claim`); without that it can be read, as offline recovery does, and nothing of it changes.
 */
import { assert, Fault, isFault, type Random } from "@leeward/base";
import { endedBy, type ObjectStatus, type ObjectStore, type PutOptions } from "@leeward/object-store";
import {
  type BegunRename,
  type Clock,
  type FileHandle,
  type FileStatus,
  type Files,
  fileFault,
  type OpenMode,
  type OpenOptions,
  readFile,
  type SpaceStatus,
} from "@leeward/world";
import { AheadPut } from "./ahead-put.ts";
import { BlockCache } from "./block-cache.ts";
import { Claim, readStanding } from "./claim.ts";
import { removeUnlessHeld } from "./held-object.ts";
import { KeptFiles } from "./kept-files.ts";
import { keyIn, manifestOfObjects, placeOf, type StoredPlace } from "./layout.ts";
import { appendManifestObject, readManifestObjects, removeManifestObjects } from "./manifest-objects.ts";
import { AppendHandle, BytesHandle, ObjectHandle, passingHandle } from "./object-handles.ts";
import { POINTER_OBJECT_BYTES_MAX } from "./pointer-object.ts";

/** Of one object that is read anew, in memory, in bytes. */
const ANEW_BYTES_MAX = 1024 * 1024;
/** A journal's folder: its machine's, and its own in that. */
const JOURNAL_DEPTH = 2;

export interface StoredFilesOptions {
  readonly store: ObjectStore;
  /** The local ones. */
  readonly files: Files;
  readonly clock: Clock;
  readonly random: Random;
  /** The journals' folder: absolute; nothing of it lies on a local disk. */
  readonly folder: string;
  /** Of what was read, in memory, in bytes. */
  readonly blockBytesMax: number;
  /** Where nothing is written, nothing is said of this. */
  readonly writing?: {
    /** A local folder for what is on its way, and for copies; emptied at the open. */
    readonly spool: string;
    /** Of copies on the local disk, in bytes. */
    readonly keptBytesMax: number;
    /** Whether the store's conditions rest on a lease: there one put waits for another, and nothing is put before it was checked. Not unless told. */
    readonly isLeased?: boolean;
  };
}

export class StoredFiles implements Files {
  readonly #options: StoredFilesOptions;
  readonly #cache: BlockCache;
  readonly #spool: string;
  readonly #kept: KeptFiles;
  readonly #claims = new Map<string, Claim>();
  readonly #ending = new AbortController();

  private constructor(options: StoredFilesOptions) {
    this.#options = { ...options, store: endedBy(this.#ending.signal, options.store) };
    this.#cache = new BlockCache(options.blockBytesMax);
    const { spool, keptBytesMax } = options.writing ?? { spool: "/nowhere", keptBytesMax: 0 };
    this.#spool = spool;
    this.#kept = new KeptFiles(options.files, `${spool}/kept`, keptBytesMax);
  }

  static async open(options: StoredFilesOptions): Promise<StoredFiles> {
    const { files, writing } = options;
    if (writing !== undefined) {
      await files.removeFolder(writing.spool);
      await files.makeFolder(`${writing.spool}/kept`);
      await files.makeFolder(`${writing.spool}/passing`);
    }
    return new StoredFiles(options);
  }

  /**
   * Takes the journal in the folder over, so that it may be opened to be written; whoever had it can change nothing any more.
   * @throws Fault `journal-taken`, `journal-pointer-damaged`, `manifest-rolled-back`, and what the store throws
   */
  async claim(folder: string): Promise<void> {
    const { store, clock, random } = this.#options;
    const journal = this.#keyOf(folder) ?? "";
    assert(journal !== "", "a journal lies in the journals' folder");
    assert(this.#options.writing !== undefined, "it was opened to be written");
    this.#claims.delete(journal);
    await this.#options.files.removeFolder(this.#passing(journal));
    const claim = await Claim.take({ store, clock, random, journal });
    await claim.sweep();
    this.#claims.set(journal, claim);
  }

  /** Whether the store itself can hold files. */
  get holds(): boolean {
    return this.#options.store.hold !== undefined;
  }

  /** As HoldObject, of a file that has its final name. @throws Fault `object-missing`, and what the store throws */
  async hold(path: string, untilMicros: number, signal: AbortSignal): Promise<void> {
    const place = this.#placeOf(path);
    assert(place?.kind === "object", `${path} is no object`);
    await this.#options.store.hold?.(place.key, untilMicros, signal);
  }

  /** Nothing waits for the store any more: what is under way there fails with the reason, and what follows does. Journals are left as by a crash. */
  end(reason: Fault): void {
    this.#ending.abort(reason);
  }

  async open(path: string, mode: OpenMode, options?: OpenOptions): Promise<FileHandle> {
    const place = this.#placeOf(path);
    if (place === undefined) return this.#options.files.open(path, mode, options);
    if (place.kind === "passing") return this.#openPassing(place, mode);
    if (place.kind === "manifest") return this.#openManifest(place, path, mode);
    if (place.kind === "pointer") return this.#openPointer(place, path);
    assert(mode === "read", `${path} takes its name by a rename`);
    const { store } = this.#options;
    if (options?.anew === true) {
      // What proves the object leaves no copy behind that could stand in for it.
      await this.#kept.forget(place.key);
      return ObjectHandle.open(store, new BlockCache(ANEW_BYTES_MAX), { key: place.key, path });
    }
    const kept = await this.#kept.open(place.key);
    return kept ?? ObjectHandle.open(store, this.#cache, { key: place.key, path });
  }

  async list(folder: string): Promise<string[]> {
    const key = this.#keyOf(folder);
    if (key === undefined) return this.#options.files.list(folder);
    const names = new Set(await this.#listPassing(key));
    for (const name of await this.#listObjects(key)) names.add(name);
    const pointed = names.has("CURRENT") ? await this.#manifestNameOf(key) : undefined;
    if (pointed !== undefined) names.add(pointed);
    // What is about to be removed as unknown was put before the claim was made certain: nobody else is going to name it.
    await this.#claims.get(placeOf(keyIn(key, "x")).journal)?.confirm();
    return Array.from(names).sort();
  }

  async makeFolder(path: string): Promise<void> {
    const key = this.#keyOf(path);
    await this.#options.files.makeFolder(key === undefined ? path : this.#passing(key));
  }

  async rename(from: string, to: string): Promise<void> {
    const source = this.#placeOf(from);
    const place = this.#placeOf(to);
    if (source === undefined && place === undefined) return this.#options.files.rename(from, to);
    assert(source?.kind === "passing" && place !== undefined, `${from} cannot become ${to}`);
    const local = this.#passing(source.key);
    if (place.kind === "passing") return this.#options.files.rename(local, this.#passing(place.key));
    const claim = this.#claimOf(place);
    if (place.kind === "pointer") {
      const bytes = await readFile(this.#options.files, local, POINTER_OBJECT_BYTES_MAX);
      await claim.point(new TextDecoder().decode(bytes));
      return this.#options.files.remove(local);
    }
    const { sizeBytes } = await this.#put(local, place.key);
    await this.#kept.take(local, place.key, sizeBytes);
  }

  beginRename(from: string, to: string): BegunRename | undefined {
    const [source, place] = [this.#placeOf(from), this.#placeOf(to)];
    const { store, writing } = this.#options;
    if (source?.kind !== "passing" || place?.kind !== "object" || writing?.isLeased === true) return undefined;
    const [local, { key }] = [this.#passing(source.key), place];
    return new AheadPut({
      store,
      claim: this.#claimOf(place),
      key,
      putting: this.#put(local, key, { condition: { kind: "absent" } }),
      settle: ({ sizeBytes }) => this.#kept.take(local, key, sizeBytes),
      rename: () => this.rename(from, to),
    });
  }

  async remove(path: string): Promise<void> {
    const place = this.#placeOf(path);
    if (place === undefined) return this.#options.files.remove(path);
    if (place.kind === "passing") return this.#options.files.remove(this.#passing(place.key));
    const claim = this.#claimOf(place);
    await claim.confirmLately();
    if (place.kind === "manifest") {
      const folder = claim.folderOf(place.name);
      claim.forget(place.name);
      if (folder !== undefined) await removeManifestObjects(this.#options.store, folder);
      return;
    }
    await this.#kept.forget(place.key);
    await removeUnlessHeld(this.#options.store, place.key);
  }

  /**
   * Removes one journal. The pointer goes first: what is left after a crash is no journal any more.
   * @throws Fault `journal-taken` when another server has it by now, and what the store throws
   */
  async removeFolder(path: string): Promise<void> {
    const key = this.#keyOf(path);
    if (key === undefined) return this.#options.files.removeFolder(path);
    assert(key !== "", "one journal is removed, never all");
    await this.#claims.get(key)?.confirm();
    const keys: string[] = [];
    for await (const listed of this.#options.store.list(`${key}/`))
      if (listed.kind === "object") keys.push(listed.status.key);
    const isPointer = (each: string): boolean => placeOf(each).kind === "pointer";
    for (const each of [...keys.filter(isPointer), ...keys.filter((other) => !isPointer(other))]) {
      await this.#kept.forget(each);
      await removeUnlessHeld(this.#options.store, each);
    }
    await this.#options.files.removeFolder(this.#passing(key));
    this.#claims.delete(key);
  }

  async status(path: string): Promise<FileStatus | undefined> {
    const place = this.#placeOf(path);
    if (place === undefined) return this.#keyOf(path) === undefined ? this.#options.files.status(path) : folderStatus();
    const { store } = this.#options;
    switch (place.kind) {
      case "passing":
        return this.#options.files.status(this.#passing(place.key));
      case "manifest":
        return (await this.#folderOf(place)) === undefined ? undefined : fileStatus(0, 0);
      case "pointer": {
        const pointer = await this.#pointerIn(place);
        return pointer === undefined ? undefined : fileStatus(pointer.length, 0);
      }
      case "object": {
        const status = await store.status(place.key);
        if (status !== undefined) return fileStatus(status.sizeBytes, status.modifiedMicros);
        return (await this.#listObjects(place.key)).length > 0 ? folderStatus() : undefined;
      }
    }
  }

  /** Of the local disk that things lie on until they are put; the store itself has no end. */
  async space(folder: string): Promise<SpaceStatus> {
    return this.#options.files.space(this.#keyOf(folder) === undefined ? folder : this.#spool);
  }

  async syncFolder(path: string): Promise<void> {
    if (this.#keyOf(path) === undefined) await this.#options.files.syncFolder(path);
  }

  /** The path below the journals' folder, "" for that itself; undefined when it lies elsewhere. */
  #keyOf(path: string): string | undefined {
    const { folder } = this.#options;
    if (path === folder) return "";
    return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
  }

  #placeOf(path: string): StoredPlace | undefined {
    const key = this.#keyOf(path);
    return key === undefined || key === "" ? undefined : placeOf(key);
  }

  #passing(key: string): string {
    return `${this.#spool}/passing/${key}`;
  }

  #claimOf({ journal }: StoredPlace): Claim {
    const claim = this.#claims.get(journal);
    assert(claim !== undefined, `${journal} is claimed before it is changed`);
    claim.require();
    return claim;
  }

  /** It is read again soon, to be sent, so it is left in the page cache. */
  async #openPassing(place: StoredPlace, mode: OpenMode): Promise<FileHandle> {
    const path = this.#passing(place.key);
    if (mode === "create") await this.#options.files.makeFolder(path.slice(0, path.lastIndexOf("/")));
    return passingHandle(await this.#options.files.open(path, mode));
  }

  async #listPassing(key: string): Promise<string[]> {
    const { files } = this.#options;
    const folder = this.#passing(key);
    if ((await files.status(folder)) === undefined) return [];
    const names = await files.list(folder);
    return names.filter((name) => placeOf(keyIn(key, name)).kind === "passing");
  }

  async #listObjects(key: string): Promise<string[]> {
    const prefix = keyIn(key, "");
    const names = new Set<string>();
    let folders = 0;
    for await (const listed of this.#options.store.list(prefix, { shallow: true })) {
      const name =
        listed.kind === "object" ? listed.status.key.slice(prefix.length) : listed.prefix.slice(prefix.length, -1);
      if (listed.kind === "prefix") folders += 1;
      if (manifestOfObjects(name) === undefined) names.add(name);
    }
    // Some servers leave out folders in which there are only further ones, as machines' are.
    if (folders === 0 && key.split("/").length < JOURNAL_DEPTH)
      for await (const listed of this.#options.store.list(prefix))
        if (listed.kind === "object") names.add(listed.status.key.slice(prefix.length).split("/")[0] ?? "");
    return Array.from(names);
  }

  async #put(local: string, key: string, options?: PutOptions): Promise<ObjectStatus> {
    const { files, store } = this.#options;
    const handle = await files.open(local, "read");
    const sizeBytes = await handle.sizeBytes();
    try {
      const read = async (target: Uint8Array, position: number): Promise<void> => {
        const got = await handle.read(target, position);
        if (got < target.length) throw spoolShort(local);
      };
      return await store.put(key, { sizeBytes, read }, options);
    } finally {
      await handle.close();
    }
  }

  async #openManifest(place: StoredPlace, path: string, mode: OpenMode): Promise<FileHandle> {
    const { store } = this.#options;
    if (mode === "create") {
      const claim = this.#claimOf(place);
      const folder = claim.begin(place.name);
      return new AppendHandle(async (number, bytes) => {
        claim.require();
        try {
          await appendManifestObject(store, { folder, number }, bytes);
          // What a manifest begins with is named only afterwards.
          await (number === 0 ? claim.confirm() : claim.confirmNamed(folder));
        } catch (error) {
          throw isFault(error, "object-conflict") ? claim.lost() : error;
        }
      });
    }
    const claim = this.#claims.get(place.journal);
    if (mode === "update") {
      // To make certain what was read: it is.
      claim?.require();
      return new BytesHandle(new Uint8Array(0), path);
    }
    const standing = claim === undefined ? await readStanding(store, place.journal) : undefined;
    const folder = claim === undefined ? folderIn(place, standing?.object.objects ?? "") : claim.folderOf(place.name);
    const content = folder === undefined ? undefined : await readManifestObjects(store, folder);
    if (content === undefined) throw fileFault("ENOENT", path);
    if (claim === undefined && (await readStanding(store, place.journal))?.tag !== standing?.tag) {
      // Its owner replaced it meanwhile, and may have removed what was not read yet.
      throw fileFault("ENOENT", path);
    }
    return new BytesHandle(content, path);
  }

  async #folderOf(place: StoredPlace): Promise<string | undefined> {
    const claim = this.#claims.get(place.journal);
    if (claim !== undefined) return claim.folderOf(place.name);
    const standing = await readStanding(this.#options.store, place.journal);
    return folderIn(place, standing?.object.objects ?? "");
  }

  async #openPointer(place: StoredPlace, path: string): Promise<FileHandle> {
    const pointer = await this.#pointerIn(place);
    if (pointer === undefined) throw fileFault("ENOENT", path);
    return new BytesHandle(new TextEncoder().encode(pointer), path);
  }

  /** What the pointer says; undefined while there is no journal. */
  async #pointerIn({ journal }: StoredPlace): Promise<string | undefined> {
    const claim = this.#claims.get(journal);
    if (claim !== undefined) return claim.pointer;
    const pointer = (await readStanding(this.#options.store, journal))?.object.pointer;
    return pointer === "" ? undefined : pointer;
  }

  async #manifestNameOf(journal: string): Promise<string | undefined> {
    const standing = await readStanding(this.#options.store, journal);
    return manifestOfObjects(standing?.object.objects ?? "")?.name;
  }
}

function folderIn({ journal, name }: StoredPlace, objects: string): string | undefined {
  return manifestOfObjects(objects)?.name === name ? keyIn(journal, objects) : undefined;
}

function fileStatus(sizeBytes: number, modifiedMicros: number): FileStatus {
  return { kind: "file", sizeBytes, modifiedMicros };
}

function folderStatus(): FileStatus {
  return { kind: "folder", sizeBytes: 0, modifiedMicros: 0 };
}

function spoolShort(path: string): Fault {
  return new Fault({
    code: "journal-spool-damaged",
    kind: "corruption",
    message: `${path} is shorter than it was when it was begun to be sent to the store.`,
    detail: { path },
  });
}
