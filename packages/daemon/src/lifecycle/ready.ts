import { type Files, replaceFile } from "@leeward/world";

export const READY_NAME = "ready.json";

/** Where a daemon can be reached, once it can; null is what it does not have. */
export interface ReadyFacts {
  readonly role: string;
  readonly pid: number;
  readonly apiUrl: string | null;
  readonly dataUrl: string | null;
  readonly targetUrl: string | null;
  readonly caFingerprint: string | null;
  /** Process ids of the daemons that it started, by role. */
  readonly processes: Readonly<Record<string, number>>;
}

/** The ready line, without its end. */
export function readyLine(facts: ReadyFacts): string {
  const { role, pid, apiUrl, dataUrl, targetUrl, caFingerprint, processes } = facts;
  return JSON.stringify({ event: "ready", role, pid, apiUrl, dataUrl, targetUrl, caFingerprint, processes });
}

/** Writes HOME/ready.json, whole or not at all. */
export function writeReady(files: Files, home: string, facts: ReadyFacts): Promise<void> {
  return replaceFile(files, home, READY_NAME, new TextEncoder().encode(`${readyLine(facts)}\n`));
}

/** Removes HOME/ready.json where there is one: what it says does not hold any more, or not yet. */
export async function removeReady(files: Files, home: string): Promise<void> {
  if ((await files.status(`${home}/${READY_NAME}`)) === undefined) return;
  await files.remove(`${home}/${READY_NAME}`);
  await files.syncFolder(home);
}
