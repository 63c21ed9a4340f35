import type { Extent } from "@leeward/block";
import type { BranchPosition, Consistency, PointKind } from "../recovery-point.ts";

/** Why records lie inside a span. */
export type SpanReason = "initial" | "catch-up" | "recovery" | "resync";

/** Where a span begins or ends in a segment. */
export type SpanEdge =
  | {
      readonly edge: "begin";
      readonly spanId: string;
      readonly sequence: number;
      readonly timeMicros: number;
      readonly reason: SpanReason;
      readonly needed: boolean;
    }
  | { readonly edge: "end"; readonly spanId: string; readonly sequence: number; readonly timeMicros: number };

/** One sealed file as it was when the manifest took it in: a file with another id or digest is not that file. */
export interface StoredFile {
  readonly name: string;
  /** The id in its header, 32 hex digits. */
  readonly fileId: string;
  readonly bytes: number;
  /** SHA-256 of the whole file, hex. */
  readonly sha256: string;
}

/** The disk has another size from a record on. */
export interface Resize {
  readonly sequence: number;
  readonly diskBytes: number;
}

/** A sealed segment of a branch. Its number counts the segments of its branch from 0 and is what index runs name. */
export interface SegmentEntry {
  readonly type: "segment";
  readonly branch: string;
  readonly number: number;
  readonly from: number;
  readonly to: number;
  readonly file: StoredFile;
  readonly rawBytes: number;
  /** Size of the disk at its end. */
  readonly diskBytes: number;
  /** What the disk was cut or grown to in it, in order: what lay behind a cut reads as zeroes afterwards. */
  readonly resizes: readonly Resize[];
  readonly lastMicros: number;
  readonly endsAtMark: boolean;
  readonly spans: readonly SpanEdge[];
  /** SHA-256 over the chain before it and its own digest, hex. */
  readonly chain: string;
}

/**
 * One file in the place of segments `first` to `number` of a branch, whose ends no point needs any more: what of their writes was not
 * written over by a later one of them. Where it begins and where it ends all is whole and no needed span is open, so it tells of no spans; cuts of
 * the disk are in it as zeroes.
 */
export interface MergedEntry extends Omit<SegmentEntry, "type" | "spans" | "resizes"> {
  readonly type: "merged";
  /** Number of the first segment that went into it; `number` is that of the last one. */
  readonly first: number;
  /** Whether ends of segments that went into it were no places for a point: a gap in the history stays one. */
  readonly hadGap: boolean;
}

/** What holds a stretch of a branch: a segment as it came, or one file in the place of several. */
export type HeldSegment = SegmentEntry | MergedEntry;

export interface BranchEntry {
  readonly type: "branch";
  readonly branch: string;
  readonly parent: BranchPosition | undefined;
  /** The sequence that its first segment has. */
  readonly from: number;
  /** 512 or 4096. */
  readonly blockBytes: number;
}

/**
 * A branch that is held goes on behind a hole: what came between is held nowhere any more. From here on it is a history of its own, which
 * begins on nothing; entries call it by the id of this stretch.
 */
export interface SkipEntry extends Pick<BranchEntry, "branch" | "from" | "blockBytes"> {
  readonly type: "skip";
  readonly stretch: string;
}

/** Where the base stands: nothing at or before it is kept as segments. */
export interface BaseEntry {
  readonly type: "base";
  readonly branch: string;
  readonly sequence: number;
  /** Number that the branch's next segment has. */
  readonly nextNumber: number;
  readonly diskBytes: number;
  readonly lastMicros: number;
  readonly chain: string;
}

/** The base is being brought to this place, range by range: what comes before it cannot be given back any more. */
export interface FloorEntry {
  readonly type: "floor";
  readonly branch: string;
  readonly sequence: number;
}

/** No base is needed any more: what it held belongs to a history that was dropped. */
export interface BaseClearedEntry {
  readonly type: "base-cleared";
}

/** The base file of one range, replaced whole; no file where the range holds nothing but zeroes. */
export interface RangeEntry {
  readonly type: "range";
  readonly range: number;
  readonly file: StoredFile | undefined;
}

/** An index run: where the newest bytes lie of what segments first … first + 16^level - 1 of the branch wrote. */
export interface RunEntry {
  readonly type: "run";
  readonly branch: string;
  readonly level: number;
  readonly first: number;
  readonly file: StoredFile;
}

export interface RunDroppedEntry {
  readonly type: "run-dropped";
  readonly branch: string;
  readonly level: number;
  readonly first: number;
}

export interface PointEntry {
  readonly type: "point";
  readonly id: string;
  readonly number: number;
  readonly timeMicros: number;
  readonly validUntilMicros: number;
  readonly kind: PointKind;
  readonly consistency: Consistency;
  readonly epoch: number;
  readonly branch: string;
  readonly sequence: number;
  readonly memberDiskIds: readonly string[];
  readonly missingDiskIds: readonly string[];
}

export interface PointExtendedEntry {
  readonly type: "point-extended";
  readonly id: string;
  readonly validUntilMicros: number;
}

/** The oldest `count` points are gone by retention. */
export interface PointsDroppedEntry {
  readonly type: "points-dropped";
  readonly count: number;
  readonly reason: "time" | "bytes" | "request";
}

/** These points made room for others: behind the any-point window only some are kept. */
export interface PointsThinnedEntry {
  readonly type: "points-thinned";
  readonly ids: readonly string[];
}

/** Branches that no kept point and no head needs any more. */
export interface BranchDroppedEntry {
  readonly type: "branch-dropped";
  readonly branch: string;
}

export interface PinEntry {
  readonly type: "pin";
  readonly pinId: string;
  readonly pointId: string;
  /** A pin ends with what holds it; a lock stays until a person takes it away. */
  readonly kind: "pin" | "lock";
  readonly owner: string;
  readonly reason: string;
  readonly timeMicros: number;
}

/** A lock that ends by itself, or with 0 never: it stays until then, or until a person takes it away. */
export interface LockEntry extends Omit<PinEntry, "type" | "kind"> {
  readonly type: "lock";
  /** Wall clock, microseconds; 0 is no end. */
  readonly untilMicros: number;
}

export interface UnpinEntry {
  readonly type: "unpin";
  readonly pinId: string;
}

/** What of a branch's disk reads wrong from segment `number` on: all that is left of the damage there. Empty: healed. */
export interface DamageEntry {
  readonly type: "damage";
  readonly branch: string;
  readonly number: number;
  readonly extents: readonly Extent[];
}

/** A file whose bytes are not what they were. */
export interface FileDamagedEntry {
  readonly type: "file-damaged";
  readonly fileId: string;
}

export interface PointsWithdrawnEntry {
  readonly type: "points-withdrawn";
  readonly ids: readonly string[];
}

export interface ScrubEntry {
  readonly type: "scrub";
  readonly startedMicros: number;
  readonly endedMicros: number;
  readonly files: number;
  readonly bytes: number;
  readonly damagedFiles: number;
}

/** The journal's own facts; the first entry of every manifest. */
export interface GenesisEntry {
  readonly type: "genesis";
  readonly rangeBytes: number;
}

/** What a manifest file was made from ends here; what follows was appended to it. */
export interface SnapshotEndEntry {
  readonly type: "snapshot-end";
}

/** Everything that a manifest can say. The state of a journal is the fold of its entries. */
export type Entry =
  | GenesisEntry
  | SnapshotEndEntry
  | BranchEntry
  | SkipEntry
  | BranchDroppedEntry
  | SegmentEntry
  | MergedEntry
  | BaseEntry
  | BaseClearedEntry
  | FloorEntry
  | RangeEntry
  | RunEntry
  | RunDroppedEntry
  | PointEntry
  | PointExtendedEntry
  | PointsDroppedEntry
  | PointsThinnedEntry
  | PointsWithdrawnEntry
  | PinEntry
  | LockEntry
  | UnpinEntry
  | DamageEntry
  | FileDamagedEntry
  | ScrubEntry;
