import { Fault } from "@leeward/base";
import { type Files, readFile, replaceFile } from "@leeward/world";

/** How many numbers one durable write reserves: at a point every 2 s, about an hour of them. */
const RESERVED_AT_ONCE = 2_000;
const FILE = "numbers.json";
const BYTES_MAX = 1_024;

/**
 * The machine's mark numbers. A number is used once, also across crashes: a block of them is reserved durably before the first is
 * taken, and a start goes on after the reserved block. Numbers may be skipped, never repeated.
 */
export class PointNumbers {
  readonly #files: Files;
  readonly #folder: string;
  #last: number;
  #reservedThrough: number;

  private constructor(files: Files, folder: string, reservedThrough: number) {
    this.#files = files;
    this.#folder = folder;
    this.#last = reservedThrough;
    this.#reservedThrough = reservedThrough;
  }

  /** @throws Fault `point-numbers-damaged` */
  static async open(files: Files, folder: string): Promise<PointNumbers> {
    await files.makeFolder(folder);
    if ((await files.status(`${folder}/${FILE}`)) === undefined) return new PointNumbers(files, folder, 0);
    const bytes = await readFile(files, `${folder}/${FILE}`, BYTES_MAX);
    return new PointNumbers(files, folder, decode(bytes, `${folder}/${FILE}`));
  }

  async next(): Promise<number> {
    if (this.#last === this.#reservedThrough) {
      const through = this.#last + RESERVED_AT_ONCE;
      const text = JSON.stringify({ reservedThrough: through });
      await replaceFile(this.#files, this.#folder, FILE, new TextEncoder().encode(`${text}\n`));
      this.#reservedThrough = through;
    }
    this.#last += 1;
    return this.#last;
  }
}

function decode(bytes: Uint8Array, path: string): number {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof parsed === "object" && parsed !== null && "reservedThrough" in parsed) {
      const { reservedThrough } = parsed;
      if (Number.isSafeInteger(reservedThrough) && typeof reservedThrough === "number" && reservedThrough >= 0)
        return reservedThrough;
    }
  } catch (cause) {
    throw damaged(path, cause);
  }
  throw damaged(path, undefined);
}

function damaged(path: string, cause: unknown): Fault {
  return new Fault({
    code: "point-numbers-damaged",
    kind: "corruption",
    message: `${path} does not say which mark numbers were used; a number must not be used twice.`,
    detail: { path },
    cause,
  });
}
