import { Waiters } from "@leeward/base";

/** What waits for one consumer, in order; whoever puts something in sees to it that it is not too much. */
export class MessageQueue<T> {
  readonly #waiters = new Waiters();
  readonly #items: T[] = [];
  #end: { readonly error: Error | undefined } | undefined;
  #taken = 0;
  #put = 0;

  put(item: T): void {
    this.#items.push(item);
    this.#put += 1;
    this.#waiters.notify();
  }

  /** Nothing more comes: with an error the consumer gets that at once, without one what is here first. */
  end(error?: Error): void {
    this.#end ??= { error };
    this.#waiters.notify();
  }

  /** Whether the consumer has come for more after everything that was put. */
  get isProcessed(): boolean {
    return this.#taken > this.#put;
  }

  /** Resolves when the consumer has come for something, or something was put. */
  changed(): Promise<void> {
    return this.#waiters.next();
  }

  async *messages(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      this.#taken = this.#put - this.#items.length + 1;
      this.#waiters.notify();
      while (this.#items.length === 0 && this.#end === undefined) await this.#waiters.next();
      if (this.#end?.error !== undefined) throw this.#end.error;
      const item = this.#items.shift();
      if (item === undefined) return;
      yield item;
    }
  }
}
