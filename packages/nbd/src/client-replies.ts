import type { ByteInput } from "./byte-input.ts";
import type { ClientRequest } from "./client-request.ts";
import { protocolViolated } from "./faults.ts";
import {
  CHUNK,
  CHUNK_ERROR_FIRST,
  CHUNK_FLAG_DONE,
  CHUNK_HEAD_BYTES,
  SIMPLE_REPLY_BYTES,
  SIMPLE_REPLY_MAGIC,
  STRUCTURED_REPLY_MAGIC,
} from "./protocol.ts";

export interface ClientRepliesOptions {
  readonly structured: boolean;
  readonly allocationId: number | undefined;
  /** Bytes: a chunk that is gathered whole before it is looked at. */
  readonly chunkBytesMax: number;
  /** The request of that cookie, if one is under way. */
  readonly find: (cookieHigh: number, cookieLow: number) => ClientRequest | undefined;
  /** The request was answered. */
  readonly finished: (cookieLow: number) => void;
}

/** A chunk's head. */
interface Chunk {
  readonly kind: number;
  readonly length: number;
  readonly done: boolean;
  readonly cookieLow: number;
  readonly request: ClientRequest;
}

/**
 * What a server answers, as a state machine over the bytes that arrive: reply → (data of a read, put where it belongs) → reply …
 * Everything a server says is checked: that it was asked, its range, that no byte of a read is told twice or left out.
 */
export class ClientReplies {
  readonly #input: ByteInput;
  readonly #options: ClientRepliesOptions;
  /** Data of a read on its way. */
  #data:
    | { readonly target: Uint8Array; filled: number; readonly chunk: Pick<Chunk, "request" | "cookieLow" | "done"> }
    | undefined;

  constructor(input: ByteInput, options: ClientRepliesOptions) {
    this.#input = input;
    this.#options = options;
  }

  /** Takes what is whole. @throws Fault `nbd-protocol-violated` */
  parse(): void {
    for (;;) {
      if (this.#data === undefined) {
        if (!this.#takeReply()) return;
      } else {
        const { target, filled, chunk } = this.#data;
        this.#data.filled += this.#input.fill(target, filled);
        if (this.#data.filled < target.length) return;
        this.#data = undefined;
        if (chunk.done) this.#finish(chunk);
      }
    }
  }

  #takeReply(): boolean {
    const input = this.#input;
    if (input.buffered < SIMPLE_REPLY_BYTES) return false;
    input.join(SIMPLE_REPLY_BYTES);
    const magic = input.head.readUInt32BE(input.position);
    if (magic === SIMPLE_REPLY_MAGIC) {
      this.#takeSimple();
      return true;
    }
    if (magic !== STRUCTURED_REPLY_MAGIC || !this.#options.structured)
      throw protocolViolated("a reply without its magic");
    return this.#takeChunk();
  }

  #takeSimple(): void {
    const { head, position } = this.#input;
    const error = head.readUInt32BE(position + 4);
    const cookieLow = head.readUInt32BE(position + 12);
    const request = this.#find(head.readUInt32BE(position + 8), cookieLow);
    this.#input.skip(SIMPLE_REPLY_BYTES);
    if (error !== 0) request.noteError(error);
    else if (this.#options.structured && (request.target !== undefined || request.operation === "allocation")) {
      throw protocolViolated("what needs chunks was answered without");
    } else if (request.target !== undefined) {
      request.cover(request.extent.offset, request.extent.length);
      this.#data = { target: request.target, filled: 0, chunk: { request, cookieLow, done: true } };
      return;
    }
    this.#finish({ request, cookieLow });
  }

  /** False when more bytes are needed. */
  #takeChunk(): boolean {
    const input = this.#input;
    if (input.buffered < CHUNK_HEAD_BYTES) return false;
    input.join(CHUNK_HEAD_BYTES);
    const { head, position } = input;
    const cookieLow = head.readUInt32BE(position + 12);
    const chunk: Chunk = {
      done: (head.readUInt16BE(position + 4) & CHUNK_FLAG_DONE) !== 0,
      kind: head.readUInt16BE(position + 6),
      length: head.readUInt32BE(position + 16),
      cookieLow,
      request: this.#find(head.readUInt32BE(position + 8), cookieLow),
    };
    // Of a read's data only the offset is gathered; all others are small, and looked at whole.
    const gathered = CHUNK_HEAD_BYTES + (chunk.kind === CHUNK.data ? 8 : chunk.length);
    if (gathered > this.#options.chunkBytesMax) throw protocolViolated("a chunk is too long", { length: chunk.length });
    if (input.buffered < gathered) return false;
    const body = input.take(gathered).subarray(CHUNK_HEAD_BYTES);
    this.#meet(chunk, body);
    if (chunk.done && this.#data === undefined) this.#finish(chunk);
    return true;
  }

  #meet(chunk: Chunk, body: Buffer): void {
    switch (chunk.kind) {
      case CHUNK.none:
        if (chunk.length !== 0 || !chunk.done) throw protocolViolated("an empty chunk that is not the last");
        return;
      case CHUNK.data:
        this.#beginData(chunk, body);
        return;
      case CHUNK.hole:
        meetHole(chunk, body);
        return;
      case CHUNK.blockStatus:
        this.#meetStatus(chunk, body);
        return;
      default:
        if (chunk.kind < CHUNK_ERROR_FIRST) throw protocolViolated("a chunk of an unknown kind", { kind: chunk.kind });
        meetError(chunk, body);
    }
  }

  #beginData(chunk: Chunk, body: Buffer): void {
    const { request, length } = chunk;
    const bytes = length - 8;
    if (request.target === undefined || bytes < 1) throw protocolViolated("data that was not asked for");
    const offset = readOffset(body);
    if (!request.cover(offset, bytes))
      throw protocolViolated("data outside of what was asked, or twice", { offset, bytes });
    const from = offset - request.extent.offset;
    this.#data = { target: request.target.subarray(from, from + bytes), filled: 0, chunk };
  }

  #meetStatus(chunk: Chunk, body: Buffer): void {
    const { request, length } = chunk;
    if (request.operation !== "allocation" || request.runs.length > 0)
      throw protocolViolated("block status that was not asked for");
    if (length < 12 || (length - 4) % 8 !== 0) throw protocolViolated("block status of a wrong length", { length });
    if (body.readUInt32BE(0) !== this.#options.allocationId)
      throw protocolViolated("block status of an unknown context");
    for (let at = 4; at < length; at += 8) {
      const run = { length: body.readUInt32BE(at), flags: body.readUInt32BE(at + 4) };
      if (run.length === 0) throw protocolViolated("block status of nothing");
      request.runs.push(run);
    }
  }

  #find(cookieHigh: number, cookieLow: number): ClientRequest {
    const request = this.#options.find(cookieHigh, cookieLow);
    if (request === undefined) throw protocolViolated("an answer to no request");
    return request;
  }

  #finish(chunk: Pick<Chunk, "request" | "cookieLow">): void {
    if (!chunk.request.finish()) throw protocolViolated("success was claimed for an answer that is not whole");
    this.#options.finished(chunk.cookieLow);
  }
}

function meetHole(chunk: Chunk, body: Buffer): void {
  const { request } = chunk;
  if (request.target === undefined || chunk.length !== 12) throw protocolViolated("a hole that was not asked for");
  const offset = readOffset(body);
  const bytes = body.readUInt32BE(8);
  if (!request.cover(offset, bytes))
    throw protocolViolated("a hole outside of what was asked, or twice", { offset, bytes });
  const from = offset - request.extent.offset;
  request.target.fill(0, from, from + bytes);
}

function meetError(chunk: Chunk, body: Buffer): void {
  const error = chunk.length < 6 ? 0 : body.readUInt32BE(0);
  if (error === 0 || 6 + body.readUInt16BE(4) > chunk.length) throw protocolViolated("an error that tells none");
  chunk.request.noteError(error);
}

/** What is above 2^53 lies outside of every request, and is refused there. */
function readOffset(body: Buffer): number {
  return body.readUInt32BE(0) * 2 ** 32 + body.readUInt32BE(4);
}
