import { chmodSync, copyFileSync, lstatSync, lutimesSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const PROGRAM = 0o755;
const DATA = 0o644;

/**
 * A folder that becomes an archive. What is in it has no owner, time or mode but those that are said here, so that archives of the same content are equal to
 * the byte.
 */
export class StagedTree {
  readonly folder: string;
  readonly #seconds: number;

  /** `seconds` since 1970 are the time of everything. */
  constructor(folder: string, seconds: number) {
    this.folder = folder;
    this.#seconds = seconds;
  }

  text(path: string, content: string, options: { readonly isProgram?: boolean } = {}): void {
    this.bytes(path, new TextEncoder().encode(content), options);
  }

  bytes(path: string, content: Uint8Array, { isProgram = false }: { readonly isProgram?: boolean } = {}): void {
    const place = this.#placeOf(path);
    writeFileSync(place, content);
    chmodSync(place, isProgram ? PROGRAM : DATA);
  }

  /** A copy of a file of this machine, as a program. */
  program(path: string, from: string): void {
    const place = this.#placeOf(path);
    copyFileSync(from, place);
    chmodSync(place, PROGRAM);
  }

  emptyFolder(path: string): void {
    mkdirSync(join(this.folder, path), { recursive: true });
  }

  /** Gives everything its time and every folder its mode. Returns how many bytes are in it. */
  settle(): number {
    return this.#settle(this.folder);
  }

  #settle(path: string): number {
    const status = lstatSync(path);
    let bytes = status.isFile() ? status.size : 0;
    if (status.isDirectory()) {
      for (const name of readdirSync(path)) bytes += this.#settle(join(path, name));
      chmodSync(path, PROGRAM);
    }
    lutimesSync(path, this.#seconds, this.#seconds);
    return bytes;
  }

  #placeOf(path: string): string {
    const place = join(this.folder, path);
    mkdirSync(dirname(place), { recursive: true });
    return place;
  }
}
