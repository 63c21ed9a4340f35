// A port of our own for sessions: mutual TLS, and nothing but upgrades to /v1/session.
//
// What it keeps true: who sends slowly, or nothing, is cut after pendingMsMax; strangers hold a bounded number of connections and never
// those of the peers; a new certificate or revocation list is in force for the next handshake without the port being closed.
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { type KeyStore, secureContextOptions, serverTlsOptions } from "@leeward/identity";
import { type Endpoint, type Listener, portTaken } from "@leeward/world";
import {
  addressOf,
  type RefusedConnection,
  SessionUpgrades,
  type SessionUpgradesOptions,
} from "./node-session-upgrades.ts";
import { PendingGate } from "./pending-gate.ts";
import { CONNECTION_LIMITS, REQUEST_HEAD_BYTES_MAX } from "./transport-limits.ts";

/** Listens at `endpoint`. @throws Fault `port-taken`, `not-enrolled` */
export async function listenTls(endpoint: Endpoint, options: SessionUpgradesOptions): Promise<Listener> {
  const { keyStore } = options;
  const { pendingMsMax } = { ...CONNECTION_LIMITS, ...options.limits };
  const upgrades = new SessionUpgrades(options);
  const server = createServer({
    ...serverTlsOptions(keyStore),
    handshakeTimeout: pendingMsMax,
    headersTimeout: pendingMsMax,
    requestTimeout: pendingMsMax,
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: REQUEST_HEAD_BYTES_MAX,
  });
  const pending = guardPending(server, options);
  server.on("request", (_request, response) => {
    response.writeHead(404, { connection: "close" }).end();
  });
  server.on("upgrade", (request, socket, head) => {
    if (!upgrades.handle(request, socket, head)) socket.destroy();
    else pending.settled(socket);
  });
  const unsubscribe = followKeyStore(server, keyStore);
  await listening(server, endpoint);
  return listenerOf({ server, endpoint, upgrades, pending, unsubscribe });
}

/** Brings each change of the key store to `server`'s next handshakes, until the function that it returns is called. */
export function followKeyStore(server: Server, keyStore: KeyStore): () => void {
  return keyStore.onChange(() => server.setSecureContext(secureContextOptions(keyStore)));
}

interface Pending {
  /** The connection behind `socket` has proved who it is. */
  settled(socket: unknown): void;
  /** Cuts those that have not. */
  cut(): void;
}

function guardPending(server: Server, { limits, onRefused }: SessionUpgradesOptions): Pending {
  const { pendingMsMax, ...most } = { ...CONNECTION_LIMITS, ...limits };
  const gate = new PendingGate(most);
  // A TLS socket and the socket under it have the same two ends; nothing else ties them together for us.
  const open = new Map<string, { readonly socket: Socket; readonly settle: () => void }>();
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    const key = endsOf(socket);
    if (!gate.take(address)) {
      onRefused?.({
        code: "connection-refused",
        address,
        reason: "too many connections have not proved who they are",
      });
      socket.destroy();
      return;
    }
    const timer = setTimeout(() => socket.destroy(), pendingMsMax);
    const settle = (): void => {
      clearTimeout(timer);
      if (open.delete(key)) gate.letGo(address);
    };
    open.set(key, { socket, settle });
    socket.once("close", settle);
  });
  server.on("tlsClientError", (error, socket) => {
    const refused = refusedHandshake(error, socket);
    if (refused !== undefined) onRefused?.(refused);
    socket.destroy();
  });
  return {
    settled: (socket) => open.get(endsOf(socket))?.settle(),
    cut: () => {
      for (const { socket } of open.values()) socket.destroy();
    },
  };
}

/** What a `tlsClientError` says of who tried; undefined where the other side hung up, as browsers do with connections in reserve, and probes of ports. */
export function refusedHandshake(error: Error, socket: TLSSocket): RefusedConnection | undefined {
  const { authorizationError } = socket;
  const address = addressOf(socket);
  // A certificate that is not accepted ends the connection without a word of why: that stands beside it.
  if (authorizationError === null || authorizationError === undefined) {
    if ("code" in error && error.code === "ECONNRESET") return undefined;
    return { code: "connection-refused", address, reason: reasonOf(error) };
  }
  return {
    code: "certificate-refused",
    address,
    reason: `the certificate is not accepted: ${String(authorizationError)}`,
  };
}

/** What OpenSSL says in words, without where in its sources it says so. */
function reasonOf(error: Error): string {
  return "reason" in error && typeof error.reason === "string" ? error.reason : error.message;
}

function endsOf(socket: unknown): string {
  if (typeof socket !== "object" || socket === null) return "";
  const {
    remoteAddress,
    remotePort,
    localPort,
  }: { remoteAddress?: unknown; remotePort?: unknown; localPort?: unknown } = socket;
  return `${String(remoteAddress)} ${String(remotePort)} ${String(localPort)}`;
}

async function listening(server: Server, { host, port }: Endpoint): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("listening", resolve).once("error", reject);
  server.listen({ host, port });
  try {
    await promise;
  } catch (error) {
    throw error instanceof Error && "code" in error && error.code === "EADDRINUSE"
      ? portTaken({ host, port }, error)
      : error;
  } finally {
    server.off("listening", resolve).off("error", reject);
  }
}

interface ListenerParts {
  readonly server: Server;
  readonly endpoint: Endpoint;
  readonly upgrades: SessionUpgrades;
  readonly pending: Pending;
  readonly unsubscribe: () => void;
}

function listenerOf({ server, endpoint, upgrades, pending, unsubscribe }: ListenerParts): Listener {
  const address = server.address();
  const port = isAddress(address) ? address.port : endpoint.port;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    unsubscribe();
    // The port is free at once. That the last connection is gone is not waited for: the channels live on.
    server.close();
    pending.cut();
    await upgrades.close();
  };
  return {
    endpoint: { host: endpoint.host, port },
    accept: (signal) => upgrades.accept(signal),
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === "object" && address !== null;
}
