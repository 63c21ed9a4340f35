import { orAborted, Waiters } from "@leeward/base";
import type { Channel, Endpoint, Listener, PeerIdentity } from "../network.ts";

export interface SimulatedListenerOptions {
  readonly endpoint: Endpoint;
  /** The process that listens. */
  readonly owner: ListenerOwner;
  readonly closed: () => void;
}

export interface ListenerOwner {
  readonly identity: PeerIdentity;
  isAlive(): boolean;
}

export class SimulatedListener implements Listener {
  readonly endpoint: Endpoint;
  readonly owner: ListenerOwner;
  readonly #closedCallback: () => void;
  readonly #arrived: Channel[] = [];
  readonly #changed = new Waiters();
  #closed = false;

  constructor(options: SimulatedListenerOptions) {
    this.endpoint = options.endpoint;
    this.owner = options.owner;
    this.#closedCallback = options.closed;
  }

  arrive(channel: Channel): void {
    this.#arrived.push(channel);
    this.#changed.notify();
  }

  async *accept(signal: AbortSignal): AsyncGenerator<Channel> {
    for (;;) {
      signal.throwIfAborted();
      const changed = this.#changed.next();
      const channel = this.#arrived.shift();
      if (channel !== undefined) yield channel;
      else if (this.#closed) return;
      else await this.#untilChanged(changed, signal);
    }
  }

  async #untilChanged(changed: Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await orAborted(changed, signal);
    } finally {
      if (!this.owner.isAlive()) await new Promise<never>(() => {});
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#closedCallback();
    for (const channel of this.#arrived.splice(0)) await channel.close();
    this.#changed.notify();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
