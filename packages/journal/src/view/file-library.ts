/**
 * The journal's sealed files, opened when they are needed and kept open as long as there is room.
 *
 * Invariant: what is read as a file of the manifest is that very file: its id and size are compared at each opening, and its id
 * is part of what every frame is authenticated with. Worst outcome: an older or foreign file in its place is served as history.
 */
import { Fault, isFault } from "@leeward/base";
import { type DataKey, type SegmentCache, SegmentReader, segmentCache } from "@leeward/change-log";
import type { FileHandle, World } from "@leeward/world";
import type { StoredFile } from "../manifest/entry.ts";

export type FileFolder = "segments" | "runs" | "base";

/** A file, and in which of the journal's folders it lies. */
export interface PlacedFile {
  readonly folder: FileFolder;
  readonly file: StoredFile;
}

interface OpenFile {
  readonly handle: FileHandle;
  readonly reader: SegmentReader;
}

interface Held {
  readonly opening: Promise<OpenFile>;
  users: number;
}

export class FileLibrary {
  readonly #world: World;
  readonly #folder: string;
  readonly #dataKey: DataKey;
  readonly #openFilesMax: number;
  readonly #cache: SegmentCache;
  readonly #anew: boolean;
  /** In the order of use, the oldest first. */
  readonly #held = new Map<string, Held>();

  constructor(
    world: World,
    options: {
      readonly folder: string;
      readonly dataKey: DataKey;
      readonly openFilesMax: number;
      readonly cache: SegmentCache;
      /** As OpenOptions; false unless told. */
      readonly anew?: boolean;
    },
  ) {
    this.#world = world;
    this.#folder = options.folder;
    this.#dataKey = options.dataKey;
    this.#openFilesMax = options.openFilesMax;
    this.#cache = options.cache;
    this.#anew = options.anew ?? false;
  }

  /** How many files are open. */
  get openFiles(): number {
    return this.#held.size;
  }

  pathOf({ folder, file }: PlacedFile): string {
    return `${this.#folder}/${folder}/${file.name}`;
  }

  /**
   * Runs `work` with the file's reader, which it must not keep.
   * @throws Fault `journal-file-missing`, `journal-file-foreign`, and what reading throws
   */
  async use<T>(placed: PlacedFile, work: (reader: SegmentReader) => Promise<T>): Promise<T> {
    const held = this.#hold(placed);
    held.users += 1;
    try {
      const { reader } = await held.opening;
      return await work(reader);
    } finally {
      held.users -= 1;
      await this.#shrink();
    }
  }

  /**
   * Runs `work` with readers of their own for files that are read once from end to end: nothing is kept of them afterwards, and meanwhile
   * `frameBytesMax` of their frames.
   */
  async scan<T>(
    placed: readonly PlacedFile[],
    work: (readers: readonly SegmentReader[]) => Promise<T>,
    frameBytesMax = 0,
  ): Promise<T> {
    const cache = segmentCache({ frameBytesMax, pageBytesMax: 0 });
    const opened: OpenFile[] = [];
    try {
      for (const each of placed) opened.push(await this.#open(each, cache));
      return await work(opened.map(({ reader }) => reader));
    } finally {
      for (const { handle } of opened) await handle.close();
    }
  }

  /** Closes the file if it is open; nobody uses it any more. */
  async forget(file: StoredFile): Promise<void> {
    const held = this.#held.get(file.fileId);
    if (held !== undefined) await this.#close(file.fileId, held);
  }

  /** Closes all files; nobody uses one any more. */
  async close(): Promise<void> {
    for (const [fileId, held] of this.#held) await this.#close(fileId, held);
  }

  #hold(placed: PlacedFile): Held {
    const { fileId } = placed.file;
    const known = this.#held.get(fileId);
    if (known !== undefined) {
      this.#held.delete(fileId);
      this.#held.set(fileId, known);
      return known;
    }
    const held: Held = { opening: this.#open(placed, this.#cache), users: 0 };
    this.#held.set(fileId, held);
    held.opening.catch(() => {
      if (this.#held.get(fileId) === held) this.#held.delete(fileId);
    });
    return held;
  }

  async #open(placed: PlacedFile, cache: SegmentCache): Promise<OpenFile> {
    const path = this.pathOf(placed);
    const handle = await this.#handleOf(path);
    try {
      const { compute } = this.#world;
      if ((await handle.sizeBytes()) !== placed.file.bytes) throw fileForeign(path, "it has another size");
      const reader = await SegmentReader.open(handle, { compute, key: this.#dataKey, cache });
      if (reader.header.fileId !== placed.file.fileId) throw fileForeign(path, "it has another id");
      return { handle, reader };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async #handleOf(path: string): Promise<FileHandle> {
    try {
      return await this.#world.files.open(path, "read", { anew: this.#anew });
    } catch (error) {
      if (!isFault(error, "file-missing")) throw error;
      throw new Fault({
        code: "journal-file-missing",
        kind: "corruption",
        message: `${path}, which the manifest names, is not there.`,
        detail: { path },
        cause: error,
      });
    }
  }

  async #shrink(): Promise<void> {
    if (this.#held.size <= this.#openFilesMax) return;
    for (const [fileId, held] of this.#held) {
      if (this.#held.size <= this.#openFilesMax) return;
      if (held.users === 0) await this.#close(fileId, held);
    }
  }

  async #close(fileId: string, held: Held): Promise<void> {
    this.#held.delete(fileId);
    const [opened] = await Promise.allSettled([held.opening]);
    if (opened.status === "fulfilled") await opened.value.handle.close();
  }
}

function fileForeign(path: string, why: string): Fault {
  return new Fault({
    code: "journal-file-foreign",
    kind: "corruption",
    message: `${path} is not the file that the manifest names: ${why}.`,
    detail: { path },
  });
}
