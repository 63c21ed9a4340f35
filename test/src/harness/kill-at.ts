import { setTimeout as delay } from "node:timers/promises";
import type { DaemonName, SplitChain } from "./split-chain.ts";

const LIMIT_MS = 120_000;
/** Far less than what a daemon does between two files that it makes durable. */
const EVERY_MS = 1;

export interface LookedFor<T> {
  readonly what: string;
  readonly look: () => T | undefined;
}

/** The first thing that is found, looked for every millisecond. */
export async function reached<T>({ what, look }: LookedFor<T>): Promise<T> {
  const until = performance.now() + LIMIT_MS;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() > until) throw new Error(`not within ${LIMIT_MS / 1_000} s: ${what}`);
    await delay(EVERY_MS);
  }
}

/** Ends the daemon with SIGKILL in the moment in which it is found to be where it is to be ended; settles with what was found, when the process has ended. */
export async function killAt<T>(chain: SplitChain, name: DaemonName, place: LookedFor<T>): Promise<T> {
  const pid = chain.daemon(name)?.pid;
  if (pid === undefined) throw new Error(`no ${name} runs`);
  const look = (): T | undefined => {
    const seen = place.look();
    if (seen !== undefined) process.kill(pid, "SIGKILL");
    return seen;
  };
  const found = await reached({ what: `${name}: ${place.what}`, look });
  await chain.kill(name);
  return found;
}
