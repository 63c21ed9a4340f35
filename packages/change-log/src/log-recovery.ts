/**
 * Opens the files of a log as a stop of any kind left them.
 *
 * What is kept is a prefix of the log: it ends at the first frame that is not whole, or at the first file that does not follow
 * the one before it. A file is sealed only when all before it and the file after it are durable, so what a crash can take away
 * lies behind a file that is not sealed. A break anywhere else, a sealed file behind a break, or an end before what somebody relies on
 * (a bit that rotted looks like a torn tail), is damage: a Fault `log-damaged`, and nothing is touched. Worst outcome if broken:
 * records that a peer has seen are lost, and the branch forks.
 *
 * Order: all is looked at first, and `onDrop` told; then the files behind the break are removed, the last first, the folder synced after each; then
 * torn tails are cut; then the frames that stay are written again in place and synced, since a datasync that failed before may
 * have left bytes that can be read and are not on the disk. A crash in between leaves a log that recovers to the same prefix.
 */
import { isFault } from "@leeward/base";
import { mayAppendTo, type SegmentFooter, type SegmentHeader, segmentUnsupported } from "@leeward/proto";
import type { Files } from "@leeward/world";
import { logDamaged, logForeign } from "./log-fault.ts";
import { LogFile } from "./log-file.ts";
import { belongsTo, type LogIdentity } from "./log-identity.ts";
import { listLogFiles, logName } from "./log-name.ts";
import type { PlaceTable } from "./place-table.ts";
import type { RandomAccess } from "./random-access.ts";
import { readHeader, readPlainFooter, readTrailer } from "./sealed-footer.ts";
import { scanUnsealed } from "./unsealed-frames.ts";

/** A file of a log that is never changed again. */
export interface SealedLogFile {
  readonly path: string;
  readonly from: number;
  /** from - 1 when it holds nothing. */
  readonly to: number;
  /** Of the whole file. */
  readonly bytes: number;
  /** Size of the disk after the last record. */
  readonly diskBytes: number;
  /** undefined until somebody looks. */
  readonly places?: PlaceTable;
}

/** What was cut off: it had been appended, and never been said to be durable. */
export interface DroppedTail {
  /** First sequence that is missing. */
  readonly from: number;
  readonly bytes: number;
  /** Files that were removed whole. */
  readonly files: number;
}

export interface RecoveredLog {
  /** In order; durable. */
  readonly files: readonly (SealedLogFile | LogFile)[];
  readonly dropped: DroppedTail | undefined;
}

export interface LogPlace {
  readonly files: Files;
  readonly folder: string;
  readonly identity: LogIdentity;
}

/** @throws Fault `log-damaged`, `log-foreign`, `segment-unsupported`, what the files and `onDrop` throw */
export async function recoverLog(
  place: LogPlace,
  { reliedThrough, onDrop }: { readonly reliedThrough: number; readonly onDrop: (() => Promise<void>) | undefined },
): Promise<RecoveredLog> {
  const kept: (SealedLogFile | LogFile)[] = [];
  try {
    const behind: FoundFile[] = [];
    let tornBytes = 0;
    for (const from of await listLogFiles(place.files, place.folder)) {
      const found = await findFile(place, from);
      const follows = kept.length === 0 || from === lastOf(kept) + 1;
      if (behind.length > 0 || !follows || found.file === undefined) behind.push(found);
      else kept.push(found.file);
      if (behind.length === 0) tornBytes = found.tornBytes;
    }
    refuseUnexplained(place.folder, kept, behind);
    refuseShortened(place.folder, lastOf(kept), reliedThrough);
    const bytes = behind.reduce((total, found) => total + found.bytes, tornBytes);
    if (bytes > 0) await onDrop?.();
    for (const found of behind.toReversed()) await removeFile(place, found);
    for (const file of kept) if (file instanceof LogFile) await file.restore();
    return { files: kept, dropped: bytes === 0 ? undefined : { from: lastOf(kept) + 1, bytes, files: behind.length } };
  } catch (error) {
    for (const file of kept) if (file instanceof LogFile) await file.close();
    throw error;
  }
}

function lastOf(kept: readonly { readonly to: number }[]): number {
  return kept.at(-1)?.to ?? 0;
}

interface FoundFile {
  readonly path: string;
  readonly bytes: number;
  /** undefined when it has no header that is right. */
  readonly file: SealedLogFile | LogFile | undefined;
  /** Behind its last whole frame. */
  readonly tornBytes: number;
}

async function findFile({ files, folder, identity }: LogPlace, from: number): Promise<FoundFile> {
  const path = `${folder}/${logName(from)}`;
  const handle = await files.open(path, "update");
  let keepOpen = false;
  try {
    const bytes = await handle.sizeBytes();
    const read = await headerOrNone(handle);
    if (read === undefined) return { path, bytes, file: undefined, tornBytes: 0 };
    const { header } = read;
    if (!belongsTo(header, identity) || header.from !== from) throw logForeign(path);
    const footer = await footerOrNone(handle, header);
    if (footer !== undefined) {
      const { to, diskBytes } = footer;
      return { path, bytes, file: { path, from, to, bytes, diskBytes }, tornBytes: 0 };
    }
    if (!mayAppendTo(read.bytes)) throw segmentUnsupported("it has features that whoever appends must know", { path });
    const file = new LogFile({ path, header, handle });
    const tornBytes = await scanInto(file, bytes);
    keepOpen = true;
    return { path, bytes, file, tornBytes };
  } finally {
    if (!keepOpen) await handle.close();
  }
}

/** The footer of a sealed file. One that rotted makes it a file that is not sealed: its records are found by scanning. */
async function footerOrNone(handle: RandomAccess, header: SegmentHeader): Promise<SegmentFooter | undefined> {
  try {
    const trailer = await readTrailer(handle, header);
    return trailer === undefined ? undefined : await readPlainFooter(handle, trailer);
  } catch (error) {
    if (isFault(error, "frame-damaged", "segment-damaged")) return undefined;
    throw error;
  }
}

async function headerOrNone(
  handle: RandomAccess,
): Promise<{ readonly header: SegmentHeader; readonly bytes: Uint8Array } | undefined> {
  try {
    return await readHeader(handle);
  } catch (error) {
    if (isFault(error, "segment-damaged", "segment-foreign")) return undefined;
    throw error;
  }
}

/** Tells the file its whole frames. @returns bytes of records behind them that are not whole */
async function scanInto(file: LogFile, fileBytes: number): Promise<number> {
  const end = await scanUnsealed(file.source, file.from, ({ from, to, bytes, records }) => {
    file.noteFrame({ from, to, bytes, drafts: records.map(({ record }) => record) });
  });
  return end === "bad-frame" ? fileBytes - file.bytes : 0;
}

function refuseUnexplained(folder: string, kept: RecoveredLog["files"], behind: readonly FoundFile[]): void {
  const [first] = behind;
  if (first === undefined) return;
  const detail = { path: first.path, last: lastOf(kept) };
  if (!(kept.at(-1) instanceof LogFile)) {
    throw logDamaged(folder, "a file does not follow the sealed one before it, or has no header", detail);
  }
  if (behind.some(({ file }) => file !== undefined && !(file instanceof LogFile))) {
    throw logDamaged(folder, "a sealed file lies behind a break", detail);
  }
}

function refuseShortened(folder: string, last: number, reliedThrough: number): void {
  if (last >= reliedThrough) return;
  throw logDamaged(folder, `it ends at ${last}, and was durable up to ${reliedThrough}`, { last, reliedThrough });
}

async function removeFile({ files, folder }: LogPlace, { path, file }: FoundFile): Promise<void> {
  if (file instanceof LogFile) await file.close();
  await files.remove(path);
  await files.syncFolder(folder);
}
