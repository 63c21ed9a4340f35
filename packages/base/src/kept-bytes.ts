import type { ByteBudget } from "./byte-budget.ts";

/**
 * The bytes of a file that is being written, kept in memory as well so that they need not be read again. Without room all of them are let go
 * of: whoever asks reads the file.
 */
export class KeptBytes {
  readonly #budget: ByteBudget;
  #parts: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  #length = 0;
  #isKept = true;

  constructor(budget: ByteBudget) {
    this.#budget = budget;
  }

  /** Whether all that was added is here. */
  get isKept(): boolean {
    return this.#isKept;
  }

  /** Of all that is kept. */
  get length(): number {
    return this.#length;
  }

  /** Takes the next part, which nobody changes any more. */
  add(bytes: Uint8Array): void {
    if (!this.#isKept) return;
    if (!this.#budget.take(bytes.length)) return this.drop();
    this.#parts.push({ at: this.#length, bytes });
    this.#length += bytes.length;
  }

  /** Fills the target from `position` on; returns how many bytes there were, fewer only at the end. */
  copy(target: Uint8Array, position: number): number {
    const end = Math.min(position + target.length, this.#length);
    for (const { at, bytes } of this.#parts) {
      if (at >= end) break;
      if (at + bytes.length <= position) continue;
      const from = Math.max(position, at);
      target.set(bytes.subarray(from - at, end - at), from - position);
    }
    return Math.max(0, end - position);
  }

  /** They are needed no more. */
  drop(): void {
    this.#isKept = false;
    this.#parts = [];
    this.#budget.give(this.#length);
    this.#length = 0;
  }
}
