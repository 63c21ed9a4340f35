import type { ByteBudget } from "@leeward/base";
import type { Message } from "@leeward/proto";

/** A deposit that is to be taken again, in memory as far as the budget of all machines has room; what is not kept is read anew. */
export class KeptDeposit implements Disposable {
  readonly #memory: ByteBudget;
  #messages: readonly Message[] | undefined;
  #bytes = 0;

  constructor(memory: ByteBudget) {
    this.#memory = memory;
  }

  get messages(): readonly Message[] | undefined {
    return this.#messages;
  }

  keep(messages: readonly Message[]): void {
    const bytes = messages.reduce((sum, { payload }) => sum + payload.length, 0);
    if (this.#messages !== undefined || !this.#memory.take(bytes)) return;
    this.#messages = messages;
    this.#bytes = bytes;
  }

  [Symbol.dispose](): void {
    this.#memory.give(this.#bytes);
    this.#messages = undefined;
    this.#bytes = 0;
  }
}
