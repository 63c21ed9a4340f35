/**
 * How far each journal had come when it was seen last, kept outside of the journals.
 *
 * Invariant: an anchor is of what is durable in its journal, so no crash makes a journal older than its anchor: whoever finds one that is
 * older knows that somebody set it back, as by restoring a copy of its folder. The anchor may lag behind by half a minute of history.
 * Worst outcome if broken: points that were promised are gone and nobody is told; or a sound journal is refused.
 */
import { Fault } from "@leeward/base";
import type { ManifestAnchor } from "@leeward/journal";
import { type Files, readFile, replaceFile } from "@leeward/world";

const BYTES_MAX = 4_096;

export class AnchorStore {
  readonly #files: Files;
  /** HOME/anchors. */
  readonly #folder: string;
  readonly #kept = new Map<string, ManifestAnchor>();

  constructor(files: Files, folder: string) {
    this.#files = files;
    this.#folder = folder;
  }

  /** Undefined when no journal of the disk was ever here. @throws Fault `anchor-damaged` */
  async of(diskId: string): Promise<ManifestAnchor | undefined> {
    const path = this.#pathOf(diskId);
    if ((await this.#files.status(path)) === undefined) return undefined;
    return anchorIn(await readFile(this.#files, path, BYTES_MAX), path);
  }

  /** Durable when it settles. One call for a disk at a time. */
  async keep(diskId: string, anchor: ManifestAnchor): Promise<void> {
    const { number, frames } = anchor;
    const kept = this.#kept.get(diskId);
    if (kept?.number === number && kept.frames === frames) return;
    const document = new TextEncoder().encode(`${JSON.stringify({ number, frames })}\n`);
    await replaceFile(this.#files, this.#folder, nameOf(diskId), document);
    this.#kept.set(diskId, anchor);
  }

  /** Before the journal is removed: one that is gone without this is missed. */
  async forget(diskId: string): Promise<void> {
    this.#kept.delete(diskId);
    if ((await this.#files.status(this.#pathOf(diskId))) === undefined) return;
    await this.#files.remove(this.#pathOf(diskId));
    await this.#files.syncFolder(this.#folder);
  }

  #pathOf(diskId: string): string {
    return `${this.#folder}/${nameOf(diskId)}`;
  }
}

function nameOf(diskId: string): string {
  return `${diskId}.json`;
}

function anchorIn(bytes: Uint8Array, path: string): ManifestAnchor {
  const match = /^\{"number":(\d{1,15}),"frames":(\d{1,15})\}\n$/.exec(new TextDecoder().decode(bytes));
  if (match !== null) return { number: Number(match[1]), frames: Number(match[2]) };
  throw new Fault({
    code: "anchor-damaged",
    kind: "corruption",
    message: `${path} does not say how far the disk's journal had come.`,
    remedy: "Check the disk that holds it. Remove the file to take the journal as it lies.",
    detail: { path },
  });
}
