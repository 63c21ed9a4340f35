// Scripts and checks of recovery plans. A script is an executable of HOME/config-server/scripts, run as the server's own user: so neither the folder nor
// the file may be one that somebody else could write, and no name leads out of the folder.
import { constants, promises as fs, type Stats } from "node:fs";
import type { Clock } from "@leeward/world";
import { PLAN_GUEST_SCRIPT_BYTES_MAX, PLAN_SAID_LETTERS_MAX } from "../limits.ts";
import type { ActionEnd, HealthCheck, ScriptOrder, Scripts } from "./actions.ts";
import { planScriptMissing } from "./plan-faults.ts";

/** What others than the owner must not be able to do. */
const WRITABLE_BY_OTHERS = constants.S_IWGRP | constants.S_IWOTH;

export class NodeScripts implements Scripts {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #running = new Set<Promise<unknown>>();
  readonly #stopped = new AbortController();

  constructor({ folder, clock }: { readonly folder: string; readonly clock: Clock }) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** Settles when `signal` has aborted and all that ran has ended. */
  async untilStopped(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (!signal.aborted) await promise;
    this.#stopped.abort(signal.reason);
    await Promise.allSettled(this.#running);
  }

  async check(file: string): Promise<void> {
    const refuse = (why: string): Error => planScriptMissing(file, why);
    const [folder, script] = await Promise.all([this.#folder, this.#pathOf(file)].map(statusOf));
    if (folder === undefined || !folder.isDirectory()) throw refuse(`there is no folder ${this.#folder}`);
    if (script === undefined || !script.isFile()) throw refuse("there is no such file in the folder");
    for (const [what, each] of [
      ["the folder", folder],
      ["the file", script],
    ] as const) {
      if ((each.mode & WRITABLE_BY_OTHERS) !== 0) throw refuse(`others may write to ${what}`);
      if (each.uid !== 0 && each.uid !== process.getuid?.()) throw refuse(`${what} belongs to somebody else`);
    }
    if ((script.mode & constants.S_IXUSR) === 0) throw refuse("it is not executable");
  }

  async run({ file, limitSeconds, environment }: ScriptOrder): Promise<ActionEnd> {
    await this.check(file);
    // Loaded when it is needed: few servers run scripts.
    const { scriptCheck } = await import("@leeward/recovery-host");
    const options = { clock: this.#clock, limitSeconds, signal: this.#stopped.signal };
    const running = scriptCheck(options, { path: this.#pathOf(file), environment });
    this.#running.add(running);
    try {
      const { ok, said } = await running;
      return { ok, said: said.slice(-PLAN_SAID_LETTERS_MAX) };
    } finally {
      this.#running.delete(running);
    }
  }

  async content(file: string): Promise<Uint8Array> {
    await this.check(file);
    const { size } = await fs.stat(this.#pathOf(file));
    if (size > PLAN_GUEST_SCRIPT_BYTES_MAX)
      throw planScriptMissing(
        file,
        `it has ${size} bytes, of ${PLAN_GUEST_SCRIPT_BYTES_MAX} that are sent into a machine`,
      );
    return await fs.readFile(this.#pathOf(file));
  }

  #pathOf(file: string): string {
    return `${this.#folder}/${file}`;
  }
}

/** Of the thing itself: a link is none of what is looked for. */
async function statusOf(path: string): Promise<Stats | undefined> {
  try {
    return await fs.lstat(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return undefined;
    throw error;
  }
}

export function nodeHealthCheck(clock: Clock): HealthCheck {
  return async ({ tcp, http, limitSeconds }, signal) => {
    const { httpCheck, tcpCheck } = await import("@leeward/recovery-host");
    const options = { clock, limitSeconds, signal };
    const status = http?.status ?? undefined;
    const { ok, said } =
      tcp === null
        ? await httpCheck(options, { url: http?.url ?? "", ...(status === undefined ? {} : { status }) })
        : await tcpCheck(options, { endpoint: tcp });
    return { ok, said: said.slice(-PLAN_SAID_LETTERS_MAX) };
  };
}
