import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect, createServer, type PeerCertificate, type SecureContextOptions, type TLSSocket } from "node:tls";
import { tlsFailed } from "./faults.ts";

export interface NbdTlsOptions {
  /** key, cert and ca: asked at each connection, so that renewed ones are used. TLS 1.3 is the least in any case. */
  readonly context: () => SecureContextOptions;
  /** Looks at the peer's certificate, which the ca has vouched for; throws when this peer may not come in. */
  readonly verify?: (certificate: PeerCertificate) => void;
}

export interface NbdClientTlsOptions extends NbdTlsOptions {
  /** The name or IP address that the server's certificate must have, unless `identity` says otherwise. */
  readonly serverName: string;
  /** Instead of the name: what makes a certificate the right server's; throws when it is not. */
  readonly identity?: (certificate: PeerCertificate) => void;
}

/** For `NbdServerOptions.startTls`: the client must have a certificate that the ca vouches for. */
export function nodeServerTls(options: NbdTlsOptions): (stream: Duplex) => Promise<Duplex> {
  return async (stream) => {
    const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
    const server = createServer({
      ...options.context(),
      minVersion: "TLSv1.3",
      requestCert: true,
      rejectUnauthorized: true,
    });
    server.once("secureConnection", resolve);
    server.once("tlsClientError", reject);
    stream.once("close", () => reject(new Error("the peer went away")));
    server.emit("connection", stream);
    return verified(promise, stream, options);
  };
}

/** For `NbdClientOptions.startTls`: the server must have a certificate that the ca vouches for, with the right name. */
export function nodeClientTls(options: NbdClientTlsOptions): (stream: Duplex) => Promise<Duplex> {
  return async (stream) => {
    const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
    const { serverName, identity } = options;
    const socket = connect({
      ...options.context(),
      socket: stream,
      host: serverName,
      minVersion: "TLSv1.3",
      rejectUnauthorized: true,
      ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
      ...(identity === undefined
        ? {}
        : { checkServerIdentity: (_name: string, certificate: PeerCertificate) => refusalBy(identity, certificate) }),
    });
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the peer went away")));
    return verified(promise, stream, options);
  };
}

async function verified(making: Promise<TLSSocket>, stream: Duplex, options: NbdTlsOptions): Promise<Duplex> {
  try {
    const socket = await making;
    socket.on("error", () => undefined);
    options.verify?.(socket.getPeerCertificate());
    return socket;
  } catch (error) {
    stream.destroy();
    throw tlsFailed(error);
  }
}

function refusalBy(identity: (certificate: PeerCertificate) => void, certificate: PeerCertificate): Error | undefined {
  try {
    identity(certificate);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error("the certificate was refused", { cause: error });
  }
}
