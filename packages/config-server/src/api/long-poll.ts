import { anySignal } from "@leeward/base";
import type { Clock } from "@leeward/world";

const MS_PER_SECOND = 1_000;

export interface LongPoll<T> {
  /** The answer as it is now; undefined while there is none yet. */
  readonly look: () => T | undefined;
  /** Resolves when it is worth looking again; taken before each look. */
  readonly changed: () => Promise<void>;
  readonly waitSeconds: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Waits for an answer at most so long; undefined when there is none by then, or the caller has gone. */
export async function longPoll<T>({ look, changed, waitSeconds, clock, signal }: LongPoll<T>): Promise<T | undefined> {
  const timer = new AbortController();
  let over = waitSeconds <= 0;
  const expire = async (): Promise<void> => {
    await clock.sleep(waitSeconds * MS_PER_SECOND, anySignal([timer.signal, signal])).catch(() => undefined);
    over = true;
  };
  const timeout = expire();
  try {
    for (;;) {
      const next = changed();
      const answer = look();
      if (answer !== undefined || over || signal.aborted) return answer;
      await Promise.race([next, timeout]);
    }
  } finally {
    timer.abort();
  }
}
