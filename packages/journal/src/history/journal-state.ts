import type {
  BaseEntry,
  BranchEntry,
  Entry,
  GenesisEntry,
  HeldSegment,
  LockEntry,
  MergedEntry,
  PinEntry,
  RangeEntry,
  ScrubEntry,
  SegmentEntry,
  SkipEntry,
  StoredFile,
} from "../manifest/entry.ts";
import type { BranchPosition } from "../recovery-point.ts";
import { Branch, CHAIN_START, chainAfter } from "./branch.ts";
import { inconsistent } from "./inconsistent.ts";
import { applyToPoints, pointEntries } from "./point-entries.ts";
import { PointList } from "./point-list.ts";

/** Segments `first` to `last` of one branch; last is first - 1 when it is none. */
export interface Portion {
  readonly branch: Branch;
  readonly first: number;
  readonly last: number;
}

/** What makes up the disk at a place of its history: portions, newest first, on the base or on nothing. */
export interface Path {
  readonly portions: readonly Portion[];
  readonly onBase: boolean;
}

/** Entries after which a point may be made up of other files than before. */
const LAYOUT_ENTRIES: ReadonlySet<Entry["type"]> = new Set([
  "base",
  "base-cleared",
  "range",
  "run",
  "run-dropped",
  "merged",
  "branch-dropped",
]);

/**
 * What one disk's journal holds: the fold of its manifest's entries, and nothing else.
 *
 * Invariant: applying the entries of a manifest in order gives the same state as the journal had when it appended the last of
 * them. What does not fit (a segment that does not follow, a chain that does not hold) is a Fault `manifest-inconsistent`.
 */
export class JournalState {
  #genesis: GenesisEntry | undefined;
  #base: BaseEntry | undefined;
  #floor: BranchPosition | undefined;
  readonly #branches = new Map<string, Branch>();
  readonly #dropped = new Set<string>();
  readonly #ranges = new Map<number, StoredFile>();
  readonly #points = new PointList();
  readonly #pins = new Map<string, PinEntry | LockEntry>();
  readonly #damagedFiles = new Set<string>();
  #scrub: ScrubEntry | undefined;
  #snapshotEnded = false;
  #layout = 0;

  get genesis(): GenesisEntry | undefined {
    return this.#genesis;
  }

  get base(): BaseEntry | undefined {
    return this.#base;
  }

  /** Where the base is or is being brought to: nothing before it can be given back any more. */
  get floor(): BranchPosition | undefined {
    return this.#floor;
  }

  get points(): PointList {
    return this.#points;
  }

  get pins(): ReadonlyMap<string, PinEntry | LockEntry> {
    return this.#pins;
  }

  get ranges(): ReadonlyMap<number, StoredFile> {
    return this.#ranges;
  }

  get damagedFiles(): ReadonlySet<string> {
    return this.#damagedFiles;
  }

  get lastScrub(): ScrubEntry | undefined {
    return this.#scrub;
  }

  /** Whether the whole of what the manifest was made from was read. */
  get snapshotEnded(): boolean {
    return this.#snapshotEnded;
  }

  /** In the order in which they began. */
  get branches(): Iterable<Branch> {
    return this.#branches.values();
  }

  /** The branch that began last: where history goes on. */
  get current(): Branch | undefined {
    return [...this.#branches.values()].at(-1);
  }

  branch(id: string): Branch | undefined {
    return this.#branches.get(id);
  }

  /** Where a branch goes on that its senders call so: behind its last hole. */
  newest(name: string): Branch | undefined {
    return [...this.#branches.values()].findLast((branch) => branch.name === name);
  }

  /** The first stretch of that branch which reaches as far; the last one when none does. A stretch may be named by its own id. */
  stretchOf({ branch: named, sequence }: BranchPosition): Branch | undefined {
    const stretches = [...this.#branches.values()].filter(({ id, name }) => id === named || name === named);
    return stretches.find((branch) => branch.sequence >= sequence) ?? stretches.at(-1);
  }

  /** Whether a branch has a hole: who does not know of such must not read this. */
  get hasHoles(): boolean {
    return [...this.#branches.values()].some(({ id, name }) => id !== name);
  }

  /** Whether the branch was here, and was dropped whole by retention. */
  wasDropped(branchId: string): boolean {
    return this.#dropped.has(branchId);
  }

  /** Whether the journal holds nothing of the disk. */
  get empty(): boolean {
    return this.#branches.size === 0;
  }

  *files(): IterableIterator<{ readonly folder: "segments" | "runs" | "base"; readonly file: StoredFile }> {
    for (const branch of this.#branches.values()) {
      for (const segment of branch.segments) yield { folder: "segments", file: segment.file };
      for (const run of branch.runs) yield { folder: "runs", file: run.file };
    }
    for (const file of this.#ranges.values()) yield { folder: "base", file };
  }

  /** Rises whenever files of a view may have been replaced. */
  get layout(): number {
    return this.#layout;
  }

  /**
   * What makes up the disk at a place where a segment (or the base) ends.
   * @throws Fault `manifest-inconsistent` when none does, or a branch's beginning is not held
   */
  pathTo(branchId: string, sequence: number): Path {
    const branch = this.stretchOf({ branch: branchId, sequence });
    if (branch === undefined) throw inconsistent(`branch ${branchId} is not there`);
    const number = branch.numberEndingAt(sequence);
    if (number === undefined) throw inconsistent(`no segment of branch ${branchId} ends at ${sequence}`);
    return this.path(branch, number);
  }

  /**
   * What makes up the disk at the end of segment `number` of `branch`.
   * @throws Fault `manifest-inconsistent` when a branch's beginning is not held
   */
  path(branch: Branch, number: number): Path {
    const portions: Portion[] = [];
    let at = branch;
    let last = number;
    for (;;) {
      portions.push({ branch: at, first: at.start.number, last });
      if (this.#base?.branch === at.id) return { portions, onBase: true };
      if (at.parent === undefined) return { portions, onBase: false };
      const parent = this.#branches.get(at.parent.branch);
      const fork = parent?.numberEndingAt(at.parent.sequence);
      if (parent === undefined || fork === undefined)
        throw inconsistent(`branch ${at.id} begins where nothing is held`);
      at = parent;
      last = fork;
    }
  }

  /**
   * Whether the end of segment `number` of `branch` is the floor, comes after it, or has nothing in common with it, since its history begins on nothing:
   * only then can it be given back.
   */
  isAboveFloor(branch: Branch, number: number): boolean {
    const floor = this.#floor;
    const floorBranch = floor && this.#branches.get(floor.branch);
    if (floor === undefined || floorBranch === undefined) return true;
    const { portions } = this.path(branch, number);
    const floorNumber = floorBranch.numberEndingAt(floor.sequence) ?? floorBranch.start.number - 1;
    if (portions.at(-1)?.branch !== this.path(floorBranch, floorNumber).portions.at(-1)?.branch) return true;
    return portions.some((portion) => {
      const at = portion.branch.id === floor.branch ? portion.branch.numberEndingAt(floor.sequence) : undefined;
      return at !== undefined && at <= portion.last;
    });
  }

  apply(entry: Entry): void {
    if (LAYOUT_ENTRIES.has(entry.type)) this.#layout += 1;
    switch (entry.type) {
      case "genesis":
        this.#genesis = entry;
        return;
      case "snapshot-end":
        this.#snapshotEnded = true;
        return;
      case "branch":
        this.#beginBranch(entry);
        return;
      case "skip":
        this.#beginStretch(entry);
        return;
      case "branch-dropped":
        this.#branches.delete(entry.branch);
        this.#dropped.add(entry.branch);
        return;
      case "segment":
        this.#addSegment(entry);
        return;
      case "merged":
        this.#addMerged(entry);
        return;
      case "base":
        this.#advanceBase(entry);
        return;
      case "base-cleared":
        this.#base = undefined;
        this.#floor = undefined;
        this.#ranges.clear();
        return;
      case "floor":
        this.#floor = { branch: entry.branch, sequence: entry.sequence };
        return;
      case "range":
        this.#setRange(entry);
        return;
      case "run":
        this.#required(entry.branch).addRun(entry);
        return;
      case "run-dropped":
        this.#required(entry.branch).dropRun(entry.level, entry.first);
        return;
      case "pin":
      case "lock":
        this.#pins.set(entry.pinId, entry);
        return;
      case "unpin":
        this.#pins.delete(entry.pinId);
        return;
      case "damage":
        this.#required(entry.branch).noteDamage(entry.number, entry.extents);
        return;
      case "file-damaged":
        this.#damagedFiles.add(entry.fileId);
        return;
      case "scrub":
        this.#scrub = entry;
        return;
      default:
        applyToPoints(this.#points, entry, (branch) => this.#branches.get(branch)?.id ?? branch);
    }
  }

  /** Entries whose fold is this state, the shortest there are. */
  *entries(): IterableIterator<Entry> {
    if (this.#genesis !== undefined) yield this.#genesis;
    for (const branch of this.#dropped) yield { type: "branch-dropped", branch };
    for (const branch of this.#branches.values()) {
      const { id, from, blockBytes } = branch;
      const parent =
        branch.parent !== undefined && this.#branches.has(branch.parent.branch) ? branch.parent : undefined;
      if (branch.name === id) yield { type: "branch", branch: id, parent, from, blockBytes };
      else yield { type: "skip", stretch: id, branch: branch.name, from, blockBytes };
      if (this.#base?.branch === id) yield this.#base;
      yield* branch.segments;
      yield* branch.runs;
      for (const { number, extents } of branch.damage) yield { type: "damage", branch: id, number, extents };
    }
    if (this.#floor !== undefined) yield { type: "floor", ...this.#floor };
    for (const [range, file] of this.#ranges) yield { type: "range", range, file };
    yield* pointEntries(this.#points);
    yield* this.#pins.values();
    for (const fileId of this.#damagedFiles) yield { type: "file-damaged", fileId };
    if (this.#scrub !== undefined) yield this.#scrub;
  }

  /** The state of a branch's spans and its start, as it begins at `parent` (or on nothing). */
  #beginBranch({ branch: id, parent, from, blockBytes }: BranchEntry): void {
    if (this.#branches.has(id)) throw inconsistent(`branch ${id} begins twice`);
    const origin = parent === undefined ? undefined : this.#branches.get(parent.branch);
    const fork = parent === undefined ? undefined : origin?.numberEndingAt(parent.sequence);
    const start = {
      number: 0,
      sequence: from - 1,
      chain:
        origin === undefined || fork === undefined ? CHAIN_START : (origin.segment(fork)?.chain ?? origin.start.chain),
      diskBytes: origin === undefined || fork === undefined ? 0 : origin.diskBytesAt(fork),
      lastMicros:
        origin === undefined || fork === undefined ? 0 : (origin.segment(fork)?.lastMicros ?? origin.start.lastMicros),
    };
    const spans =
      origin === undefined || fork === undefined ? { complete: false, openSpans: [] } : origin.spansAt(fork);
    const branch = new Branch({ id, parent, from, blockBytes, start, spans });
    if (origin !== undefined && fork !== undefined && origin.damageAt(fork).length > 0)
      branch.noteDamage(-1, origin.damageAt(fork));
    this.#branches.set(id, branch);
  }

  #beginStretch({ stretch: id, branch: name, from, blockBytes }: SkipEntry): void {
    if (this.#branches.has(id)) throw inconsistent(`stretch ${id} begins twice`);
    const held = this.newest(name)?.sequence ?? 0;
    if (from <= held + 1)
      throw inconsistent(`there is no hole before ${from} on branch ${name}, which is held to ${held}`);
    const start = { number: 0, sequence: from - 1, chain: CHAIN_START, diskBytes: 0, lastMicros: 0 };
    const spans = { complete: false, openSpans: [] };
    this.#branches.set(id, new Branch({ id, name, parent: undefined, from, blockBytes, start, spans }));
  }

  #addSegment(entry: SegmentEntry): void {
    const branch = this.#required(entry.branch);
    if (entry.from !== branch.sequence + 1 || entry.number !== branch.nextNumber || entry.to < entry.from) {
      throw inconsistent(`segment ${entry.from}-${entry.to} does not follow ${branch.sequence} on branch ${branch.id}`);
    }
    if (entry.chain !== chainAfter(branch.chain, entry.file.sha256))
      throw inconsistent(`the chain breaks at segment ${entry.from}-${entry.to}`);
    branch.add({
      ...entry,
      branch: branch.id,
      resizes: entry.resizes.length === 0 ? NOTHING : entry.resizes,
      spans: entry.spans.length === 0 ? NOTHING : entry.spans,
    });
  }

  /** In a manifest that was rewritten it follows what is held; where it was appended, it takes the place of segments. */
  #addMerged(entry: MergedEntry): void {
    const branch = this.#required(entry.branch);
    const held: HeldSegment = { ...entry, branch: branch.id };
    const follows = entry.first === branch.nextNumber && entry.from === branch.sequence + 1;
    if (follows) branch.add(held);
    else if (!branch.merge(entry))
      throw inconsistent(`segment ${entry.from}-${entry.to} is not merged of what is held on branch ${branch.id}`);
  }

  #advanceBase(entry: BaseEntry): void {
    this.#required(entry.branch).advance({
      number: entry.nextNumber,
      sequence: entry.sequence,
      chain: entry.chain,
      diskBytes: entry.diskBytes,
      lastMicros: entry.lastMicros,
    });
    this.#base = entry;
  }

  #setRange(entry: RangeEntry): void {
    if (entry.file === undefined) this.#ranges.delete(entry.range);
    else this.#ranges.set(entry.range, entry.file);
  }

  #required(id: string): Branch {
    const branch = this.#branches.get(id);
    if (branch === undefined) throw inconsistent(`branch ${id} is not there`);
    return branch;
  }
}

const NOTHING: readonly never[] = [];
