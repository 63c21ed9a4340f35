// A Channel over one WebSocket over TLS.
//
// What it keeps true: a message is whole or not there; what is read ahead of the consumer is bounded, and behind that the network's
// own flow control holds the sender; whatever the peer does that is no binary message breaks the channel. `send` settles when the kernel
// has the bytes, so that the sender's buffers are its own again.
//
// The library does the handshake, reads, and closes. Messages are written here, one frame each: it would write header and payload as one
// vector, which TLS copies together first, and a message of two parts as two frames, which the receiver copies together again.
import type { Duplex } from "node:stream";
import { orAborted, Waiters } from "@leeward/base";
import { type Channel, type PeerIdentity, peerLost } from "@leeward/world";
import type { RawData, WebSocket } from "ws";
import { frameHeader } from "./frame-header.ts";
import { CLOSE_MS_MAX, READ_AHEAD_BYTES } from "./transport-limits.ts";

/** Parts from this size on travel as a piece of their own; smaller ones are joined first, which is cheaper. */
const OWN_PIECE_BYTES = 32 * 1024;

type State =
  | { readonly kind: "open" }
  /** The other end closed: what came before is still to be taken. */
  | { readonly kind: "ended" }
  | { readonly kind: "closed" }
  | { readonly kind: "broken"; readonly reason: string; readonly cause: unknown };

export interface WebSocketChannelOptions {
  readonly peer: PeerIdentity;
  readonly address: string;
  readonly side: "client" | "server";
  /** The TLS connection under the WebSocket. */
  readonly stream: Duplex;
  /** Told when the peer sent what no channel carries, rather than went away. */
  readonly onMisused?: (reason: string) => void;
}

export class WebSocketChannel implements Channel {
  readonly peer: PeerIdentity;
  readonly address: string;
  readonly #side: "client" | "server";
  readonly #stream: Duplex;
  readonly #socket: WebSocket;
  readonly #onMisused: ((reason: string) => void) | undefined;
  readonly #changed = new Waiters();
  readonly #gone = Promise.withResolvers<void>();
  readonly #sending = new Set<(error: Error) => void>();
  #inbox: Uint8Array[] = [];
  #inboxBytes = 0;
  #state: State = { kind: "open" };

  /** Takes over `socket` before it can give its first message. */
  constructor(socket: WebSocket, { peer, address, side, stream, onMisused }: WebSocketChannelOptions) {
    this.#onMisused = onMisused;
    this.#side = side;
    this.#stream = stream;
    this.peer = peer;
    this.address = address;
    this.#socket = socket;
    socket.on("message", (data, isBinary) => this.#onMessage(data, isBinary));
    // We send none: who does is no peer of ours, and answering would make us buffer for it.
    socket.on("ping", () => this.#misused("it sent a WebSocket ping"));
    socket.on("pong", () => this.#misused("it sent a WebSocket pong"));
    socket.on("error", (error) => {
      // The library's own codes are of frames that break its rules; the network's are not.
      const isFrame = "code" in error && typeof error.code === "string" && error.code.startsWith("WS_ERR_");
      if (isFrame) this.#misused(error.message, error);
      else this.break(error.message, error);
    });
    socket.on("close", (code) => this.#onClose(code));
  }

  /** Settles when the connection is gone, whatever ended it. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  send(parts: readonly Uint8Array[]): Promise<void> {
    if (this.#state.kind !== "open") return Promise.reject(this.#lost());
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const fail = (): void => reject(this.#lost());
    this.#sending.add(fail);
    const onSent = (error?: Error | null): void => {
      this.#sending.delete(fail);
      if (error === undefined || error === null) resolve();
      else fail();
    };
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const pieces = piecesOf([frameHeader(length, this.#side), ...parts]);
    pieces.forEach((piece, index) => {
      this.#stream.write(piece, index === pieces.length - 1 ? onSent : undefined);
    });
    return promise;
  }

  async *receive(signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      signal.throwIfAborted();
      const changed = this.#changed.next();
      const message = this.#inbox.shift();
      if (message !== undefined) {
        this.#taken(message.length);
        yield message;
      } else if (this.#state.kind === "broken") throw this.#lost();
      else if (this.#state.kind !== "open") return;
      else await orAborted(changed, signal);
    }
  }

  async close(): Promise<void> {
    if (this.#state.kind === "open" || this.#state.kind === "ended") {
      const cut = this.#sending.size > 0;
      this.#become({ kind: "closed" });
      this.#inbox = [];
      this.#inboxBytes = 0;
      // What the peer still sends is read and dropped, so that its goodbye is seen behind it.
      this.#socket.resume();
      if (cut) this.#socket.terminate();
      else this.#socket.close(1_000);
    }
    const timer = setTimeout(() => this.#socket.terminate(), CLOSE_MS_MAX);
    await this.#gone.promise;
    clearTimeout(timer);
  }

  /** Cuts the connection at once; what arrived before can still be taken. */
  break(reason: string, cause?: unknown): void {
    this.#become({ kind: "broken", reason, cause });
    this.#socket.terminate();
  }

  #misused(reason: string, cause?: unknown): void {
    if (this.#state.kind === "open") this.#onMisused?.(reason);
    this.break(reason, cause);
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    if (this.#state.kind !== "open") return;
    if (!isBinary || !(data instanceof Uint8Array)) {
      this.#misused("it sent text");
      return;
    }
    this.#inbox.push(data);
    this.#inboxBytes += data.length;
    if (this.#inboxBytes >= READ_AHEAD_BYTES) this.#socket.pause();
    this.#changed.notify();
  }

  #taken(bytes: number): void {
    const paused = this.#inboxBytes >= READ_AHEAD_BYTES;
    this.#inboxBytes -= bytes;
    if (paused && this.#inboxBytes < READ_AHEAD_BYTES) this.#socket.resume();
  }

  #onClose(code: number): void {
    this.#become(
      code === 1_000 ? { kind: "ended" } : { kind: "broken", reason: `it closed with ${code}`, cause: undefined },
    );
    this.#gone.resolve();
  }

  /** How a channel ends is decided once; one whose peer closed can still be closed itself. */
  #become(state: State): void {
    const now = this.#state.kind;
    if (now !== "open" && !(now === "ended" && state.kind === "closed")) return;
    this.#state = state;
    for (const fail of this.#sending) fail(this.#lost());
    this.#sending.clear();
    this.#changed.notify();
  }

  #lost(): Error {
    if (this.#state.kind === "broken") return peerLost(this.address, this.#state.reason, this.#state.cause);
    return peerLost(this.address, "it is closed");
  }
}

/** The parts as the fewest pieces that need no copy of a long one. */
function piecesOf(parts: readonly Uint8Array[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  const flush = (): void => {
    if (small.length > 0) pieces.push(Buffer.concat(small));
    small = [];
  };
  for (const part of parts) {
    if (part.length < OWN_PIECE_BYTES) small.push(part);
    else {
      flush();
      pieces.push(part);
    }
  }
  flush();
  return pieces;
}
