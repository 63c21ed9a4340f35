import { type BlockDevice, endOf } from "@leeward/block";
import { LogCursor } from "@leeward/change-log";
import { decodeFrames, FRAME_BYTES_MAX, type LogRecord } from "@leeward/proto";
import type { Files } from "@leeward/world";

/** All records of a splitter's log up to `through`; their data are copies. */
export function readLog(files: Files, folder: string, through: number): Promise<LogRecord[]> {
  return readLogAfter({ files, folder }, { after: 0, through });
}

/** As `readLog`, where the log no longer begins with the first. */
export async function readLogAfter(
  { files, folder }: { readonly files: Files; readonly folder: string },
  { after, through }: { readonly after: number; readonly through: number },
): Promise<LogRecord[]> {
  await using cursor = new LogCursor(files, `${folder}/log`, after + 1);
  const records: LogRecord[] = [];
  for (;;) {
    const frames = await cursor.next({ through, bytesMax: FRAME_BYTES_MAX });
    if (frames === undefined) return records;
    records.push(...decodeFrames(frames.bytes.slice()).filter((record) => record.sequence <= through));
  }
}

/** What a target that held zeroes holds after the records up to `through`, refused ones left out. */
export function replay(records: readonly LogRecord[], sizeBytes: number, through = Number.MAX_SAFE_INTEGER): Buffer {
  const content = Buffer.alloc(sizeBytes);
  const taken = records.filter((record) => record.sequence <= through);
  const refused = taken.filter((record) => record.kind === "void");
  for (const record of taken) {
    if (refused.some(({ refusedFrom, refusedTo }) => refusedFrom <= record.sequence && record.sequence <= refusedTo))
      continue;
    if (record.kind === "write") content.set(record.data, record.offset);
    if (record.kind === "zero" || record.kind === "discard") content.fill(0, record.offset, endOf(record));
  }
  return content;
}

/** The disk's whole content. */
export async function contentOf(device: BlockDevice): Promise<Buffer> {
  const content = Buffer.alloc(device.sizeBytes);
  await device.read(0, content);
  return content;
}

/** The first byte in which the two differ, for people; undefined when they are equal. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number | undefined {
  if (Buffer.compare(a, b) === 0) return undefined;
  const at = a.findIndex((byte, index) => byte !== b[index]);
  return at === -1 ? Math.min(a.length, b.length) : at;
}
