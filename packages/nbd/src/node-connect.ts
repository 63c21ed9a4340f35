import { createConnection, type Socket } from "node:net";
import { Fault } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { NbdClient, type NbdClientOptions } from "./client.ts";
import { inTime } from "./deadline.ts";
import { connectionLost } from "./faults.ts";
import type { NbdAddress } from "./uri.ts";

const CONNECT_MS_MAX = 10_000;
const TCP_KEEP_ALIVE_MS = 30_000;

/**
 * Connects to a server and takes an export of it. The signal ends the attempt, and later the connection.
 * @throws Fault `nbd-unreachable`, and all of `NbdClient.open`
 */
export async function connectNbd(
  address: NbdAddress,
  options: NbdClientOptions,
  signal: AbortSignal,
): Promise<NbdClient> {
  return NbdClient.open(await connected(address, options.clock, signal), options, signal);
}

async function connected(address: NbdAddress, clock: Clock, signal: AbortSignal): Promise<Socket> {
  if (signal.aborted) throw connectionLost(signal.reason);
  const socket =
    "path" in address
      ? createConnection({ path: address.path })
      : createConnection({ ...address, noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE_MS });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once("connect", () => resolve());
  socket.once("error", reject);
  socket.once("close", () => reject(connectionLost()));
  try {
    await inTime(() => promise, {
      clock,
      msMax: CONNECT_MS_MAX,
      signal,
      stop: () => socket.destroy(),
      late: () => unreachable(address, new Error(`no answer in ${CONNECT_MS_MAX} ms`)),
    });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error instanceof Fault ? error : unreachable(address, error);
  }
}

function unreachable(address: NbdAddress, cause: unknown): Fault {
  const where = "path" in address ? address.path : `${address.host}:${address.port}`;
  const reason = cause instanceof Error ? `: ${cause.message}` : "";
  return new Fault({
    code: "nbd-unreachable",
    kind: "transient",
    message: `No NBD server answers at ${where}${reason}.`,
    detail: { where },
    cause,
  });
}
