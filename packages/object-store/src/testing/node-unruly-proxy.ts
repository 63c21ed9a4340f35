// A network that misbehaves as a test says, between a store and who uses it: it ends TLS with the store's own certificate, looks at each request, and hands it on over TLS, or not.
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Agent, createServer, type Server, request as send } from "node:https";
import type { Socket } from "node:net";
import type { TestCertificate } from "./node-test-certificate.ts";

/** What becomes of a request. */
export type Misbehaviour =
  /** The connection ends before the store hears of it. */
  | { readonly kind: "refuse" }
  /** Nothing is said, and the connection stays. */
  | { readonly kind: "silent" }
  /** The answer is 503, which the store never gave. */
  | { readonly kind: "busy"; readonly retryAfterSeconds: number }
  /** The connection ends when half of the body has come; the store sees that half. */
  | { readonly kind: "cut-request" }
  /** The store takes it, and the connection ends before its answer is told. */
  | { readonly kind: "lose-answer" }
  /** The connection ends in the middle of the answer's body. */
  | { readonly kind: "cut-answer" }
  /** The answer comes, in small pieces, each after the one before. */
  | { readonly kind: "slow" };

export interface UnrulyProxyOptions {
  readonly port: number;
  readonly certificate: TestCertificate;
}

/** How large the pieces of a slow answer are. */
const PIECE_BYTES = 100;

export class UnrulyProxy implements AsyncDisposable {
  readonly port: number;
  /** Every request that came, as "PUT comp=block", in order. */
  readonly asked: string[] = [];
  readonly #options: UnrulyProxyOptions;
  readonly #server: Server;
  readonly #agent: Agent;
  readonly #sockets = new Set<Socket>();
  #plan: { readonly of: RegExp; readonly misbehaviour: Misbehaviour; left: number } | undefined;

  private constructor(options: UnrulyProxyOptions, server: Server, port: number) {
    this.#options = options;
    this.#server = server;
    this.port = port;
    this.#agent = new Agent({ ca: options.certificate.ca, keepAlive: true });
  }

  static async start(options: UnrulyProxyOptions): Promise<UnrulyProxy> {
    const { cert, key } = options.certificate;
    const server = createServer({ cert, key });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
    const proxy = new UnrulyProxy(options, server, address.port);
    server.on("connection", (socket: Socket) => {
      proxy.#sockets.add(socket);
      socket.on("close", () => proxy.#sockets.delete(socket));
    });
    server.on("request", (asked: IncomingMessage, answer: ServerResponse) => proxy.#handle(asked, answer));
    return proxy;
  }

  /** The next `times` requests that `of` fits ("PUT", "PUT .*comp=blocklist") come to this; all others go through. */
  misbehave(of: RegExp, misbehaviour: Misbehaviour, times: number): void {
    this.#plan = { of, misbehaviour, left: times };
  }

  /** How many requests a plan still waits for. */
  get left(): number {
    return this.#plan?.left ?? 0;
  }

  #handle(asked: IncomingMessage, answer: ServerResponse): void {
    const name = `${asked.method} ${(asked.url ?? "").split("?")[1] ?? ""}`;
    this.asked.push(name);
    const plan = this.#plan;
    const isPlanned = plan !== undefined && plan.left > 0 && plan.of.test(name);
    if (isPlanned) plan.left -= 1;
    const misbehaviour = isPlanned ? plan.misbehaviour : undefined;
    if (misbehaviour?.kind === "silent") asked.resume();
    else if (misbehaviour?.kind === "refuse") asked.socket.destroy();
    else if (misbehaviour?.kind === "busy") {
      asked.resume();
      answer.writeHead(503, { "retry-after": String(misbehaviour.retryAfterSeconds) }).end();
    } else this.#forward(asked, answer, misbehaviour);
  }

  #forward(asked: IncomingMessage, answer: ServerResponse, misbehaviour: Misbehaviour | undefined): void {
    const { port } = this.#options;
    const { method, url: path, headers } = asked;
    const onward = send({ host: "127.0.0.1", port, method, path, headers, agent: this.#agent }, (told) => {
      if (misbehaviour?.kind === "lose-answer") {
        told.resume();
        told.on("end", () => asked.socket.destroy());
        return;
      }
      answer.writeHead(told.statusCode ?? 502, told.headers);
      if (misbehaviour?.kind === "slow") void tellSlowly(told, answer);
      else if (misbehaviour?.kind === "cut-answer") told.once("data", (chunk: Buffer) => cutAfter(answer, chunk));
      else told.pipe(answer);
    });
    onward.on("error", () => asked.socket.destroy());
    asked.on("error", () => onward.destroy());
    if (misbehaviour?.kind === "cut-request") this.#cutRequest(asked, onward);
    else asked.pipe(onward);
  }

  #cutRequest(asked: IncomingMessage, onward: ReturnType<typeof send>): void {
    const half = Number(asked.headers["content-length"] ?? 0) / 2;
    let got = 0;
    asked.on("data", (chunk: Buffer) => {
      got += chunk.length;
      onward.write(chunk.subarray(0, Math.max(0, chunk.length - Math.max(0, got - half))));
      if (got < half) return;
      asked.socket.destroy();
      onward.destroy();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#agent.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

function cutAfter(answer: ServerResponse, chunk: Buffer): void {
  answer.write(chunk.subarray(0, Math.floor(chunk.length / 2)), () => answer.socket?.destroy());
}

async function tellSlowly(told: IncomingMessage, answer: ServerResponse): Promise<void> {
  for await (const chunk of told as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const { promise, resolve } = Promise.withResolvers<void>();
      answer.write(chunk.subarray(at, at + PIECE_BYTES), () => setImmediate(resolve));
      await promise;
    }
  }
  answer.end();
}
