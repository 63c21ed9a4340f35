/** Settles as `promise` does, or rejects with the signal's reason as soon as it aborts; how `promise` ends is then ignored. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => {});
    throw signal.reason;
  }
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** A condition that others wait for: `notify` wakes everyone who waits, and each looks again for itself. */
export class Waiters {
  #pending = Promise.withResolvers<void>();

  notify(): void {
    this.#pending.resolve();
    this.#pending = Promise.withResolvers<void>();
  }

  /** Resolves at the next `notify`. Take it before looking at the condition, so that no change falls between. */
  next(): Promise<void> {
    return this.#pending.promise;
  }

  /** Waits until `condition` holds; rejects with the signal's reason when it aborts first. */
  async until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    while (!condition()) {
      await orAborted(this.next(), signal);
    }
  }
}

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
