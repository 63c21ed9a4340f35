import type { Duplex } from "node:stream";
import { Waiters } from "@leeward/base";
import { connectionLost } from "./faults.ts";

const NOTHING = Buffer.alloc(0);
/** In a handshake, no more than about this many bytes are read ahead of who takes them. */
const AHEAD_BYTES_MAX = 256 * 1024;

/**
 * The bytes that arrive on a stream, taken without copying where they lie in one chunk.
 *
 * A handshake waits with `need`; a parser of many small messages sets `onBytes`, looks at `head` and `position` itself, and
 * bounds what lies here by taking all of it or by `hold`.
 */
export class ByteInput {
  /** The chunk that the next bytes lie in, from `position` on. */
  head: Buffer = NOTHING;
  position = 0;
  /** Called after each chunk, and when the stream has ended. Set it once the handshake is over. */
  onBytes: (() => void) | undefined;
  readonly #stream: Duplex;
  readonly #later: Buffer[] = [];
  readonly #arrived = new Waiters();
  #buffered = 0;
  #wanted = 0;
  #held = false;
  #ended = false;
  #cause: unknown;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on("data", this.#onData);
    stream.on("end", this.#onEnd);
    stream.on("close", this.#onEnd);
    stream.on("error", this.#onError);
  }

  /** Bytes that are here and not taken. */
  get buffered(): number {
    return this.#buffered;
  }

  /** No more will come than what is buffered. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Why the stream broke, if it did. */
  get cause(): unknown {
    return this.#cause;
  }

  /** Resolves when `count` bytes are buffered. @throws Fault `nbd-connection-lost` */
  async need(count: number): Promise<void> {
    while (this.#buffered < count) {
      if (this.#ended) throw connectionLost(this.#cause);
      this.#wanted = count;
      this.#flow();
      await this.#arrived.next();
    }
    this.#wanted = 0;
  }

  /** The next `count` bytes, which must be buffered: a view where they lie in one chunk, else a copy. Callers may keep it. */
  take(count: number): Buffer {
    this.join(count);
    const bytes = this.head.subarray(this.position, this.position + count);
    this.skip(count);
    return bytes;
  }

  /** Makes the next `count` bytes, which must be buffered, lie in `head` from `position` on. */
  join(count: number): void {
    if (this.head.length - this.position >= count) return;
    const joined = Buffer.allocUnsafe(count);
    let filled = this.head.copy(joined, 0, this.position);
    while (filled < count) {
      const chunk = this.#later.shift() ?? NOTHING;
      const part = chunk.copy(joined, filled, 0, count - filled);
      filled += part;
      if (part < chunk.length) this.#later.unshift(chunk.subarray(part));
    }
    this.head = joined;
    this.position = 0;
  }

  /** Moves as many buffered bytes as there are and fit into `target` from `at` on; returns their number. */
  fill(target: Uint8Array, at: number): number {
    const count = Math.min(this.#buffered, target.length - at);
    let filled = 0;
    while (filled < count) {
      const part = this.head.copy(
        target,
        at + filled,
        this.position,
        Math.min(this.head.length, this.position + count - filled),
      );
      filled += part;
      this.skip(part);
    }
    return count;
  }

  /** Passes over `count` bytes of `head`. */
  skip(count: number): void {
    this.position += count;
    this.#buffered -= count;
    if (this.position < this.head.length) return;
    this.head = this.#later.shift() ?? NOTHING;
    this.position = 0;
  }

  /** While held nothing is read from the stream, so that the peer waits. */
  hold(held: boolean): void {
    if (this.#held === held) return;
    this.#held = held;
    this.#flow();
  }

  /** Leaves the stream to another reader. What is buffered stays here. */
  detach(): void {
    this.#stream.pause();
    this.#stream.off("data", this.#onData);
    this.#stream.off("end", this.#onEnd);
    this.#stream.off("close", this.#onEnd);
    this.#stream.off("error", this.#onError);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#buffered += chunk.length;
    if (this.position === this.head.length) {
      this.head = chunk;
      this.position = 0;
    } else this.#later.push(chunk);
    if (this.#wanted > 0) this.#arrived.notify();
    this.onBytes?.();
    this.#flow();
  };

  readonly #onError = (error: unknown): void => {
    this.#cause ??= error;
    this.#onEnd();
  };

  readonly #onEnd = (): void => {
    if (this.#ended) return;
    this.#ended = true;
    this.#arrived.notify();
    this.onBytes?.();
  };

  #flow(): void {
    const full = this.onBytes === undefined && this.#buffered >= Math.max(AHEAD_BYTES_MAX, this.#wanted);
    const paused = this.#stream.isPaused();
    if (this.#held || full) {
      if (!paused) this.#stream.pause();
    } else if (paused) this.#stream.resume();
  }
}
