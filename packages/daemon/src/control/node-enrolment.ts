// The first contact with the config server: a one-time token becomes a certificate of the daemon's own.
//
// The token carries the authority, so that this connection too is verified. Order: key durable → request → certificate durable. A crash
// between leaves a token that the server takes once more from the same key, and from no other.
import { request as httpsRequest } from "node:https";
import { anySignal, Fault, type FaultKind, remedyOnPage } from "@leeward/base";
import { enrolmentTlsOptions, type KeyStore, parseToken } from "@leeward/identity";
import { type Endpoint, type Files, outboundAgent, readFile } from "@leeward/world";
import { atFirstServer } from "./server-address.ts";

const TOKEN_BYTES_MAX = 16 * 1024;
const ANSWER_BYTES_MAX = 2 * 1024 * 1024;
const TIMEOUT_MS = 30_000;
const KINDS: readonly FaultKind[] = ["transient", "discontinuity", "corruption", "protocol", "operator"];

/** A one-time token, or the file that holds it. */
export type TokenSource =
  | {
      /** An absolute path; it may be removed once `enrol` has settled. */
      readonly tokenFile: string;
    }
  | { readonly token: string };

export type EnrolOptions = TokenSource & {
  readonly files: Files;
  readonly keyStore: KeyStore;
  /** Where the config server may be found. */
  readonly servers: readonly Endpoint[];
  /** What people call the daemon; the server chooses when it is left out. */
  readonly name?: string;
};

/**
 * Enrols the daemon when it has no certificate yet; durable when it settles. Returns its name, which a machine that it takes the place of has already; undefined
 * when it was enrolled before.
 * @throws Fault `token-invalid`, `token-refused`, `server-unreachable`, `enrolment-answer-invalid`, and what the server says
 */
export async function enrol(options: EnrolOptions, signal: AbortSignal): Promise<string | undefined> {
  const { files, keyStore, servers, name } = options;
  if (keyStore.identity !== undefined) return undefined;
  const text =
    "token" in options
      ? options.token
      : new TextDecoder().decode(await readFile(files, options.tokenFile, TOKEN_BYTES_MAX));
  const token = parseToken(text);
  const csrPem = await keyStore.createRequest();
  const body = JSON.stringify({ secret: token.secret, csrPem, ...(name !== undefined && { name }) });
  const answer = await atFirstServer(servers, (server) =>
    post({ server, path: "/v1/enrol", caPem: token.caPem, body }, signal),
  );
  await keyStore.install({
    certificatePem: textOf(answer, "certificatePem"),
    caPem: textOf(answer, "caPem"),
    crlPem: textOf(answer, "crlPem"),
  });
  return textOf(answer, "name");
}

/**
 * Renews a certificate that opens no session any more, by the key alone; durable when it settles. Revocation lists are not asked for here: this daemon's own
 * has ended, or will soon. What comes back has to be for this daemon, and of an authority that it trusts.
 * @throws Fault `peer-superseded` when another host has this one's place, `server-unreachable`, `clock-differs`, `enrolment-answer-invalid`, and what the server says
 */
export async function renewByKey(
  { keyStore, servers }: { readonly keyStore: KeyStore; readonly servers: readonly Endpoint[] },
  signal: AbortSignal,
): Promise<void> {
  const { caPem, certificatePem } = keyStore.credentials();
  const id = keyStore.identity?.id ?? "";
  const body = JSON.stringify({ id, csrPem: await keyStore.createRequest() });
  const answer = await atFirstServer(servers, (server) => post({ server, path: "/v1/renew", caPem, body }, signal));
  if (textOf(answer, "id") !== id) throw answerInvalid("for another daemon");
  // Meanwhile somebody may have put files there.
  if (keyStore.credentials().certificatePem !== certificatePem) return;
  await keyStore.install({
    certificatePem: textOf(answer, "certificatePem"),
    caPem: textOf(answer, "caPem"),
    crlPem: textOf(answer, "crlPem"),
  });
}

interface Post {
  readonly server: Endpoint;
  readonly path: string;
  readonly caPem: string;
  readonly body: string;
}

async function post({ server, path, caPem, body }: Post, signal: AbortSignal): Promise<object> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const timed = anySignal([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const outgoing = httpsRequest({
    ...enrolmentTlsOptions(caPem),
    host: server.host,
    port: server.port,
    method: "POST",
    path,
    headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
    agent: outboundAgent(),
    signal: timed,
  });
  outgoing.on("error", reject).on("response", (response) => {
    let text = "";
    response.setEncoding("utf8").on("error", reject);
    response.on("data", (chunk: string) => {
      text += chunk;
      if (text.length > ANSWER_BYTES_MAX) response.destroy(new Error("The answer is too long."));
    });
    response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
  });
  outgoing.end(body);
  try {
    return believed(await promise);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof Fault ? error : unreachable(server, error);
  }
}

function believed({ status, text }: { status: number; text: string }): object {
  const answer = parsed(text);
  if (status === 201) return answer;
  const error: unknown = Reflect.get(answer, "error");
  if (typeof error !== "object" || error === null) throw answerInvalid(`with status ${status}`);
  const kind = KINDS.find((each) => each === Reflect.get(error, "kind"));
  const code = textOf(error, "code");
  const remedy: unknown = Reflect.get(error, "remedy");
  throw new Fault({
    code,
    kind: kind ?? "operator",
    message: textOf(error, "message"),
    remedy: typeof remedy === "string" ? remedy : remedyOnPage(code),
  });
}

function parsed(text: string): object {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === "object" && answer !== null) return answer;
  } catch (cause) {
    throw answerInvalid("with what is not JSON", cause);
  }
  throw answerInvalid("with what is no object");
}

function textOf(answer: object, key: string): string {
  const value: unknown = Reflect.get(answer, key);
  if (typeof value === "string") return value;
  throw answerInvalid(`without ${key}`);
}

function answerInvalid(what: string, cause?: unknown): Fault {
  return new Fault({
    code: "enrolment-answer-invalid",
    kind: "protocol",
    message: `The config server answered an enrolment or a renewal ${what}.`,
    cause,
  });
}

/** What OpenSSL calls a certificate or a list that does not hold now. */
const TIMES = new Set(["CERT_NOT_YET_VALID", "CERT_HAS_EXPIRED", "CRL_NOT_YET_VALID", "CRL_HAS_EXPIRED"]);

function unreachable({ host, port }: Endpoint, cause: unknown): Fault {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (TIMES.has(code)) {
    return new Fault({
      code: "clock-differs",
      kind: "transient",
      message: `By this machine's clock, the certificate of the config server at ${host}:${port} does not hold now (${code}).`,
      remedy: "Set the clock of this machine, or that of the config server, right; nothing else has to be done.",
      detail: { host, port, code },
      cause,
    });
  }
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Fault({
    code: "server-unreachable",
    kind: "transient",
    message: `The config server at ${host}:${port} cannot be reached: ${why}`,
    remedy: "Check the address, and that the token is of this server.",
    detail: { host, port },
    cause,
  });
}
