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
  OPTION,
  OPTION_HEAD_BYTES,
  OPTION_MAGIC,
  OPTION_REPLY,
} from "./protocol.ts";
import {
  allocationContext,
  exportNameBytes,
  flagsOf,
  greetingBytes,
  infosOf,
  listedName,
  optionReplyBytes,
} from "./server-greeting.ts";
import type { NbdServerLimits } from "./server-limits.ts";

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
    this.#output.put(greetingBytes());
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
    this.#output.put(exportNameBytes(found.device.sizeBytes, flagsOf(found, this.#structured)));
    if (!this.#noZeroes) this.#output.put(Buffer.alloc(EXPORT_NAME_ZEROES_BYTES));
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
    const flags = flagsOf(found, this.#structured);
    const { requestBytesMax } = this.#options.limits;
    for (const part of infosOf(query, found, { flags, requestBytesMax })) this.#reply(option, OPTION_REPLY.info, part);
    this.#reply(option, OPTION_REPLY.ack);
    if (option.kind === OPTION.go) return { query, export: found };
    found.release?.();
    return undefined;
  }

  async #list(option: Option): Promise<void> {
    if (option.data.length > 0) {
      this.#reply(option, OPTION_REPLY.invalid);
      return;
    }
    for (const name of await this.#options.exports.list()) this.#reply(option, OPTION_REPLY.server, listedName(name));
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
      this.#reply(option, OPTION_REPLY.metaContext, allocationContext(set ? ALLOCATION_CONTEXT_ID : 0));
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

  #reply(option: Option, type: number, data?: Buffer): void {
    this.#output.put(optionReplyBytes(option.kind, type, data));
  }
}
