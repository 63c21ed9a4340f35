import { assert, type Fault, orAborted, Waiters } from "@leeward/base";
import { type Channel, messageBytesMax, type PeerIdentity } from "../network.ts";
import { peerLost } from "../network-faults.ts";

/** Brings one event of so many bytes to the other end, after those before it; it may take time, and need not happen at all. */
export type Carry = (event: () => void, bytes: number) => void;

export interface ChannelEndOptions {
  readonly peer: PeerIdentity;
  readonly address: string;
  /** Towards the other end. */
  readonly carry: Carry;
  /** How many bytes may be under way and not yet taken by the receiver before `send` waits. */
  readonly windowBytes: number;
}

type EndState =
  | { readonly kind: "open" }
  /** The other end closed: what came before is still to be taken. */
  | { readonly kind: "ended" }
  | { readonly kind: "closed" }
  | { readonly kind: "broken"; readonly fault: Fault }
  /** The process or machine of this end is gone: nothing settles. */
  | { readonly kind: "dead" };

/** One end of a connection in memory. */
export class ChannelEnd implements Channel {
  readonly peer: PeerIdentity;
  readonly address: string;
  readonly #carry: Carry;
  readonly #windowBytes: number;
  readonly #inbox: Uint8Array[] = [];
  readonly #changed = new Waiters();
  #other: ChannelEnd | undefined;
  #state: EndState = { kind: "open" };
  #underWayBytes = 0;
  #receiving = false;

  constructor(options: ChannelEndOptions) {
    this.peer = options.peer;
    this.address = options.address;
    this.#carry = options.carry;
    this.#windowBytes = options.windowBytes;
  }

  /** Ties two ends together; both must be new. */
  static tie(near: ChannelEnd, far: ChannelEnd): void {
    near.#other = far;
    far.#other = near;
  }

  async send(parts: readonly Uint8Array[]): Promise<void> {
    if (this.#state.kind === "dead") return await never();
    this.#throwUnlessOpen();
    const message = joined(parts);
    const other = this.#otherEnd();
    this.#underWayBytes += message.length;
    this.#carry(() => other.#arrive(message), message.length);
    while (this.#underWayBytes > this.#windowBytes) {
      await this.#changed.next();
      this.#throwUnlessOpen();
    }
  }

  async *receive(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    assert(!this.#receiving, "a channel has one consumer");
    this.#receiving = true;
    try {
      for (;;) {
        signal.throwIfAborted();
        const changed = this.#changed.next();
        const message = this.#inbox.shift();
        if (message !== undefined) {
          this.#otherEnd().#taken(message.length);
          yield message;
        } else if (this.#state.kind === "broken") throw this.#state.fault;
        else if (this.#state.kind === "ended" || this.#state.kind === "closed") return;
        else await this.#untilChanged(changed, signal);
      }
    } finally {
      this.#receiving = false;
    }
  }

  async close(): Promise<void> {
    if (this.#state.kind === "dead") return await never();
    if (this.#state.kind === "open") {
      const other = this.#otherEnd();
      this.#carry(() => other.#become({ kind: "ended" }), 0);
    }
    this.#inbox.length = 0;
    this.#become({ kind: "closed" });
  }

  /** The connection breaks at this end; what arrived before can still be taken. */
  break(reason: string): void {
    this.#become({ kind: "broken", fault: peerLost(this.address, reason) });
  }

  /** This end's process is gone. */
  die(): void {
    this.#inbox.length = 0;
    this.#state = { kind: "dead" };
  }

  #arrive(message: Uint8Array): void {
    if (this.#state.kind === "dead") return;
    if (this.#state.kind !== "open") {
      const other = this.#otherEnd();
      this.#carry(() => other.break("the other end had closed"), 0);
      return;
    }
    if (message.length > messageBytesMax(this.peer.role)) {
      const reason = `a message of ${message.length} bytes came`;
      const other = this.#otherEnd();
      this.#carry(() => other.break(reason), 0);
      this.break(reason);
      return;
    }
    this.#inbox.push(message);
    this.#changed.notify();
  }

  #taken(bytes: number): void {
    this.#underWayBytes -= bytes;
    if (this.#state.kind !== "dead") this.#changed.notify();
  }

  /** How an end ends is decided once; one whose peer closed can still be closed itself. */
  #become(state: EndState): void {
    const now = this.#state.kind;
    if (now !== "open" && !(now === "ended" && state.kind === "closed")) return;
    this.#state = state;
    this.#changed.notify();
  }

  #throwUnlessOpen(): void {
    if (this.#state.kind === "open") return;
    throw this.#state.kind === "broken" ? this.#state.fault : peerLost(this.address, "it is closed");
  }

  /** A dead process does not even see its own signals. */
  async #untilChanged(changed: Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await orAborted(changed, signal);
    } finally {
      if (this.#state.kind === "dead") await never();
    }
  }

  #otherEnd(): ChannelEnd {
    assert(this.#other !== undefined, "the channel has no other end");
    return this.#other;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const message = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let done = 0;
  for (const part of parts) {
    message.set(part, done);
    done += part.length;
  }
  return message;
}

function never(): Promise<never> {
  return new Promise(() => {});
}

export interface ChannelPairOptions {
  /** Who the first end is, as the second sees it. */
  readonly near?: PeerIdentity;
  readonly far?: PeerIdentity;
  /** Default: 1 MiB. */
  readonly windowBytes?: number;
}

const WINDOW_BYTES = 1024 * 1024;
const NEAR: PeerIdentity = { role: "agent", id: "0".repeat(31) + "1", fingerprint: "1".repeat(64) };
const FAR: PeerIdentity = { role: "process-server", id: "0".repeat(31) + "2", fingerprint: "2".repeat(64) };

/** Two ends of one connection that takes no time. `break(reason)` on an end breaks it there alone. */
export function memoryChannelPair(options: ChannelPairOptions = {}): readonly [ChannelEnd, ChannelEnd] {
  const windowBytes = options.windowBytes ?? WINDOW_BYTES;
  const carry: Carry = (event) => queueMicrotask(event);
  const near = new ChannelEnd({ peer: options.far ?? FAR, address: "memory:far", carry, windowBytes });
  const far = new ChannelEnd({ peer: options.near ?? NEAR, address: "memory:near", carry, windowBytes });
  ChannelEnd.tie(near, far);
  return [near, far];
}
