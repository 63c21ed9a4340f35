import { createConnection, createServer, type Server, type Socket } from "node:net";

/** A wire between two daemons that can be cut: every connection breaks at once, and none is made until it is mended. */
export class TcpProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;
  #joined = 0;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const server = createServer();
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, "127.0.0.1", resolve);
    await promise;
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
    const proxy = new TcpProxy(server, address.port);
    server.on("connection", (socket) => proxy.#join(socket, targetPort));
    return proxy;
  }

  /** How many connections were ever asked for. */
  get joined(): number {
    return this.#joined;
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #join(socket: Socket, targetPort: number): void {
    this.#joined += 1;
    if (this.#isCut) {
      socket.destroy();
      return;
    }
    const onward = createConnection({ host: "127.0.0.1", port: targetPort });
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      this.#sockets.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>();
  server.close(() => onClosed());
  await closed;
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}
