import { createHash } from "node:crypto";
import { Fault, isFault } from "@leeward/base";
import { ExtentSet } from "@leeward/block";
import { type DataKey, type RandomAccess, SegmentReader, VERIFY_READ_BYTES } from "@leeward/change-log";
import type { ListedSpan, SegmentFooter } from "@leeward/proto";
import type { BufferPool, Compute } from "@leeward/world";
import type { ToldEdge } from "../history/span-book.ts";
import type { Resize } from "../manifest/entry.ts";
import type { JournalIdentity } from "../manifest/manifest-writer.ts";
import type { BranchPosition } from "../recovery-point.ts";
import type { StagedSegment } from "./staged-segment.ts";

/** What a checked file says of itself. */
export interface CheckedSegment {
  readonly fileId: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly branch: string;
  readonly parent: BranchPosition | undefined;
  readonly from: number;
  readonly to: number;
  readonly blockBytes: number;
  readonly rawBytes: number;
  readonly diskBytes: number;
  readonly resizes: readonly Resize[];
  readonly lastMicros: number;
  readonly endsAtMark: boolean;
  readonly edges: readonly ToldEdge[];
  /** What it writes over; only where that was asked for. */
  readonly written: ExtentSet | undefined;
}

const RESIZES_MAX = 4_096;

export interface CheckOptions {
  readonly compute: Compute;
  readonly dataKey: DataKey;
  readonly identity: JournalIdentity;
  readonly segmentBytesMax: number;
  readonly wantsWritten: boolean;
  readonly buffers: BufferPool;
  /** Told the id of the file as soon as it is known that it says what was told of it; nothing else is known then. */
  readonly onNamed?: (fileId: string) => void;
}

/** What the file is said to be; a file that is found, not sent, is checked without a digest. */
export type ToldSegment = Omit<StagedSegment, "path" | "sha256" | "to" | "skips"> &
  Partial<Pick<StagedSegment, "sha256" | "to">>;

/**
 * Reads the segment whole and believes nothing else: digest, checksums, decryption of every frame, identity, what it covers.
 * @throws Fault `segment-refused` (it is not what was said, with the reason), `segment-too-large`, and those of segments and frames
 */
export async function checkSegment(
  source: RandomAccess,
  told: ToldSegment,
  options: CheckOptions,
): Promise<CheckedSegment> {
  const bytes = await source.sizeBytes();
  if (bytes > options.segmentBytesMax) throw tooLarge(bytes, options.segmentBytesMax);
  const { reader, sha256 } = await verified(source, told, options);
  const facts = await factsOf(reader);
  const { header, footer } = reader;
  return {
    fileId: header.fileId,
    bytes,
    sha256: sha256.toString("hex"),
    branch: header.branch,
    parent: header.parent,
    from: footer.from,
    to: footer.to,
    blockBytes: header.blockBytes,
    rawBytes: footer.rawBytes,
    diskBytes: footer.diskBytes,
    written: options.wantsWritten ? await writtenBy(reader) : undefined,
    ...facts,
  };
}

/** All of it is read once, for digest and frames together. */
async function verified(
  source: RandomAccess,
  told: ToldSegment,
  { compute, dataKey, identity, buffers, onNamed }: CheckOptions,
): Promise<{ readonly reader: SegmentReader; readonly sha256: Buffer }> {
  const buffer = buffers.take(VERIFY_READ_BYTES);
  try {
    const reader = await SegmentReader.open(source, { compute, key: dataKey });
    refuseOther(reader, told, identity);
    onNamed?.(reader.header.fileId);
    const sha256 = await reader.verify(buffer);
    if (isOther(sha256, told)) throw digestOther(told);
    return { reader, sha256 };
  } catch (error) {
    // Bytes that changed on their way are whoever brought them's to send again, whatever is wrong with them.
    if (isFault(error) && error.code !== "segment-refused" && isOther(await digestOf(source, buffer), told))
      throw digestOther(told, error);
    throw error;
  } finally {
    buffers.give(buffer);
  }
}

function isOther(sha256: Buffer, told: ToldSegment): boolean {
  return told.sha256 !== undefined && Buffer.compare(sha256, told.sha256) !== 0;
}

function digestOther(told: ToldSegment, cause?: Fault): Fault {
  return refused("its digest is not the one that was said", told, cause);
}

async function writtenBy(reader: SegmentReader): Promise<ExtentSet> {
  const written = new ExtentSet();
  for await (const entries of reader.entries()) written.addAll(entries);
  return written;
}

async function digestOf(source: RandomAccess, buffer: Uint8Array): Promise<Buffer> {
  const hash = createHash("sha256");
  for (let at = 0; ; at += buffer.length) {
    const got = await source.read(buffer, at);
    hash.update(buffer.subarray(0, got));
    if (got < buffer.length) return hash.digest();
  }
}

function refuseOther(reader: SegmentReader, told: ToldSegment, identity: JournalIdentity): void {
  const { header, footer, sealed } = reader;
  if (!sealed || header.encryption === undefined) throw refused("it is not sealed and encrypted", told);
  if (header.kind !== "cut" && header.kind !== "merged") throw refused(`it is of the kind ${header.kind}`, told);
  if (header.machineId !== identity.machineId || header.diskId !== identity.diskId)
    throw refused("it is another disk's", told);
  const covers = header.branch === told.branch && footer.from === told.from && footer.to === (told.to ?? footer.to);
  if (!covers || header.from !== footer.from || footer.to < footer.from)
    throw refused("it does not cover what was said", told);
  if (header.range.offset !== 0 || header.range.length < header.diskBytes)
    throw refused("it covers a part of the disk", told);
}

/** What marks, spans and resizes say; read from the records only where the footer does not tell all. */
async function factsOf(
  reader: SegmentReader,
): Promise<Pick<CheckedSegment, "resizes" | "lastMicros" | "endsAtMark" | "edges">> {
  const { footer } = reader;
  const { counts, marks, spans } = footer;
  const isTold =
    counts.resize === 0 && marks.length === counts.mark && spans.length === counts["span-begin"] + counts["span-end"];
  const told: Pick<SegmentFooter, "marks" | "spans"> & { readonly resizes: readonly Resize[] } = isTold
    ? { marks, spans, resizes: [] }
    : await readFacts(reader);
  const last = told.marks.reduce((most, mark) => Math.max(most, mark.timeMicros), reader.header.wallMicros);
  return {
    resizes: told.resizes,
    lastMicros: last,
    endsAtMark: told.marks.some((mark) => mark.sequence === footer.to),
    edges: [...told.spans].sort((a, b) => a.sequence - b.sequence).map((span) => edgeOf(span)),
  };
}

async function readFacts(
  reader: SegmentReader,
): Promise<Pick<SegmentFooter, "marks" | "spans"> & { resizes: Resize[] }> {
  const marks: SegmentFooter["marks"][number][] = [];
  const spans: ListedSpan[] = [];
  const resizes: Resize[] = [];
  for await (const record of reader.records()) {
    const { sequence, timeMicros } = record;
    if (record.kind === "mark") marks.push({ sequence, timeMicros, mark: record.mark });
    if (record.kind === "span-begin") spans.push({ sequence, timeMicros, step: "begin", span: record.span });
    if (record.kind === "span-end") spans.push({ sequence, timeMicros, step: "end", spanId: record.spanId });
    if (record.kind === "resize") resizes.push({ sequence, diskBytes: record.sizeBytes });
  }
  if (resizes.length > RESIZES_MAX || spans.length > RESIZES_MAX) {
    throw new Fault({
      code: "segment-refused",
      kind: "protocol",
      message: "The segment was refused: it resizes the disk or begins spans more often than a segment may.",
      detail: { resizes: resizes.length, spans: spans.length },
    });
  }
  return { marks, spans, resizes: resizes.sort((a, b) => a.sequence - b.sequence) };
}

function edgeOf(span: ListedSpan): ToldEdge {
  const { sequence, timeMicros } = span;
  if (span.step === "end") return { edge: "end", spanId: span.spanId, sequence, timeMicros };
  return { edge: "begin", spanId: span.span.spanId, reason: span.span.reason, sequence, timeMicros };
}

function refused(why: string, told: ToldSegment, cause?: Fault): Fault {
  return new Fault({
    code: "segment-refused",
    kind: "protocol",
    message: `The segment of ${told.branch} from ${told.from} on was refused: ${why}.`,
    detail: { branch: told.branch, from: told.from, to: told.to ?? null, why },
    cause,
  });
}

function tooLarge(bytes: number, bytesMax: number): Fault {
  return new Fault({
    code: "segment-too-large",
    kind: "protocol",
    message: `The segment has ${bytes} bytes where at most ${bytesMax} are taken.`,
    detail: { bytes, bytesMax },
  });
}
