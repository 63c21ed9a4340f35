import type { BlockDevice } from "@leeward/block";
import type { CommandContext } from "../command-context.ts";
import { requireFresh } from "../fresh-file.ts";
import { pathInvalid } from "./faults.ts";
import { type OfPoint, printEntries, printPartitions, printTaken } from "./file-documents.ts";
import { guestFiles, isLink, knownPartitions, lookUp } from "./guest-files.ts";
import { printFile, takeFiles } from "./node-take-files.ts";

export type FileAction = "partitions" | "ls" | "get";

export interface FileWanted {
  readonly action: FileAction;
  /** From the root of the file system on. */
  readonly path: string;
  /** By number, or a logical volume by its name. */
  readonly partition: number | string | undefined;
  /** Absolute; undefined is stdout. */
  readonly to: string | undefined;
}

/** Does what is wanted with a point's disk. @throws Fault `guest-path-…`, `partition-choice-invalid`, `file-system-…`, `file-exists`, `file-not-taken` */
export async function fileWork(
  context: CommandContext,
  wanted: FileWanted,
  { device, of }: { readonly device: BlockDevice; readonly of: OfPoint },
): Promise<void> {
  if (wanted.action === "partitions") {
    printPartitions(context, of, await knownPartitions(device));
    return;
  }
  const files = await guestFiles(device, wanted.partition);
  const found = await lookUp(files.tree, wanted.path);
  if (wanted.action === "ls") {
    await printEntries(context, of, { files, found });
    return;
  }
  const { kind } = found.node;
  if (kind === "symlink") await isLink(files.tree, found);
  if (kind === "other") throw pathInvalid(found.path, "is a device, a socket or a pipe", "Name a file or a folder.");
  const { random, files: own } = context.host.world;
  const { signal } = context.host;
  const { to } = wanted;
  if (to === undefined) {
    if (kind === "folder" || context.json)
      throw pathInvalid(
        found.path,
        "is not written to stdout: that takes one file, and no --json",
        "Say where with --to.",
      );
    await printFile(files.tree, found, signal);
    return;
  }
  await requireFresh(own, to);
  printTaken(context, of, { files, found, to, taken: await takeFiles(files.tree, found, { to, random, signal }) });
}
