import type { Mark, PointRecord } from "@leeward/proto";

/** What a group's mark is on each of its machines. */
export type GroupMark = Pick<Mark, "pointId" | "consistency">;

/**
 * What can hold all writes of a machine's protected disks for a moment, and raise the machine's mark in it; whatever captures the disks. What a
 * hold has to keep is in GroupRound.
 */
export interface MachineHold {
  /**
   * Resolves when a hold can begin and a mark can then be raised at once; nothing is held yet. `signal` gives all of it back at any
   * time until the mark is raised: the preparing, what was prepared, and the hold.
   */
  prepare(signal: AbortSignal): Promise<PreparedHold>;
}

export interface PreparedHold {
  /** How long file systems are frozen at most, by a timer of their own, from `freeze` to the mark, milliseconds; 0 when none has to be. */
  readonly freezeMs: number;
  /** Freezes file systems, which takes long, before others are asked to hold. A disk for which that fails has no part in the point. */
  freeze(): Promise<void>;
  /**
   * Once it resolves, no write that is submitted goes on, for at most `limitMs`. At once; without `freeze` before it, disks that others write
   * to have no part in the point.
   */
  hold(limitMs: number): Promise<Held>;
}

/** A hold that began. It ends with its mark, its release, or its time. */
export interface Held {
  /** Whether no write has gone on since the hold began; of frozen file systems that turns out when they are let go. */
  stillHeld(): boolean;
  /**
   * Raises the mark while writes are held, and lets them go, both before it returns; frozen file systems as soon as it is proved that
   * nothing changed on their disks. undefined when a write may have gone on before: then the machine has no part in the point.
   */
  mark(mark: GroupMark): MarkedPart | undefined;
  /** Lets writes go without a mark. */
  release(): void;
}

/** A machine's part of a group's point. */
export interface MarkedPart {
  /** The machine's point, queued for its target, with each disk that was held until the mark; undefined when no disk could take part. */
  readonly record: Promise<PointRecord | undefined>;
}
