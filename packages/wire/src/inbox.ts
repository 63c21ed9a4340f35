import { Waiters } from "@leeward/base";
import { creditExceeded } from "./wire-fault.ts";

interface Item<T> {
  readonly value: T;
  readonly costBytes: number;
}

/**
 * Messages received and not yet processed. The peer's credit bounds them: what is here and unprocessed never costs more than the
 * window and one message, whoever the peer is. Credit goes back when the consumer comes for the next message.
 */
export class Inbox<T> {
  readonly #windowBytes: number;
  readonly #onReturned: () => void;
  readonly #waiters = new Waiters();
  #items: Item<T>[] = [];
  #next = 0;
  #heldBytes = 0;
  #returnedBytes = 0;
  #end: { readonly error: Error | undefined } | undefined;

  /** `onReturned` is called when enough credit has come together to be given back. */
  constructor(windowBytes: number, onReturned: () => void) {
    this.#windowBytes = windowBytes;
    this.#onReturned = onReturned;
  }

  /** @throws Fault `credit-exceeded` */
  push(value: T, costBytes: number): void {
    if (this.#end !== undefined) return;
    if (this.#heldBytes >= this.#windowBytes)
      throw creditExceeded(`sent beyond its credit of ${this.#windowBytes} bytes`);
    this.#heldBytes += costBytes;
    this.#items.push({ value, costBytes });
    this.#waiters.notify();
  }

  /** No further message comes. Without an error the consumer still gets what is here; with one it gets that at once. */
  end(error?: Error): void {
    this.#end ??= { error };
    if (error !== undefined) {
      this.#items = [];
      this.#next = 0;
    }
    this.#waiters.notify();
  }

  /** Takes the credit that is due to the peer; 0 when not enough has come together. */
  takeReturned(): number {
    if (this.#returnedBytes < this.#windowBytes / 2) return 0;
    const bytes = this.#returnedBytes;
    this.#returnedBytes = 0;
    this.#heldBytes -= bytes;
    return bytes;
  }

  /** The messages in order; one consumer. Asking for the next, or leaving, says that the last one is processed. */
  async *messages(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const changed = this.#waiters.next();
      const item = this.#items[this.#next];
      if (item !== undefined) {
        this.#advance();
        try {
          yield item.value;
        } finally {
          // Also when the consumer leaves here: it has had the message.
          this.#giveBack(item.costBytes);
        }
      } else if (this.#end !== undefined) {
        if (this.#end.error !== undefined) throw this.#end.error;
        return;
      } else await changed;
    }
  }

  #advance(): void {
    this.#next += 1;
    // Cut in half now and then, so that taking one is cheap however many there are.
    if (this.#next * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#next);
    this.#next = 0;
  }

  #giveBack(costBytes: number): void {
    this.#returnedBytes += costBytes;
    if (this.#returnedBytes >= this.#windowBytes / 2) this.#onReturned();
  }
}
