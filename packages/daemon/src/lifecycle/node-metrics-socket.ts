import { chmodSync } from "node:fs";
import { createServer } from "node:http";
import { type Files, isWindows } from "@leeward/world";
import type { Metrics } from "../metrics.ts";
import { localAddress } from "./local-address.ts";

const METRICS_NAME = "metrics.sock";
/** The system takes no longer path of a Unix socket, bytes. */
const SOCKET_PATH_BYTES_MAX = 107;
const REQUEST_MS_MAX = 5_000;

/**
 * Serves what the daemon counts, as Prometheus reads it, on HOME/metrics.sock until `signal` aborts: only for who may use the home. A home
 * whose path is too long for a socket goes without. On Windows it is a pipe, which administrators and SYSTEM alone may write to.
 */
export async function serveMetrics(
  of: { files: Files; home: string; metrics: Metrics },
  signal: AbortSignal,
): Promise<void> {
  const { files, home, metrics } = of;
  const path = `${home}/${METRICS_NAME}`;
  if ((!isWindows && Buffer.byteLength(path) > SOCKET_PATH_BYTES_MAX) || signal.aborted) return;
  // Left behind by a process that was killed; the home's lock says that nobody listens on it.
  if (!isWindows && (await files.status(path)) !== undefined) await files.remove(path);
  const server = createServer((request, response) => {
    request.resume();
    metrics.text().then(
      (text) => response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.requestTimeout = REQUEST_MS_MAX;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject).once("close", resolve);
  server.listen(localAddress(path, isWindows), () => {
    if (!isWindows) chmodSync(path, 0o600);
  });
  signal.addEventListener("abort", () => {
    server.closeAllConnections();
    server.close();
  });
  await promise;
}
