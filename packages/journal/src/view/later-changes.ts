/**
 * What a disk's history holds that a place of it has not: where the source may differ from a machine that was started from that place.
 *
 * Invariant: every byte in which the disk at any end of the journal's history since then differs from the disk at the place is in what is told. Bytes
 * that were written back to what they were are too. Worst outcome: a failback leaves out what the source wrote after the point, and its disk is a
 * mixture that never existed.
 *
 * Told are, of the branch of the place, what follows on it; branches that descend from there, whole; and of the branch on which the history goes on,
 * when it does not come from there, both ways to where the two part. When they have nothing in common, all of the disk.
 */
import { type Extent, ExtentSet, intersection } from "@leeward/block";
import type { IndexEntry } from "@leeward/proto";
import type { Branch } from "../history/branch.ts";
import { inconsistent } from "../history/inconsistent.ts";
import type { JournalState, Portion } from "../history/journal-state.ts";
import { type JournalParts, stateOf } from "../journal-parts.ts";
import type { BranchPosition } from "../recovery-point.ts";
import { commonAncestor, descendsFrom, type Place } from "../retention/ancestry.ts";
import { type Covering, coverOf } from "../runs/run-cover.ts";
import { segmentEntries } from "./segment-entries.ts";

interface Source {
  readonly covering: Covering;
  /** Number of the first segment that counts. */
  readonly first: number;
}

/** What of the journal's history is later than the place; `all` when the two have nothing in common. */
type Later = { readonly kind: "all" } | { readonly kind: "some"; readonly sources: readonly Source[] };

export class LaterChanges {
  readonly #parts: JournalParts;
  readonly #place: BranchPosition;
  readonly #except: string;
  #later: { readonly layout: number; readonly later: Later };

  /** A point holds `place` for as long as this is used. The branch `except` is left out. @throws Fault `manifest-inconsistent` */
  constructor(parts: JournalParts, place: BranchPosition, except: string) {
    this.#parts = parts;
    this.#place = place;
    this.#except = except;
    this.#later = this.#look();
  }

  /** What of the extent is in it. @throws those of segments, and what the files throw */
  async within(extent: Extent): Promise<ExtentSet> {
    const leave = this.#parts.gate.enter();
    try {
      if (this.#later.layout !== stateOf(this.#parts).layout) this.#later = this.#look();
      const { later } = this.#later;
      if (later.kind === "all") return ExtentSet.of([extent]);
      const found = new ExtentSet();
      for (const source of later.sources) await this.#gather(source, extent, found);
      return found;
    } finally {
      leave();
    }
  }

  #look(): { readonly layout: number; readonly later: Later } {
    const state = stateOf(this.#parts);
    const portions = laterPortions(state, this.#place, this.#except);
    if (portions === undefined) return { layout: state.layout, later: { kind: "all" } };
    const sources = portions.flatMap((portion) =>
      Array.from(coverOf(portion), (covering) => ({ covering, first: portion.first })),
    );
    return { layout: state.layout, later: { kind: "some", sources } };
  }

  async #gather({ covering, first }: Source, extent: Extent, found: ExtentSet): Promise<void> {
    const { library } = this.#parts;
    const note = (entries: readonly IndexEntry[]): void => {
      for (const entry of entries) {
        const within = intersection(entry, extent);
        if (within !== undefined) found.add(within);
      }
    };
    if (covering.kind === "run") {
      const { file } = covering.run;
      // A run may begin before what counts; of each byte it names the newest segment that wrote it.
      await library.use({ folder: "runs", file }, async (reader) =>
        note((await reader.lookup(extent)).filter((entry) => entry.file >= first)),
      );
      return;
    }
    const { segment, branch } = covering;
    const options = { segment, diskBytesBefore: branch.diskBytesBefore(segment), extent };
    await library.use({ folder: "segments", file: segment.file }, async (reader) => {
      for await (const entries of segmentEntries(reader, options)) note(entries);
    });
  }
}

/** Undefined when the branch on which history goes on has nothing in common with the place. */
function laterPortions(state: JournalState, at: BranchPosition, except: string): Portion[] | undefined {
  const branch = state.stretchOf(at);
  const number = branch?.numberEndingAt(at.sequence);
  if (branch === undefined || number === undefined) throw inconsistent("a point stands where no segment ends");
  const place = { branch, number };
  const others = [...state.branches].filter(({ name }) => name !== except);
  const joined = new Map<Branch, Portion>();
  const join = (portion: Portion): void => {
    const known = joined.get(portion.branch) ?? portion;
    const [first, last] = [Math.min(known.first, portion.first), Math.max(known.last, portion.last)];
    if (last >= first) joined.set(portion.branch, { branch: portion.branch, first, last });
  };
  for (const other of others) {
    const end = endOfBranch(other);
    if (descendsFrom(state, end, place)) for (const portion of portionsBetween(state, place, end)) join(portion);
  }
  const last = others.at(-1);
  const present = last === undefined ? place : endOfBranch(last);
  if (!descendsFrom(state, present, place)) {
    const meeting = commonAncestor(state, [place, present]);
    if (meeting === undefined) return undefined;
    for (const end of [place, present]) for (const portion of portionsBetween(state, meeting, end)) join(portion);
  }
  return [...joined.values()];
}

function endOfBranch(branch: Branch): Place {
  return { branch, number: branch.nextNumber - 1 };
}

/** What leads from `ancestor` to `place`, which comes from there. */
function portionsBetween(state: JournalState, ancestor: Place, place: Place): Portion[] {
  const portions: Portion[] = [];
  for (const portion of state.path(place.branch, place.number).portions) {
    if (portion.branch === ancestor.branch) return [...portions, { ...portion, first: ancestor.number + 1 }];
    portions.push(portion);
  }
  return portions;
}
