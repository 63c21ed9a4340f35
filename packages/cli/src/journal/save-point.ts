import { posix } from "node:path";
import type { Saved } from "@leeward/api";
import { Fault, formatBytes } from "@leeward/base";
import {
  blockFileSink,
  fileSink,
  type ImageFormat,
  imageSink,
  requireRaw,
  type SaveProgress,
  type SaveSink,
  saveDevice,
} from "@leeward/journal";
import type { CommandContext } from "../command-context.ts";
import { type OfflinePlace, openPointOffline } from "./offline-machines.ts";

export interface SaveWanted {
  readonly at: string;
  /** Absolute. */
  readonly to: string;
  readonly force: boolean;
  readonly format: ImageFormat;
}

/**
 * Writes a point of one disk to a sparse file, whole or not at all, or over a block device.
 * @throws Fault as `openPointOffline`, `save-target-exists`, `save-target-missing`, `disk-read-failed`
 */
export async function savePointOffline(
  context: CommandContext,
  place: OfflinePlace,
  wanted: SaveWanted,
): Promise<Saved> {
  const { signal } = context.host;
  await using open = await openPointOffline(place, wanted.at);
  await using device = open.journal.openPoint(open.point.id);
  const sink = await sinkOf(context, wanted, device.sizeBytes);
  const onProgress = (progress: SaveProgress): void => showProgress(context, progress);
  const { bytes, sha256 } = await saveDevice(device, sink, { signal, onProgress });
  return { point: open.point.id, disk: open.journal.diskId, file: wanted.to, bytes, sha256, format: wanted.format };
}

async function sinkOf(
  { host }: CommandContext,
  { to, force, format }: SaveWanted,
  sizeBytes: number,
): Promise<SaveSink> {
  const { world, signal } = host;
  const [folder, name] = [posix.dirname(to), posix.basename(to)];
  const status = await world.files.status(to);
  if (status?.kind === "block-device") {
    requireRaw(format, to);
    if (force) return blockFileSink(world, to);
    throw refused(
      "save-target-exists",
      `${to} is a device, and all that is on it would be overwritten.`,
      "Say --force if that is meant.",
      to,
    );
  }
  if (status !== undefined && status.kind !== "file") {
    throw refused(
      "save-target-invalid",
      `${to} is neither a file nor a block device.`,
      "Name a file that does not exist yet.",
      to,
    );
  }
  if ((await world.files.status(folder))?.kind !== "folder") {
    throw refused("save-folder-missing", `There is no folder ${folder}.`, "Make it first, or name another.", to);
  }
  if (status !== undefined && !force) {
    throw refused(
      "save-target-exists",
      `${to} exists already.`,
      "Name another file, or say --force to replace it.",
      to,
    );
  }
  if (format === "raw") return fileSink(world, { folder, name, force });
  return imageSink(world, { folder, name, force, format, sizeBytes }, signal);
}

function refused(code: string, message: string, remedy: string, path: string): Fault {
  return new Fault({ code, kind: "operator", message, remedy, detail: { path } });
}

function showProgress({ host: { stderr }, json }: CommandContext, { doneBytes, totalBytes }: SaveProgress): void {
  if (!stderr.isTerminal || json) return;
  stderr.write(
    `\r\u001b[K${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}${doneBytes === totalBytes ? "\n" : ""}`,
  );
}
