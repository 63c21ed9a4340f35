// What is known of a disk that is made what its replica machine's disk is: FOLDER/reverse/record.
//
//   JSON, one line │ its extents, 16 bytes each: offset, length (little-endian) │ CRC-32C of all before, 4 bytes (little-endian)
//
// Invariant: a record with `written` is durable before the first byte of the replica machine's reaches the disk, and stays until the folder names
// another branch that does not rely on what the disk held before. Worst outcome if broken: a disk that is half of one machine and half of another is
// served, and protected as if nothing had happened to it.
//
// It is replaced as a whole (aside, datasync, rename, folder). A crash during that leaves the one before, and what was brought since is brought again.
import { assert, ceilTo, Fault, floorTo, KiB, readUint64, viewOf, writeUint64 } from "@leeward/base";
import { ExtentSet, endOf } from "@leeward/block";
import { isId, type PlannedPlace, type PlannedReverse } from "@leeward/proto";
import { type Files, makeDurableFolder, readFile, replaceFile } from "@leeward/world";
import { crc32c } from "@node-rs/crc32";
import { REVERSE_EXTENTS_MAX } from "../limits.ts";

const FOLDER = "reverse";
const NAME = "record";
const EXTENT_BYTES = 16;
const CHECKSUM_BYTES = 4;
const HEAD_BYTES_MAX = 8 * KiB;
const BYTES_MAX = HEAD_BYTES_MAX + REVERSE_EXTENTS_MAX * EXTENT_BYTES + CHECKSUM_BYTES;
const NEWLINE = 0x0a;

/** How the failback set was found. */
export type ReverseMethod = "set" | "compared";

export interface ReverseRecord {
  /** Another one each time it is begun anew. */
  readonly id: string;
  /** What it was begun for. */
  readonly plan: PlannedReverse;
  readonly method: ReverseMethod;
  /** Bytes of the replica machine may be on the disk: nothing holds any more that was known of it before. */
  readonly written: boolean;
  /** What tells the disk from another. */
  readonly identity: string;
  /** As ReverseTarget has it. */
  readonly lasting: string;
  readonly diskBytes: number;
  /** What the disk said of itself when it was left, or complete; null while it is being written. */
  readonly witness: string | null;
  /** Everything before was compared, bytes; all of the disk where nothing has to be. */
  readonly comparedBytes: number;
  /** What the replica machine wrote up to this sequence is on the disk, or in `left`. */
  readonly told: number;
  /** It had been halted when it told so. */
  readonly halted: boolean;
  /** What it wrote up to this sequence is on the disk, durably. */
  readonly sequence: number;
  /** The disk is what the halted machine's is. */
  readonly complete: boolean;
  /** Of the failback set, durably on the disk. */
  readonly broughtBytes: number;
  /** What is still to be brought. */
  readonly left: ExtentSet;
}

/** The disk's record; undefined when there is none. @throws Fault `reverse-record-damaged`, and what the files throw */
export async function readReverseRecord(files: Files, diskFolder: string): Promise<ReverseRecord | undefined> {
  const path = `${diskFolder}/${FOLDER}/${NAME}`;
  if ((await files.status(path)) === undefined) return undefined;
  const record = decode(await readFile(files, path, BYTES_MAX));
  if (record !== undefined) return record;
  throw new Fault({
    code: "reverse-record-damaged",
    kind: "corruption",
    message: `${path} does not say how far the disk was made what its replica machine's is.`,
    detail: { path },
  });
}

/** Durable when it settles; `left` is borrowed until then. The folder of the disk exists. */
export async function writeReverseRecord(files: Files, diskFolder: string, record: ReverseRecord): Promise<void> {
  const folder = `${diskFolder}/${FOLDER}`;
  // Also when it is there: whoever made it may have been killed before it was durable.
  await makeDurableFolder(files, diskFolder, folder);
  await replaceFile(files, folder, NAME, encode(record));
}

/**
 * Nothing of it is left, durably, when it settles, also where an earlier try was killed after it had removed it. Order: what else the disk's folder names,
 * durable ─► removed ─► durable: by what is named there the record is not needed any more.
 */
export async function removeReverseRecord(files: Files, diskFolder: string): Promise<void> {
  await files.syncFolder(diskFolder);
  if ((await files.status(`${diskFolder}/${FOLDER}`)) === undefined) return;
  await files.removeFolder(`${diskFolder}/${FOLDER}`);
  await files.syncFolder(diskFolder);
}

/** The set in as few extents as a record takes: where they are more, neighbours are joined, so that more is brought than differs. */
export function boundedSet(set: ExtentSet, sizeBytes: number, countMax = REVERSE_EXTENTS_MAX): ExtentSet {
  let bounded = set;
  for (let blockBytes = 8 * KiB; bounded.count > countMax; blockBytes *= 2) {
    const coarser = new ExtentSet();
    for (const extent of bounded) {
      const offset = floorTo(extent.offset, blockBytes);
      coarser.add({ offset, length: Math.min(ceilTo(endOf(extent), blockBytes), sizeBytes) - offset });
    }
    bounded = coarser;
  }
  return bounded;
}

function encode({ left, ...plain }: ReverseRecord): Uint8Array {
  assert(left.count <= REVERSE_EXTENTS_MAX, "a record's set is bounded");
  const head = new TextEncoder().encode(`${JSON.stringify({ version: 1, ...plain })}\n`);
  assert(head.length <= HEAD_BYTES_MAX, "a record's head has a limit");
  const bytes = new Uint8Array(head.length + left.count * EXTENT_BYTES + CHECKSUM_BYTES);
  bytes.set(head);
  const view = viewOf(bytes);
  let at = head.length;
  for (const { offset, length } of left) {
    writeUint64(view, at, offset);
    writeUint64(view, at + 8, length);
    at += EXTENT_BYTES;
  }
  view.setUint32(at, crc32c(bytes.subarray(0, at)), true);
  return bytes;
}

/** undefined when these are not the bytes of a record. */
function decode(bytes: Uint8Array): ReverseRecord | undefined {
  const end = bytes.length - CHECKSUM_BYTES;
  const headEnd = bytes.indexOf(NEWLINE);
  if (headEnd < 0 || headEnd >= end || (end - headEnd - 1) % EXTENT_BYTES !== 0) return undefined;
  const view = viewOf(bytes);
  if (view.getUint32(end, true) !== crc32c(bytes.subarray(0, end))) return undefined;
  const left = new ExtentSet();
  for (let at = headEnd + 1; at < end; at += EXTENT_BYTES) {
    const offset = readUint64(view, at);
    const length = readUint64(view, at + 8);
    if (offset === undefined || length === undefined || length === 0) return undefined;
    left.add({ offset, length });
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(bytes.subarray(0, headEnd)));
  } catch {
    // Not JSON: nothing that was written here.
    return undefined;
  }
  return recordOf(parsed, left);
}

function recordOf(parsed: unknown, left: ExtentSet): ReverseRecord | undefined {
  if (!isObject(parsed) || parsed["version"] !== 1) return undefined;
  const { id, method, written, identity, witness, halted, complete } = parsed;
  const { diskBytes, comparedBytes, told, sequence, broughtBytes, lasting = "" } = parsed;
  const plan = planOf(parsed["plan"]);
  if (
    plan === undefined ||
    !isText(id) ||
    !isText(identity) ||
    !isText(lasting) ||
    (witness !== null && !isText(witness))
  )
    return undefined;
  if (method !== "set" && method !== "compared") return undefined;
  if (typeof written !== "boolean" || typeof halted !== "boolean" || typeof complete !== "boolean") return undefined;
  if (!isCount(diskBytes) || !isCount(comparedBytes) || !isCount(told)) return undefined;
  if (!isCount(sequence) || !isCount(broughtBytes)) return undefined;
  const counts = { diskBytes, comparedBytes, told, sequence, broughtBytes };
  return { id, plan, method, written, identity, lasting, witness, halted, complete, ...counts, left };
}

function planOf(value: unknown): PlannedReverse | undefined {
  if (!isObject(value)) return undefined;
  const { failoverId, branch, sequence, whole } = value;
  if (!isText(failoverId) || !isText(branch) || !isId(failoverId) || !isId(branch)) return undefined;
  if (!isCount(sequence) || typeof whole !== "boolean") return undefined;
  const plan = { failoverId, branch, sequence, whole };
  if (value["place"] === undefined) return plan;
  const place = placeOf(value["place"]);
  return place && { ...plan, place };
}

function placeOf(value: unknown): PlannedPlace | undefined {
  if (!isObject(value)) return undefined;
  const { placeId, diskBytes, seen } = value;
  return isText(placeId) && isId(placeId) && isCount(diskBytes) && isText(seen)
    ? { placeId, diskBytes, seen }
    : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
