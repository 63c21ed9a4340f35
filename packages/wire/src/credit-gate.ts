import { Mutex, Waiters } from "@leeward/base";
import { creditExceeded } from "./wire-fault.ts";

/**
 * What we may still send to the peer. Messages pass in the order of their calls; one passes while any credit is left, and may
 * overdraw it, so that a window smaller than a message still works and is exceeded by one message at most.
 */
export class CreditGate {
  readonly #order = new Mutex();
  readonly #waiters = new Waiters();
  readonly #windowBytes: number;
  #leftBytes: number;

  constructor(windowBytes: number) {
    this.#windowBytes = windowBytes;
    this.#leftBytes = windowBytes;
  }

  /** Bytes that may be sent now; 0 or less when the next message waits. */
  get leftBytes(): number {
    return this.#leftBytes;
  }

  /**
   * Waits for credit and calls `send` in turn; settles as the promise does that `send` gave, which the next message does not wait for.
   * Rejects with the signal's reason when it aborts first; `send` was then not called.
   */
  async pass(costBytes: number, send: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const begun = await this.#order.hold(async () => {
      await this.#waiters.until(() => this.#leftBytes > 0, signal);
      signal.throwIfAborted();
      this.#leftBytes -= costBytes;
      return { sent: send() };
    });
    await begun.sent;
  }

  /** The peer has done with so many bytes. @throws Fault `credit-exceeded` */
  grant(bytes: number): void {
    if (this.#leftBytes + bytes > this.#windowBytes) throw creditExceeded("gave back more credit than was used");
    this.#leftBytes += bytes;
    this.#waiters.notify();
  }
}
