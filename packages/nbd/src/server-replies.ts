import type { Fault } from "@leeward/base";
import { type Allocation, type BlockDevice, endOf } from "@leeward/block";
import type { ByteOutput } from "./byte-output.ts";
import { errorOf } from "./errors.ts";
import {
  ALLOCATION_CONTEXT_ID,
  CHUNK,
  CHUNK_FLAG_DONE,
  CHUNK_HEAD_BYTES,
  COMMAND,
  COMMAND_FLAG,
  SIMPLE_REPLY_BYTES,
  SIMPLE_REPLY_MAGIC,
  STATE,
  STRUCTURED_REPLY_MAGIC,
} from "./protocol.ts";
import type { ServerRequest } from "./server-request.ts";

/** Reads up to this size use buffers again and again: their bytes are copied into the output at once. */
const SMALL_READ_BYTES = 16 * 1024;
/** Reads from this size on are looked through, and sent as a hole when all of it is zeroes. */
const HOLE_BYTES_MIN = 64 * 1024;
const DATA_HEAD_BYTES = CHUNK_HEAD_BYTES + 8;
const DESCRIPTORS_MAX = 2000;
const MESSAGE_BYTES_MAX = 512;
const ZEROES = Buffer.alloc(HOLE_BYTES_MIN);

/** How a server answers: simple replies, and chunks for what needs them when the client knows those. */
export class ServerReplies {
  readonly #output: ByteOutput;
  readonly #structured: boolean;
  readonly #small: Buffer[] = [];

  constructor(output: ByteOutput, options: { readonly structured: boolean }) {
    this.#output = output;
    this.#structured = options.structured;
  }

  /** The request succeeded, and there is nothing else to say. */
  done(request: ServerRequest): void {
    this.#simple(request, 0);
  }

  /** The device refused. */
  fail(request: ServerRequest, fault: Fault): void {
    this.refuse(request, errorOf(fault), fault.message);
  }

  /** We refuse. Where the answer to success would be chunks, so is this one. */
  refuse(request: ServerRequest, error: number, message = ""): void {
    if (!this.#structured || (request.kind !== COMMAND.read && request.kind !== COMMAND.blockStatus)) {
      this.#simple(request, error);
      return;
    }
    const text = Buffer.from(message).subarray(0, MESSAGE_BYTES_MAX);
    const at = this.#chunk(request, CHUNK.error, 6 + text.length);
    const { slab } = this.#output;
    slab.writeUInt32BE(error, at);
    slab.writeUInt16BE(text.length, at + 4);
    text.copy(slab, at + 6);
  }

  /** Reads and answers. */
  read(request: ServerRequest, device: BlockDevice): Promise<void> {
    return request.length <= SMALL_READ_BYTES - DATA_HEAD_BYTES
      ? this.#readSmall(request, device)
      : this.#readLarge(request, device);
  }

  /** The runs, as one chunk of descriptors; only the first when the client asked for one. */
  status(request: ServerRequest, runs: readonly Allocation[]): void {
    const one = (request.flags & COMMAND_FLAG.requestOne) !== 0;
    const merged: Allocation[] = [];
    for (const run of runs) {
      const last = merged.at(-1);
      if (last !== undefined && last.kind === run.kind)
        merged[merged.length - 1] = { ...last, length: endOf(run) - last.offset };
      else if (merged.length === (one ? 1 : DESCRIPTORS_MAX)) break;
      else merged.push(run);
    }
    const at = this.#chunk(request, CHUNK.blockStatus, 4 + 8 * merged.length);
    const { slab } = this.#output;
    slab.writeUInt32BE(ALLOCATION_CONTEXT_ID, at);
    for (const [index, run] of merged.entries()) {
      slab.writeUInt32BE(run.length, at + 4 + 8 * index);
      slab.writeUInt32BE(run.kind === "zero" ? STATE.hole | STATE.zero : 0, at + 8 + 8 * index);
    }
  }

  async #readSmall(request: ServerRequest, device: BlockDevice): Promise<void> {
    const { length } = request;
    const buffer = this.#small.pop() ?? Buffer.allocUnsafeSlow(SMALL_READ_BYTES);
    try {
      await device.read(request.offset, buffer.subarray(0, length));
      const head = this.#structured ? DATA_HEAD_BYTES : SIMPLE_REPLY_BYTES;
      const at = this.#output.reserve(head + length);
      this.#writeReadHead(this.#output.slab, at, request);
      buffer.copy(this.#output.slab, at + head, 0, length);
    } finally {
      this.#small.push(buffer);
    }
  }

  /** The head is put right before the data, so that both leave as one part. */
  async #readLarge(request: ServerRequest, device: BlockDevice): Promise<void> {
    const { length } = request;
    const head = this.#structured ? DATA_HEAD_BYTES : SIMPLE_REPLY_BYTES;
    const reply = Buffer.allocUnsafeSlow(head + length);
    const data = reply.subarray(head);
    await device.read(request.offset, data);
    if (this.#structured && length >= HOLE_BYTES_MIN && isZero(data)) {
      const at = this.#chunk(request, CHUNK.hole, 12);
      writeOffset(this.#output.slab, at, request.offset);
      this.#output.slab.writeUInt32BE(length, at + 8);
      return;
    }
    this.#writeReadHead(reply, 0, request);
    this.#output.put(reply);
  }

  #writeReadHead(target: Buffer, at: number, request: ServerRequest): void {
    if (this.#structured) {
      writeChunkHead(target, at, request, { kind: CHUNK.data, length: 8 + request.length });
      writeOffset(target, at + CHUNK_HEAD_BYTES, request.offset);
    } else writeSimple(target, at, request, 0);
  }

  #simple(request: ServerRequest, error: number): void {
    const at = this.#output.reserve(SIMPLE_REPLY_BYTES);
    writeSimple(this.#output.slab, at, request, error);
  }

  /** Room for the only chunk of a reply; returns where in the slab its payload goes. */
  #chunk(request: ServerRequest, kind: number, length: number): number {
    const at = this.#output.reserve(CHUNK_HEAD_BYTES + length);
    writeChunkHead(this.#output.slab, at, request, { kind, length });
    return at + CHUNK_HEAD_BYTES;
  }
}

function writeSimple(target: Buffer, at: number, request: ServerRequest, error: number): void {
  target.writeUInt32BE(SIMPLE_REPLY_MAGIC, at);
  target.writeUInt32BE(error, at + 4);
  target.writeUInt32BE(request.cookieHigh, at + 8);
  target.writeUInt32BE(request.cookieLow, at + 12);
}

function writeChunkHead(
  target: Buffer,
  at: number,
  request: ServerRequest,
  chunk: { readonly kind: number; readonly length: number },
): void {
  target.writeUInt32BE(STRUCTURED_REPLY_MAGIC, at);
  target.writeUInt16BE(CHUNK_FLAG_DONE, at + 4);
  target.writeUInt16BE(chunk.kind, at + 6);
  target.writeUInt32BE(request.cookieHigh, at + 8);
  target.writeUInt32BE(request.cookieLow, at + 12);
  target.writeUInt32BE(chunk.length, at + 16);
}

function writeOffset(target: Buffer, at: number, offset: number): void {
  target.writeUInt32BE(Math.floor(offset / 2 ** 32), at);
  target.writeUInt32BE(offset % 2 ** 32, at + 4);
}

function isZero(data: Buffer): boolean {
  for (let at = 0; at < data.length; at += ZEROES.length) {
    const part = Math.min(ZEROES.length, data.length - at);
    if (data.compare(ZEROES, 0, part, at, at + part) !== 0) return false;
  }
  return true;
}
