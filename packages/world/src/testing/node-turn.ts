/** Resolves after everything that can run now has run: all microtasks and ticks, and what they start in turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
