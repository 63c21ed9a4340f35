/** What a name stands for. `other` is a device, a socket or a pipe: it has no content. */
export type EntryKind = "file" | "folder" | "symlink" | "other";

/** A name in a folder, as the disk has it. */
export interface Entry {
  /** Without "/" and NUL, never empty, "." or ".."; any other bytes, mostly UTF-8. */
  readonly name: Uint8Array;
  readonly node: Node;
}

/** A file, folder or link of a tree. */
export interface Node {
  /** Of its tree: two names with one id are one file. */
  readonly id: number;
  readonly kind: EntryKind;
  /** Of a file's content, or of a link's target; of a folder, what its names take. */
  readonly sizeBytes: number;
  /** Permission bits, 07777; null where the file system has none. */
  readonly mode: number | null;
  /** Microseconds since 1970; where the file system keeps local time, as if that were UTC. */
  readonly modifiedMicros: number;
  readonly owner: { readonly user: number; readonly group: number } | null;
}

/** A piece of a file: bytes, or a hole that reads as zeroes. The bytes are the receiver's until it asks for the next piece. */
export type Piece = { readonly data: Uint8Array } | { readonly holeBytes: number };

/**
 * The files of one file system, read only. Whatever lies on the disk is checked before it is believed: what contradicts itself is a Fault
 * `file-system-damaged`, what is not understood `file-system-unsupported`, and no call runs for ever.
 */
export interface FileTree {
  /** "ext4", "vfat". */
  readonly fileSystem: string;
  /** What the file system calls itself, or an empty text. */
  readonly label: string;
  /** How many blocks were taken from the file system's own journal, as a mount would have put them back; null where it has none. */
  readonly replayedBlocks: number | null;
  root(): Promise<Node>;
  /** The names in a folder, in the order of the disk. */
  list(folder: Node): Promise<readonly Entry[]>;
  /** A file's content in order, all of `sizeBytes`. */
  content(file: Node): AsyncIterable<Piece>;
  linkTarget(link: Node): Promise<Uint8Array>;
  /** Looks a name up, as the file system compares names. */
  isNamed(entry: Entry, name: Uint8Array): boolean;
}

/** Joins what many small runs give into pieces of a sensible size. */
export const PIECE_BYTES_MAX = 1 << 20;
