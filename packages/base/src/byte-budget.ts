import { assert } from "./assert.ts";

/** How many bytes may be held in memory for quickness' sake. What gets none is read from where it is stored. */
export class ByteBudget {
  readonly #bytesMax: number;
  #taken = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Whether there is room for the bytes, which count as held from now on. */
  take(bytes: number): boolean {
    if (this.#taken + bytes > this.#bytesMax) return false;
    this.#taken += bytes;
    return true;
  }

  /** The bytes are held no more. */
  give(bytes: number): void {
    assert(bytes <= this.#taken, "what is given back was taken");
    this.#taken -= bytes;
  }
}
