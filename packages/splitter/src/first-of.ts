/** Waits side by side until the first of them settles, and then ends the others; rejects as the first does, or when the signal aborts. */
export async function firstOf(
  signal: AbortSignal,
  waits: readonly ((signal: AbortSignal) => Promise<void>)[],
): Promise<void> {
  signal.throwIfAborted();
  const ended = new AbortController();
  const abort = (): void => ended.abort(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  const underWay = waits.map((wait) => wait(ended.signal));
  try {
    await Promise.race(underWay);
  } finally {
    signal.removeEventListener("abort", abort);
    ended.abort();
    await Promise.allSettled(underWay);
  }
}
