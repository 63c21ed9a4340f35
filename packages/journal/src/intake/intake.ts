/**
 * How segments become history.
 *
 * Invariant: a segment is acknowledged only when its file and the manifest's word of it are durable, and it follows what is held:
 * last + 1 on its branch, or 1 on a branch that begins where this journal stands. What its sender says to come behind a hole, and does, begins on
 * nothing: no point is behind it until a whole copy has arrived there. Worst outcome: a target acknowledges what a crash
 * takes away, or applies writes in another order than the disk did.
 *
 * Order: staged file checked whole (as it lies in memory, where its bytes just came in), datasync → rename into segments/ → folder sync → manifest frame → datasync →
 * acknowledged. Where a rename takes long, as into a store, it is begun beside the check, and given up when that fails: nothing names the file until both are done. A crash before the rename leaves a staged file, one after it a segment that no manifest names: at the next open
 * the one is removed, the other taken in if it follows, else removed (orphans.ts). The sender sends again what was not acknowledged.
 */
import { createHash } from "node:crypto";
import { Fault, Mutex } from "@leeward/base";
import type { Extent } from "@leeward/block";
import type { RandomAccess } from "@leeward/change-log";
import { type BegunRename, type FileHandle, LARGE_IO_BYTES } from "@leeward/world";
import { type Branch, CHAIN_START, chainAfter } from "../history/branch.ts";
import { SpanBook } from "../history/span-book.ts";
import { type JournalParts, journalFull, orFull, record, stateOf } from "../journal-parts.ts";
import type { BranchEntry, Entry, SegmentEntry, SkipEntry } from "../manifest/entry.ts";
import { segmentName } from "../manifest/file-name.ts";
import type { BranchPosition } from "../recovery-point.ts";
import { damageBytes, damageLeft } from "../scrub/damage.ts";
import { type CheckedSegment, checkSegment, type ToldSegment } from "./segment-check.ts";
import type { Accepted, StagedSegment } from "./staged-segment.ts";

export class Intake {
  readonly #parts: JournalParts;
  /** One segment at a time. */
  readonly #mutex = new Mutex();

  constructor(parts: JournalParts) {
    this.#parts = parts;
  }

  /**
   * Takes a staged segment in; durable when it settles. What is held already is left as it is. The staged file is gone afterwards,
   * unless it was refused.
   * @throws Fault `journal-discontinuous` (the detail says where the branch stands), `journal-full`, `segment-refused`,
   *   `segment-too-large`, and those of segments and frames
   */
  async accept(staged: StagedSegment): Promise<Accepted> {
    return this.#mutex.hold(async () => {
      if (this.#isHeld(staged)) {
        await this.#parts.world.files.remove(staged.path);
        return this.#position(staged.branch, "held");
      }
      await this.#refuseFull(staged);
      // What failed to be recorded before must not appear any more once a file has taken its name.
      await orFull(this.#parts.folder, () => this.#parts.manifest.ready());
      await this.#take(staged);
      return this.#position(staged.branch, "accepted");
    });
  }

  async #take(staged: StagedSegment): Promise<void> {
    const { files } = this.#parts.world;
    const folder = `${this.#parts.folder}/segments`;
    const stretch = this.#stretchOf(staged);
    const pathOf = (fileId: string): string => `${folder}/${segmentName(stretch, staged.from, fileId)}`;
    let begun: BegunRename | undefined;
    try {
      const checked = await this.#check(staged, (fileId) => {
        begun = files.beginRename?.(staged.path, pathOf(fileId));
      });
      await this.#parts.decisions.hold(async () => {
        const entries = this.entriesOf(checked, { ...staged, stretch });
        await (begun?.finish() ?? files.rename(staged.path, pathOf(checked.fileId)));
        await files.syncFolder(folder);
        await record(this.#parts, entries);
      });
    } catch (error) {
      await begun?.giveUp();
      throw error;
    }
  }

  /**
   * The entries that take a checked segment in.
   * @throws Fault `journal-discontinuous`, `spans-full`
   */
  entriesOf(
    checked: CheckedSegment,
    { skips = false, stretch = checked.branch }: Pick<StagedSegment, "skips"> & { readonly stretch?: string } = {},
  ): Entry[] {
    const place = this.#placeOf(checked, { skips, stretch });
    this.#refuseSpans(place.book, checked);
    // A copy that leaves out what a seed has begins with its branch; each later one is whole.
    const rooted =
      checked.from > 1 ||
      checked.parent === undefined ||
      (place.begin?.type === "branch" && place.begin.parent !== undefined);
    const segment = segmentOf(checked, place, rooted);
    const entries: Entry[] = place.begin === undefined ? [segment] : [place.begin, segment];
    if (place.damage.length === 0) return entries;
    const extents = damageLeft(place.damage, checked.written ?? []);
    // What is damaged as before is said already, but on a branch that begins.
    if (place.begin === undefined && damageBytes(extents) === damageBytes(place.damage)) return entries;
    return [...entries, { type: "damage", branch: place.id, number: segment.number, extents }];
  }

  /**
   * Whether what begins so follows what is held.
   * @param from of the branch's first segment that comes
   */
  follows({ branch: name, parent, from }: BeginningSegment): boolean {
    const state = stateOf(this.#parts);
    const held = state.newest(name);
    if (held !== undefined) return from <= held.sequence + 1;
    return from === 1 && (parent === undefined || this.#forkOf(parent) !== undefined);
  }

  #isHeld(told: StagedSegment): boolean {
    const state = stateOf(this.#parts);
    const branch = state.newest(told.branch);
    if (branch === undefined && !state.wasDropped(told.branch)) return false;
    if (branch === undefined) throw discontinuous(told, undefined);
    if (told.to <= branch.sequence) return true;
    if (told.from !== branch.sequence + 1 && !isBehindHole(branch, told.from, told.skips === true)) {
      throw discontinuous(told, branch);
    }
    return false;
  }

  #position(branch: string, outcome: Accepted["outcome"]): Accepted {
    return { branch, sequence: stateOf(this.#parts).newest(branch)?.sequence ?? 0, outcome };
  }

  async #refuseFull(told: ToldSegment): Promise<void> {
    const { freeBytes } = await this.#parts.world.files.space(this.#parts.folder);
    const { reserveBytes } = this.#parts.limits;
    if (freeBytes < reserveBytes) throw journalFull(this.#parts.folder, { freeBytes, reserveBytes, from: told.from });
  }

  async #check(staged: StagedSegment, onNamed: (fileId: string) => void): Promise<CheckedSegment> {
    const { world, dataKey, manifest, limits, memory } = this.#parts;
    await using handle = await world.files.open(staged.path, "update", { bypassCacheFrom: LARGE_IO_BYTES });
    const checking = checkSegment(await sourceOf(staged, handle), staged, {
      compute: world.compute,
      dataKey,
      identity: manifest.identity,
      segmentBytesMax: limits.segmentBytesMax,
      wantsWritten: manifest.state.damagedFiles.size > 0,
      buffers: memory.buffers,
      onNamed,
    });
    // It is not written any more, so that the disk may take it while it is read.
    const [checked, durable] = await Promise.allSettled([checking, handle.datasync()]);
    if (checked.status === "rejected") throw checked.reason;
    if (durable.status === "rejected") throw durable.reason;
    return checked.value;
  }

  /** What its file is named by: its branch, the stretch of it that is held, or a new one behind a hole. */
  #stretchOf({ branch, from, skips = false }: StagedSegment): string {
    const held = stateOf(this.#parts).newest(branch);
    if (held === undefined) return branch;
    return isBehindHole(held, from, skips) ? stretchId(branch, from) : held.id;
  }

  #placeOf(
    checked: CheckedSegment,
    { skips, stretch }: { readonly skips: boolean; readonly stretch: string },
  ): SegmentPlace {
    const { branch, from, blockBytes } = checked;
    const held = stateOf(this.#parts).newest(branch);
    if (held === undefined) return this.#beginning(checked, skips);
    if (!isBehindHole(held, from, skips)) return continuation(held, checked);
    return onNothing(stretch, { type: "skip", stretch, branch, from, blockBytes });
  }

  /** A branch that is not held yet: it begins where this journal stands, or it is the first of its tree, or it begins behind a hole. */
  #beginning(checked: CheckedSegment, skips: boolean): SegmentPlace {
    const state = stateOf(this.#parts);
    const { parent, branch: id, from, blockBytes } = checked;
    const begin = { type: "branch", branch: id, from, blockBytes } as const;
    const fork = parent === undefined || from !== 1 ? undefined : this.#forkOf(parent);
    if (fork !== undefined) {
      const { branch: origin, number } = fork;
      return {
        id,
        begin: { ...begin, parent: { branch: origin.id, sequence: fork.sequence } },
        number: 0,
        chain: origin.segment(number)?.chain ?? origin.start.chain,
        book: new SpanBook(origin.spansAt(number)),
        damage: origin.damageAt(number),
      };
    }
    // An empty journal may be joined in the middle of a branch: until a whole copy has arrived, it has no point anyway.
    if (!state.empty && !skips && (parent !== undefined || from !== 1))
      throw discontinuous(checked, parent && state.newest(parent.branch));
    // What the copy of a seeded disk leaves out lies at the parent alone: without that another branch is needed.
    const isSeeded =
      parent !== undefined && checked.edges.some((edge) => edge.edge === "begin" && edge.reason === "initial");
    if (isSeeded && !skips) throw discontinuous(checked, undefined);
    return onNothing(id, { ...begin, parent: undefined });
  }

  /** Where a branch with that parent begins; undefined when that is not held, or cannot be given back any more. */
  #forkOf(parent: BranchPosition): { branch: Branch; number: number; sequence: number } | undefined {
    const state = stateOf(this.#parts);
    const branch = state.stretchOf(parent);
    const number = branch?.numberEndingAt(parent.sequence);
    if (branch === undefined || number === undefined || !state.isAboveFloor(branch, number)) return undefined;
    return { branch, number, sequence: parent.sequence };
  }

  #refuseSpans(book: SpanBook, checked: CheckedSegment): void {
    const { openSpansMax } = this.#parts.limits;
    const begun = checked.edges.filter(({ edge }) => edge === "begin").length;
    if (book.openSpans.length + begun <= openSpansMax) return;
    throw new Fault({
      code: "spans-full",
      kind: "protocol",
      message: `More than ${openSpansMax} spans would be open at once.`,
      detail: { branch: checked.branch, open: book.openSpans.length, begun },
    });
  }
}

/** What is known of a segment before it comes. */
export interface BeginningSegment {
  readonly branch: string;
  readonly parent: BranchPosition | undefined;
  readonly from: number;
}

/** Where a segment takes its place. */
interface SegmentPlace {
  /** Of the branch, or its stretch. */
  readonly id: string;
  /** Set when its branch, or a stretch of it, begins with it. */
  readonly begin: BranchEntry | SkipEntry | undefined;
  readonly number: number;
  /** The chain before it. */
  readonly chain: string;
  readonly book: SpanBook;
  /** What reads wrong before it. */
  readonly damage: readonly Extent[];
}

/** The same at each attempt, so that what a failed one left is taken up or replaced. */
function stretchId(branch: string, from: number): string {
  return createHash("sha256").update(`${branch} ${from}`).digest("hex").slice(0, 32);
}

function isBehindHole(held: Branch, from: number, skips: boolean): boolean {
  return skips && from > held.sequence + 1;
}

function continuation(branch: Branch, checked: CheckedSegment): SegmentPlace {
  if (checked.from !== branch.sequence + 1) throw discontinuous(checked, branch);
  const { id, chain, nextNumber: number, spans: book } = branch;
  return { id, begin: undefined, number, chain, book, damage: branch.damageAt(number - 1) };
}

function onNothing(id: string, begin: BranchEntry | SkipEntry): SegmentPlace {
  return { id, begin, number: 0, chain: CHAIN_START, book: new SpanBook({ complete: false }), damage: [] };
}

/** What is checked: the bytes as they came, where memory has them and the file is as long. */
async function sourceOf({ bytes }: StagedSegment, handle: FileHandle): Promise<RandomAccess> {
  const sizeBytes = await handle.sizeBytes();
  if (bytes === undefined || bytes.length !== sizeBytes) return handle;
  return {
    read: (target, position) => Promise.resolve(bytes.copy(target, position)),
    sizeBytes: () => Promise.resolve(sizeBytes),
  };
}

function segmentOf(checked: CheckedSegment, place: SegmentPlace, rooted: boolean): SegmentEntry {
  const { from, to, fileId, bytes, sha256, rawBytes, diskBytes, resizes, lastMicros, endsAtMark } = checked;
  return {
    type: "segment",
    branch: place.id,
    number: place.number,
    from,
    to,
    file: { name: segmentName(place.id, from, fileId), fileId, bytes, sha256 },
    rawBytes,
    diskBytes,
    resizes,
    lastMicros,
    endsAtMark,
    spans: place.book.decide(checked.edges, { rooted }),
    chain: chainAfter(place.chain, sha256),
  };
}

function discontinuous(told: Pick<ToldSegment, "branch" | "from">, held: Branch | undefined): Fault {
  return new Fault({
    code: "journal-discontinuous",
    kind: "discontinuity",
    message: `The segment of ${told.branch} from ${told.from} on does not follow what is held.`,
    detail: {
      branch: told.branch,
      from: told.from,
      heldBranch: held?.name ?? null,
      heldSequence: held?.sequence ?? null,
    },
  });
}
