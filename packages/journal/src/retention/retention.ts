/**
 * What is kept, and what becomes part of the base.
 *
 * Order: the points that go, and the floor (where the base is brought to) → manifest → base files, range by range
 * (base-builder.ts) → the base's place, the runs and branches that nobody needs → manifest → their files unlinked. A crash
 * between leaves a floor that the base has not reached: the next pass goes on towards it. Nothing that is listed at any moment needs what
 * is not there any more.
 */
import type { Branch } from "../history/branch.ts";
import type { JournalState } from "../history/journal-state.ts";
import { type JournalParts, record, stateOf } from "../journal-parts.ts";
import { runSpan } from "../limits.ts";
import type { Entry } from "../manifest/entry.ts";
import { endedLocks } from "../points/pins.ts";
import type { PlacedFile } from "../view/file-library.ts";
import { removeFiles } from "../view/file-removal.ts";
import { commonAncestor, descendsFrom, lastPointable, neededPlaces, type Place } from "./ancestry.ts";
import { BaseBuilder } from "./base-builder.ts";
import { type DropPlan, goneBy, planDrop, type RetentionPolicy } from "./drop-plan.ts";
import { horizonOf, planMerges } from "./merge-plan.ts";

/** What a pass did. */
export interface RetentionReport {
  readonly pointsDropped: number;
  /** Points that made room for a neighbour in their step. */
  readonly pointsThinned: number;
  readonly reason: "time" | "bytes";
  /** Base files that were written anew. */
  readonly rangesReplaced: number;
  /** Whether the base was brought forward; it is only when that is worth it. */
  readonly advanced: boolean;
}

interface Decision {
  readonly plan: DropPlan;
  /** Set when the base is to be brought there. */
  readonly target: Place | undefined;
  /** What is not named any more. */
  readonly gone: readonly PlacedFile[];
}

export interface RetentionOptions extends RetentionPolicy {
  /** `when-worth-it` brings the base forward when enough has gathered before the oldest point; `now` always. */
  readonly advance: "when-worth-it" | "now";
}

/**
 * Segment bytes before the oldest point that are worth an advance: at least so many, at least this part of all segment bytes, and at
 * least this part of the base, which may have to be written anew whole.
 */
const ADVANCE_BYTES_MIN = 64 * 1024 * 1024;
const ADVANCE_PART = 1 / 16;
const ADVANCE_BASE_PART = 1 / 8;

export class Retention {
  readonly #parts: JournalParts;

  constructor(parts: JournalParts) {
    this.#parts = parts;
  }

  /** One pass. Stopped at any moment, it goes on at the next. @throws Fault `journal-full`, and what reading and writing throw */
  async run(options: RetentionOptions, signal: AbortSignal): Promise<RetentionReport> {
    return this.#parts.maintenance.hold(async () => {
      const { plan, target, gone } = await this.#decide(options);
      await removeFiles(this.#parts, gone);
      const { count, behindHeld, thinned, reason } = plan;
      const done = { pointsDropped: count + behindHeld.length, pointsThinned: thinned.length, reason };
      if (target === undefined) return { ...done, rangesReplaced: 0, advanced: false };
      const builder = new BaseBuilder(this.#parts, target);
      const ranges = await builder.touchedRanges(signal);
      for (const range of ranges) {
        signal.throwIfAborted();
        await builder.replaceRange(range);
      }
      await removeFiles(this.#parts, await this.#settle(target));
      return { ...done, rangesReplaced: ranges.length, advanced: true };
    });
  }

  /** Drops points and raises the floor, as one. */
  async #decide(options: RetentionOptions): Promise<Decision> {
    return this.#parts.decisions.hold(async () => {
      const state = stateOf(this.#parts);
      const wallMicros = this.#parts.world.clock.wallMicros();
      const mayReachBehindHeld = planMerges(state, horizonOf(state, options, wallMicros)).next().done === true;
      const plan = planDrop(state, options, { wallMicros, mayReachBehindHeld });
      const { count, behindHeld, thinned, reason } = plan;
      const goneIds = goneBy(state, plan);
      const target = targetOf(state, goneIds);
      const isWorth =
        target !== undefined && (options.advance === "now" || reason === "bytes" || isWorthIt(state, target));
      const entries = clearedBase(state, goneIds);
      for (const { pinId } of endedLocks(state, wallMicros)) entries.push({ type: "unpin", pinId });
      if (count > 0) entries.push({ type: "points-dropped", count, reason });
      const ids = [...behindHeld, ...thinned];
      if (ids.length > 0) entries.push({ type: "points-thinned", ids });
      if (isWorth) {
        const sequence = target.branch.segment(target.number)?.to ?? target.branch.start.sequence;
        entries.push({ type: "floor", branch: target.branch.id, sequence });
      }
      const gone = filesOf(state, entries);
      if (entries.length > 0) await record(this.#parts, entries);
      return { plan, target: isWorth ? target : undefined, gone };
    });
  }

  /** The base has reached its place: what it swallowed goes. */
  async #settle(target: Place): Promise<PlacedFile[]> {
    return this.#parts.decisions.hold(async () => {
      const state = stateOf(this.#parts);
      const { branch, number } = target;
      const last = branch.segment(number);
      const entries: Entry[] = [];
      const root = rootOf(state, branch);
      for (const other of state.branches) {
        // A history that began on nothing while the base was being built has nothing to do with it.
        if (other === branch || rootOf(state, other) !== root) continue;
        if (descendsFrom(state, { branch: other, number: other.nextNumber - 1 }, target)) continue;
        entries.push({ type: "branch-dropped", branch: other.id });
      }
      if (last !== undefined) {
        entries.push({
          type: "base",
          branch: branch.id,
          sequence: last.to,
          nextNumber: number + 1,
          diskBytes: last.diskBytes,
          lastMicros: last.lastMicros,
          chain: last.chain,
        });
      }
      const gone = filesOf(state, entries);
      for (const { level, first, file } of branch.runs) {
        if (first + runSpan(level) <= number + 1) gone.push({ folder: "runs", file });
      }
      for (const { file } of branch.within(branch.start.number, number)) gone.push({ folder: "segments", file });
      await record(this.#parts, entries);
      return gone;
    });
  }
}

/** Where the base can be brought to: the last place that all that is needed comes from, when the base is not there yet. */
function targetOf(state: JournalState, gone: ReadonlySet<string>): Place | undefined {
  if (gone.size >= state.points.count) return undefined;
  const common = commonAncestor(state, neededPlaces(state, gone));
  const target = common === undefined ? undefined : lastPointable(common);
  if (target === undefined) return undefined;
  const { base } = state;
  if (base !== undefined && base.branch === target.branch.id && target.number < base.nextNumber) return undefined;
  return target;
}

function isWorthIt(state: JournalState, target: Place): boolean {
  // A pass that was cut off is always finished.
  if (
    state.floor !== undefined &&
    (state.base?.branch !== state.floor.branch || state.base.sequence !== state.floor.sequence)
  ) {
    return true;
  }
  let before = 0;
  for (const { branch, first, last } of state.path(target.branch, target.number).portions) {
    for (const { file } of branch.within(first, last)) before += file.bytes;
  }
  const sums = { segments: 0, runs: 0, base: 0 };
  for (const { folder, file } of state.files()) sums[folder] += file.bytes;
  return before >= Math.max(ADVANCE_BYTES_MIN, sums.segments * ADVANCE_PART, sums.base * ADVANCE_BASE_PART);
}

/** The entries that drop a history which nothing that is kept comes from any more: then all that is kept begins on nothing. */
function clearedBase(state: JournalState, gone: ReadonlySet<string>): Entry[] {
  const roots = new Set(
    neededPlaces(state, gone).map(({ branch, number }) => state.path(branch, number).portions.at(-1)?.branch),
  );
  const [root] = roots;
  if (roots.size !== 1 || root === undefined) return [];
  const entries: Entry[] = [];
  for (const branch of state.branches) {
    if (rootOf(state, branch) !== root) entries.push({ type: "branch-dropped", branch: branch.id });
  }
  // A first base that was cut off in its making has a floor and files already.
  const owner = state.base?.branch ?? state.floor?.branch;
  if (entries.some((entry) => entry.type === "branch-dropped" && entry.branch === owner)) {
    entries.push({ type: "base-cleared" });
  }
  return entries;
}

/** The branch that the history of this one begins with. */
function rootOf(state: JournalState, branch: Branch): Branch | undefined {
  return state.path(branch, branch.nextNumber - 1).portions.at(-1)?.branch;
}

/** Files that the manifest names no more once it holds these entries. */
function filesOf(state: JournalState, entries: readonly Entry[]): PlacedFile[] {
  const gone: PlacedFile[] = [];
  for (const entry of entries) {
    if (entry.type === "base-cleared") for (const file of state.ranges.values()) gone.push({ folder: "base", file });
    if (entry.type === "branch-dropped") {
      const branch = state.branch(entry.branch);
      for (const { file } of branch?.segments ?? []) gone.push({ folder: "segments", file });
      for (const { file } of branch?.runs ?? []) gone.push({ folder: "runs", file });
    }
  }
  return gone;
}
