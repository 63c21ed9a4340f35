import { Fault } from "@leeward/base";
import { type Files, readFile, replaceFile } from "@leeward/world";

const FILE = "epochs.json";
const BYTES_MAX = 16 * 1024 * 1024;

/**
 * The highest epoch that this target has seen of each machine: its authority. Whoever comes with an older one is refused, also without
 * the config server. Durable before a higher one counts; it never falls.
 */
export class EpochBook {
  readonly #files: Files;
  readonly #folder: string;
  readonly #epochs: Map<string, number>;

  private constructor(files: Files, folder: string, epochs: Map<string, number>) {
    this.#files = files;
    this.#folder = folder;
    this.#epochs = epochs;
  }

  /** @throws Fault `epochs-damaged` */
  static async open(files: Files, folder: string): Promise<EpochBook> {
    const path = `${folder}/${FILE}`;
    if ((await files.status(path)) === undefined) return new EpochBook(files, folder, new Map());
    return new EpochBook(files, folder, parsed(await readFile(files, path, BYTES_MAX), path));
  }

  of(machineId: string): number {
    return this.#epochs.get(machineId) ?? 0;
  }

  /** Takes an epoch that was seen; durable when it settles. @throws Fault `epoch-old` */
  async see(machineId: string, epoch: number): Promise<void> {
    const known = this.of(machineId);
    if (epoch < known) {
      throw new Fault({
        code: "epoch-old",
        kind: "operator",
        message: `Machine ${machineId} comes with epoch ${epoch}, but epoch ${known} was seen: another side has taken over.`,
        remedy: "Reprotect or fail back from the side that has the newer epoch.",
        detail: { machine: machineId, epoch, known },
      });
    }
    if (epoch === known) return;
    const next = new Map(this.#epochs).set(machineId, epoch);
    await replaceFile(
      this.#files,
      this.#folder,
      FILE,
      new TextEncoder().encode(`${JSON.stringify(Object.fromEntries(next))}\n`),
    );
    this.#epochs.set(machineId, Math.max(epoch, this.of(machineId)));
  }
}

function parsed(bytes: Uint8Array, path: string): Map<string, number> {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw damaged(path, cause);
  }
  const entries = Object.entries(typeof document === "object" && document !== null ? document : {});
  return new Map(
    entries.map(([machineId, epoch]: [string, unknown]) => {
      if (typeof epoch !== "number" || !Number.isSafeInteger(epoch) || epoch < 0) throw damaged(path, undefined);
      return [machineId, epoch];
    }),
  );
}

function damaged(path: string, cause: unknown): Fault {
  return new Fault({
    code: "epochs-damaged",
    kind: "corruption",
    message: `${path} does not hold epochs; without them an old source could not be told from the present one.`,
    detail: { path },
    cause,
  });
}
