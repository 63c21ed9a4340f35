/** What the oracle knows of points that each journal of a machine thinned by itself, some by small steps before large ones. */
export interface ThinnedJournals {
  /** The largest step, microseconds. */
  readonly stepMicros: number;
  /** The clock before the first of them was thinned; it may have been set back, behind points that are there. */
  readonly wallMicros: number;
  /** Until when the newest point of each journal holds. */
  readonly heldUntilMicros: readonly number[];
}

/**
 * Whether all journals have come to the largest step that a point of this time lies in: then they let it go together or not at all. Until then one of them may
 * have thinned by small steps what another still has. None of them takes for the present more than its newest point, and never more than the clock says.
 */
export function isThinnedAlike(
  timeMicros: number,
  { stepMicros, wallMicros, heldUntilMicros }: ThinnedJournals,
): boolean {
  return timeMicros + stepMicros < Math.min(wallMicros, ...heldUntilMicros);
}
