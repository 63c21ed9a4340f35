import { Fault } from "@leeward/base";
import type { BlockDevice } from "@leeward/block";
import type { ByteInput } from "./byte-input.ts";
import type { ByteOutput } from "./byte-output.ts";
import { connectionLost, protocolViolated } from "./faults.ts";
import { COMMAND, COMMAND_FLAG, REQUEST_BYTES, REQUEST_MAGIC } from "./protocol.ts";
import type { Agreement } from "./server-handshake.ts";
import type { NbdServerLimits } from "./server-limits.ts";
import { ServerReplies } from "./server-replies.ts";
import { decodeRequest, type RequestRules, refusalOf, type ServerRequest } from "./server-request.ts";

/**
 * One client's requests, from the end of the handshake on.
 *
 * A state machine over the bytes that arrive: head → (payload of a write) → head … Requests are started as soon as they are
 * whole, run side by side, and are answered in the order in which the device settles them. What is under way is bounded
 * (`inFlightBytesMax`, `inFlightMax`): at the bound nothing more is read, and the client waits.
 *
 * `run` settles when the stream has ended and no call of the device is under way any more: only then may the device be closed.
 */
export class ServerTransmission {
  readonly #device: BlockDevice;
  readonly #limits: NbdServerLimits;
  readonly #agreement: Agreement;
  readonly #rules: RequestRules;
  readonly #input: ByteInput;
  readonly #output: ByteOutput;
  readonly #replies: ServerReplies;
  readonly #end = Promise.withResolvers<void>();
  /** A write whose payload is not whole yet, and what came of it. */
  #arriving: { readonly request: ServerRequest; readonly payload: Buffer; filled: number } | undefined;
  /** Nothing is read until there is room again. */
  #held = false;
  #inFlight = 0;
  #inFlightBytes = 0;
  #requests = 0;
  /** No more requests are taken: the client said farewell, went away, or broke the protocol (the Fault). */
  #closing = false;
  #fault: Fault | undefined;

  constructor(agreement: Agreement, limits: NbdServerLimits) {
    this.#agreement = agreement;
    this.#device = agreement.export.device;
    this.#limits = limits;
    const { structured, allocation } = agreement;
    this.#rules = { device: this.#device, structured, allocation, readBytesMax: limits.requestBytesMax };
    this.#input = agreement.input;
    this.#output = agreement.output;
    this.#replies = new ServerReplies(agreement.output, { structured: agreement.structured });
  }

  /** Whole requests so far. */
  get requests(): number {
    return this.#requests;
  }

  /** Settles as described above; the Fault says what ended the connection, if not the client's farewell. */
  async run(): Promise<Fault | undefined> {
    const { stream } = this.#agreement;
    this.#output.onWritten = () => {
      if (this.#held) this.#proceed();
    };
    this.#input.onBytes = this.#proceed;
    this.#proceed();
    await this.#end.promise;
    this.#output.flush();
    if (this.#fault === undefined) stream.end();
    else stream.destroy();
    return this.#fault;
  }

  /** Ends the connection from outside; `run` settles when the calls under way have ended. */
  close(fault: Fault): void {
    this.#fault ??= fault;
    this.#closing = true;
    this.#agreement.stream.destroy();
    this.#settle();
  }

  readonly #proceed = (): void => {
    // A stream that is gone takes no replies: waiting for room would be waiting for ever.
    if (this.#agreement.stream.destroyed && !this.#closing) this.close(connectionLost(this.#input.cause));
    try {
      this.#parse();
    } catch (error) {
      if (error instanceof Fault) this.close(error);
      else this.#end.reject(error);
    }
  };

  /** Takes as many whole requests as there are and as the bounds admit. */
  #parse(): void {
    while (!this.#closing) {
      if (this.#arriving !== undefined) {
        const { request, payload, filled } = this.#arriving;
        this.#arriving.filled += this.#input.fill(payload, filled);
        if (this.#arriving.filled < payload.length) break;
        this.#arriving = undefined;
        this.#start(request, payload);
      } else if (this.#input.buffered < REQUEST_BYTES) break;
      else if (!this.#takeRequest()) return this.#hold(true);
    }
    this.#hold(false);
    if (!this.#closing && this.#input.ended) this.close(connectionLost(this.#input.cause));
  }

  /** False, and nothing taken, when the next request does not fit inside of the bounds now. */
  #takeRequest(): boolean {
    this.#input.join(REQUEST_BYTES);
    const { head, position } = this.#input;
    if (head.readUInt32BE(position) !== REQUEST_MAGIC) throw protocolViolated("a request without its magic");
    const kind = head.readUInt16BE(position + 6);
    const length = head.readUInt32BE(position + 24);
    const bytes = kind === COMMAND.read || kind === COMMAND.write ? length : 0;
    if (kind === COMMAND.write && length > this.#limits.requestBytesMax)
      throw protocolViolated("a write is too long", { length });
    if (!this.#hasRoom(Math.min(bytes, this.#limits.requestBytesMax))) return false;
    const request = decodeRequest(head, position);
    this.#input.skip(REQUEST_BYTES);
    this.#requests += 1;
    if (kind !== COMMAND.write) this.#start(request, undefined);
    else if (this.#input.buffered >= length) this.#start(request, this.#input.take(length));
    else this.#arriving = { request, payload: Buffer.allocUnsafe(length), filled: 0 };
    return true;
  }

  #hasRoom(bytes: number): boolean {
    const { inFlightMax, inFlightBytesMax } = this.#limits;
    const used = this.#inFlightBytes + this.#output.waiting;
    return this.#inFlight < inFlightMax && (used + bytes <= inFlightBytesMax || used === 0);
  }

  #start(request: ServerRequest, payload: Buffer | undefined): void {
    if (request.kind === COMMAND.disconnect) {
      this.#closing = true;
      this.#settle();
      return;
    }
    const refusal = refusalOf(request, this.#rules);
    if (refusal !== undefined) {
      this.#replies.refuse(request, refusal);
      return;
    }
    const bytes = request.kind === COMMAND.read || request.kind === COMMAND.write ? request.length : 0;
    this.#inFlight += 1;
    this.#inFlightBytes += bytes;
    const leave = (): void => {
      this.#inFlight -= 1;
      this.#inFlightBytes -= bytes;
      if (this.#closing) this.#settle();
      else if (this.#held) this.#proceed();
    };
    this.#execute(request, payload).then(leave, (error: unknown) => {
      if (error instanceof Fault) this.#replies.fail(request, error);
      else this.#end.reject(error);
      leave();
    });
  }

  #execute(request: ServerRequest, payload: Buffer | undefined): Promise<void> {
    const device = this.#device;
    const { offset, length } = request;
    const fua = (request.flags & COMMAND_FLAG.fua) !== 0;
    switch (request.kind) {
      case COMMAND.read:
        return this.#replies.read(request, device);
      case COMMAND.write:
        return device.write(offset, payload ?? Buffer.alloc(0), { fua }).then(() => this.#replies.done(request));
      case COMMAND.flush:
        return device.flush().then(() => this.#replies.done(request));
      case COMMAND.trim:
        return device.discard({ offset, length }, { fua }).then(() => this.#replies.done(request));
      case COMMAND.writeZeroes: {
        const mayDiscard = (request.flags & COMMAND_FLAG.noHole) === 0;
        return device.zero({ offset, length }, { fua, mayDiscard }).then(() => this.#replies.done(request));
      }
      default: {
        const extent = { offset, length: Math.min(length, this.#limits.statusBytesMax) };
        return device.allocation(extent).then((runs) => this.#replies.status(request, runs));
      }
    }
  }

  #hold(held: boolean): void {
    this.#held = held;
    this.#input.hold(held);
  }

  #settle(): void {
    if (this.#closing && this.#inFlight === 0) this.#end.resolve();
  }
}
