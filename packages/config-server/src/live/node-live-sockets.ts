// GET /v1/live, upgraded to a WebSocket: live notices for whoever may read. Nothing that comes in on it is looked at.
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { httpStatusOf, LIVE_PATH, type LiveMessage } from "@leeward/api";
import { type Fault, firstOf, isFault } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { type WebSocket, WebSocketServer } from "ws";
import { tooManyRequests } from "../faults.ts";
import { LIVE_ADMIT_MS, LIVE_SOCKETS_MAX, LIVE_WAITING_BYTES_MAX } from "../limits.ts";
import type { LiveNotices } from "./live-notices.ts";

/** Sent by nobody who only listens; bytes. */
const INCOMING_BYTES_MAX = 1_024;
/** Close codes: the server goes away, and who listens may do so no longer (RFC 6455, 7.4). */
const GOING_AWAY = 1_001;
const POLICY = 1_008;

export interface LiveSocketsOptions {
  readonly notices: LiveNotices;
  readonly clock: Clock;
  readonly softwareVersion: string;
  /** Whether the request's caller may read, now: asked at the beginning, and again and again. @throws Fault of who may not */
  readonly admit: (request: IncomingMessage) => void;
}

export class LiveSockets {
  readonly #options: LiveSocketsOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    perMessageDeflate: false,
    maxPayload: INCOMING_BYTES_MAX,
  });
  readonly #closing = new AbortController();

  constructor(options: LiveSocketsOptions) {
    this.#options = options;
  }

  /** Takes an `upgrade` event of the server; false when it asks for another path. */
  handle(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (request.url?.split("?")[0] !== LIVE_PATH) return false;
    try {
      if (this.#server.clients.size >= LIVE_SOCKETS_MAX) throw tooManyRequests();
      this.#options.admit(request);
    } catch (error) {
      if (!isFault(error)) throw error;
      turnAway(socket, error);
      return true;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#serve(webSocket, request).catch((error: unknown) => webSocket.emit("error", error));
    });
    return true;
  }

  /** Ends all of them. */
  close(): void {
    this.#closing.abort(new Error("The server stops."));
    for (const webSocket of this.#server.clients) webSocket.close(GOING_AWAY);
    this.#server.close();
  }

  /** Until the listener goes, may not listen any more, or does not take what is sent. */
  async #serve(webSocket: WebSocket, request: IncomingMessage): Promise<void> {
    const { notices, softwareVersion } = this.#options;
    const gone = new AbortController();
    const end = (): void => gone.abort(new Error("Nobody listens any more."));
    webSocket.on("close", end).on("error", () => webSocket.terminate());
    this.#closing.signal.addEventListener("abort", end, { once: true });
    const say = (message: LiveMessage): void => {
      if (webSocket.bufferedAmount > LIVE_WAITING_BYTES_MAX) webSocket.terminate();
      else if (this.#mayListen(webSocket, request)) webSocket.send(JSON.stringify(message));
    };
    // Before the greeting, so that nothing falls between what was asked for after it and what is told.
    const following = notices.follow(gone.signal);
    const told = (async () => {
      for await (const changed of following) say({ changed: [...changed] });
    })();
    say({ hello: { version: softwareVersion } });
    try {
      await firstOf(gone.signal, [() => told, (inner) => this.#watch(webSocket, request, inner)]);
    } catch (error) {
      if (!gone.signal.aborted) throw error;
    } finally {
      this.#closing.signal.removeEventListener("abort", end);
    }
  }

  /** One that nothing is told, or that has gone without a word, is looked at all the same. */
  async #watch(webSocket: WebSocket, request: IncomingMessage, signal: AbortSignal): Promise<void> {
    let answered = true;
    webSocket.on("pong", () => {
      answered = true;
    });
    for (;;) {
      await this.#options.clock.sleep(LIVE_ADMIT_MS, signal);
      if (!answered) webSocket.terminate();
      if (!this.#mayListen(webSocket, request)) return;
      answered = false;
      webSocket.ping();
    }
  }

  #mayListen(webSocket: WebSocket, request: IncomingMessage): boolean {
    try {
      this.#options.admit(request);
      return true;
    } catch (error) {
      if (!isFault(error)) throw error;
      webSocket.close(POLICY, error.code);
      return false;
    }
  }
}

function turnAway(socket: Duplex, fault: Fault): void {
  socket.on("error", () => socket.destroy());
  const status = httpStatusOf(fault);
  socket.end(`HTTP/1.1 ${status} ${fault.code}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
    socket.destroy(),
  );
}
