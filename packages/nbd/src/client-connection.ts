import { Fault } from "@leeward/base";
import type { Extent } from "@leeward/block";
import type { ServerOffer } from "./client-handshake.ts";
import type { NbdClientLimits } from "./client-limits.ts";
import { ClientReplies } from "./client-replies.ts";
import type { ClientRequest } from "./client-request.ts";
import { connectionLost } from "./faults.ts";
import { COMMAND, REQUEST_BYTES, REQUEST_MAGIC } from "./protocol.ts";

/** What a request asks, beside its extent. */
export interface ClientCommand {
  readonly kind: number;
  readonly flags: number;
  /** Borrowed until the request is settled. */
  readonly payload?: Uint8Array;
}

/**
 * One connection after the handshake: requests go out pipelined, answers find them by cookie.
 *
 * Invariant: every request that was given is settled exactly once: by its answer, or by the Fault that ended the connection.
 * After that nothing writes into its buffer any more.
 */
export class ClientConnection {
  readonly #offer: ServerOffer;
  readonly #limits: NbdClientLimits;
  readonly #replies: ClientReplies;
  readonly #requests = new Map<number, ClientRequest>();
  readonly #waiting: { readonly bytes: number; readonly go: () => void }[] = [];
  readonly #quiet: (() => void)[] = [];
  /** Requests that have room, sent or about to be. */
  #inFlight = 0;
  #inFlightBytes = 0;
  #cookie = 0;
  #fault: Fault | undefined;

  constructor(offer: ServerOffer, limits: NbdClientLimits) {
    this.#offer = offer;
    this.#limits = limits;
    this.#replies = new ClientReplies(offer.input, {
      structured: offer.structured,
      allocationId: offer.allocationId,
      chunkBytesMax: limits.chunkBytesMax,
      find: (cookieHigh, cookieLow) => (cookieHigh === 0 ? this.#requests.get(cookieLow) : undefined),
      finished: (cookieLow) => this.#finished(cookieLow),
    });
    offer.input.onBytes = () => this.#onBytes();
    this.#onBytes();
  }

  /** Sends the request when there is room for it; settles with its answer. */
  async request(request: ClientRequest, command: ClientCommand): Promise<void> {
    const bytes = request.target?.length ?? command.payload?.length ?? 0;
    if (this.#waiting.length === 0 && this.#hasRoom(bytes)) this.#takeRoom(bytes);
    else await new Promise<void>((resolve) => this.#waiting.push({ bytes, go: resolve }));
    try {
      if (this.#fault !== undefined) throw this.#fault;
      const cookie = this.#nextCookie();
      this.#requests.set(cookie, request);
      this.#send(cookie, request.extent, command);
      await request.settled;
    } finally {
      this.#inFlight -= 1;
      this.#inFlightBytes -= bytes;
      this.#admit();
    }
  }

  /** Ends the connection: everything under way is settled with the fault. */
  close(fault: Fault): void {
    if (this.#fault !== undefined) return;
    this.#fault = fault;
    this.#offer.stream.destroy();
    for (const request of this.#requests.values()) request.fail(fault);
    this.#requests.clear();
    this.#admit();
    this.#tellQuiet();
  }

  /** Resolves when no request is under way. */
  async quiet(): Promise<void> {
    if (this.#requests.size > 0) await new Promise<void>((resolve) => this.#quiet.push(resolve));
  }

  /** Says farewell; the server closes the stream. */
  farewell(): void {
    if (this.#fault !== undefined) return;
    this.#send(this.#nextCookie(), { offset: 0, length: 0 }, { kind: COMMAND.disconnect, flags: 0 });
    this.#offer.output.flush();
    this.#offer.stream.end();
  }

  #onBytes(): void {
    if (this.#fault !== undefined) return;
    try {
      this.#replies.parse();
      if (this.#offer.input.ended) this.close(connectionLost(this.#offer.input.cause));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.close(error);
    }
  }

  #hasRoom(bytes: number): boolean {
    const { inFlightMax, inFlightBytesMax } = this.#limits;
    if (this.#fault !== undefined || this.#inFlight === 0) return true;
    return this.#inFlight < inFlightMax && this.#inFlightBytes + bytes <= inFlightBytesMax;
  }

  #takeRoom(bytes: number): void {
    this.#inFlight += 1;
    this.#inFlightBytes += bytes;
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#hasRoom(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#takeRoom(next.bytes);
      next.go();
    }
  }

  #finished(cookieLow: number): void {
    this.#requests.delete(cookieLow);
    if (this.#requests.size === 0) this.#tellQuiet();
  }

  #tellQuiet(): void {
    for (const resolve of this.#quiet.splice(0)) resolve();
  }

  #nextCookie(): number {
    do this.#cookie = (this.#cookie + 1) >>> 0;
    while (this.#requests.has(this.#cookie));
    return this.#cookie;
  }

  #send(cookie: number, extent: Extent, command: ClientCommand): void {
    const { output } = this.#offer;
    const at = output.reserve(REQUEST_BYTES);
    const { slab } = output;
    slab.writeUInt32BE(REQUEST_MAGIC, at);
    slab.writeUInt16BE(command.flags, at + 4);
    slab.writeUInt16BE(command.kind, at + 6);
    slab.writeUInt32BE(0, at + 8);
    slab.writeUInt32BE(cookie, at + 12);
    slab.writeUInt32BE(Math.floor(extent.offset / 2 ** 32), at + 16);
    slab.writeUInt32BE(extent.offset % 2 ** 32, at + 20);
    slab.writeUInt32BE(extent.length, at + 24);
    if (command.payload !== undefined) output.put(command.payload);
  }
}
