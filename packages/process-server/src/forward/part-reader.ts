import type { FileHandle, Files } from "@leeward/world";
import { cacheUnreadable } from "../faults.ts";
import type { Part } from "./send-cursor.ts";

/** Reads the parts of cuts; the file of the last one stays open for the next. */
export class PartReader implements AsyncDisposable {
  readonly #files: Files;
  #open: { readonly path: string; readonly handle: FileHandle } | undefined;

  constructor(files: Files) {
    this.#files = files;
  }

  /** The part's bytes, in an array of its own. @throws Fault `cache-unreadable`, and what the files throw */
  async read({ cut, position, length }: Part): Promise<Uint8Array> {
    const handle = await this.#handleOf(cut.path);
    const bytes = new Uint8Array(length);
    const got = await handle.read(bytes, position);
    if (got < length) throw cacheUnreadable(cut.path, `it ends at ${position + got} of ${cut.sizeBytes} bytes`);
    if (position + length === cut.sizeBytes) await this.close();
    return bytes;
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.handle.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #handleOf(path: string): Promise<FileHandle> {
    if (this.#open?.path === path) return this.#open.handle;
    await this.close();
    const handle = await this.#files.open(path, "read");
    this.#open = { path, handle };
    return handle;
  }
}
