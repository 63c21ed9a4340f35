// The receiving process of the throughput measurement: `receiver.ts WAY FOLDER-OF-ITS-KEY-STORE`.
import { once } from "node:events";
import { createServer, type TLSSocket } from "node:tls";
import { KeyStore, serverTlsOptions } from "@leeward/identity";
import { Session, tlsNetwork } from "@leeward/wire";
import { nodeClock, nodeFiles } from "@leeward/world";
import { MESSAGE_BYTES, MESSAGES } from "./transfer.ts";

const HOST = "127.0.0.1";
const NEVER = new AbortController().signal;
const [way, folder = ""] = process.argv.slice(2);
const keyStore = await KeyStore.open({ clock: nodeClock, files: nodeFiles({ io: "thread-pool" }) }, folder);
await (way === "tls" ? receiveOverTls() : receiveOverSession());

async function receiveOverTls(): Promise<void> {
  const server = createServer(serverTlsOptions(keyStore));
  server.listen(0, HOST);
  await once(server, "listening");
  const address = server.address();
  report(typeof address === "object" && address !== null ? address.port : 0);
  const socket = await new Promise<TLSSocket>((resolve) => server.once("secureConnection", resolve));
  const begun = process.cpuUsage();
  let left = MESSAGES * MESSAGE_BYTES;
  socket.on("data", (bytes: Buffer) => {
    left -= bytes.length;
    if (left > 0) return;
    reportCpuSince(begun);
    socket.write("done");
  });
}

async function receiveOverSession(): Promise<void> {
  const listener = await tlsNetwork({ keyStore }).listen({ host: HOST, port: 0 });
  report(listener.endpoint.port);
  for await (const channel of listener.accept(NEVER)) {
    const session = await Session.accept(channel, { clock: nodeClock, softwareVersion: "bench" }, NEVER);
    const running = session.run(NEVER);
    const begun = process.cpuUsage();
    let count = 0;
    for await (const message of session.messages()) {
      count += message.payload.length === MESSAGE_BYTES ? 1 : 0;
      if (count === MESSAGES) break;
    }
    reportCpuSince(begun);
    await session.send({ kind: "pointStored", value: { machineId: "0".repeat(32), number: 1, validUntilMicros: 1 } });
    await running;
  }
}

function report(value: number): void {
  process.send?.({ value });
}

function reportCpuSince(begun: NodeJS.CpuUsage): void {
  const { user, system } = process.cpuUsage(begun);
  report((user + system) / 1e6);
}
