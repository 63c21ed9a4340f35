import { classifyNow, type HistoryKind } from "./history/interval.ts";
import { type JournalParts, stateOf } from "./journal-parts.ts";
import type { ScrubEntry } from "./manifest/entry.ts";

/** What a journal says of itself for those who watch it. */
export interface JournalStatus {
  /** Of all its files but the manifest. */
  readonly bytes: number;
  readonly segmentBytes: number;
  readonly baseBytes: number;
  readonly runBytes: number;
  readonly segments: number;
  readonly points: number;
  readonly pointsWithdrawn: number;
  /** Of the newest point; undefined when there is none. */
  readonly newestPointMicros: number | undefined;
  readonly newestValidUntilMicros: number | undefined;
  readonly oldestPointMicros: number | undefined;
  readonly history: HistoryKind;
  /** Whether a whole copy of the disk has arrived. */
  readonly complete: boolean;
  readonly openSpans: number;
  readonly damagedFiles: number;
  readonly lastScrub: Omit<ScrubEntry, "type"> | undefined;
}

export function statusOf(parts: JournalParts): JournalStatus {
  const state = stateOf(parts);
  const sums = { segments: 0, runs: 0, base: 0 };
  let segments = 0;
  for (const { folder, file } of state.files()) {
    sums[folder] += file.bytes;
    if (folder === "segments") segments += 1;
  }
  const served = [...state.points].filter((point) => !point.withdrawn);
  const newest = served.at(-1);
  const spans = state.current?.spans;
  return {
    bytes: sums.segments + sums.runs + sums.base,
    segmentBytes: sums.segments,
    baseBytes: sums.base,
    runBytes: sums.runs,
    segments,
    points: served.length,
    pointsWithdrawn: state.points.count - served.length,
    newestPointMicros: newest?.timeMicros,
    newestValidUntilMicros: newest?.validUntilMicros,
    oldestPointMicros: served[0]?.timeMicros,
    history: classifyNow(state, { nowMicros: parts.world.clock.wallMicros(), ...parts.limits }),
    complete: spans?.complete ?? false,
    openSpans: spans?.openSpans.length ?? 0,
    damagedFiles: state.damagedFiles.size,
    lastScrub: state.lastScrub,
  };
}
