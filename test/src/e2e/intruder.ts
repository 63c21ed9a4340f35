// What somebody does who means no good: connections that are no sessions, sessions as somebody else, bytes that were recorded.
import { readFile } from "node:fs/promises";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import type { KeyStore } from "@leeward/identity";
import type { DiskOffer, DiskPosition } from "@leeward/proto";
import { Session, tlsNetwork, workOn } from "@leeward/wire";
import { nodeClock, type PeerRole } from "@leeward/world";
import { WebSocket } from "ws";

const HOST = "127.0.0.1";
const ANSWER_MS_MAX = 15_000;

/** A certificate, its key, and whom its bearer believes; without the first two, a stranger. */
export interface Credentials {
  readonly key?: string;
  readonly cert?: string;
  readonly ca: string;
}

export async function credentialsIn(
  folder: string,
): Promise<Credentials & { readonly key: string; readonly cert: string }> {
  const [key, cert, ca] = await Promise.all(
    ["key", "certificate", "ca"].map((name) => readFile(`${folder}/${name}.pem`, "utf8")),
  );
  if (key === undefined || cert === undefined || ca === undefined) throw new Error("three files were read");
  return { key, cert, ca };
}

/** "open" when the port takes a session of who has these credentials, else what was said instead. */
export async function knock(port: number, credentials: Credentials): Promise<string> {
  const socket = new WebSocket(`wss://${HOST}:${port}/v1/session`, {
    ...tlsOptions(credentials),
    handshakeTimeout: ANSWER_MS_MAX,
  });
  const { promise, resolve } = Promise.withResolvers<string>();
  socket.on("open", () => resolve("open")).on("error", (error) => resolve(error.message));
  const said = await promise;
  socket.terminate();
  return said;
}

/** Sends bytes as they are; settles when the other end has closed, with how many bytes it said until then. */
export async function sendPlain(port: number, bytes: Uint8Array): Promise<number> {
  const socket = createConnection({ host: HOST, port });
  socket.once("connect", () => socket.write(bytes));
  return untilClosed(socket);
}

/** Sends bytes inside of TLS as who has the credentials; settles when the other end has closed. */
export async function sendInTls(
  port: number,
  credentials: Credentials,
  pieces: readonly Uint8Array[],
): Promise<number> {
  const socket: TLSSocket = connectTls({ host: HOST, port, ...tlsOptions(credentials) });
  socket.once("secureConnect", () => {
    for (const piece of pieces) socket.write(piece);
  });
  return untilClosed(socket);
}

/** A good request for a session, for what is bad behind it. */
export const UPGRADE = Buffer.from(
  "GET /v1/session HTTP/1.1\r\nHost: leeward\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
);

/** The head of a binary message that claims to be of 4 GiB, and a first piece of it. */
export function hugeFrame(): Buffer {
  const head = Buffer.alloc(14);
  head[0] = 0x82;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(4n * 1024n ** 3n, 2);
  return Buffer.concat([head, Buffer.alloc(4_096)]);
}

/** One masked binary message (the mask is zero). */
export function message(bytes: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head[0] = 0x82;
  head[1] = 0x80 | 126;
  head.writeUInt16BE(bytes.length, 2);
  return Buffer.concat([head, bytes]);
}

/** Offers a disk in a session of its own, and gives the answer for that disk. */
export async function offerDisk(
  to: { readonly port: number; readonly role: PeerRole; readonly as: KeyStore },
  offer: DiskOffer,
): Promise<DiskPosition> {
  const answer = Promise.withResolvers<DiskPosition>();
  await inSession(to, async (session) => {
    const listening = (async () => {
      for await (const { body } of session.messages()) {
        if (body.kind !== "diskPosition" || body.value.diskId !== offer.diskId) continue;
        answer.resolve(body.value);
        return;
      }
      answer.reject(new Error("the session ended without an answer"));
    })();
    listening.catch((error: unknown) => answer.reject(error));
    await session.send({ kind: "diskOffer", value: offer });
    await answer.promise;
  });
  return answer.promise;
}

/** Does `work` in a session as the one whose key store it is. */
export async function inSession(
  { port, role, as }: { readonly port: number; readonly role: PeerRole; readonly as: KeyStore },
  work: (session: Session) => Promise<void>,
  epoch = 0,
): Promise<void> {
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  const channel = await tlsNetwork({ keyStore: as }).connect({ host: HOST, port }, role, signal);
  const session = await Session.connect(channel, { clock: nodeClock, softwareVersion: "test", epoch }, signal);
  await workOn(session, signal, (open) => work(open));
}

/** Stands between a member and a port, and keeps what the member sends. */
export class Recorder {
  readonly port: number;
  readonly #server: Server;
  readonly #sent: Buffer[] = [];

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async start(targetPort: number): Promise<Recorder> {
    const server = createServer();
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, HOST, resolve);
    await promise;
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
    const recorder = new Recorder(server, address.port);
    server.on("connection", (socket) => recorder.#join(socket, targetPort));
    return recorder;
  }

  get recorded(): Buffer {
    return Buffer.concat(this.#sent);
  }

  close(): void {
    this.#server.close();
  }

  #join(socket: Socket, targetPort: number): void {
    const onward = createConnection({ host: HOST, port: targetPort });
    socket.on("data", (bytes: Buffer) => this.#sent.push(bytes));
    socket.pipe(onward).pipe(socket);
    socket.on("error", () => onward.destroy()).on("close", () => onward.destroy());
    onward.on("error", () => socket.destroy()).on("close", () => socket.destroy());
  }
}

function tlsOptions({ key, cert, ca }: Credentials): ConnectionOptions {
  // Whom it speaks to does not matter to an intruder; the authority does, or its own side would give up first.
  return {
    ca,
    minVersion: "TLSv1.3",
    checkServerIdentity: () => undefined,
    ...(key !== undefined && { key }),
    ...(cert !== undefined && { cert }),
  };
}

async function untilClosed(socket: Socket): Promise<number> {
  let bytes = 0;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error(`not closed within ${ANSWER_MS_MAX} ms`)), ANSWER_MS_MAX);
  socket.on("data", (piece: Buffer) => {
    bytes += piece.length;
  });
  // That it breaks is one way to be turned away.
  socket.on("error", () => resolve()).on("close", () => resolve());
  try {
    await promise;
    return bytes;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
