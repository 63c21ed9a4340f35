/** Wall and monotonic time, and waiting. Order is never taken from a clock: sequences are for that. */
export interface Clock {
  /** Microseconds since 1970, UTC; may step either way. */
  wallMicros(): number;
  /** Microseconds since some moment; never runs backwards. */
  monotonicMicros(): number;
  /** Resolves after at least `durationMs` (≥ 0); rejects with the signal's reason when it aborts first. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
}
