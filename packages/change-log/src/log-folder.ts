/**
 * The files of an open log: which are sealed, which are not, and the one that is appended.
 *
 * Invariant: once `open` has settled and until `seal` was asked for all, the folder holds at least one durable file that is not
 * sealed, and a file is sealed only when all that comes before it, and the file after it, are durable. So a folder of sealed files
 * alone was closed, and what a crash takes away is always behind a file that is not sealed.
 * Worst outcome if broken: an unclean stop is taken for a clean one, and a replica differs from its disk unseen.
 *
 * Orders, and what a crash between any two leaves:
 * - a file begins when the log is opened: header aside → datasync → rename → folder sync. Aside: a file that nobody lists. It may
 *   replace an empty file of the same name, so that there is no moment without one.
 * - a file begins as the one before is full: created → header → frames; data and name become durable in the next sync, after
 *   the data before. In between: a break behind a file that is not sealed, which recovery drops.
 * - sync: datasync of each file, oldest first → folder sync → durable sequence rises.
 * - seal: sync → index, footer → datasync → trailer → datasync. In between: a file that is not sealed, with whole records.
 * - trim: oldest first, each remove → folder sync: what is left is always without holes.
 */
import { isFault, type Random } from "@leeward/base";
import type { Clock } from "@leeward/world";
import type { PlacedLogFrame } from "./change-log-options.ts";
import { LogFile } from "./log-file.ts";
import { logHeader } from "./log-identity.ts";
import { logName } from "./log-name.ts";
import type { LogPlace, RecoveredLog, SealedLogFile } from "./log-recovery.ts";
import type { PendingFrame } from "./pending-frame.ts";

/** How the name of a file ends that nobody lists yet. */
const ASIDE = ".new";

export interface LogFolderParts extends LogPlace {
  readonly clock: Clock;
  readonly random: Random;
  readonly segmentBytesMax: number;
  readonly onPlaced?: ((frame: PlacedLogFrame) => void) | undefined;
}

export class LogFolder {
  readonly #parts: LogFolderParts;
  #files: (SealedLogFile | LogFile)[];
  #current: LogFile;
  #namesDurable = true;

  private constructor(parts: LogFolderParts, files: (SealedLogFile | LogFile)[], current: LogFile) {
    this.#parts = parts;
    this.#files = files;
    this.#current = current;
  }

  /** Begins a new file after the recovered ones, durable by name when it settles. */
  static async open(parts: LogFolderParts, recovered: RecoveredLog, from: number): Promise<LogFolder> {
    const { files, folder, identity, clock, random } = parts;
    const last = recovered.files.at(-1);
    const diskBytes = last?.diskBytes ?? identity.diskBytes;
    const path = `${folder}/${logName(from)}`;
    const aside = `${path}${ASIDE}`;
    const left = (await files.list(folder)).filter((name) => name.endsWith(ASIDE));
    for (const name of left) await files.remove(`${folder}/${name}`);
    const file = await LogFile.create(files, logHeader(identity, { from, diskBytes, clock, random }), { path, aside });
    await file.sync();
    await files.rename(aside, path);
    await files.syncFolder(folder);
    const replaced = recovered.files.filter((each) => each.from === from);
    for (const each of replaced) if (each instanceof LogFile) await each.close();
    return new LogFolder(parts, [...recovered.files.filter((each) => each.from !== from), file], file);
  }

  /** First sequence that is held, or will be. */
  get from(): number {
    return this.#files[0]?.from ?? this.#current.from;
  }

  get storedBytes(): number {
    return this.#files.reduce((total, file) => total + file.bytes, 0);
  }

  /** The file that holds `sequence`, or will. */
  fileWith(sequence: number): SealedLogFile | LogFile | undefined {
    return this.#files.findLast((file) => file.from <= sequence);
  }

  /** First sequences of all files, ascending. */
  get firstSequences(): readonly number[] {
    return this.#files.map((file) => file.from);
  }

  /** Writes the frames to the current file, or to a new one when they do not fit. One call at a time. @returns whether a new one began */
  async write(frames: readonly PendingFrame[]): Promise<boolean> {
    const bytes = frames.reduce((total, frame) => total + frame.bytes, 0);
    const full = this.#current.isFull(bytes, this.#parts.segmentBytesMax);
    if (full) await this.begin();
    let position = this.#current.bytes;
    await this.#current.write(frames);
    for (const { from, drafts, bytes: frameBytes } of frames) {
      this.#parts.onPlaced?.({ fileFrom: this.#current.from, position, bytes: frameBytes, from, drafts });
      position += frameBytes;
    }
    return full;
  }

  /** Begins a new file, unless the current one holds nothing. */
  async begin(): Promise<void> {
    const { files, folder, identity, clock, random } = this.#parts;
    const from = this.#current.to + 1;
    if (from === this.#current.from) return;
    const header = logHeader(identity, { from, diskBytes: this.#current.diskBytes, clock, random });
    this.#current = await LogFile.create(files, header, { path: `${folder}/${logName(from)}` });
    this.#namesDurable = false;
    this.#files.push(this.#current);
  }

  /** All that was written before the call is durable when it settles. One call at a time. */
  async sync(): Promise<void> {
    const { files, folder } = this.#parts;
    for (const file of this.#unsealed()) await file.sync();
    if (this.#namesDurable) return;
    this.#namesDurable = true;
    try {
      await files.syncFolder(folder);
    } catch (error) {
      this.#namesDurable = false;
      throw error;
    }
  }

  /** The files that end at or before `through`, are not sealed, and are not the current one, oldest first. */
  sealable(through: number): readonly LogFile[] {
    return this.#unsealed().filter((file) => file !== this.#current && file.to <= through);
  }

  /**
   * Seals what `sealable` gave. Between that call and this one, a sync has settled: all before each of the files and the file
   * after it are durable.
   */
  async seal(files: readonly LogFile[]): Promise<void> {
    for (const file of files) await this.#sealOne(file);
  }

  /** Seals every file: nothing is written any more, and all that was written is durable. */
  async sealAll(): Promise<void> {
    await this.seal(this.#unsealed());
  }

  /** Removes sealed files that hold nothing after `through`, oldest first. */
  async trim(through: number): Promise<void> {
    const { files, folder } = this.#parts;
    for (let file = this.#files[0]; file !== undefined && file.to <= through; file = this.#files[0]) {
      if (file instanceof LogFile) return;
      try {
        await files.remove(file.path);
      } catch (error) {
        // It was removed before, and the folder sync after that failed.
        if (!isFault(error, "file-missing")) throw error;
      }
      await files.syncFolder(folder);
      this.#files.shift();
    }
  }

  async close(): Promise<void> {
    for (const file of this.#unsealed()) await file.close();
  }

  #unsealed(): LogFile[] {
    return this.#files.filter((file) => file instanceof LogFile);
  }

  async #sealOne(file: LogFile): Promise<void> {
    const bytes = await file.seal(this.#parts.clock);
    const { path, from, to, diskBytes, places } = file;
    this.#files[this.#files.indexOf(file)] = { path, from, to, bytes, diskBytes, places };
    await file.close();
  }
}
