import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Fault } from "@leeward/base";
import { portTaken, readFile, type World } from "@leeward/world";
import type { Metrics } from "../metrics.ts";
import { type MetricsAddress, parseMetricsAddress } from "./metrics-address.ts";

const TOKEN_BYTES_MIN = 16;
const TOKEN_FILE_BYTES_MAX = 4_096;
const PEM_BYTES_MAX = 65_536;
const REQUEST_MS_MAX = 5_000;
const CONNECTIONS_MAX = 32;
/** How soon a certificate that was renewed is shown. */
const CERTIFICATE_LOOK_MS = 60_000;
/** A daemon that is not enrolled yet has no certificate. */
const IDENTITY_LOOK_MS = 1_000;

export interface MetricsPort {
  readonly world: Pick<World, "clock" | "files">;
  readonly home: string;
  readonly metrics: Metrics;
  /** ADDRESS:PORT; port 0 takes a free one. */
  readonly listen: string;
  /** Empty where none is needed: on loopback addresses. */
  readonly tokenFile: string;
  /** Told once whoever scrapes can connect. */
  readonly listening?: (address: AddressInfo) => void;
}

/**
 * Serves what the daemon counts on a TCP port until `signal` aborts: in plain text on a loopback address, over TLS with the daemon's own certificate on any
 * other, where a bearer token is demanded. Nothing of the protected data can be read here, but names of machines are not for everybody.
 * @throws Fault `metrics-address-invalid`, `metrics-token-needed`, `metrics-token-weak`, `file-missing`, `port-taken`
 */
export async function serveMetricsPort(port: MetricsPort, signal: AbortSignal): Promise<void> {
  const address = parseMetricsAddress(port.listen);
  const token = await tokenOf(port, address);
  const answer = answering(port.metrics, token);
  if (address.isLoopback) return await serve(createServer(answer), { port, address }, signal);
  const identity = await identityOf(port, signal);
  if (identity === undefined) return;
  const server = createTlsServer({ ...identity, minVersion: "TLSv1.3" }, answer);
  await Promise.all([serve(server, { port, address }, signal), showNewest(server, port, signal)]);
}

async function tokenOf(
  { world, tokenFile }: MetricsPort,
  { host, isLoopback }: MetricsAddress,
): Promise<Buffer | undefined> {
  if (tokenFile === "") {
    if (isLoopback) return undefined;
    throw new Fault({
      code: "metrics-token-needed",
      kind: "operator",
      message: `metricsListen is ${host}, which others reach, and metricsTokenFile is not set.`,
      remedy: "Write a long random token to a file, 0600, and name it as metricsTokenFile; or listen on 127.0.0.1.",
    });
  }
  const token = Buffer.from(await readFile(world.files, tokenFile, TOKEN_FILE_BYTES_MAX))
    .toString()
    .trim();
  if (token.length >= TOKEN_BYTES_MIN) return digestOf(token);
  throw new Fault({
    code: "metrics-token-weak",
    kind: "operator",
    message: `The token in ${tokenFile} has fewer than ${TOKEN_BYTES_MIN} characters.`,
    remedy: "Write a longer one, such as `openssl rand -hex 32` makes.",
    detail: { path: tokenFile },
  });
}

function answering(metrics: Metrics, token: Buffer | undefined): RequestListener {
  return (request, response) => {
    request.resume();
    const [, given = ""] = /^Bearer (.+)$/.exec(request.headers.authorization ?? "") ?? [];
    if (token !== undefined && !timingSafeEqual(digestOf(given), token)) {
      response.writeHead(401, { "www-authenticate": 'Bearer realm="metrics"' }).end();
    } else if (request.url !== "/metrics" && request.url !== "/") response.writeHead(404).end();
    else if (request.method !== "GET") response.writeHead(405, { allow: "GET" }).end();
    else {
      metrics.text().then(
        (text) => response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(text),
        () => response.writeHead(500).end(),
      );
    }
  };
}

/** Tokens of any length are compared in the same time. */
function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

async function serve(
  server: Server | TlsServer,
  { port, address: { host, port: number } }: { readonly port: MetricsPort; readonly address: MetricsAddress },
  signal: AbortSignal,
): Promise<void> {
  server.requestTimeout = REQUEST_MS_MAX;
  server.maxConnections = CONNECTIONS_MAX;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", (error: NodeJS.ErrnoException) =>
    reject(error.code === "EADDRINUSE" ? portTaken({ host, port: number }) : error),
  );
  server.once("close", resolve);
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  if (signal.aborted) return;
  signal.addEventListener("abort", stop, { once: true });
  server.listen({ host, port: number }, () => {
    const listening = server.address();
    if (listening !== null && typeof listening !== "string") port.listening?.(listening);
  });
  await promise;
}

interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** Waits for the certificate of a daemon that is being enrolled; undefined when it ends before that. */
async function identityOf(port: MetricsPort, signal: AbortSignal): Promise<Identity | undefined> {
  const { files, clock } = port.world;
  while (!signal.aborted) {
    const status = await files.status(`${port.home}/identity/certificate.pem`);
    if (status !== undefined) return await readIdentity(port);
    await clock.sleep(IDENTITY_LOOK_MS, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
  return undefined;
}

async function readIdentity({ world: { files }, home }: MetricsPort): Promise<Identity> {
  const text = async (name: string): Promise<string> =>
    Buffer.from(await readFile(files, `${home}/identity/${name}`, PEM_BYTES_MAX)).toString();
  return { key: await text("key.pem"), cert: await text("certificate.pem") };
}

async function showNewest(server: TlsServer, port: MetricsPort, signal: AbortSignal): Promise<void> {
  try {
    for (;;) {
      await port.world.clock.sleep(CERTIFICATE_LOOK_MS, signal);
      server.setSecureContext(await readIdentity(port));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
