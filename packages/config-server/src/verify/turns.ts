import { Waiters } from "@leeward/base";

/** Work that takes several things at once, each of which is taken by one piece of work at a time. */
export class Turns {
  readonly #busy = new Set<string>();
  readonly #freed = new Waiters();

  areFree(keys: readonly string[]): boolean {
    return keys.every((key) => !this.#busy.has(key));
  }

  /** Works once all are free, and has them for as long. All are taken in one go, so that no two wait for one another. */
  async hold<T>(keys: readonly string[], signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#freed.until(() => this.areFree(keys), signal);
    for (const key of keys) this.#busy.add(key);
    try {
      return await work();
    } finally {
      for (const key of keys) this.#busy.delete(key);
      this.#freed.notify();
    }
  }
}
