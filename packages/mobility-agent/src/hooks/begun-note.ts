import { isFault } from "@leeward/base";
import { type Files, readFile, replaceFile } from "@leeward/world";

const FILE = "hooks-begun.json";
const BYTES_MAX = 256 * 1024;

/** Which hooks were called for which point, and wait for their `--post`. */
export interface Begun {
  readonly pointId: string;
  /** In the order of their `--pre`. */
  readonly names: readonly string[];
  /** They stay at rest, also over the end of the agent. */
  readonly stays?: boolean;
}

/**
 * HOME/hooks-begun.json: durable before the first `--pre` of a point, removed after the last `--post`. So whatever ends the agent between
 * the two, the next one knows whom it left at rest, and whether they are to stay so. A crash before the first `--pre` leaves a note of hooks that were never called: their
 * `--post` does nothing then.
 */
export class BegunNote {
  readonly #files: Files;
  readonly #home: string;

  constructor(files: Files, home: string) {
    this.#files = files;
    this.#home = home;
  }

  /** What an earlier agent left; "damaged" when it left something of which cannot be read what it says. */
  async read(): Promise<Begun | "damaged" | undefined> {
    try {
      if ((await this.#files.status(`${this.#home}/${FILE}`)) === undefined) return undefined;
      return decode(await readFile(this.#files, `${this.#home}/${FILE}`, BYTES_MAX));
    } catch (error) {
      if (!isFault(error) && !(error instanceof SyntaxError)) throw error;
      return "damaged";
    }
  }

  /** Durable when it settles. */
  async write(begun: Begun): Promise<void> {
    await replaceFile(this.#files, this.#home, FILE, new TextEncoder().encode(`${JSON.stringify(begun)}\n`));
  }

  async remove(): Promise<void> {
    if ((await this.#files.status(`${this.#home}/${FILE}`)) === undefined) return;
    await this.#files.remove(`${this.#home}/${FILE}`);
    await this.#files.syncFolder(this.#home);
  }
}

function decode(bytes: Uint8Array): Begun | "damaged" {
  const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (typeof parsed !== "object" || parsed === null || !("pointId" in parsed) || !("names" in parsed)) return "damaged";
  const { pointId, names } = parsed;
  const stays = "stays" in parsed && parsed.stays === true;
  if (typeof pointId !== "string" || !/^[0-9a-f]{32}$/.test(pointId) || !Array.isArray(names)) return "damaged";
  const texts = names.filter((name): name is string => typeof name === "string");
  return texts.length === names.length ? { pointId, names: texts, stays } : "damaged";
}
