// Whether somebody sits before the page: a page that renews itself in an empty room keeps nobody signed in.

/** After which nobody is taken to be there any more, milliseconds. */
const AWAY_AFTER_MS = 60_000;
const SIGNS = ["pointerdown", "keydown", "wheel", "touchstart"] as const;

let seenMs = performance.now();
for (const sign of SIGNS) {
  window.addEventListener(sign, () => (seenMs = performance.now()), { capture: true, passive: true });
}

/** Whether nothing was touched or typed for a while. */
export function isAway(): boolean {
  return performance.now() - seenMs > AWAY_AFTER_MS;
}
