import type { Files } from "@leeward/world";
import { readFile } from "@leeward/world";
import { CONSOLE_FILE_BYTES } from "./limits.ts";

/** As libvirt's log daemon names them. */
const NOW = "console";
const EARLIER = "console.0";
/** That daemon may be set to larger files. */
const READ_BYTES_MAX = 64 << 20;

/**
 * What a machine wrote to its console, in two files of a bounded size: when one is full it takes the place of the earlier one. It is for reading
 * what happened, and not made durable.
 */
export class ConsoleFile {
  readonly #files: Files;
  readonly #folder: string;

  constructor(files: Files, folder: string) {
    this.#files = files;
    this.#folder = folder;
  }

  async append(bytes: Uint8Array): Promise<void> {
    const path = `${this.#folder}/${NOW}`;
    const before = (await this.#files.status(path))?.sizeBytes;
    if (before !== undefined && before + bytes.length > CONSOLE_FILE_BYTES) {
      await this.#files.rename(path, `${this.#folder}/${EARLIER}`);
      await this.append(bytes);
      return;
    }
    await using file = await this.#files.open(path, before === undefined ? "create" : "update");
    await file.write([bytes], before ?? 0);
  }

  async text(): Promise<string> {
    const parts = [await this.#read(EARLIER), await this.#read(NOW)];
    return parts.join("");
  }

  /** Begins anew. */
  async clear(): Promise<void> {
    for (const name of [EARLIER, NOW]) {
      const path = `${this.#folder}/${name}`;
      if ((await this.#files.status(path)) !== undefined) await this.#files.remove(path);
    }
  }

  async #read(name: string): Promise<string> {
    const path = `${this.#folder}/${name}`;
    if ((await this.#files.status(path)) === undefined) return "";
    // A console speaks in bytes; what is no UTF-8 is shown as such.
    return new TextDecoder().decode(await readFile(this.#files, path, READ_BYTES_MAX));
  }
}
