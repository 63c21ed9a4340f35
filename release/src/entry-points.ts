/**
 * Every file that is started by its own name: the executable, and what `new URL("./node-….ts", import.meta.url)` names for a worker or a process. A file that
 * sources start and this list lacks stops the build; a test compares the two.
 */
export const ENTRY_POINTS = [
  "packages/leeward/src/main.ts",
  "packages/config-server/src/store/postgres/node-postgres-worker.ts",
  "packages/mobility-agent/src/disk/node-disk-worker.ts",
  "packages/tracker/src/freeze/node-freeze-watchdog.ts",
  "packages/tracker/src/freeze/node-freeze-worker.ts",
] as const;

/** A file beside the one that starts it. */
const STARTED = /new URL\("\.\/([a-z0-9-]+)\.ts", import\.meta\.url\)/g;

/** The names of files beside it that a source starts, without their ending. */
export function startedBy(source: string): string[] {
  return [...source.matchAll(STARTED)].map((match) => match[1] ?? "");
}

/** The source as it runs in a bundle, where all that is started lies in one folder, compiled. */
export function startingBundled(source: string): string {
  return source.replaceAll(STARTED, (_, name: string) => `new URL("./${name}.js", import.meta.url)`);
}
