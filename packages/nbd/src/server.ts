import type { Duplex } from "node:stream";
import { anySignal, Fault } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { inTime, settled } from "./deadline.ts";
import type { NbdExports } from "./exports.ts";
import { connectionLost, connectionsFull, peerStalled } from "./faults.ts";
import { type Agreement, shakeHands } from "./server-handshake.ts";
import { NBD_SERVER_LIMITS, type NbdServerLimits } from "./server-limits.ts";
import { ServerTransmission } from "./server-transmission.ts";

export interface NbdServerOptions {
  readonly exports: NbdExports;
  readonly clock: Clock;
  readonly limits?: Partial<NbdServerLimits>;
  /** Makes TLS of a connection (`nodeServerTls`). When given, a client gets nothing before it. */
  readonly startTls?: (stream: Duplex) => Promise<Duplex>;
}

/** How a connection went. */
export interface NbdConnectionReport {
  /** The export that was taken, if any. */
  readonly exportName: string | undefined;
  readonly requests: number;
  /** What ended it, if not the client's farewell. */
  readonly fault: Fault | undefined;
}

/**
 * An NBD server over any streams: fixed newstyle, structured replies, `base:allocation`. Clients are not believed: each one has
 * its limits, and one that breaks the protocol is dropped and touches nobody else.
 */
export class NbdServer {
  readonly #options: NbdServerOptions;
  readonly #limits: NbdServerLimits;
  #connections = 0;

  constructor(options: NbdServerOptions) {
    this.#options = options;
    this.#limits = { ...NBD_SERVER_LIMITS, ...options.limits };
  }

  /** Clients now. */
  get connections(): number {
    return this.#connections;
  }

  /**
   * Serves one client until it leaves, is dropped, or the signal aborts; settles when no call of a device is under way for
   * it any more. Facts of life end in the report, not in a rejection.
   */
  async serve(stream: Duplex, signal: AbortSignal): Promise<NbdConnectionReport> {
    // Whatever else listens, an error of a stream that is already lost must not stop the process.
    stream.on("error", ignoreLateError);
    if (this.#connections >= this.#limits.connectionsMax) {
      stream.destroy();
      return { exportName: undefined, requests: 0, fault: connectionsFull(this.#limits.connectionsMax) };
    }
    this.#connections += 1;
    try {
      return await this.#serve(stream, signal);
    } finally {
      this.#connections -= 1;
    }
  }

  async #serve(stream: Duplex, signal: AbortSignal): Promise<NbdConnectionReport> {
    let agreement: Agreement | undefined;
    try {
      agreement = await this.#handshake(stream, signal);
    } catch (error) {
      stream.destroy();
      if (!(error instanceof Fault)) throw error;
      return { exportName: undefined, requests: 0, fault: error };
    }
    if (agreement === undefined) {
      await this.#end(stream, signal);
      return { exportName: undefined, requests: 0, fault: undefined };
    }
    try {
      return await this.#transmit(agreement, signal);
    } finally {
      agreement.export.release?.();
      await this.#end(agreement.stream, signal);
      // Under TLS this one lies below the agreement's.
      stream.destroy();
    }
  }

  /** Gives the client the time of a handshake to take what is still underway to it. */
  async #end(stream: Duplex, signal: AbortSignal): Promise<void> {
    const gone = new AbortController();
    stream.once("close", () => gone.abort());
    stream.end(() => stream.destroy());
    if (!stream.destroyed)
      await settled(this.#options.clock.sleep(this.#limits.handshakeMsMax, anySignal([gone.signal, signal])));
    stream.destroy();
  }

  #handshake(stream: Duplex, signal: AbortSignal): Promise<Agreement | undefined> {
    const { exports, startTls, clock } = this.#options;
    return inTime(() => shakeHands(stream, { exports, limits: this.#limits, startTls }), {
      clock,
      msMax: this.#limits.handshakeMsMax,
      signal,
      stop: () => stream.destroy(),
      late: () => peerStalled("the handshake"),
    });
  }

  async #transmit(agreement: Agreement, signal: AbortSignal): Promise<NbdConnectionReport> {
    const transmission = new ServerTransmission(agreement, this.#limits);
    const over = new AbortController();
    const onAbort = (): void => transmission.close(connectionLost(signal.reason));
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    const watch = this.#dropWhenIdle(transmission, over.signal);
    try {
      const fault = await transmission.run();
      return { exportName: agreement.name, requests: transmission.requests, fault };
    } finally {
      signal.removeEventListener("abort", onAbort);
      over.abort();
      await watch;
    }
  }

  async #dropWhenIdle(transmission: ServerTransmission, over: AbortSignal): Promise<void> {
    const { idleMsMax } = this.#limits;
    if (idleMsMax === undefined) return;
    for (let seen = -1; seen !== transmission.requests && !over.aborted; ) {
      seen = transmission.requests;
      await settled(this.#options.clock.sleep(idleMsMax, over));
    }
    if (!over.aborted) transmission.close(peerStalled("no request"));
  }
}

function ignoreLateError(): void {
  // The readers of the stream have their own listener and report it.
}
