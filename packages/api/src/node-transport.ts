import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Agent, type AgentOptions, request as httpsRequest } from "node:https";
import type { PeerCertificate } from "node:tls";
import { Fault } from "@leeward/base";
import { SUCCESSOR_HEADER, type Transport, type TransportRequest, type TransportResponse } from "./transport.ts";

export interface NodeTransportOptions {
  /** "https://host:port". */
  readonly url: string;
  /** The one authority that is believed. */
  readonly caPem: string;
  /** A member's certificate and key, for the routes that know who calls by it. */
  readonly certificate?: { readonly certificatePem: string; readonly keyPem: string };
  /** Makes the connections: through a proxy, say. */
  readonly makeAgent?: (options: AgentOptions) => Agent;
}

/** TLS 1.3 to `url`, verified against `caPem` alone. No option turns that off. @throws Fault `server-url-invalid` */
export function nodeTransport(options: NodeTransportOptions): Transport {
  const url = parsedUrl(options.url);
  const { certificate, makeAgent = (each) => new Agent(each) } = options;
  const agent = makeAgent({
    ca: options.caPem,
    ...(certificate === undefined ? {} : { cert: certificate.certificatePem, key: certificate.keyPem }),
    minVersion: "TLSv1.3",
    rejectUnauthorized: true,
    checkServerIdentity: roleCheck,
    keepAlive: true,
    maxSockets: 8,
  });
  return {
    exchange: (request, signal) => exchange({ agent, url }, request, signal),
    deadline: (timeoutMs) => AbortSignal.timeout(timeoutMs),
    newKey: () => randomUUID(),
    close: () => agent.destroy(),
  };
}

/**
 * Runs after the chain is verified, in place of the comparison of host names: the authority says in the certificate that it is the config
 * server's, and where that is found does not matter.
 */
function roleCheck(host: string, certificate: PeerCertificate): Error | undefined {
  const names = certificate.subjectaltname?.split(", ") ?? [];
  if (names.some((name) => name.startsWith("URI:leeward://config-server/"))) return undefined;
  return Object.assign(new Error(`The certificate of ${host} is not a config server's.`), {
    code: "ERR_TLS_CERT_ROLE",
  });
}

function parsedUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && url.protocol === "https:" && url.pathname === "/" && url.username === "") return url;
  throw new Fault({
    code: "server-url-invalid",
    kind: "operator",
    message: `${JSON.stringify(text)} is not a server's address such as https://host:443.`,
    remedy: "Write `https://host` or `https://host:port`, without a path.",
  });
}

async function exchange(
  to: { agent: Agent; url: URL },
  request: TransportRequest,
  signal: AbortSignal,
): Promise<TransportResponse> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = httpsRequest(new URL(request.path, to.url), {
    agent: to.agent,
    method: request.method,
    headers:
      request.body === undefined
        ? request.headers
        : { ...request.headers, "content-length": Buffer.byteLength(request.body) },
    signal,
  });
  outgoing.on("response", resolve).on("error", reject);
  outgoing.end(request.body);
  try {
    const response = await promise;
    const { [SUCCESSOR_HEADER]: successor, etag } = response.headers;
    return {
      status: response.statusCode ?? 0,
      ...(typeof successor === "string" && { successor }),
      ...(etag !== undefined && { tag: etag }),
      body: chunksOf(response, to.url, signal),
    };
  } catch (error) {
    signal.throwIfAborted();
    throw faultOfConnection(error, to.url);
  }
}

async function* chunksOf(response: IncomingMessage, url: URL, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) {
      if (chunk instanceof Uint8Array) yield chunk;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw faultOfConnection(error, url);
  }
}

/** Of a connection that there was; what ends without a code ended in the middle of an answer. */
const LOST_CODES = ["ECONNRESET", "EPIPE", ""];

/** OpenSSL's and Node's codes for a certificate that was not accepted, on either side. */
const TRUST_CODE = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL/;

function faultOfConnection(error: unknown, url: URL): Fault {
  const errno = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  const detail = { url: url.origin, errno };
  if (TRUST_CODE.test(errno)) {
    return new Fault({
      code: "server-untrusted",
      kind: "operator",
      message: `The certificate of ${url.origin} is not one of the expected authority (${errno}).`,
      remedy: "Check the address, and that the CA file is the server's own ca.pem.",
      detail,
      cause: error,
    });
  }
  return new Fault({
    code: "server-unreachable",
    kind: "transient",
    message: `${url.origin} cannot be reached${errno === "" ? "" : ` (${errno})`}.`,
    remedy: "Check that the server runs, and that nothing between stops the connection.",
    detail: { ...detail, answerLost: LOST_CODES.includes(errno) },
    cause: error,
  });
}
