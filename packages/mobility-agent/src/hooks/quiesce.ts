import type { Consistency, Mark } from "@leeward/proto";

/** A point that is about to be made. */
export interface PointAsked {
  readonly pointId: string;
  readonly kind: Mark["kind"];
  readonly consistency: Consistency;
}

/**
 * Brings whoever writes on this machine to rest for the moment of a point.
 *
 * What cannot be brought to rest makes the point a less consistent one and is told as an event; it never prevents the point, and never
 * holds an application for longer than its own limits say.
 */
export interface Quiesce {
  /** Settles when all is at rest that can be. Rejects on a mistake of ours alone; when the signal aborts, nothing is held any more. */
  before(asked: PointAsked, signal: AbortSignal): Promise<Quiesced>;
}

/** The rest for one point. Whoever got it calls `after` in every case, as soon as the point's moment has passed on every disk. */
export interface Quiesced {
  /** What a point may be called whose moment is now: less than before once a hold has ended by itself. */
  consistency(): Consistency;
  /**
   * Applications go on. Answers what the point may be called after all: a hold of which it turns out only now that it did not last makes
   * it less. Called again, it answers as the first time.
   */
  after(outcome: PointOutcome): Promise<Consistency>;
}

/** Whether the point's moment fell into the rest. */
export type PointOutcome = "made" | "failed";

/** Nobody is brought to rest: every point is crash-consistent. */
export const NO_QUIESCE: Quiesce = { before: async () => atNoRest() };

/** What a point gets for which nothing is at rest. */
export function atNoRest(): Quiesced {
  return { consistency: () => "crash", after: async () => "crash" };
}
