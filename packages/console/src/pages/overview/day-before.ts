const DAY_MS = 86_400_000;
/** So long it is the same question, whose answer is kept. */
const STEP_MS = 300_000;

/** A day before `nowMs` as the API takes it, less at most five minutes. */
export function dayBefore(nowMs: number): string {
  return new Date(Math.ceil((nowMs - DAY_MS) / STEP_MS) * STEP_MS).toISOString();
}
