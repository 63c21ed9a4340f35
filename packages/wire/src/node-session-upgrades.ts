// Where a TLS server's connections become channels: GET /v1/session with an upgrade to WebSocket.
//
// What it keeps true: no channel comes from a connection whose certificate was not verified, on no port. On the config server's public
// port browsers and the CLI connect without one; there this check is the only one, so it is made here, for every port alike.
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { isFault } from "@leeward/base";
import { identityOfCertificate, type KeyStore, peerIdentityOf } from "@leeward/identity";
import { type Channel, messageBytesMax, type PeerIdentity } from "@leeward/world";
import { WebSocketServer } from "ws";
import { AcceptQueue } from "./accept-queue.ts";
import { LiveChannels } from "./node-live-channels.ts";
import { WebSocketChannel } from "./node-web-socket-channel.ts";
import { CONNECTION_LIMITS, type ConnectionLimits, FRAGMENTS_MAX } from "./transport-limits.ts";

/** How a peer is turned away that another host has taken the place of; by the status, so that it needs nothing else. */
export const SUPERSEDED = "410 Gone";

/** Where sessions are taken, on every port. */
export const SESSION_PATH = "/v1/session";

export interface SessionUpgradesOptions {
  readonly keyStore: KeyStore;
  readonly limits?: Partial<ConnectionLimits>;
  /** Whether a peer whose certificate was revoked is still there, on another host: then it is told so. */
  readonly isSuperseded?: (peer: PeerIdentity) => boolean;
  /** Told of each connection that was turned away, for people. */
  readonly onRefused?: (refused: RefusedConnection) => void;
}

/** A connection that was turned away, or cut for what came over it. */
export interface RefusedConnection {
  /**
   * `certificate-refused`: who it is is not proved; `connection-refused`: it is no session at all, or there are too many; `frame-refused`: a
   * known peer sent what no session carries.
   */
  readonly code: "certificate-refused" | "connection-refused" | "frame-refused";
  readonly address: string;
  readonly reason: string;
  readonly peer?: PeerIdentity;
}

export class SessionUpgrades {
  readonly #options: SessionUpgradesOptions;
  readonly #live: LiveChannels;
  readonly #queue = new AcceptQueue<Channel>();
  readonly #ofAgents = webSockets(messageBytesMax("agent"));
  readonly #ofServers = webSockets(messageBytesMax("process-server"));
  #open = true;

  constructor(options: SessionUpgradesOptions) {
    this.#options = options;
    this.#live = new LiveChannels(options.keyStore, { ...CONNECTION_LIMITS, ...options.limits });
  }

  /** Takes an `upgrade` event of the server; false when it asks for another path, and is somebody else's. */
  handle(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (request.url !== SESSION_PATH) return false;
    // Gone before it was looked at: there is nobody to take or to refuse.
    if (socket.destroyed) return true;
    const address = addressOf(socket);
    const verified = verifiedPeer(socket);
    if ("reason" in verified)
      this.#turnAway(socket, {
        status: this.#isSuperseded(socket) ? SUPERSEDED : "403 Forbidden",
        refused: { code: "certificate-refused", address, reason: verified.reason },
      });
    else if (!this.#open || this.#live.full) {
      this.#turnAway(socket, {
        status: "503 Service Unavailable",
        refused: { code: "connection-refused", address, reason: "no further connections are taken" },
      });
    } else {
      const { peer, origin } = verified;
      const onMisused = (reason: string): void =>
        this.#options.onRefused?.({ code: "frame-refused", address, reason, peer });
      const server = peer.role === "agent" ? this.#ofAgents : this.#ofServers;
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const channel = new WebSocketChannel(webSocket, { peer, address, side: "server", stream: socket, onMisused });
        this.#live.add(channel, origin);
        this.#queue.push(channel);
      });
    }
    return true;
  }

  #isSuperseded(socket: Duplex): boolean {
    const { isSuperseded } = this.#options;
    const peer = isSuperseded === undefined ? undefined : revokedPeer(socket);
    return peer !== undefined && isSuperseded?.(peer) === true;
  }

  #turnAway(socket: Duplex, why: { readonly status: string; readonly refused: RefusedConnection }): void {
    socket.on("error", () => socket.destroy());
    socket.end(`HTTP/1.1 ${why.status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
    this.#options.onRefused?.(why.refused);
  }

  /** Channels of peers whose certificate was accepted; one consumer. */
  accept(signal: AbortSignal): AsyncIterable<Channel> {
    return this.#queue.accept(signal);
  }

  /** Takes no further ones, and closes those that nobody took; the others live on. */
  async close(): Promise<void> {
    this.#open = false;
    this.#queue.end();
    await Promise.all(this.#queue.drain().map((channel) => channel.close()));
  }
}

function webSockets(maxPayload: number): WebSocketServer {
  const own = { noServer: true, clientTracking: false, perMessageDeflate: false, autoPong: false };
  return new WebSocketServer({ ...own, maxPayload, maxFragments: FRAGMENTS_MAX });
}

/** Who is at the other end of `socket`, or why that is not proved. */
function verifiedPeer(socket: Duplex): ReturnType<typeof peerIdentityOf> | { readonly reason: string } {
  if (!(socket instanceof TLSSocket)) return { reason: "it is not over TLS" };
  try {
    return peerIdentityOf(socket);
  } catch (error) {
    if (!isFault(error, "certificate-invalid")) throw error;
    return { reason: error.message };
  }
}

/** Who is at the other end of `socket`, whose certificate is one of ours, and was revoked. */
function revokedPeer(socket: Duplex): PeerIdentity | undefined {
  if (!(socket instanceof TLSSocket) || String(socket.authorizationError) !== "CERT_REVOKED") return undefined;
  const { raw } = socket.getPeerCertificate();
  return raw === undefined ? undefined : identityOfCertificate(raw);
}

/** "10.0.0.5:40112" */
export function addressOf(socket: Duplex): string {
  if (!(socket instanceof TLSSocket)) return "unknown:0";
  const host = socket.remoteAddress ?? "unknown";
  return `${host.includes(":") ? `[${host}]` : host}:${socket.remotePort ?? 0}`;
}
