import { isFault } from "@leeward/base";
import type { FileHandle, Files } from "@leeward/world";

/** Copies on a local disk of what was put lately, so that what is merged soon is not fetched again; a cache, empty after each start. */
export class KeptFiles {
  readonly #files: Files;
  readonly #folder: string;
  readonly #bytesMax: number;
  /** Bytes by key, in the order of use, the oldest first; and under which name each lies. */
  readonly #kept = new Map<string, { readonly name: string; readonly bytes: number }>();
  #bytes = 0;
  #names = 0;

  constructor(files: Files, folder: string, bytesMax: number) {
    this.#files = files;
    this.#folder = folder;
    this.#bytesMax = bytesMax;
  }

  /** Takes the local file as the copy of the object; one that is not taken is removed. */
  async take(path: string, key: string, bytes: number): Promise<void> {
    await this.forget(key);
    if (bytes > this.#bytesMax / 4) return this.#files.remove(path);
    this.#names += 1;
    const name = String(this.#names);
    await this.#files.rename(path, `${this.#folder}/${name}`);
    this.#kept.set(key, { name, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#bytesMax) return;
      await this.forget(oldest);
    }
  }

  /** The copy, opened; undefined when there is none. */
  async open(key: string): Promise<FileHandle | undefined> {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    try {
      return await this.#files.open(`${this.#folder}/${kept.name}`, "read");
    } catch (error) {
      // A copy that cannot be read is none: the object is.
      if (!isFault(error)) throw error;
      return undefined;
    }
  }

  async forget(key: string): Promise<void> {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#kept.delete(key);
    this.#bytes -= kept.bytes;
    try {
      await this.#files.remove(`${this.#folder}/${kept.name}`);
    } catch (error) {
      if (!isFault(error, "file-missing")) throw error;
    }
  }
}
