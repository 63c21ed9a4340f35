/** Why a point was made: by the interval, by a person or script, by a consistency group. */
export type PointKind = "auto" | "mark" | "group";

/** What the point promises about the data: as after a power cut, with quiet file systems, with quiet applications. */
export type Consistency = "crash" | "file-system" | "application";

/** Where a point stands on one disk. */
export interface PointMember {
  readonly diskId: string;
  readonly branch: string;
  readonly sequence: number;
}

/** A recovery point of a machine as its agent reports it, once all disks that take part have answered. */
export interface PointRecord {
  readonly id: string;
  readonly machineId: string;
  readonly number: number;
  readonly timeMicros: number;
  readonly validUntilMicros: number;
  readonly kind: PointKind;
  readonly consistency: Consistency;
  readonly epoch: number;
  readonly members: readonly PointMember[];
  /** Protected disks that could not take part. */
  readonly missingDiskIds: readonly string[];
}

/** A recovery point as one disk's journal holds it. */
export interface JournalPoint {
  readonly id: string;
  readonly number: number;
  readonly timeMicros: number;
  readonly validUntilMicros: number;
  readonly kind: PointKind;
  readonly consistency: Consistency;
  readonly epoch: number;
  /** Where the point stands on this disk. */
  readonly branch: string;
  readonly sequence: number;
  /** All disks that hold the point, this one included. */
  readonly memberDiskIds: readonly string[];
  readonly missingDiskIds: readonly string[];
  readonly locked: boolean;
  /** When the lock ends by itself, wall clock; undefined when it does not, or there is none. */
  readonly lockedUntilMicros: number | undefined;
}

/** A place in one disk's history. */
export interface BranchPosition {
  readonly branch: string;
  readonly sequence: number;
}

/** Both ends belong to the range; microseconds since 1970. */
export interface TimeRange {
  readonly fromMicros?: number;
  readonly toMicros?: number;
}

/** The newest point, or one by id, or the newest one at or before a time. */
export type PointAt =
  | { readonly kind: "latest" }
  | { readonly kind: "id"; readonly id: string }
  | { readonly kind: "time"; readonly micros: number };
