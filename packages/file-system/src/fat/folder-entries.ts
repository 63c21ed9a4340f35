// The 32-byte entries of a FAT folder. A long name stands before its entry in pieces of 13 UTF-16 units, the last piece first, each with a sum
// of the short name; pieces that do not fit are left from another system's doing, and the short name counts.
import { damaged } from "../faults.ts";
import { fromCodePage437 } from "./code-page.ts";

const ENTRY_BYTES = 32;
const ATTRIBUTE = { readOnly: 1, label: 8, folder: 16, longName: 15 } as const;
const UNITS_PER_PIECE = 13;

/** What one entry says of its file. */
export interface FolderEntry {
  readonly name: string;
  readonly folder: boolean;
  readonly readOnly: boolean;
  readonly cluster: number;
  readonly sizeBytes: number;
  readonly modifiedMicros: number;
}

/** The entries of a whole folder but "." and ".."; and the volume's label, when it holds one. */
export function folderEntries(folder: Uint8Array): { readonly entries: FolderEntry[]; readonly label: string } {
  const entries: FolderEntry[] = [];
  let label = "";
  let long: LongName | undefined;
  for (let at = 0; at + ENTRY_BYTES <= folder.length && folder[at] !== 0; at += ENTRY_BYTES) {
    const entry = Buffer.from(folder.buffer, folder.byteOffset + at, ENTRY_BYTES);
    const attributes = entry[11] ?? 0;
    if (entry[0] === 0xe5) long = undefined;
    else if ((attributes & 0x3f) === ATTRIBUTE.longName) long = LongName.taking(long, entry);
    else {
      const name = long?.nameOf(entry) ?? shortName(entry);
      long = undefined;
      if ((attributes & ATTRIBUTE.label) !== 0) label = fromCodePage437(entry.subarray(0, 11)).trimEnd();
      else if (entry[0] !== 0x2e) entries.push(entryOf(entry, name, attributes));
    }
  }
  return { entries, label };
}

function entryOf(entry: Buffer, name: string, attributes: number): FolderEntry {
  // oxlint-disable-next-line no-control-regex -- names with control characters are what a damaged folder has: they are looked for.
  if (name === "" || name === "." || name === ".." || /[\0/]/.test(name))
    throw damaged("FAT", `a folder holds the impossible name ${JSON.stringify(name)}`);
  return {
    name,
    folder: (attributes & ATTRIBUTE.folder) !== 0,
    readOnly: (attributes & ATTRIBUTE.readOnly) !== 0,
    cluster: entry.readUInt16LE(20) * 65_536 + entry.readUInt16LE(26),
    sizeBytes: entry.readUInt32LE(28),
    modifiedMicros: timeOf(entry.readUInt16LE(24), entry.readUInt16LE(22)),
  };
}

/** A long name as far as its pieces were met. */
class LongName {
  readonly #sum: number;
  #awaited: number;
  #units: string;

  private constructor(sum: number, pieces: number) {
    this.#sum = sum;
    this.#awaited = pieces;
    this.#units = "";
  }

  /** The name with one more piece; a new one when the piece is a first, undefined when it does not fit. */
  static taking(before: LongName | undefined, entry: Buffer): LongName | undefined {
    const [number = 0, sum = 0] = [entry[0], entry[13]];
    const first = (number & 0x40) !== 0;
    const name = first ? new LongName(sum, number & 0x3f) : before;
    if (name === undefined || name.#sum !== sum || name.#awaited !== (number & 0x3f) || name.#awaited === 0)
      return undefined;
    const pieces = [entry.subarray(1, 11), entry.subarray(14, 26), entry.subarray(28, 32)];
    name.#units =
      pieces
        .map((piece) => piece.toString("utf16le"))
        .join("")
        .slice(0, UNITS_PER_PIECE) + name.#units;
    name.#awaited -= 1;
    return name;
  }

  /** The name, if it is whole and belongs to the entry. */
  nameOf(entry: Buffer): string | undefined {
    const sum = entry.subarray(0, 11).reduce((total, byte) => (((total & 1) << 7) + (total >> 1) + byte) & 0xff, 0);
    if (this.#awaited !== 0 || this.#sum !== sum) return undefined;
    const end = this.#units.indexOf("\0");
    return end === -1 ? this.#units : this.#units.slice(0, end);
  }
}

/** Windows NT keeps in byte 12 whether a short name is meant in small letters. */
function shortName(entry: Buffer): string {
  const raw = Buffer.from(entry.subarray(0, 11));
  if (raw[0] === 0x05) raw[0] = 0xe5;
  const flags = entry[12] ?? 0;
  const part = (from: number, to: number, small: boolean): string => {
    const text = fromCodePage437(raw.subarray(from, to)).trimEnd();
    return small ? text.toLowerCase() : text;
  };
  const [base, extension] = [part(0, 8, (flags & 8) !== 0), part(8, 11, (flags & 16) !== 0)];
  return extension === "" ? base : `${base}.${extension}`;
}

/** Local time of whoever wrote it, which is not kept: taken as UTC. */
function timeOf(date: number, time: number): number {
  const [year, month, day] = [1980 + (date >> 9), (date >> 5) & 15, date & 31];
  return Date.UTC(year, month - 1, day, time >> 11, (time >> 5) & 63, (time & 31) * 2) * 1_000;
}
