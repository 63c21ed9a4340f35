import { orAborted, Waiters } from "@leeward/base";

/** What a listener has accepted and nobody has taken yet; its length is bounded by the listener's limit of connections. */
export class AcceptQueue<T> {
  readonly #waiters = new Waiters();
  readonly #items: T[] = [];
  #ended = false;

  push(item: T): void {
    this.#items.push(item);
    this.#waiters.notify();
  }

  end(): void {
    this.#ended = true;
    this.#waiters.notify();
  }

  /** Those not taken yet, which are then nobody's any more. */
  drain(): T[] {
    return this.#items.splice(0);
  }

  /** One consumer; ends after `end`; rejects with the signal's reason when it aborts. */
  async *accept(signal: AbortSignal): AsyncGenerator<T, void, undefined> {
    for (;;) {
      signal.throwIfAborted();
      const changed = this.#waiters.next();
      const item = this.#items.shift();
      if (item !== undefined) yield item;
      else if (this.#ended) return;
      else await orAborted(changed, signal);
    }
  }
}
