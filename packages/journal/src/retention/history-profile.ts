import type { Branch } from "../history/branch.ts";
import type { JournalState } from "../history/journal-state.ts";
import { heldPoints } from "../points/pins.ts";
import { journalNow } from "./drop-plan.ts";

/** What a journal holds of a stretch of time. */
export interface HistoryPiece {
  readonly beginMicros: number;
  readonly endMicros: number;
  readonly bytes: number;
  /** It leads on from a held point: dropping points makes no room of it. */
  readonly isHeld: boolean;
}

/** Where a journal's bytes lie in time, as far as a limit in bytes goes by them. */
export interface HistoryProfile {
  /** What the journal takes for the present. */
  readonly nowMicros: number;
  /** Of the oldest point that nothing but the policy keeps. */
  readonly oldestMicros: number;
  /** Of the oldest held point; undefined when none is held. */
  readonly oldestHeldMicros: number | undefined;
  /** Bytes of segments up to the oldest point: they wait for the base. */
  readonly bytesBefore: number;
  readonly runBytes: number;
  /** All that comes behind the oldest point, by its end. */
  readonly pieces: readonly HistoryPiece[];
  /** Until when a copy or a gap, which says nothing of how the disk is written, brought bytes in. */
  readonly steadySinceMicros: number;
  /** Whether such a copy is coming in now. */
  readonly isCopying: boolean;
}

/** Undefined while there is no point that may go. Times are those of points: segments tell when they were made, by another clock. */
export function historyProfile(state: JournalState, wallMicros: number): HistoryProfile | undefined {
  const held = heldPoints(state, wallMicros);
  const nowMicros = journalNow(state, wallMicros);
  const pieces: HistoryPiece[] = [];
  const walk = new Walk();
  let before: number | undefined;
  let [bytesBefore, followsHeld, steadySinceMicros] = [0, false, 0];
  let oldestMicros: number | undefined;
  let oldestHeldMicros: number | undefined;
  for (const { id, branch: branchId, sequence, timeMicros } of state.points) {
    const endMicros = Math.min(timeMicros, nowMicros);
    const branch = state.branch(branchId);
    const number = branch?.numberEndingAt(sequence);
    const { bytes, hasSpan } = branch === undefined || number === undefined ? NOTHING : walk.through(branch, number);
    if (before === undefined) bytesBefore = bytes;
    else if (bytes > 0) pieces.push({ beginMicros: before, endMicros, bytes, isHeld: followsHeld });
    if (hasSpan) steadySinceMicros = endMicros;
    before = endMicros;
    followsHeld = held.has(id);
    if (followsHeld) oldestHeldMicros ??= timeMicros;
    else oldestMicros ??= timeMicros;
  }
  if (before === undefined || oldestMicros === undefined) return undefined;
  const rest = Array.from(state.branches, (branch) => walk.through(branch, branch.nextNumber - 1).bytes);
  pieces.push({ beginMicros: before, endMicros: nowMicros, bytes: rest.reduce((a, b) => a + b, 0), isHeld: false });
  const isCopying = (state.current?.spans.openSpans.length ?? 0) > 0;
  const runBytes = runBytesOf(state);
  const times = { nowMicros, oldestMicros, oldestHeldMicros, steadySinceMicros };
  return { ...times, bytesBefore, runBytes, pieces, isCopying };
}

const NOTHING = { bytes: 0, hasSpan: false } as const;

/** Goes over the segments of every branch once, in the order of the points. */
class Walk {
  readonly #next = new Map<string, number>();

  through(branch: Branch, number: number): { readonly bytes: number; readonly hasSpan: boolean } {
    const next = this.#next.get(branch.id) ?? branch.start.number;
    this.#next.set(branch.id, Math.max(next, number + 1));
    let [bytes, hasSpan] = [0, false];
    for (const segment of branch.within(next, number)) {
      bytes += segment.file.bytes;
      if (segment.type === "segment" && segment.spans.length > 0) hasSpan = true;
    }
    return { bytes, hasSpan };
  }
}

function runBytesOf(state: JournalState): number {
  let bytes = 0;
  for (const { folder, file } of state.files()) if (folder === "runs") bytes += file.bytes;
  return bytes;
}

/** Of what a piece holds, the part that lies between two times. */
export function bytesWithin(
  { beginMicros, endMicros, bytes }: HistoryPiece,
  sinceMicros: number,
  untilMicros: number,
): number {
  if (endMicros <= beginMicros) return endMicros > sinceMicros && endMicros <= untilMicros ? bytes : 0;
  const length = Math.min(endMicros, untilMicros) - Math.max(beginMicros, sinceMicros);
  return length <= 0 ? 0 : (bytes * length) / (endMicros - beginMicros);
}
