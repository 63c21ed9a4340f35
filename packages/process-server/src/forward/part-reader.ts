import { createHash, type Hash } from "node:crypto";
import { type FileHandle, type Files, LARGE_IO_BYTES } from "@leeward/world";
import type { Cut } from "../cut/cut-folder.ts";
import { cutDamaged } from "../faults.ts";
import { LIMITS } from "../limits.ts";
import type { Part } from "./send-cursor.ts";

interface OpenCut {
  readonly cut: Cut;
  readonly handle: FileHandle;
  readonly hash: Hash;
  /** How much of it was read in order, and is in the hash. */
  hashedBytes: number;
}

/**
 * Reads the parts of cuts, from memory where they were just sealed; the file of the last one stays open for the next. The digest in the cut's name is checked before its last
 * part is given: no receiver gets a whole cut that is not what was sealed.
 */
export class PartReader implements AsyncDisposable {
  readonly #files: Files;
  #open: OpenCut | undefined;

  constructor(files: Files) {
    this.#files = files;
  }

  /** The part's bytes, in an array of its own. @throws Fault `cut-damaged`, and what the files throw */
  async read({ cut, position, length }: Part): Promise<Uint8Array> {
    const isLast = position + length === cut.sizeBytes;
    const bytes = new Uint8Array(length);
    if (cut.kept?.isKept === true) {
      cut.kept.copy(bytes, position);
      if (isLast) cut.kept.drop();
      return bytes;
    }
    const open = await this.#openAt(cut, position);
    const got = await open.handle.read(bytes, position);
    open.hash.update(bytes);
    open.hashedBytes += length;
    const whole = got === length && (!isLast || open.hash.digest().equals(cut.sha256));
    if (isLast || !whole) await this.close();
    if (!whole) throw cutDamaged(cut.path);
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

  async #openAt(cut: Cut, position: number): Promise<OpenCut> {
    if (this.#open?.cut.path === cut.path && this.#open.hashedBytes === position) return this.#open;
    await this.close();
    const handle = await this.#files.open(cut.path, "read", { bypassCacheFrom: LARGE_IO_BYTES });
    const open = { cut, handle, hash: createHash("sha256"), hashedBytes: position };
    this.#open = open;
    // What was given from memory before is in no hash.
    for (let at = 0; at < position; at += LIMITS.partBytesMax) {
      const bytes = new Uint8Array(Math.min(LIMITS.partBytesMax, position - at));
      await handle.read(bytes, at);
      open.hash.update(bytes);
    }
    return open;
  }
}
