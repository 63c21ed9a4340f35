/**
 * The sealed cuts of one branch that wait for the target's acknowledgement, as files.
 *
 * Durability order of a cut: bytes, datasync, rename from `.part`, sync of the folder. Only then is it listed here, may a byte of it leave,
 * and may the cache before its end be trimmed. A crash before the rename leaves a `.part`, which is removed at opening: its records are
 * still in the cache, and nobody has seen it. A crash after it leaves the whole cut, whose name tells its digest, so that what is sent
 * again is the same bytes.
 *
 * Invariant: the cuts are contiguous, and the last one stays until the next is there, acknowledged or not: its end is where the next cut
 * begins after a restart, when the cache before it may be trimmed or not. Worst outcome if broken: a cut that overlaps what the target
 * holds, or leaves sequences out, and a branch that cannot be continued.
 *
 * A removal is not made durable: a crash may bring back any of the removed files. They are acknowledged, and older than those that stayed;
 * so of several contiguous groups only the last one counts.
 *
 * Where a target turns out to hold more than was cut here, a mark file (`N.through`) takes the place of the cuts that it needs not.
 */
import { assert, type KeptBytes } from "@leeward/base";
import { type Files, replaceFile } from "@leeward/world";
import { type CutName, formatCutName, parseCutName } from "./cut-name.ts";

export interface Cut extends CutName {
  readonly path: string;
  readonly sizeBytes: number;
  /** Its bytes, until they were sent once; none of a cut that was found. */
  readonly kept?: KeptBytes;
}

/** While it is written; there is one at a time. */
const PART_NAME = "next.part";

export class CutFolder {
  readonly #files: Files;
  readonly #folder: string;
  #cuts: Cut[];
  #sizeBytes: number;
  #skippedThrough: number | undefined;
  #through: { readonly cuts: readonly Cut[]; readonly sequence: number; readonly sizeBytes: number } | undefined;

  private constructor(files: Files, folder: string, found: { cuts: Cut[]; skippedThrough: number | undefined }) {
    this.#files = files;
    this.#folder = folder;
    this.#cuts = found.cuts;
    this.#sizeBytes = bytesOf(found.cuts);
    this.#skippedThrough = found.skippedThrough;
  }

  /** Opens the folder, which is made when it is not there, and clears away what a crash left. */
  static async open(files: Files, folder: string): Promise<CutFolder> {
    await files.makeFolder(folder);
    const found: Cut[] = [];
    let skippedThrough: number | undefined;
    for (const name of await files.list(folder)) {
      const path = `${folder}/${name}`;
      const cut = parseCutName(name);
      const status = await files.status(path);
      const [, skipped] = SKIPPED_PATTERN.exec(name) ?? [];
      if (skipped !== undefined) skippedThrough = Math.max(skippedThrough ?? 0, Number(skipped));
      else if (cut === undefined) await files.remove(path);
      else if (status !== undefined) found.push({ ...cut, path, sizeBytes: status.sizeBytes });
    }
    const cuts = lastContiguous(found).filter(({ to }) => to > (skippedThrough ?? 0));
    for (const cut of found) if (!cuts.includes(cut)) await files.remove(cut.path);
    return new CutFolder(files, folder, { cuts, skippedThrough });
  }

  /** In the order of their sequences, without a gap. */
  get cuts(): readonly Cut[] {
    return this.#cuts;
  }

  /** The end of the last cut, or of what was skipped; undefined when there is neither. */
  get through(): number | undefined {
    return this.#cuts.at(-1)?.to ?? this.#skippedThrough;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Of the cuts that end at or before the sequence. */
  bytesThrough(sequence: number): number {
    const known = this.#through;
    if (known?.cuts === this.#cuts && known.sequence === sequence) return known.sizeBytes;
    const next = this.#cuts.findIndex(({ to }) => to > sequence);
    const sizeBytes = bytesOf(next < 0 ? this.#cuts : this.#cuts.slice(0, next));
    // It is asked for with each message, and changes with each cut.
    if (sizeBytes > 0) this.#through = { cuts: this.#cuts, sequence, sizeBytes };
    return sizeBytes;
  }

  /** Where the next cut is written; a part that a failed attempt left is removed. */
  async beginPart(): Promise<string> {
    const path = `${this.#folder}/${PART_NAME}`;
    if ((await this.#files.status(path)) !== undefined) await this.#files.remove(path);
    return path;
  }

  /** Takes the part, which is durable as a file, as the next cut; durable by name when it settles. */
  async commitPart(name: CutName, { sizeBytes, kept }: Pick<Cut, "sizeBytes" | "kept">): Promise<Cut> {
    const through = this.through;
    assert(through === undefined || through + 1 === name.from, "a cut follows the one before it");
    const path = `${this.#folder}/${formatCutName(name)}`;
    await this.#files.rename(`${this.#folder}/${PART_NAME}`, path);
    await this.#files.syncFolder(this.#folder);
    const cut = { ...name, path, sizeBytes, ...(kept !== undefined && { kept }) };
    this.#cuts = [...this.#cuts, cut];
    this.#sizeBytes += sizeBytes;
    return cut;
  }

  /** Removes the cuts up to `sequence`, but never the last one. */
  async removeThrough(sequence: number): Promise<void> {
    const removable = this.#cuts.filter((cut, index) => cut.to <= sequence && index < this.#cuts.length - 1);
    this.#cuts = this.#cuts.slice(removable.length);
    this.#sizeBytes -= bytesOf(removable);
    for (const cut of removable) cut.kept?.drop();
    for (const cut of removable) await removeIfThere(this.#files, cut.path);
  }

  /** No cut's bytes are needed in memory. */
  forgetBytes(): void {
    for (const { kept } of this.#cuts) kept?.drop();
  }

  /** What the target holds up to `sequence` is not cut any more: durable when it settles. All cuts end at or before it. */
  async skipTo(sequence: number): Promise<void> {
    assert((this.through ?? 0) <= sequence, "only what was not cut can be skipped");
    const before = this.#skippedThrough;
    await replaceFile(this.#files, this.#folder, skippedName(sequence), new Uint8Array());
    this.forgetBytes();
    const cuts = this.#cuts;
    this.#skippedThrough = sequence;
    this.#cuts = [];
    this.#sizeBytes = 0;
    for (const cut of cuts) await removeIfThere(this.#files, cut.path);
    if (before !== undefined && before !== sequence) {
      await removeIfThere(this.#files, `${this.#folder}/${skippedName(before)}`);
    }
  }
}

const SKIPPED_PATTERN = /^(\d{16})\.through$/;

function skippedName(sequence: number): string {
  return `${String(sequence).padStart(16, "0")}.through`;
}

function bytesOf(cuts: readonly Cut[]): number {
  return cuts.reduce((sum, cut) => sum + cut.sizeBytes, 0);
}

/** `cuts` is sorted by `from`, as names are. */
function lastContiguous(cuts: readonly Cut[]): Cut[] {
  const kept: Cut[] = [];
  for (const cut of cuts.toReversed()) {
    const next = kept[0];
    if (next !== undefined && cut.to + 1 !== next.from) break;
    kept.unshift(cut);
  }
  return kept;
}

async function removeIfThere(files: Files, path: string): Promise<void> {
  if ((await files.status(path)) !== undefined) await files.remove(path);
}
