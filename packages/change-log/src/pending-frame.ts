import { encodeLogFrame, headsBytes, payloadBytesOf, type RecordDraft } from "@leeward/proto";
import type { SegmentSummary } from "./segment-summary.ts";

/** A frame that is about to be appended. */
export interface PendingFrame {
  readonly from: number;
  readonly to: number;
  readonly drafts: readonly RecordDraft[];
  /** The whole frame, to be written one after another. */
  readonly parts: readonly Uint8Array[];
  readonly bytes: number;
}

export function pendingFrame(from: number, drafts: readonly RecordDraft[]): PendingFrame {
  const { parts, bytes } = encodeLogFrame(from, drafts);
  return { from, to: from + drafts.length - 1, drafts, parts, bytes };
}

/** Tells the summary of a log file what a frame at `framePosition` holds. */
export function summariseFrame(
  summary: SegmentSummary,
  framePosition: number,
  { from, drafts, bytes }: Pick<PendingFrame, "from" | "drafts" | "bytes">,
): void {
  let rawPosition = headsBytes(drafts.length);
  for (const [index, draft] of drafts.entries()) {
    summary.add(draft, { sequence: from + index, framePosition, frameOrdinal: 0, frameBytes: bytes, rawPosition });
    rawPosition += payloadBytesOf(draft);
  }
  summary.addFrame(rawPosition);
}
