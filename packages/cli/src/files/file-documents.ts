import { formatTime } from "@leeward/base";
import type { Entry, FileTree } from "@leeward/file-system";
import type { CommandContext } from "../command-context.ts";
import { plainBytes, plainTime } from "../human-text.ts";
import { fieldsOf, printDocument, tableOf } from "../output.ts";
import type { Found, GuestFiles, KnownPartition } from "./guest-files.ts";
import type { Taken } from "./node-take-files.ts";
import { hexUnlessText, plainName } from "./plain-name.ts";

/** Of which disk, at which point. */
export interface OfPoint {
  readonly point: string;
  readonly disk: string;
}

export function printPartitions(context: CommandContext, of: OfPoint, items: readonly KnownPartition[]): void {
  const listed = items.map(({ number, table, type, name, volume, offset, length, content, readable }) => ({
    ...{ number, table, type, name, volume, offsetBytes: offset, sizeBytes: length, content, readable },
  }));
  printDocument(context, { ...of, items: listed }, (document) =>
    tableOf(document.items, {
      NUMBER: (item) => String(item.number),
      HOLDS: (item) => item.content,
      READ: (item) => (item.readable ? "yes" : "no"),
      SIZE: (item) => plainBytes(item.sizeBytes),
      NAME: (item) => plainName(Buffer.from(item.volume ?? item.name)),
    }),
  );
}

/** Prints what a folder holds, or one entry. */
export async function printEntries(
  context: CommandContext,
  of: OfPoint,
  { files: { partition, tree }, found }: { readonly files: GuestFiles; readonly found: Found },
): Promise<void> {
  const entries = found.node.kind === "folder" ? await tree.list(found.node) : [found];
  const items = await Promise.all(entries.map((entry) => shownEntry(tree, entry)));
  const { fileSystem, label, replayedBlocks } = tree;
  const above = {
    ...of,
    partition: partition.number,
    volume: partition.volume,
    fileSystem,
    label,
    replayedBlocks,
    path: found.path,
  };
  const printed = { ...above, items: items.map(({ document }) => document) };
  printDocument(context, printed, () => {
    const lines = tableOf(items, {
      KIND: ({ document }) => document.kind,
      MODE: ({ document }) => document.mode ?? "",
      SIZE: ({ document }) => String(document.sizeBytes),
      MODIFIED: ({ document }) => plainTime(document.modifiedAt),
      NAME: ({ shown }) => shown,
    });
    return `${items.length === 0 ? "none" : lines}${replayNote(tree)}`;
  });
}

/** An entry as a document has it, and its name as a line has it. */
async function shownEntry(tree: FileTree, { name, node }: Entry) {
  const target = node.kind === "symlink" ? await tree.linkTarget(node) : undefined;
  const document = {
    name: new TextDecoder().decode(name),
    nameHex: hexUnlessText(name),
    kind: node.kind,
    sizeBytes: node.sizeBytes,
    mode: node.mode === null ? null : node.mode.toString(8).padStart(4, "0"),
    user: node.owner?.user ?? null,
    group: node.owner?.group ?? null,
    modifiedAt: formatTime(node.modifiedMicros),
    target: target === undefined ? null : new TextDecoder().decode(target),
  };
  return { document, shown: target === undefined ? plainName(name) : `${plainName(name)} -> ${plainName(target)}` };
}

export function printTaken(
  context: CommandContext,
  of: OfPoint,
  { files: { partition, tree }, found, to, taken }: { files: GuestFiles; found: Found; to: string; taken: Taken },
): void {
  const { fileSystem, replayedBlocks } = tree;
  const document = {
    ...of,
    partition: partition.number,
    volume: partition.volume,
    fileSystem,
    replayedBlocks,
    path: found.path,
    to,
    ...taken,
  };
  printDocument(context, document, ({ files, folders, links, bytes, sha256, left }) => {
    const counts = {
      to,
      files: String(files),
      folders: String(folders),
      links: String(links),
      size: plainBytes(bytes),
    };
    const fields = fieldsOf(sha256 === null ? counts : { to, size: plainBytes(bytes), sha256 });
    const omitted = left.map(({ path, why }) => `\nleft out: ${path}: ${why}`);
    return `${fields}${omitted.join("")}${replayNote(tree)}`;
  });
}

function replayNote({ replayedBlocks }: FileTree): string {
  if (replayedBlocks === null || replayedBlocks === 0) return "";
  return `\nThe file system was in use at this point: ${replayedBlocks} blocks are read from its journal, as a mount would have put them back.`;
}
