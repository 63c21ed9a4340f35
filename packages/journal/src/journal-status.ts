import { classifyNow, type HistoryKind } from "./history/interval.ts";
import type { JournalState } from "./history/journal-state.ts";
import type { HeldPoint } from "./history/point-list.ts";
import { type JournalParts, stateOf } from "./journal-parts.ts";
import type { ScrubEntry } from "./manifest/entry.ts";
import { heldPoints } from "./points/pins.ts";
import type { MergeProgress } from "./retention/segment-merger.ts";

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
  readonly newestPointId: string | undefined;
  readonly oldestPointMicros: number | undefined;
  /** Of the oldest point that nothing but the policy keeps. */
  readonly oldestFreeMicros: number | undefined;
  readonly history: HistoryKind;
  /** Whether a whole copy of the disk has arrived. */
  readonly complete: boolean;
  readonly openSpans: number;
  /** Something is held, no whole copy has arrived behind where that begins, and none is coming in. */
  readonly copyNeeded: boolean;
  readonly damagedFiles: number;
  readonly lastScrub: Omit<ScrubEntry, "type"> | undefined;
  /** Undefined while nothing is being merged. */
  readonly merging: MergeProgress | undefined;
}

export function statusOf(parts: JournalParts, merging: MergeProgress | undefined): JournalStatus {
  const state = stateOf(parts);
  const sums = { segments: 0, runs: 0, base: 0 };
  let segments = 0;
  for (const { folder, file } of state.files()) {
    sums[folder] += file.bytes;
    if (folder === "segments") segments += 1;
  }
  const served = servedOf(state);
  const nowMicros = parts.world.clock.wallMicros();
  const spans = state.current?.spans;
  return {
    bytes: sums.segments + sums.runs + sums.base,
    segmentBytes: sums.segments,
    baseBytes: sums.base,
    runBytes: sums.runs,
    segments,
    points: served.count,
    pointsWithdrawn: state.points.count - served.count,
    newestPointMicros: served.newest?.timeMicros,
    newestValidUntilMicros: served.newest?.validUntilMicros,
    newestPointId: served.newest?.id,
    oldestPointMicros: served.oldest?.timeMicros,
    oldestFreeMicros: oldestFreeOf(state, heldPoints(state, nowMicros))?.timeMicros,
    history: classifyNow(state, { nowMicros, ...parts.limits }),
    complete: spans?.complete ?? false,
    openSpans: spans?.openSpans.length ?? 0,
    copyNeeded: spans !== undefined && !spans.complete && !spans.openSpans.some(([, reason]) => reason === "initial"),
    damagedFiles: state.damagedFiles.size,
    lastScrub: state.lastScrub,
    merging,
  };
}

function oldestFreeOf({ points }: JournalState, held: ReadonlySet<string>): HeldPoint | undefined {
  for (const point of points) if (!point.withdrawn && !held.has(point.id)) return point;
  return undefined;
}

/** Asked for every few seconds, of as many points as a day has: so no list of them is made. */
function servedOf({ points }: JournalState): {
  readonly count: number;
  readonly oldest: HeldPoint | undefined;
  readonly newest: HeldPoint | undefined;
} {
  let count = 0;
  let oldest: HeldPoint | undefined;
  let newest: HeldPoint | undefined;
  for (let index = 0; index < points.count; index += 1) {
    const point = points.at(index);
    if (point === undefined || point.withdrawn) continue;
    count += 1;
    oldest ??= point;
    newest = point;
  }
  return { count, oldest, newest };
}
