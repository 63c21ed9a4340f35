// 1 MiB messages from one process to another over loopback: through a session, and through TLS alone with the same certificates in the
// same run. The figure that counts is their ratio; CPU time per GB says what each end pays.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { Authority, clientTlsOptions, KeyStore } from "@leeward/identity";
import { Session, type SessionBody, tlsNetwork } from "@leeward/wire";
import { nodeClock, nodeFiles, nodeRandom, type PeerRole } from "@leeward/world";
import { isReport, MESSAGE_BYTES, MESSAGES, type Way } from "./transfer.ts";

const HOST = "127.0.0.1";
const ID = "0".repeat(32);
const NEVER = new AbortController().signal;
const world = { clock: nodeClock, random: nodeRandom, files: nodeFiles({ io: "thread-pool" }) };

export interface WayFigures {
  readonly megabytesPerSecond: number;
  readonly senderCpuSecondsPerGigabyte: number;
  readonly receiverCpuSecondsPerGigabyte: number;
}

export interface WireFigures {
  readonly session: WayFigures;
  readonly tls: WayFigures;
  /** Session by TLS alone: 1 is as fast. */
  readonly ratio: number;
}

/** Measures both ways, one after the other, each in a fresh receiving process. */
export async function wireThroughput(): Promise<WireFigures> {
  const folder = await mkdtemp(join(tmpdir(), "leeward-bench-wire-"));
  try {
    const authority = await openedFolder(folder, "authority", (path) => Authority.open(world, path));
    const sender = await enrolled(authority, { folder, role: "agent" });
    await enrolled(authority, { folder, role: "process-server" });
    const tls = await measured("tls", { folder, sender });
    const session = await measured("session", { folder, sender });
    return { session, tls, ratio: session.megabytesPerSecond / tls.megabytesPerSecond };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function openedFolder<T>(folder: string, name: string, open: (path: string) => Promise<T>): Promise<T> {
  await mkdir(join(folder, name));
  return await open(join(folder, name));
}

async function enrolled(authority: Authority, { folder, role }: { folder: string; role: PeerRole }): Promise<KeyStore> {
  const store = await openedFolder(folder, role, (path) => KeyStore.open(world, path));
  const certificatePem = await authority.issue(await store.createRequest(), { role, id: role });
  await store.install({ certificatePem, caPem: authority.caPem, crlPem: authority.crlPem });
  return store;
}

async function measured(way: Way, { folder, sender }: { folder: string; sender: KeyStore }): Promise<WayFigures> {
  const child = fork(join(import.meta.dirname, "receiver.ts"), [way, join(folder, "process-server")]);
  try {
    const port = await reportOf(child);
    const receiverCpu = reportOf(child);
    const begunMs = performance.now();
    const begunCpu = process.cpuUsage();
    await (way === "tls" ? sendOverTls(sender, port) : sendOverSession(sender, port));
    const receiverCpuSeconds = await receiverCpu;
    const seconds = (performance.now() - begunMs) / 1_000;
    const { user, system } = process.cpuUsage(begunCpu);
    const gigabytes = (MESSAGES * MESSAGE_BYTES) / 1e9;
    return {
      megabytesPerSecond: (gigabytes * 1_000) / seconds,
      senderCpuSecondsPerGigabyte: (user + system) / 1e6 / gigabytes,
      receiverCpuSecondsPerGigabyte: receiverCpuSeconds / gigabytes,
    };
  } finally {
    child.kill();
  }
}

async function reportOf(child: ChildProcess): Promise<number> {
  const message = await new Promise<unknown>((resolve) => child.once("message", resolve));
  if (!isReport(message)) throw new Error("the receiver said something else");
  return message.value;
}

function payload(): Uint8Array {
  return new Uint8Array(MESSAGE_BYTES).map((_, index) => index * 7);
}

async function sendOverTls(sender: KeyStore, port: number): Promise<void> {
  const bytes = payload();
  const socket = connectTls({ host: HOST, port, ...clientTlsOptions(sender, "process-server") });
  await once(socket, "secureConnect");
  for (let index = 0; index < MESSAGES; index += 1) if (!socket.write(bytes)) await once(socket, "drain");
  await once(socket, "data");
  socket.destroy();
}

async function sendOverSession(sender: KeyStore, port: number): Promise<void> {
  const bytes = payload();
  const channel = await tlsNetwork({ keyStore: sender }).connect({ host: HOST, port }, "process-server", NEVER);
  const session = await Session.connect(channel, { clock: nodeClock, softwareVersion: "bench" }, NEVER);
  const running = session.run(NEVER);
  for (let index = 1; index <= MESSAGES; index += 1) await session.send(recordsOf(index), bytes);
  for await (const { body } of session.messages()) if (body.kind === "pointStored") break;
  await session.close();
  await running;
}

function recordsOf(sequence: number): SessionBody {
  return { kind: "records", value: { diskId: ID, branch: ID, from: sequence, to: sequence, epoch: 1 } };
}
