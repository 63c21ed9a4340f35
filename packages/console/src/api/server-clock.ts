// The server's time. What it says of when is by its own clock, and how long ago that is must be by the same, whatever the browser's clock shows.

/** The header says whole seconds, and the answer was on its way: less than that is no difference, milliseconds. */
const SAME_MS = 2_000;

let offsetMs = 0;

/** How far the server's clock is ahead of the browser's, in milliseconds: by the header Date of an answer that came at `browserMs`. */
export function clockOffsetMs(date: string, browserMs: number): number {
  const ms = Date.parse(date) - browserMs;
  return Number.isNaN(ms) || Math.abs(ms) < SAME_MS ? 0 : ms;
}

/** Takes the header Date of an answer that has just come. */
export function rememberServerTime(date: string): void {
  offsetMs = clockOffsetMs(date, Date.now());
}

/** What the server's clock showed when the browser's showed `browserMs`, both in milliseconds since 1970. */
export function serverMsOf(browserMs: number): number {
  return browserMs + offsetMs;
}

/** Milliseconds since 1970. */
export function serverNowMs(): number {
  return serverMsOf(Date.now());
}
