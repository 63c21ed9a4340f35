// Receivers of alerts as people run them, on loopback: a web server, a mail server and syslog servers, with certificates of an authority of their own.
import { createSocket } from "node:dgram";
import { createServer as createHttpsServer } from "node:https";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { Authority, KeyStore } from "@leeward/identity";
import { nodeClock, nodeFiles, nodeRandom } from "@leeward/world";
import { SMTPServer } from "smtp-server";
import { afterTest, temporaryFolder } from "./node-test-server.ts";

export interface ReceiverIdentity {
  readonly key: string;
  readonly cert: string;
  readonly caPem: string;
}

/** A certificate for the names, of an authority that nobody else knows. */
export async function receiverIdentity(t: TestContext, names: readonly string[]): Promise<ReceiverIdentity> {
  const folder = await temporaryFolder(t);
  const world = { clock: nodeClock, random: nodeRandom, files: nodeFiles({ io: "thread-pool" }) };
  for (const name of ["ca", "own"]) await world.files.makeFolder(`${folder}/${name}`);
  const authority = await Authority.open(world, `${folder}/ca`);
  const store = await KeyStore.open(world, `${folder}/own`);
  const subject = { role: "config-server", id: "receiver", names: [...names] } as const;
  const certificatePem = await authority.issue(await store.createRequest(), subject);
  await store.install({ certificatePem, caPem: authority.caPem, crlPem: authority.crlPem });
  return { key: store.credentials().keyPem, cert: certificatePem, caPem: authority.caPem };
}

async function listening(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterTest(t, async () => void server.close());
  return portOf(server.address());
}

function portOf(address: ReturnType<Server["address"]>): number {
  if (address === null || typeof address === "string") throw new Error("it does not listen");
  return address.port;
}

export interface Posted {
  readonly url: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** A web server that answers as `status` says, redirects to its own /elsewhere. */
export async function webReceiver(
  t: TestContext,
  { key, cert }: ReceiverIdentity,
  status: () => number,
): Promise<{ readonly port: number; readonly got: Posted[] }> {
  const got: Posted[] = [];
  const server = createHttpsServer({ key, cert }, (request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      got.push({ url: request.url ?? "", headers: request.headers, body });
      response.writeHead(status(), { location: "/elsewhere" }).end("thanks");
    });
  });
  return { port: await listening(t, server), got };
}

export interface Mailed {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | undefined;
  readonly secure: boolean;
  readonly text: string;
}

/** A mail server; it offers STARTTLS and takes mails of Ada alone, unless it is one without either. */
export async function mailReceiver(
  t: TestContext,
  { key, cert }: ReceiverIdentity,
  { secure = false, plain = false }: { readonly secure?: boolean; readonly plain?: boolean } = {},
): Promise<{ readonly port: number; readonly got: Mailed[] }> {
  const got: Mailed[] = [];
  const server = new SMTPServer({
    ...{ key, cert, secure, logger: false, authOptional: plain },
    ...(plain && { hideSTARTTLS: true, disabledCommands: ["AUTH", "STARTTLS"] }),
    onAuth: ({ username, password }, _, done) => {
      if (username === "ada" && password === "s3cret") done(null, { user: username });
      else done(new Error("It is not Ada."));
    },
    onRcptTo: ({ address }, _, done) => {
      if (address.startsWith("nobody@")) done(new Error("Nobody is here."));
      else done();
    },
    onData: (stream, session, done) => {
      let text = "";
      stream.on("data", (chunk) => (text += String(chunk)));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? "" : mailFrom.address;
        const user = typeof session.user === "string" ? session.user : undefined;
        got.push({ from, to: rcptTo.map(({ address }) => address), user, secure: session.secure, text });
        done();
      });
    },
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve());
  });
  afterTest(t, () => new Promise((resolve) => server.close(() => resolve())));
  return { port: portOf(server.server.address()), got };
}

/** One message of RFC 5424, taken apart. */
export interface SyslogMessage {
  readonly priority: number;
  readonly time: string;
  readonly host: string;
  readonly app: string;
  readonly kind: string;
  readonly data: Readonly<Record<string, string>>;
  readonly text: string;
}

/** @throws when it is not of RFC 5424, as strictly as that says */
export function parseSyslog(bytes: Uint8Array): SyslogMessage {
  const line = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  const match =
    /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z) ([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48}) - ([\x21-\x7e]{1,32}) \[([^\s=\]"]{1,32})((?: [^\s=\]"]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*)\] \ufeff(.*)$/su.exec(
      line,
    );
  if (match === null) throw new Error(`not of RFC 5424: ${line}`);
  const [, priority = "", time = "", host = "", app = "", kind = "", element = "", parameters = "", text = ""] = match;
  if (element !== "leeward@32473" || Number(priority) > 191) throw new Error(`not as it should be: ${line}`);
  const data = Object.fromEntries(
    [...parameters.matchAll(/ ([^=]+)="((?:[^"\\\]]|\\["\\\]])*)"/g)].map(([, name = "", value = ""]) => [
      name,
      value.replaceAll(/\\(["\\\]])/g, "$1"),
    ]),
  );
  return { priority: Number(priority), time, host, app, kind, data, text };
}

/** Takes messages with their octets counted before them, until the sender has ended. */
export async function syslogReceiver(
  t: TestContext,
  identity: ReceiverIdentity | undefined,
): Promise<{ readonly port: number; readonly got: SyslogMessage[] }> {
  const got: SyslogMessage[] = [];
  const take = (socket: Socket): void => {
    let bytes = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => (bytes = Buffer.concat([bytes, chunk])));
    socket.on("error", () => undefined);
    socket.on("end", () => {
      while (bytes.length > 0) {
        const space = bytes.indexOf(0x20);
        const count = Number(bytes.subarray(0, space).toString());
        got.push(parseSyslog(bytes.subarray(space + 1, space + 1 + count)));
        bytes = bytes.subarray(space + 1 + count);
      }
    });
  };
  const server =
    identity === undefined ? createTcpServer(take) : createTlsServer({ key: identity.key, cert: identity.cert }, take);
  server.on("tlsClientError", () => undefined);
  return { port: await listening(t, server), got };
}

/** Ends each connection at once, in order or by a reset, and reads nothing. */
export async function deafReceiver(
  t: TestContext,
  identity: ReceiverIdentity | undefined,
  { resets }: { readonly resets: boolean },
): Promise<number> {
  const refuse = (socket: Socket): void => {
    socket.on("error", () => undefined).pause();
    if (resets) socket.destroy();
    else socket.end();
  };
  const server =
    identity === undefined
      ? createTcpServer({ pauseOnConnect: true }, refuse)
      : createTlsServer({ key: identity.key, cert: identity.cert }, refuse);
  return listening(t, server);
}

export async function datagramReceiver(
  t: TestContext,
): Promise<{ readonly port: number; readonly got: SyslogMessage[] }> {
  const got: SyslogMessage[] = [];
  const socket = createSocket("udp4", (bytes) => got.push(parseSyslog(bytes)));
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  afterTest(t, async () => void socket.close());
  return { port: socket.address().port, got };
}
