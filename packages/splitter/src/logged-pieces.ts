import { assert, floorTo } from "@leeward/base";
import { type Extent, endOf } from "@leeward/block";
import type { RecordDraft } from "@leeward/proto";
import type { Capture } from "./capture.ts";
import { isZero } from "./content-runs.ts";
import type { ChangedPages, ExpectedDigests, KeptDigests } from "./kept-digests.ts";
import { isSame, noDigests, PAGE_BYTES, type PageDigests, pagesIn } from "./page-digests.ts";
import { asFault } from "./splitter-fault.ts";

/** What a disk holds in an extent. */
export interface Piece {
  readonly extent: Extent;
  /** As long as the extent; undefined where it holds zeroes alone. */
  readonly bytes: Uint8Array | undefined;
}

/** A copy of an extent in the log. */
export interface LoggedCopy {
  /** The last one that the copy is complete at. */
  readonly sequence: number;
  /** Data that it added to the log, in bytes. */
  readonly payloadBytes: number;
  /** What the target was not known to hold, zeroes too, in bytes. */
  readonly differingBytes: number;
}

export interface LoggingOptions {
  /** Pages that the target is known to hold: left out, or logged again, for a target that holds nothing yet. */
  readonly equal: "leave-out" | "log";
  /** When the log has no room: it is left for the bitmap, or nothing more is logged. */
  readonly noRoom: "leave-log" | "refuse";
}

/** Memory of digests that wait for their records to be relied on; then the log is synced for them. Bytes. */
const EXPECTED_BYTES_MAX = 1 << 20;

/**
 * Logs what was read of a disk whose digests are kept, page by page, in the order that KeptDigests asks for. The caller has held the
 * locks on all pages that the pieces touch since before they were read. No two pieces overlap. Zeroes are always logged: that nothing
 * was ever logged of a page, and a target holds zeroes there by itself, is nowhere written.
 *
 * @returns undefined when the log was left or has no room: nothing is certain then, and what was not logged is unknown
 * @throws what the digests' file and the state file throw
 */
export async function logPieces(
  capture: Capture,
  pieces: readonly Piece[],
  options: LoggingOptions,
): Promise<LoggedCopy | undefined> {
  const { digests, source } = capture.parts;
  assert(digests !== undefined, "digests are kept");
  const { generation } = capture;
  const compared: ComparedPiece[] = [];
  for (const piece of pieces) compared.push(await compare(digests, piece, source.sizeBytes));
  await digests.invalidate(compared);
  if (capture.mode !== "logging" || capture.generation !== generation) return undefined;
  let sequence = capture.log.last;
  let payloadBytes = 0;
  for (const batch of batchesOf(compared, { ...options, batchBytesMax: capture.parts.limits.copyChunkBytes })) {
    const drafts = batch.map(({ kind, offset, length, data }): RecordDraft => {
      const timeMicros = capture.parts.world.clock.wallMicros();
      return kind === "write" ? { kind, timeMicros, offset, data } : { kind, timeMicros, offset, length };
    });
    const batchBytes = batch.reduce((sum, { kind, length }) => sum + (kind === "write" ? length : 0), 0);
    if (options.noRoom === "refuse" && !capture.log.hasRoomFor(batch.length, batchBytes)) return undefined;
    const to = await append(capture, drafts, batchBytes);
    if (to === undefined || capture.generation !== generation) return undefined;
    sequence = to;
    payloadBytes += batchBytes;
  }
  for (const { first, expected } of compared) {
    if (expected !== undefined) digests.expect({ first, digests: expected, sequence, generation });
  }
  if (digests.expectedBytes > EXPECTED_BYTES_MAX) {
    await capture.syncLog();
    await capture.rely();
  }
  return { sequence, payloadBytes, differingBytes: compared.reduce((sum, each) => sum + each.differingBytes, 0) };
}

/** The last sequence, when the records are in the kernel. */
async function append(
  capture: Capture,
  drafts: readonly RecordDraft[],
  payloadBytes: number,
): Promise<number | undefined> {
  const appended = capture.append(drafts, payloadBytes);
  if (appended === undefined) return undefined;
  try {
    await appended.written;
    return appended.to;
  } catch (error) {
    capture.leaveLog(asFault(error));
    return undefined;
  }
}

interface ComparedPiece extends ChangedPages {
  readonly piece: Piece;
  readonly expected: ExpectedDigests["digests"] | undefined;
  readonly differingBytes: number;
}

/** A page of which the piece has only a part changes, and nothing is known of it afterwards. */
async function compare(digests: KeptDigests, piece: Piece, diskBytes: number): Promise<ComparedPiece> {
  const { extent } = piece;
  const end = endOf(extent);
  const first = floorTo(extent.offset, PAGE_BYTES) / PAGE_BYTES;
  const count = pagesIn(end) - first;
  const known = await digests.read(first, count);
  const found = digestsOf(digests, piece, { first, count, diskBytes });
  const changed = new Uint8Array(count);
  let differingBytes = 0;
  for (let page = 0; page < count; page += 1) {
    if (isSame(found, known, page)) {
      // Nothing changes, and nothing is to be noted.
      found.fill(0, 2 * page, 2 * page + 2);
      continue;
    }
    changed[page] = 1;
    const { from, to } = partOfPage(extent, first + page);
    differingBytes += to - from;
  }
  return { piece, first, changed, differingBytes, expected: found.some((word) => word !== 0) ? found : undefined };
}

function digestsOf(
  { digester }: KeptDigests,
  { extent, bytes }: Piece,
  { first, count, diskBytes }: { readonly first: number; readonly count: number; readonly diskBytes: number },
): PageDigests {
  const end = endOf(extent);
  const skipped = first * PAGE_BYTES === extent.offset ? 0 : 1;
  const from = (first + skipped) * PAGE_BYTES;
  const to = end === diskBytes ? end : floorTo(end, PAGE_BYTES);
  const digests = noDigests(count);
  if (to <= from) return digests;
  const whole =
    bytes === undefined
      ? digester.ofZeroes(to - from)
      : digester.of(bytes.subarray(from - extent.offset, to - extent.offset));
  digests.set(whole, 2 * skipped);
  return digests;
}

function partOfPage(extent: Extent, page: number): { readonly from: number; readonly to: number } {
  return {
    from: Math.max(extent.offset, page * PAGE_BYTES),
    to: Math.min(endOf(extent), (page + 1) * PAGE_BYTES),
  };
}

type Run =
  | { readonly kind: "write"; readonly offset: number; readonly length: number; readonly data: Uint8Array }
  | { readonly kind: "zero"; readonly offset: number; readonly length: number; readonly data?: undefined };

/** What is logged, in batches of at most so many bytes of data, each of at least one run. */
function* batchesOf(
  compared: readonly ComparedPiece[],
  { equal, batchBytesMax }: { readonly equal: "leave-out" | "log"; readonly batchBytesMax: number },
): Generator<Run[]> {
  let batch: Run[] = [];
  let bytes = 0;
  for (const each of compared) {
    for (const run of runsOf(each, { equal, runBytesMax: batchBytesMax })) {
      const data = run.kind === "write" ? run.length : 0;
      if (batch.length > 0 && bytes + data > batchBytesMax) {
        yield batch;
        batch = [];
        bytes = 0;
      }
      batch.push(run);
      bytes += data;
    }
  }
  if (batch.length > 0) yield batch;
}

function* runsOf(
  { piece: { extent, bytes }, first, changed }: ComparedPiece,
  { equal, runBytesMax }: { readonly equal: "leave-out" | "log"; readonly runBytesMax: number },
): Generator<Run> {
  const runOf = (kind: Run["kind"], from: number, to: number): Run => {
    const place = { offset: from, length: to - from };
    if (kind === "zero" || bytes === undefined) return { kind: "zero", ...place };
    return { kind, ...place, data: bytes.subarray(from - extent.offset, to - extent.offset) };
  };
  let open: { readonly kind: Run["kind"]; readonly from: number; to: number } | undefined;
  for (const [index, changes] of changed.entries()) {
    if (changes === 0 && equal === "leave-out") continue;
    const { from, to } = partOfPage(extent, first + index);
    const isData = bytes !== undefined && !isZero(bytes.subarray(from - extent.offset, to - extent.offset));
    const kind = isData ? "write" : "zero";
    const isLong = kind === "write" && open !== undefined && to - open.from > runBytesMax;
    if (open !== undefined && open.kind === kind && open.to === from && !isLong) {
      open.to = to;
      continue;
    }
    if (open !== undefined) yield runOf(open.kind, open.from, open.to);
    open = { kind, from, to };
  }
  if (open !== undefined) yield runOf(open.kind, open.from, open.to);
}
