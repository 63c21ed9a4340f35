import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import type { SyslogSettings } from "@leeward/api";
import { ALERT_SYSLOG_HOLD_MS } from "../../limits.ts";
import type { Parcel } from "../deliveries.ts";
import { syslogLinesOf } from "./message-text.ts";
import type { Reached } from "./node-reach.ts";
import { counted, syslogBytes } from "./syslog-line.ts";

/**
 * Sends the document as messages of RFC 5424. Over UDP nobody says whether they arrived. Over TCP and TLS they count as taken when the receiver kept the connection
 * until it had them all, and ended it in order after this end did: who ends first, or resets what it has not read, took nothing.
 */
export async function sendSyslog(
  { port, transport, facility = 16, caPem = null }: SyslogSettings,
  { document }: Parcel,
  { reached, signal }: { readonly reached: Reached; readonly signal: AbortSignal },
): Promise<void> {
  const of = { facility, host: hostname() };
  const messages = syslogLinesOf(document).map((line) =>
    syslogBytes({ ...line, ...of }, { isDatagram: transport === "udp" }),
  );
  if (transport === "udp") return sendDatagrams(messages, { reached, port, signal });
  const { address, host } = reached;
  const names = isIP(host) === 0 ? { servername: host } : {};
  const socket =
    transport === "tcp"
      ? connectTcp({ host: address, port })
      : connectTls({ host: address, port, ...names, minVersion: "TLSv1.2", ...(caPem !== null && { ca: caPem }) });
  return sendStream(socket, transport === "tcp" ? "connect" : "secureConnect", { messages, signal });
}

async function sendDatagrams(
  messages: readonly Uint8Array[],
  { reached, port, signal }: { readonly reached: Reached; readonly port: number; readonly signal: AbortSignal },
): Promise<void> {
  const socket = createSocket({ type: reached.family === 6 ? "udp6" : "udp4" });
  try {
    socket.connect(port, reached.address);
    await once(socket, "connect", { signal });
    for (const message of messages) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      socket.send(message, (error) => (error === null ? resolve() : reject(error)));
      await promise;
    }
  } finally {
    socket.close();
  }
}

async function sendStream(
  socket: Socket,
  readyEvent: string,
  { messages, signal }: { readonly messages: readonly Uint8Array[]; readonly signal: AbortSignal },
): Promise<void> {
  try {
    await once(socket, readyEvent, { signal });
    // Receivers say nothing; were it not read, their end would not be seen.
    socket.resume();
    const closed = once(socket, "close", { signal });
    const ended = once(socket, "end", { signal });
    const gone = Promise.race([ended, closed]).then(() => false);
    const held = written(socket, messages).then(() => sleep(ALERT_SYSLOG_HOLD_MS, true, { signal }));
    if (!(await Promise.race([held, gone]))) throw new Error("it ended the connection before it had the whole message");
    socket.end();
    await closed;
  } finally {
    socket.destroy();
  }
}

/** Resolves when the system has them all. */
async function written(socket: Socket, messages: readonly Uint8Array[]): Promise<void> {
  for (const message of messages) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.write(counted(message), (error) => (error ? reject(error) : resolve()));
    await promise;
  }
}
