import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { guestToolsMissing } from "./guest-faults.ts";

/** Where e2fsprogs lies, also where a daemon's PATH does not lead. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const SAID_LETTERS_MAX = 2_000;

export interface ToolEnd {
  /** null when it was ended. */
  readonly code: number | null;
  /** The end of what it said. */
  readonly said: string;
}

/** A program that ends when this process does, however that ends. */
export function spawnTool(program: string, args: readonly string[], folder: string) {
  return spawn("setpriv", ["--pdeathsig", "TERM", program, ...args], {
    cwd: folder,
    env: { PATH, LC_ALL: "C" },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs it to its end, which it is brought to after the limit. @throws Fault `guest-tools-missing` */
export async function runTool(
  program: string,
  args: readonly string[],
  { folder, limitMs }: { readonly folder: string; readonly limitMs: number },
): Promise<ToolEnd> {
  const child = spawnTool(program, args, folder);
  const { promise: ended, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("close", resolve).once("error", (cause) => reject(guestToolsMissing("`setpriv` is not there", cause)));
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  said.catch(() => undefined);
  const over = new AbortController();
  const limit = delay(limitMs, undefined, { signal: over.signal }).then(
    () => child.kill("SIGKILL"),
    () => false,
  );
  try {
    const code = await ended;
    const all = (await said).join("").trim();
    // As a shell has it: setpriv found no such program.
    if (code === 127) throw guestToolsMissing(`\`${program}\` is not there (${all})`);
    return { code, said: all.slice(-SAID_LETTERS_MAX) };
  } finally {
    over.abort();
    await limit;
  }
}
