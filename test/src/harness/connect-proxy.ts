import { createServer, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** An HTTP proxy that opens tunnels (CONNECT) to one name, which nobody else can resolve and which is this machine, for who says name and password. */
export class ConnectProxy implements AsyncDisposable {
  readonly url: string;
  /** Where tunnels were asked to, and whether one was opened, in order. */
  readonly asked: { readonly to: string; readonly isOpened: boolean }[];
  readonly #server: Server;
  readonly #open: Set<Duplex>;

  private constructor(parts: { server: Server; open: Set<Duplex>; asked: ConnectProxy["asked"]; url: string }) {
    this.#server = parts.server;
    this.#open = parts.open;
    this.asked = parts.asked;
    this.url = parts.url;
  }

  static async start(name: string, login: { user: string; password: string }): Promise<ConnectProxy> {
    const { user, password } = login;
    const expected = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    const open = new Set<Duplex>();
    const asked: ConnectProxy["asked"] = [];
    const server = createServer((_, response) => void response.writeHead(405).end());
    server.on("connect", (request, near, head) => {
      const to = request.url ?? "";
      const isOpened = request.headers["proxy-authorization"] === expected && to.startsWith(`${name}:`);
      asked.push({ to, isOpened });
      if (isOpened) open.add(tunnel(near, { head, port: Number(to.slice(name.length + 1)) })).add(near);
      else near.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, "127.0.0.1", resolve);
    await promise;
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
    return new ConnectProxy({ server, open, asked, url: `http://${user}:${password}@127.0.0.1:${address.port}` });
  }

  /** Ends every tunnel; new ones are opened as before. */
  cut(): void {
    for (const end of this.#open) end.destroy();
    this.#open.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }
}

function tunnel(near: Duplex, { head, port }: { readonly head: Buffer; readonly port: number }): Socket {
  const far = connect(port, "127.0.0.1", () => {
    near.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    far.write(head);
    far.pipe(near).pipe(far);
  });
  far.on("error", () => near.destroy()).on("close", () => near.destroy());
  near.on("error", () => far.destroy()).on("close", () => far.destroy());
  return far;
}
