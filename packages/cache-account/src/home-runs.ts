import { isFault, Mutex } from "@leeward/base";
import { type Files, readFile, replaceFile } from "@leeward/world";

const FILE = "runs.json";
const BYTES_MAX = 64 * 1024;
/** The newest are remembered. */
const RUNS_MAX = 16;

/** Which courses an agent may end by beginning another. */
export interface CourseRuns {
  /** Whether the run of that name was this home's, and nobody has contested its courses since. "" is of who says nothing of its run. */
  isOwn(run: string): boolean;
  /** Whether the config server knows this host as the machine now. */
  isConfirmed(): boolean;
  /** Somebody else is the machine, too: from now on only the config server says which of them goes on. Durable when it settles. @throws as Files */
  contested(): Promise<void>;
}

/**
 * The names of the runs of the agents of one home, durable beside its identity. A copy of the machine has those that were before it was copied: so each of the two may begin a course once,
 * and whoever finds a foreign course then, or loses its own, needs the config server's word.
 */
export class HomeRuns implements CourseRuns {
  readonly #files: Files;
  readonly #folder: string;
  readonly #isConfirmed: () => boolean;
  readonly #alone = new Mutex();
  #runs: readonly string[];

  private constructor(
    runs: readonly string[],
    { files, folder, isConfirmed }: { files: Files; folder: string; isConfirmed: () => boolean },
  ) {
    this.#runs = runs;
    this.#files = files;
    this.#folder = folder;
    this.#isConfirmed = isConfirmed;
  }

  /** Notes `run` as the home's newest, durably. @throws as Files */
  static async open(
    run: string,
    options: { readonly files: Files; readonly folder: string; readonly isConfirmed: () => boolean },
  ): Promise<HomeRuns> {
    const before = await readRuns(options.files, options.folder);
    const runs = new HomeRuns([...before, run].slice(-RUNS_MAX), options);
    await runs.#keep();
    return runs;
  }

  isOwn(run: string): boolean {
    return this.#runs.includes(run);
  }

  isConfirmed(): boolean {
    return this.#isConfirmed();
  }

  async contested(): Promise<void> {
    this.#runs = this.#runs.slice(-1);
    await this.#keep();
  }

  async #keep(): Promise<void> {
    const bytes = new TextEncoder().encode(`${JSON.stringify(this.#runs)}\n`);
    await this.#alone.hold(() => replaceFile(this.#files, this.#folder, FILE, bytes));
  }
}

/** None where they cannot be read: then the config server is asked. */
async function readRuns(files: Files, folder: string): Promise<string[]> {
  try {
    if ((await files.status(`${folder}/${FILE}`)) === undefined) return [];
    const runs: unknown = JSON.parse(new TextDecoder().decode(await readFile(files, `${folder}/${FILE}`, BYTES_MAX)));
    return Array.isArray(runs) ? runs.filter((run): run is string => typeof run === "string") : [];
  } catch (error) {
    if (!isFault(error) && !(error instanceof SyntaxError)) throw error;
    return [];
  }
}
