import { assert } from "@leeward/base";
import { fileFault } from "../file-faults.ts";
import type { FileHandle, OpenMode } from "../files.ts";
import type { SimulatedView } from "./simulated-view.ts";
import type { StoredFile } from "./stored-file.ts";

const SECTOR_BYTES = 512;

/** An open file of a simulated disk. */
export class SimulatedHandle implements FileHandle {
  readonly #view: SimulatedView;
  readonly #file: StoredFile;
  readonly #path: string;
  readonly #mode: OpenMode;
  #closed = false;

  constructor(view: SimulatedView, file: StoredFile, opened: { readonly path: string; readonly mode: OpenMode }) {
    this.#view = view;
    this.#file = file;
    this.#path = opened.path;
    this.#mode = opened.mode;
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    this.#assertOpen();
    return this.#view.operate("read", this.#path, { whole: () => this.#file.now.read(target, position) });
  }

  async write(parts: readonly Uint8Array[], position: number): Promise<void> {
    this.#assertOpen();
    const prefix = (): void => this.#writePrefix(parts, position);
    return this.#view.operate("write", this.#path, {
      whole: () => this.#writeParts(parts, position),
      cutOff: prefix,
      failed: prefix,
    });
  }

  async datasync(): Promise<void> {
    this.#assertOpen();
    const through = this.#file.changesMade;
    return this.#view.operate("datasync", this.#path, {
      whole: () => this.#file.datasync(through),
      failed: () => this.#file.datasyncFailed(this.#view.disk.random),
    });
  }

  async truncate(sizeBytes: number): Promise<void> {
    this.#assertOpen();
    return this.#view.operate("truncate", this.#path, {
      whole: () => {
        this.#assertWritable();
        this.#view.disk.resize(this.#file, sizeBytes);
      },
    });
  }

  async sizeBytes(): Promise<number> {
    this.#assertOpen();
    return this.#view.operate("sizeBytes", this.#path, { whole: () => this.#file.now.sizeBytes });
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #writeParts(parts: readonly Uint8Array[], position: number): void {
    this.#assertWritable();
    let at = position;
    for (const part of parts) {
      this.#view.disk.write(this.#file, part, { position: at, path: this.#path });
      at += part.length;
    }
  }

  /** What a write that was cut off leaves: some sectors from its beginning. */
  #writePrefix(parts: readonly Uint8Array[], position: number): void {
    if (this.#mode === "read") return;
    const total = parts.reduce((sum, part) => sum + part.length, 0);
    let left = Math.min(total, this.#view.disk.random.below(Math.ceil(total / SECTOR_BYTES) + 1) * SECTOR_BYTES);
    let at = position;
    for (const part of parts) {
      const taken = part.subarray(0, left);
      this.#file.write(taken, at);
      at += taken.length;
      left -= taken.length;
    }
  }

  #assertOpen(): void {
    assert(!this.#closed, `${this.#path} is used after it was closed`);
  }

  /** As the system does, only when the write comes. */
  #assertWritable(): void {
    if (this.#mode === "read") throw fileFault("EBADF", this.#path);
  }
}
