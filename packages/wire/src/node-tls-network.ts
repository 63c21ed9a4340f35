import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import { Fault, orAborted } from "@leeward/base";
import { clientTlsOptions, peerIdentityOf } from "@leeward/identity";
import {
  type Channel,
  type Endpoint,
  messageBytesMax,
  type Network,
  outboundAgent,
  type PeerRole,
  peerRefused,
  peerSuperseded,
  peerUnreachable,
} from "@leeward/world";
import { WebSocket } from "ws";
import { LiveChannels } from "./node-live-channels.ts";
import { addressOf, SESSION_PATH, type SessionUpgradesOptions, SUPERSEDED } from "./node-session-upgrades.ts";
import { listenTls } from "./node-tls-listener.ts";
import { WebSocketChannel } from "./node-web-socket-channel.ts";
import { CONNECT_MS_MAX, FRAGMENTS_MAX } from "./transport-limits.ts";

export type TlsNetworkOptions = SessionUpgradesOptions;

/** The real network: WebSocket over mutual TLS 1.3, as the daemon whose key store is given. */
export function tlsNetwork(options: TlsNetworkOptions): Network {
  const outgoing = new LiveChannels(options.keyStore, { channelsMax: Infinity, channelsPerPeerMax: Infinity });
  return {
    connect: (endpoint, role, signal) => connectTls({ endpoint, role, signal }, { ...options, outgoing }),
    listen: (endpoint) => listenTls(endpoint, options),
  };
}

interface Call {
  readonly endpoint: Endpoint;
  readonly role: PeerRole;
  readonly signal: AbortSignal;
}

async function connectTls(
  { endpoint, role, signal }: Call,
  { keyStore, outgoing }: TlsNetworkOptions & { outgoing: LiveChannels },
): Promise<Channel> {
  signal.throwIfAborted();
  const socket = new WebSocket(urlOf(endpoint), {
    ...clientTlsOptions(keyStore, role),
    // Machines of a group are neighbours.
    ...(role === "agent" ? {} : { agent: outboundAgent() }),
    perMessageDeflate: false,
    autoPong: false,
    maxPayload: messageBytesMax(role),
    maxFragments: FRAGMENTS_MAX,
    handshakeTimeout: CONNECT_MS_MAX,
  });
  try {
    return await orAborted(opened(socket, { endpoint, role, outgoing }), signal);
  } catch (error) {
    socket.terminate();
    signal.throwIfAborted();
    throw error instanceof Fault && error.code === "peer-refused" ? error : connectFault({ endpoint, role }, error);
  }
}

/** The channel, made before the first message can come. Rejects with what failed until the WebSocket is open. */
function opened(socket: WebSocket, call: Omit<Call, "signal"> & { outgoing: LiveChannels }): Promise<Channel> {
  const { promise, resolve, reject } = Promise.withResolvers<Channel>();
  socket.once("upgrade", (response) => {
    try {
      const channel = channelOf(socket, response, call);
      socket.once("open", () => resolve(channel));
    } catch (error) {
      reject(error);
    }
  });
  // Not `once`: a failed connection may fail more than once, and an error that nobody hears stops the process.
  socket.on("error", reject);
  socket.once("close", () => reject(new Error("the connection was closed")));
  return promise;
}

function channelOf(
  socket: WebSocket,
  { socket: tls }: IncomingMessage,
  { endpoint, role, outgoing }: Omit<Call, "signal"> & { outgoing: LiveChannels },
): Channel {
  if (!(tls instanceof TLSSocket)) throw peerRefused(endpoint, role, "the connection is not over TLS");
  // A connection that is gone has no certificate any more: who answered was cut off, and refuses nothing.
  if (tls.destroyed) throw new Error("the connection was closed");
  const { peer, origin } = peerIdentityOf(tls);
  const channel = new WebSocketChannel(socket, { peer, address: addressOf(tls), side: "client", stream: tls });
  outgoing.add(channel, origin);
  return channel;
}

function urlOf({ host, port }: Endpoint): string {
  return `wss://${host.includes(":") ? `[${host}]` : host}:${port}${SESSION_PATH}`;
}

/** Whether somebody is there who cannot prove itself, or nobody is there at all. */
function connectFault({ endpoint, role }: Omit<Call, "signal">, error: unknown): Fault {
  if (error instanceof Error && error.message.startsWith(`Unexpected server response: ${SUPERSEDED.slice(0, 3)}`))
    return peerSuperseded(endpoint, error);
  const reason = reasonOf(error);
  return isRefusal(error) ? peerRefused(endpoint, role, reason, error) : peerUnreachable(endpoint, reason, error);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // TLS 1.3 has told us that the handshake is done before the other end has looked at our certificate.
  const closed = "code" in error && error.code === "ECONNRESET";
  return closed ? "it closed the connection, as one does that does not take our certificate" : error.message;
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof Fault) return error.code === "certificate-invalid";
  if (error.message.startsWith("Unexpected server response: 403")) return true;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return code === "EPROTO" || (VERDICT.test(code) && !CUT_OFF.test(code));
}

/** What a verification that failed is called by OpenSSL (CERT_REVOKED) and Node (ERR_TLS_…), and an alert of the peer's (ERR_SSL_…). */
const VERDICT =
  /^(ERR_SSL_|ERR_TLS_)|CERT|CRL|ISSUER|SELF_SIGNED|UNABLE_TO_|SIGNATURE|PURPOSE|PATH_LENGTH|INVALID_CA|HOSTNAME/;
/** A peer that ended or failed amid the handshake, as one does that is being killed or is not up yet, has not refused anything. */
const CUT_OFF = /UNEXPECTED_EOF|INTERNAL_ERROR|CLOSE_NOTIFY|USER_CANCEL|ERR_TLS_HANDSHAKE_TIMEOUT/;
