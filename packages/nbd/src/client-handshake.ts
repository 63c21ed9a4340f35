import type { Duplex } from "node:stream";
import { ByteInput } from "./byte-input.ts";
import { ByteOutput } from "./byte-output.ts";
import type { NbdClientLimits } from "./client-limits.ts";
import { exportUnknown, handshakeRefused, protocolViolated } from "./faults.ts";
import { encodeContextQuery, encodeExportQuery } from "./option-data.ts";
import {
  BASE_ALLOCATION,
  EXPORT_NAME_ZEROES_BYTES,
  GREETING_BYTES,
  HANDSHAKE,
  INFO,
  INIT_MAGIC,
  OPTION,
  OPTION_HEAD_BYTES,
  OPTION_MAGIC,
  OPTION_REPLY,
  OPTION_REPLY_ERROR_FIRST,
  OPTION_REPLY_HEAD_BYTES,
  OPTION_REPLY_MAGIC,
} from "./protocol.ts";

const REPLIES_MAX = 64;

export interface ClientHandshakeOptions {
  readonly exportName: string;
  readonly limits: NbdClientLimits;
  /** Makes TLS of the stream; when given, a server that has none is refused. */
  readonly startTls: ((stream: Duplex) => Promise<Duplex>) | undefined;
}

/** What the server offers, and what it agreed to. */
export interface ServerOffer {
  readonly stream: Duplex;
  readonly input: ByteInput;
  readonly output: ByteOutput;
  /** Transmission flags. */
  readonly flags: number;
  /** undefined when it is above 2^53 - 1. */
  readonly sizeBytes: number | undefined;
  /** As the server told, or undefined. */
  readonly blockSize: { readonly minimum: number; readonly maximum: number } | undefined;
  readonly structured: boolean;
  /** The id of the context `base:allocation`, when it was agreed on. */
  readonly allocationId: number | undefined;
}

interface OptionReply {
  readonly type: number;
  readonly data: Buffer;
}

/**
 * The client's side of the fixed newstyle handshake.
 * @throws Fault `nbd-protocol-violated`, `nbd-connection-lost`, `nbd-refused`, `nbd-export-unknown`, `nbd-tls-failed`
 */
export async function takeExport(stream: Duplex, options: ClientHandshakeOptions): Promise<ServerOffer> {
  return new ClientHandshake(stream, options).run();
}

class ClientHandshake {
  readonly #options: ClientHandshakeOptions;
  #stream: Duplex;
  #input: ByteInput;
  #output: ByteOutput;
  #noZeroes = false;

  constructor(stream: Duplex, options: ClientHandshakeOptions) {
    this.#options = options;
    this.#stream = stream;
    this.#input = new ByteInput(stream);
    this.#output = new ByteOutput(stream);
  }

  async run(): Promise<ServerOffer> {
    await this.#greet();
    const { startTls, exportName } = this.#options;
    if (startTls !== undefined) await this.#startTls(startTls);
    const structured = (await this.#ask(OPTION.structuredReply)).accepted;
    const allocationId = structured ? await this.#chooseAllocation() : undefined;
    const taken = await this.#go();
    return {
      stream: this.#stream,
      input: this.#input,
      output: this.#output,
      structured,
      allocationId,
      ...(taken ?? (await this.#byExportName(exportName))),
    };
  }

  async #greet(): Promise<void> {
    await this.#input.need(GREETING_BYTES);
    const greeting = this.#input.take(GREETING_BYTES);
    if (greeting.readUInt32BE(0) !== INIT_MAGIC.high || greeting.readUInt32BE(4) !== INIT_MAGIC.low) {
      throw protocolViolated("it does not greet as an NBD server does");
    }
    if (greeting.readUInt32BE(8) !== OPTION_MAGIC.high || greeting.readUInt32BE(12) !== OPTION_MAGIC.low) {
      throw handshakeRefused("it speaks the oldstyle handshake only");
    }
    const flags = greeting.readUInt16BE(16);
    if ((flags & HANDSHAKE.fixedNewstyle) === 0) throw handshakeRefused("it does not speak fixed newstyle");
    this.#noZeroes = (flags & HANDSHAKE.noZeroes) !== 0;
    const answer = Buffer.alloc(4);
    answer.writeUInt32BE(HANDSHAKE.fixedNewstyle | (flags & HANDSHAKE.noZeroes), 0);
    this.#output.put(answer);
  }

  async #startTls(startTls: (stream: Duplex) => Promise<Duplex>): Promise<void> {
    const { accepted } = await this.#ask(OPTION.startTls);
    if (!accepted) throw handshakeRefused("it has no TLS");
    if (this.#input.buffered > 0) throw protocolViolated("bytes in the clear after the wish for TLS");
    this.#input.detach();
    this.#stream = await startTls(this.#stream);
    this.#input = new ByteInput(this.#stream);
    this.#output = new ByteOutput(this.#stream);
  }

  async #chooseAllocation(): Promise<number | undefined> {
    const query = encodeContextQuery({ name: this.#options.exportName, queries: [BASE_ALLOCATION] });
    const { replies } = await this.#ask(OPTION.setMetaContext, query);
    for (const { type, data } of replies) {
      if (type !== OPTION_REPLY.metaContext) continue;
      if (data.length < 4) throw protocolViolated("a metadata context without an id");
      if (data.toString("utf8", 4) === BASE_ALLOCATION) return data.readUInt32BE(0);
    }
    return undefined;
  }

  /** undefined when the server does not know the option. */
  async #go(): Promise<Pick<ServerOffer, "flags" | "sizeBytes" | "blockSize"> | undefined> {
    const { exportName } = this.#options;
    const asked = await this.#ask(OPTION.go, encodeExportQuery({ name: exportName, infos: [INFO.blockSize] }));
    if (!asked.accepted) {
      if (asked.refusal === OPTION_REPLY.unsupported) return undefined;
      throw refusalFault(asked.refusal, exportName);
    }
    let about: { flags: number; sizeBytes: number | undefined } | undefined;
    let blockSize: ServerOffer["blockSize"];
    for (const { type, data } of asked.replies) {
      if (type !== OPTION_REPLY.info || data.length < 2) throw protocolViolated("GO was answered with something else");
      const kind = data.readUInt16BE(0);
      if (kind === INFO.export) {
        if (data.length !== 12) throw protocolViolated("an export is described in a wrong length");
        about = { sizeBytes: readSize(data, 2), flags: data.readUInt16BE(10) };
      } else if (kind === INFO.blockSize) {
        if (data.length !== 14) throw protocolViolated("block sizes are told in a wrong length");
        blockSize = { minimum: data.readUInt32BE(2), maximum: data.readUInt32BE(10) };
      }
    }
    if (about === undefined) throw protocolViolated("GO was accepted without a description of the export");
    return { ...about, blockSize };
  }

  async #byExportName(name: string): Promise<Pick<ServerOffer, "flags" | "sizeBytes" | "blockSize">> {
    this.#send(OPTION.exportName, Buffer.from(name));
    const length = 10 + (this.#noZeroes ? 0 : EXPORT_NAME_ZEROES_BYTES);
    await this.#input.need(length);
    const body = this.#input.take(length);
    return { sizeBytes: readSize(body, 0), flags: body.readUInt16BE(8), blockSize: undefined };
  }

  /** Sends an option and gathers the answer up to its end. */
  async #ask(option: number, data: Buffer = Buffer.alloc(0)): Promise<Answer> {
    this.#send(option, data);
    const replies: OptionReply[] = [];
    for (let count = 0; count < REPLIES_MAX; count += 1) {
      const reply = await this.#nextReply(option);
      if (reply.type === OPTION_REPLY.ack) return { accepted: true, replies };
      if (reply.type >= OPTION_REPLY_ERROR_FIRST) return { accepted: false, replies: [], refusal: reply.type };
      replies.push(reply);
    }
    throw protocolViolated("an option is answered without end", { option });
  }

  #send(option: number, data: Buffer): void {
    const head = Buffer.alloc(OPTION_HEAD_BYTES);
    head.writeUInt32BE(OPTION_MAGIC.high, 0);
    head.writeUInt32BE(OPTION_MAGIC.low, 4);
    head.writeUInt32BE(option, 8);
    head.writeUInt32BE(data.length, 12);
    this.#output.put(head);
    this.#output.put(data);
  }

  async #nextReply(option: number): Promise<OptionReply> {
    await this.#input.need(OPTION_REPLY_HEAD_BYTES);
    const head = this.#input.take(OPTION_REPLY_HEAD_BYTES);
    if (head.readUInt32BE(0) !== OPTION_REPLY_MAGIC.high || head.readUInt32BE(4) !== OPTION_REPLY_MAGIC.low) {
      throw protocolViolated("a reply of the handshake without its magic");
    }
    const length = head.readUInt32BE(16);
    if (head.readUInt32BE(8) !== option) throw protocolViolated("another option was answered", { option });
    if (length > this.#options.limits.optionReplyBytesMax)
      throw protocolViolated("a reply of the handshake is too long", { length });
    await this.#input.need(length);
    return { type: head.readUInt32BE(12), data: this.#input.take(length) };
  }
}

type Answer =
  | { readonly accepted: true; readonly replies: readonly OptionReply[] }
  | { readonly accepted: false; readonly replies: readonly []; readonly refusal: number };

function refusalFault(refusal: number, name: string): Error {
  switch (refusal) {
    case OPTION_REPLY.unknown:
      return exportUnknown(name);
    case OPTION_REPLY.tlsRequired:
      return handshakeRefused("it wants TLS");
    case OPTION_REPLY.shutdown:
      return handshakeRefused("it is shutting down");
    case OPTION_REPLY.policy:
      return handshakeRefused("its policy forbids it");
    default:
      return handshakeRefused(`it answered with error ${refusal - OPTION_REPLY_ERROR_FIRST}`);
  }
}

function readSize(data: Buffer, at: number): number | undefined {
  const size = data.readUInt32BE(at) * 2 ** 32 + data.readUInt32BE(at + 4);
  return size <= Number.MAX_SAFE_INTEGER ? size : undefined;
}
