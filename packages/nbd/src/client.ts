import type { Duplex } from "node:stream";
import { floorTo, MiB } from "@leeward/base";
import {
  type Allocation,
  assertFits,
  type BlockDevice,
  type DeviceCall,
  type DeviceOperation,
  diskClosed,
  diskReadOnly,
  type Extent,
  endOf,
  type WriteOptions,
} from "@leeward/block";
import type { Clock } from "@leeward/world";
import { allocationBy } from "./client-allocation.ts";
import { ClientConnection } from "./client-connection.ts";
import { type ServerOffer, takeExport } from "./client-handshake.ts";
import { NBD_CLIENT_LIMITS, type NbdClientLimits } from "./client-limits.ts";
import { ClientRequest, type StatusRun } from "./client-request.ts";
import { inTime, settled } from "./deadline.ts";
import { connectionLost, exportUnsuitable, peerStalled } from "./faults.ts";
import { COMMAND, COMMAND_FLAG, TRANSMISSION } from "./protocol.ts";

export interface NbdClientOptions {
  /** Empty for the server's default. */
  readonly exportName: string;
  readonly clock: Clock;
  readonly limits?: Partial<NbdClientLimits>;
  /** Makes TLS of the stream (`nodeClientTls`). When given, a server without TLS is refused. */
  readonly startTls?: (stream: Duplex) => Promise<Duplex>;
}

/** How an export's abilities decide the way of a call. */
interface Abilities {
  readonly flush: boolean;
  readonly fua: boolean;
  readonly writeZeroes: boolean;
  readonly requestBytesMax: number;
}

/** Of a server that does not tell. */
const DEFAULT_REQUEST_BYTES_MAX = 32 * MiB;
const ZEROES = new Uint8Array(MiB);
/** Pieces of one long call that are under way at once. */
const LANES_MAX = 16;

/**
 * An export of an NBD server as a BlockDevice. Calls are pipelined over one connection, and cut where the server's limits ask
 * for it. What the server says is checked; a server that breaks the protocol is dropped. When the connection ends, or the signal
 * aborts, everything under way rejects with a Fault.
 *
 * A discard is sent as "write zeroes, holes allowed": NBD's own trim promises nothing of what is read afterwards. A server without
 * flush is believed to write through, as the Linux client does.
 */
export class NbdClient implements BlockDevice {
  readonly sizeBytes: number;
  readonly blockBytes: number;
  readonly readOnly: boolean;
  readonly #connection: ClientConnection;
  readonly #offer: ServerOffer;
  readonly #can: Abilities;
  readonly #limits: NbdClientLimits;
  readonly #clock: Clock;
  #closing: Promise<void> | undefined;

  private constructor(offer: ServerOffer, size: { sizeBytes: number; blockBytes: number }, options: NbdClientOptions) {
    this.#limits = { ...NBD_CLIENT_LIMITS, ...options.limits };
    this.#clock = options.clock;
    this.#offer = offer;
    this.sizeBytes = size.sizeBytes;
    this.blockBytes = size.blockBytes;
    this.readOnly = (offer.flags & TRANSMISSION.readOnly) !== 0;
    const maximum = offer.blockSize?.maximum ?? DEFAULT_REQUEST_BYTES_MAX;
    this.#can = {
      flush: (offer.flags & TRANSMISSION.flush) !== 0,
      fua: (offer.flags & TRANSMISSION.fua) !== 0,
      writeZeroes: (offer.flags & TRANSMISSION.writeZeroes) !== 0,
      requestBytesMax: Math.max(
        this.blockBytes,
        floorTo(Math.min(this.#limits.requestBytesMax, maximum), this.blockBytes),
      ),
    };
    this.#connection = new ClientConnection(offer, this.#limits);
  }

  /**
   * Takes an export over the stream, which is the client's from now on. The signal ends the handshake, and later the connection.
   * @throws Fault `nbd-protocol-violated`, `nbd-connection-lost`, `nbd-peer-stalled`, `nbd-refused`, `nbd-export-unknown`,
   * `nbd-export-unsuitable`, `nbd-tls-failed`
   */
  static async open(stream: Duplex, options: NbdClientOptions, signal: AbortSignal): Promise<NbdClient> {
    // The readers of the stream have their own listener: this one keeps a late error from stopping the process.
    stream.on("error", () => undefined);
    try {
      const offer = await handshakeInTime(stream, options, signal);
      const client = new NbdClient(offer, sizeOf(offer, options.exportName), options);
      const onAbort = (): void => client.#connection.close(connectionLost(signal.reason));
      signal.addEventListener("abort", onAbort, { once: true });
      offer.stream.once("close", () => signal.removeEventListener("abort", onAbort));
      if (signal.aborted) onAbort();
      return client;
    } catch (error) {
      stream.destroy();
      throw error;
    }
  }

  read(offset: number, target: Uint8Array): Promise<void> {
    assertFits(this, offset, target.length);
    return this.#pieces(callOf("read", { offset, length: target.length }), this.#can.requestBytesMax, (extent) => {
      const part = target.subarray(extent.offset - offset, endOf(extent) - offset);
      return this.#connection.request(new ClientRequest("read", extent, part), { kind: COMMAND.read, flags: 0 });
    });
  }

  write(offset: number, data: Uint8Array, options: WriteOptions): Promise<void> {
    assertFits(this, offset, data.length);
    return this.#change(callOf("write", { offset, length: data.length }), options, (call, flags) =>
      this.#pieces(call, this.#can.requestBytesMax, (extent) => {
        const payload = data.subarray(extent.offset - offset, endOf(extent) - offset);
        return this.#connection.request(new ClientRequest("write", extent), { kind: COMMAND.write, flags, payload });
      }),
    );
  }

  zero(extent: Extent, options: WriteOptions & { readonly mayDiscard: boolean }): Promise<void> {
    assertFits(this, extent.offset, extent.length);
    return this.#change(callOf("zero", extent), options, (call, flags) => this.#clear(call, { flags, ...options }));
  }

  discard(extent: Extent, options: WriteOptions): Promise<void> {
    assertFits(this, extent.offset, extent.length);
    return this.#change(callOf("discard", extent), options, (call, flags) =>
      this.#clear(call, { flags, mayDiscard: true }),
    );
  }

  async flush(): Promise<void> {
    this.#refuseClosed({ disk: "nbd", operation: "flush" });
    if (!this.#can.flush) return;
    const nothing = { offset: 0, length: 0 };
    await this.#connection.request(new ClientRequest("flush", nothing), { kind: COMMAND.flush, flags: 0 });
  }

  async allocation(extent: Extent): Promise<readonly Allocation[]> {
    assertFits(this, extent.offset, extent.length);
    this.#refuseClosed(callOf("allocation", extent));
    if (this.#offer.allocationId === undefined) return [{ kind: "data", ...extent }];
    const status = async (from: number): Promise<readonly StatusRun[]> => {
      const asked = { offset: from, length: Math.min(this.#limits.rangeBytesMax, endOf(extent) - from) };
      const request = new ClientRequest("allocation", asked);
      await this.#connection.request(request, { kind: COMMAND.blockStatus, flags: 0 });
      return request.runs;
    };
    return allocationBy(status, extent, this.blockBytes);
  }

  /** Waits for what is under way and says farewell, each for at most `closeMsMax`; what comes after is refused. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { stream } = this.#offer;
    const gone = new AbortController();
    stream.once("close", () => gone.abort());
    if (stream.destroyed) gone.abort();
    const limit = this.#clock.sleep(this.#limits.closeMsMax, gone.signal);
    await Promise.race([this.#connection.quiet(), settled(limit)]);
    this.#connection.farewell();
    await settled(limit);
    this.#connection.close(diskClosed({ disk: "nbd", operation: "flush" }));
    gone.abort();
  }

  async #clear(call: ExtentCall, how: { readonly flags: number; readonly mayDiscard: boolean }): Promise<void> {
    const { operation } = call;
    if (!this.#can.writeZeroes) {
      const bytes = Math.min(ZEROES.length, this.#can.requestBytesMax);
      return this.#pieces(call, bytes, (extent) => {
        const payload = ZEROES.subarray(0, extent.length);
        return this.#connection.request(new ClientRequest(operation, extent), {
          kind: COMMAND.write,
          flags: how.flags,
          payload,
        });
      });
    }
    const flags = how.flags | (how.mayDiscard ? 0 : COMMAND_FLAG.noHole);
    return this.#pieces(call, this.#limits.rangeBytesMax, (extent) =>
      this.#connection.request(new ClientRequest(operation, extent), { kind: COMMAND.writeZeroes, flags }),
    );
  }

  async #change(
    call: ExtentCall,
    options: WriteOptions,
    work: (call: ExtentCall, flags: number) => Promise<void>,
  ): Promise<void> {
    if (this.readOnly) throw diskReadOnly(call);
    await work(call, options.fua && this.#can.fua ? COMMAND_FLAG.fua : 0);
    if (options.fua && !this.#can.fua) await this.flush();
  }

  /** Does the pieces side by side, and settles when all have: the caller's buffer is in use until then. */
  async #pieces(call: ExtentCall, bytesMax: number, work: (extent: Extent) => Promise<void>): Promise<void> {
    this.#refuseClosed(call);
    const whole = call.extent;
    if (whole.length <= bytesMax) return work(whole);
    let next = whole.offset;
    const lane = async (): Promise<void> => {
      while (next < endOf(whole)) {
        const offset = next;
        next = Math.min(endOf(whole), offset + bytesMax);
        try {
          await work({ offset, length: next - offset });
        } catch (error) {
          // The call has failed: what is not begun needs not be.
          next = endOf(whole);
          throw error;
        }
      }
    };
    const lanes = Array.from({ length: Math.min(LANES_MAX, Math.ceil(whole.length / bytesMax)) }, lane);
    for (const result of await Promise.allSettled(lanes)) if (result.status === "rejected") throw result.reason;
  }

  #refuseClosed(call: DeviceCall): void {
    if (this.#closing !== undefined) throw diskClosed(call);
  }
}

type ExtentCall = DeviceCall & { readonly extent: Extent };

function callOf(operation: DeviceOperation, extent: Extent): ExtentCall {
  return { disk: "nbd", operation, extent };
}

function handshakeInTime(stream: Duplex, options: NbdClientOptions, signal: AbortSignal): Promise<ServerOffer> {
  const limits = { ...NBD_CLIENT_LIMITS, ...options.limits };
  const { exportName, startTls, clock } = options;
  return inTime(() => takeExport(stream, { exportName, limits, startTls }), {
    clock,
    msMax: limits.handshakeMsMax,
    signal,
    stop: () => stream.destroy(),
    late: () => peerStalled("the handshake"),
  });
}

/** Our blocks are 512 or 4096 bytes, whatever smaller ones the server takes. */
function sizeOf(offer: ServerOffer, name: string): { readonly sizeBytes: number; readonly blockBytes: number } {
  const { sizeBytes, blockSize } = offer;
  const minimum = blockSize?.minimum ?? 1;
  if (minimum > 4096) throw exportUnsuitable(name, `its blocks have at least ${minimum} bytes, not 4096 or less`);
  const blockBytes = minimum <= 512 ? 512 : 4096;
  if (sizeBytes === undefined || sizeBytes === 0) throw exportUnsuitable(name, "its size is none that a disk can have");
  if (sizeBytes % blockBytes !== 0)
    throw exportUnsuitable(name, `its ${sizeBytes} bytes are no whole number of blocks of ${blockBytes}`);
  return { sizeBytes, blockBytes };
}
