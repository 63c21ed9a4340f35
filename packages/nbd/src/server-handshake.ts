import type { Duplex } from "node:stream";
import { ByteInput } from "./byte-input.ts";
import { ByteOutput } from "./byte-output.ts";
import type { NbdExport, NbdExports } from "./exports.ts";
import { protocolViolated } from "./faults.ts";
import { decodeContextQuery, decodeExportQuery, decodeName, type ExportQuery } from "./option-data.ts";
import {
  ALLOCATION_CONTEXT_ID,
  BASE_ALLOCATION,
  EXPORT_NAME_ZEROES_BYTES,
  HANDSHAKE,
  INFO,
  INIT_MAGIC,
  OPTION,
  OPTION_HEAD_BYTES,
  OPTION_MAGIC,
  OPTION_REPLY,
  OPTION_REPLY_HEAD_BYTES,
  OPTION_REPLY_MAGIC,
  TRANSMISSION,
} from "./protocol.ts";
import type { NbdServerLimits } from "./server-limits.ts";

const PREFERRED_BLOCK_BYTES = 4096;

export interface HandshakeOptions {
  readonly exports: NbdExports;
  readonly limits: NbdServerLimits;
  /** Makes TLS of the stream. When given, nothing but STARTTLS and ABORT is answered before it. */
  readonly startTls: ((stream: Duplex) => Promise<Duplex>) | undefined;
}

/** What the two sides agreed on. */
export interface Agreement {
  readonly stream: Duplex;
  readonly input: ByteInput;
  readonly output: ByteOutput;
  readonly name: string;
  readonly export: NbdExport;
  readonly structured: boolean;
  readonly allocation: boolean;
}

interface Option {
  readonly kind: number;
  readonly data: Buffer;
}

/**
 * The server's side of the fixed newstyle handshake, up to an export taken (its Agreement) or the client's farewell (undefined).
 * @throws Fault `nbd-protocol-violated`, `nbd-connection-lost`, `nbd-tls-failed`
 */
export async function shakeHands(stream: Duplex, options: HandshakeOptions): Promise<Agreement | undefined> {
  const handshake = new ServerHandshake(stream, options);
  return handshake.run();
}

class ServerHandshake {
  readonly #options: HandshakeOptions;
  #stream: Duplex;
  #input: ByteInput;
  #output: ByteOutput;
  #secure = false;
  #noZeroes = false;
  #fixed = false;
  #structured = false;
  /** The export for which `base:allocation` was chosen. */
  #allocationOf: string | undefined;

  constructor(stream: Duplex, options: HandshakeOptions) {
    this.#options = options;
    this.#stream = stream;
    this.#input = new ByteInput(stream);
    this.#output = new ByteOutput(stream);
  }

  async run(): Promise<Agreement | undefined> {
    await this.#greet();
    for (let count = 0; count < this.#options.limits.optionsMax; count += 1) {
      const option = await this.#nextOption();
      if (option.kind === OPTION.abort) {
        this.#reply(option, OPTION_REPLY.ack);
        this.#output.flush();
        return undefined;
      }
      const agreement = await this.#answer(option);
      if (agreement !== undefined) return agreement;
    }
    throw protocolViolated("more options than a handshake needs");
  }

  async #greet(): Promise<void> {
    const greeting = Buffer.alloc(18);
    greeting.writeUInt32BE(INIT_MAGIC.high, 0);
    greeting.writeUInt32BE(INIT_MAGIC.low, 4);
    greeting.writeUInt32BE(OPTION_MAGIC.high, 8);
    greeting.writeUInt32BE(OPTION_MAGIC.low, 12);
    greeting.writeUInt16BE(HANDSHAKE.fixedNewstyle | HANDSHAKE.noZeroes, 16);
    this.#output.put(greeting);
    await this.#input.need(4);
    const flags = this.#input.take(4).readUInt32BE(0);
    if ((flags & ~(HANDSHAKE.fixedNewstyle | HANDSHAKE.noZeroes)) !== 0)
      throw protocolViolated("unknown client flags", { flags });
    this.#noZeroes = (flags & HANDSHAKE.noZeroes) !== 0;
    this.#fixed = (flags & HANDSHAKE.fixedNewstyle) !== 0;
  }

  async #nextOption(): Promise<Option> {
    await this.#input.need(OPTION_HEAD_BYTES);
    const head = this.#input.take(OPTION_HEAD_BYTES);
    if (head.readUInt32BE(0) !== OPTION_MAGIC.high || head.readUInt32BE(4) !== OPTION_MAGIC.low) {
      throw protocolViolated("an option without its magic");
    }
    const kind = head.readUInt32BE(8);
    const length = head.readUInt32BE(12);
    if (!this.#fixed && kind !== OPTION.exportName)
      throw protocolViolated("an option of fixed newstyle, which the client did not choose");
    if (length > this.#options.limits.optionBytesMax) throw protocolViolated("an option is too long", { kind, length });
    await this.#input.need(length);
    return { kind, data: this.#input.take(length) };
  }

  async #answer(option: Option): Promise<Agreement | undefined> {
    if (option.kind === OPTION.startTls) {
      await this.#startTls(option);
      return undefined;
    }
    if (this.#options.startTls !== undefined && !this.#secure) {
      if (option.kind === OPTION.exportName) throw protocolViolated("an export was asked for before TLS");
      this.#reply(option, OPTION_REPLY.tlsRequired);
      return undefined;
    }
    switch (option.kind) {
      case OPTION.exportName:
        return this.#exportName(option);
      case OPTION.go:
        return this.#go(option);
      case OPTION.info:
        await this.#info(option);
        break;
      case OPTION.list:
        await this.#list(option);
        break;
      case OPTION.structuredReply:
        this.#structured ||= option.data.length === 0;
        this.#reply(option, option.data.length === 0 ? OPTION_REPLY.ack : OPTION_REPLY.invalid);
        break;
      case OPTION.listMetaContext:
      case OPTION.setMetaContext:
        this.#metaContext(option);
        break;
      default:
        this.#reply(option, OPTION_REPLY.unsupported);
    }
    return undefined;
  }

  async #startTls(option: Option): Promise<void> {
    const { startTls } = this.#options;
    if (option.data.length > 0 || this.#secure) {
      this.#reply(option, OPTION_REPLY.invalid);
      return;
    }
    if (startTls === undefined) {
      this.#reply(option, OPTION_REPLY.unsupported);
      return;
    }
    // What came in the clear behind the option would be believed to have come through TLS.
    if (this.#input.buffered > 0) throw protocolViolated("bytes in the clear after the wish for TLS");
    this.#reply(option, OPTION_REPLY.ack);
    this.#output.flush();
    this.#input.detach();
    this.#stream = await startTls(this.#stream);
    this.#input = new ByteInput(this.#stream);
    this.#output = new ByteOutput(this.#stream);
    this.#secure = true;
    this.#structured = false;
    this.#allocationOf = undefined;
  }

  async #exportName(option: Option): Promise<Agreement> {
    const name = decodeName(option.data);
    const found = name === undefined ? undefined : await this.#options.exports.find(name);
    // The option has no way to say no.
    if (name === undefined || found === undefined)
      throw protocolViolated("an unknown export was asked for by EXPORT_NAME");
    const body = Buffer.alloc(10 + (this.#noZeroes ? 0 : EXPORT_NAME_ZEROES_BYTES));
    writeSize(body, 0, found.device.sizeBytes);
    body.writeUInt16BE(this.#flagsOf(found), 8);
    this.#output.put(body);
    return this.#agree(name, found);
  }

  async #go(option: Option): Promise<Agreement | undefined> {
    const found = await this.#info(option);
    return found === undefined ? undefined : this.#agree(found.query.name, found.export);
  }

  /** Answers INFO and GO. What is found stays the caller's only for GO. */
  async #info(option: Option): Promise<{ readonly query: ExportQuery; readonly export: NbdExport } | undefined> {
    const query = decodeExportQuery(option.data);
    if (query === undefined) {
      this.#reply(option, OPTION_REPLY.invalid);
      return undefined;
    }
    const found = await this.#options.exports.find(query.name);
    if (found === undefined) {
      this.#reply(option, OPTION_REPLY.unknown);
      return undefined;
    }
    for (const part of this.#infosOf(query, found)) this.#reply(option, OPTION_REPLY.info, part);
    this.#reply(option, OPTION_REPLY.ack);
    if (option.kind === OPTION.go) return { query, export: found };
    found.release?.();
    return undefined;
  }

  *#infosOf(query: ExportQuery, found: NbdExport): IterableIterator<Buffer> {
    const { device, description } = found;
    const about = Buffer.alloc(12);
    about.writeUInt16BE(INFO.export, 0);
    writeSize(about, 2, device.sizeBytes);
    about.writeUInt16BE(this.#flagsOf(found), 10);
    yield about;
    if (query.infos.includes(INFO.name)) yield infoText(INFO.name, query.name);
    if (query.infos.includes(INFO.description) && description !== undefined)
      yield infoText(INFO.description, description);
    if (query.infos.includes(INFO.blockSize)) {
      const sizes = Buffer.alloc(14);
      sizes.writeUInt16BE(INFO.blockSize, 0);
      sizes.writeUInt32BE(device.blockBytes, 2);
      sizes.writeUInt32BE(Math.max(device.blockBytes, PREFERRED_BLOCK_BYTES), 6);
      sizes.writeUInt32BE(this.#options.limits.requestBytesMax, 10);
      yield sizes;
    }
  }

  async #list(option: Option): Promise<void> {
    if (option.data.length > 0) {
      this.#reply(option, OPTION_REPLY.invalid);
      return;
    }
    for (const name of await this.#options.exports.list()) {
      const text = Buffer.from(name);
      const body = Buffer.alloc(4 + text.length);
      body.writeUInt32BE(text.length, 0);
      text.copy(body, 4);
      this.#reply(option, OPTION_REPLY.server, body);
    }
    this.#reply(option, OPTION_REPLY.ack);
  }

  #metaContext(option: Option): void {
    const query = decodeContextQuery(option.data);
    if (query === undefined || !this.#structured) {
      this.#reply(option, OPTION_REPLY.invalid);
      return;
    }
    const set = option.kind === OPTION.setMetaContext;
    const all = !set && query.queries.length === 0;
    const chosen = all || query.queries.includes(BASE_ALLOCATION) || (!set && query.queries.includes("base:"));
    if (set) this.#allocationOf = chosen ? query.name : undefined;
    if (chosen) {
      const body = Buffer.alloc(4 + BASE_ALLOCATION.length);
      body.writeUInt32BE(set ? ALLOCATION_CONTEXT_ID : 0, 0);
      body.write(BASE_ALLOCATION, 4);
      this.#reply(option, OPTION_REPLY.metaContext, body);
    }
    this.#reply(option, OPTION_REPLY.ack);
  }

  #agree(name: string, found: NbdExport): Agreement {
    return {
      stream: this.#stream,
      input: this.#input,
      output: this.#output,
      name,
      export: found,
      structured: this.#structured,
      allocation: this.#structured && this.#allocationOf === name,
    };
  }

  #flagsOf({ device }: NbdExport): number {
    const { hasFlags, flush, multipleConnections, doNotFragment, readOnly, fua, trim, writeZeroes } = TRANSMISSION;
    // All connections share the one device, so a flush on any of them covers the writes of all.
    const always = hasFlags | flush | multipleConnections | (this.#structured ? doNotFragment : 0);
    return always | (device.readOnly ? readOnly : fua | trim | writeZeroes);
  }

  #reply(option: Option, type: number, data?: Buffer): void {
    const head = Buffer.alloc(OPTION_REPLY_HEAD_BYTES);
    head.writeUInt32BE(OPTION_REPLY_MAGIC.high, 0);
    head.writeUInt32BE(OPTION_REPLY_MAGIC.low, 4);
    head.writeUInt32BE(option.kind, 8);
    head.writeUInt32BE(type, 12);
    head.writeUInt32BE(data?.length ?? 0, 16);
    this.#output.put(head);
    if (data !== undefined) this.#output.put(data);
  }
}

function infoText(kind: number, text: string): Buffer {
  const bytes = Buffer.from(text);
  const body = Buffer.alloc(2 + bytes.length);
  body.writeUInt16BE(kind, 0);
  bytes.copy(body, 2);
  return body;
}

function writeSize(target: Buffer, at: number, size: number): void {
  target.writeUInt32BE(Math.floor(size / 2 ** 32), at);
  target.writeUInt32BE(size % 2 ** 32, at + 4);
}
