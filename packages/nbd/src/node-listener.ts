import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { Fault } from "@leeward/base";
import type { NbdConnectionReport, NbdServer } from "./server.ts";
import type { NbdAddress } from "./uri.ts";

const UNIX_PATH_BYTES_MAX = 107;
const TCP_KEEP_ALIVE_MS = 30_000;

export interface NbdListenerOptions {
  /** For Unix sockets; 0600 when not given. Put the socket in a folder that only the right people can enter. */
  readonly mode?: number;
  /** Told when a connection is over. */
  readonly onEnd?: (report: NbdConnectionReport) => void;
}

/** Accepts clients on a socket and hands them to a server. */
export class NbdListener implements AsyncDisposable {
  readonly address: NbdAddress;
  readonly #server: Server;
  readonly #closing = new AbortController();
  readonly #clients = new Set<Promise<void>>();

  private constructor(server: Server, address: NbdAddress) {
    this.#server = server;
    this.address = address;
  }

  /**
   * Port 0 takes a free one. A Unix socket that nobody listens on any more is replaced.
   * @throws Fault `nbd-listen-failed`
   */
  static async open(nbd: NbdServer, address: NbdAddress, options: NbdListenerOptions = {}): Promise<NbdListener> {
    const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE_MS });
    if ("path" in address) await removeStale(address.path);
    await bind(server, address, options.mode ?? 0o600);
    const bound = server.address();
    const actual =
      "path" in address || bound === null || typeof bound === "string"
        ? address
        : { host: address.host, port: bound.port };
    const listener = new NbdListener(server, actual);
    server.on("connection", (socket) => listener.#accept(nbd, socket, options.onEnd));
    return listener;
  }

  /** Waits until the signal aborts, and closes. */
  async run(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (!signal.aborted) await promise;
    await this.close();
  }

  /** Drops all clients; settles when none of their calls is under way any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    await Promise.all([promise, ...this.#clients]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #accept(nbd: NbdServer, socket: Socket, onEnd: NbdListenerOptions["onEnd"]): void {
    const serve = async (): Promise<void> => {
      const report = await nbd.serve(socket, this.#closing.signal);
      this.#clients.delete(client);
      onEnd?.(report);
    };
    // It rejects only by a mistake of ours, which nobody catches: the process stops.
    const client = serve();
    this.#clients.add(client);
  }
}

async function bind(server: Server, address: NbdAddress, mode: number): Promise<void> {
  if ("path" in address && Buffer.byteLength(address.path) > UNIX_PATH_BYTES_MAX) {
    throw listenFailed(address, `the path has more than ${UNIX_PATH_BYTES_MAX} bytes`);
  }
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen("path" in address ? { path: address.path } : { host: address.host, port: address.port }, () =>
    resolve(),
  );
  try {
    await promise;
    if ("path" in address) chmodSync(address.path, mode);
  } catch (error) {
    server.close();
    throw listenFailed(address, error instanceof Error ? error.message : "unknown", error);
  }
}

/**
 * A socket that a process left behind when it died refuses connections; one that is in use must not be taken away. Ordinary
 * files refuse them too, and must not be taken away either.
 */
async function removeStale(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const probe = createConnection({ path });
  probe.once("connect", () => resolve(false));
  probe.once("error", (error) => resolve("code" in error && error.code === "ECONNREFUSED"));
  const stale = await promise;
  probe.destroy();
  if (stale) unlinkSync(path);
}

function listenFailed(address: NbdAddress, reason: string, cause?: unknown): Fault {
  const where = "path" in address ? address.path : `${address.host}:${address.port}`;
  return new Fault({
    code: "nbd-listen-failed",
    kind: "operator",
    message: `NBD clients cannot be accepted on ${where}: ${reason}.`,
    remedy: "Choose another socket with a short path in a folder that exists, or another port.",
    detail: { where },
    cause,
  });
}
