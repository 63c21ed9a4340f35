import { isFault, Mutex } from "@leeward/base";
import { type Files, readFile, replaceFile } from "@leeward/world";

const FILE = "epochs.json";
const VERSION = 1;
const BYTES_MAX = 16 * 1024 * 1024;

/**
 * The highest epoch that this server has heard of for each machine: from plans, from agents, and from targets that refused an older one. It never
 * falls, and holds without the config server and without the target.
 *
 * The target is the authority: what is lost or cannot be read here is heard again from it. So a damaged file costs refusals that are made later, and
 * nothing that is wrong.
 */
export class KnownEpochs {
  readonly #files: Files;
  readonly #home: string;
  readonly #alone = new Mutex();
  readonly #epochs: Map<string, number>;
  readonly #onRise: () => void;
  /** How often an epoch has risen, and how often it had when they were stored. */
  #rises = 0;
  #storedRises = -1;

  private constructor(files: Files, home: string, parts: { epochs: Map<string, number>; onRise: () => void }) {
    this.#files = files;
    this.#home = home;
    this.#epochs = parts.epochs;
    this.#onRise = parts.onRise;
  }

  static async open(files: Files, home: string, onRise: () => void): Promise<KnownEpochs> {
    return new KnownEpochs(files, home, { epochs: await readEpochs(files, `${home}/${FILE}`), onRise });
  }

  of(machineId: string): number {
    return this.#epochs.get(machineId) ?? 0;
  }

  /** Counts from the call on; durable when it settles. @throws what the files throw */
  async see(machineId: string, epoch: number): Promise<void> {
    if (epoch > this.of(machineId)) {
      this.#epochs.set(machineId, epoch);
      this.#rises += 1;
      this.#onRise();
    }
    await this.#alone.hold(async () => {
      const rises = this.#rises;
      if (rises === this.#storedRises) return;
      const text = JSON.stringify({ version: VERSION, machines: Object.fromEntries(this.#epochs) });
      await replaceFile(this.#files, this.#home, FILE, new TextEncoder().encode(`${text}\n`));
      this.#storedRises = rises;
    });
  }
}

async function readEpochs(files: Files, path: string): Promise<Map<string, number>> {
  if ((await files.status(path)) === undefined) return new Map();
  try {
    const document: unknown = JSON.parse(new TextDecoder().decode(await readFile(files, path, BYTES_MAX)));
    return entriesOf(document);
  } catch (error) {
    if (!isFault(error) && !(error instanceof SyntaxError)) throw error;
    return new Map();
  }
}

function entriesOf(document: unknown): Map<string, number> {
  if (typeof document !== "object" || document === null || !("machines" in document)) return new Map();
  const { machines } = document;
  if (typeof machines !== "object" || machines === null) return new Map();
  return new Map(
    Object.entries(machines).filter(
      (entry): entry is [string, number] => Number.isSafeInteger(entry[1]) && Number(entry[1]) > 0,
    ),
  );
}
