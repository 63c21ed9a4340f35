import type { Agent } from "node:https";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { outboundAgent } from "@leeward/world";

/** A connection on which nothing moves for so long is lost, in milliseconds. */
const SILENCE_MS = 20_000;
const CONNECTIONS_MAX = 16;

/** What connects to a store: TLS that believes `caPem` (the public authorities without it), the proxy of HTTPS_PROXY, connections that are used again, and ended when nothing moves on them. */
export function storeAgent(caPem: string | undefined): Agent {
  const trust = caPem === undefined ? {} : { ca: caPem };
  const agent = outboundAgent({ keepAlive: true, maxSockets: CONNECTIONS_MAX, timeout: SILENCE_MS, ...trust });
  const connect = agent.createConnection.bind(agent);
  const reuse = agent.reuseSocket.bind(agent);
  // While a connection waits for its next request, the agent keeps it as long as the server says; that is no limit of an answer.
  agent.reuseSocket = (socket, request) => {
    reuse(socket, request);
    if (socket instanceof TLSSocket) socket.setTimeout(SILENCE_MS);
  };
  // An agent only tells of silence; that it ends a connection has to be said to each.
  agent.createConnection = (options, callback) =>
    watched(connect(options, (error, socket) => callback?.(error, watched(socket) ?? socket)));
  return agent;
}

function watched<T extends Duplex | null | undefined>(socket: T): T {
  if (socket instanceof TLSSocket && socket.listenerCount("timeout", endSilent) === 0) {
    socket.setTimeout(SILENCE_MS);
    socket.on("timeout", endSilent);
  }
  return socket;
}

function endSilent(this: TLSSocket): void {
  this.destroy(Object.assign(new Error(`nothing moved for ${SILENCE_MS / 1_000} s`), { code: "ETIMEDOUT" }));
}
