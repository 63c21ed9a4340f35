import { anySignal, isFault } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { CHECK_EVERY_MS, SAID_LETTERS_MAX } from "../limits.ts";

/** What was looked for on a machine, and what was found: evidence of a drill. */
export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  /** From the beginning of the check until it was decided. */
  readonly seconds: number;
  /** What the machine answered, or why the check did not pass; the end of it. */
  readonly said: string;
}

export interface CheckOptions {
  readonly clock: Clock;
  readonly limitSeconds: number;
  /** Ends the check before its limit: it then rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** One look: passed, or not yet, with what it saw. `leftMs` is what the limit leaves; the signal aborts when that is over. */
export type Look = (leftMs: number, signal: AbortSignal) => Promise<{ readonly ok: boolean; readonly said: string }>;

/** Looks again and again until it passes, or the limit is reached; what it saw last is told. A fault counts as not passed yet. */
export async function checkUntil(name: string, options: CheckOptions, look: Look): Promise<CheckResult> {
  const { clock, limitSeconds, signal } = options;
  const begun = clock.monotonicMicros();
  const secondsSince = (): number => (clock.monotonicMicros() - begun) / 1_000_000;
  let said = "";
  for (;;) {
    const leftMs = Math.max(0, (limitSeconds - secondsSince()) * 1_000);
    const found = await once(look, leftMs, options);
    signal.throwIfAborted();
    // A look that was cut off by the limit saw nothing; what the one before it saw says more.
    if (found.said !== "") said = found.said.slice(-SAID_LETTERS_MAX);
    const seconds = secondsSince();
    if (found.ok || seconds >= limitSeconds) return { name, ok: found.ok, seconds, said };
    await clock.sleep(Math.min(CHECK_EVERY_MS, (limitSeconds - seconds) * 1_000), signal);
  }
}

async function once(look: Look, leftMs: number, { clock, signal }: CheckOptions): Promise<Awaited<ReturnType<Look>>> {
  const over = new AbortController();
  const done = new AbortController();
  const limit = clock.sleep(leftMs, anySignal([done.signal, signal])).then(
    () => over.abort(),
    () => undefined,
  );
  try {
    const found = await look(leftMs, anySignal([over.signal, signal]));
    return found.ok || !over.signal.aborted ? found : { ok: false, said: "" };
  } catch (error) {
    if (!isFault(error) && !over.signal.aborted && !signal.aborted) throw error;
    return { ok: false, said: isFault(error) ? error.message : "" };
  } finally {
    done.abort();
    await limit;
  }
}
