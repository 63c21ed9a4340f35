import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Peer } from "./peer.ts";

const RUN_MS_MAX = 120_000;
const START_MS_MAX = 10_000;
const STOP_MS_MAX = 5_000;

export interface PeerRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a peer to its end; one that takes minutes is ended. */
export async function runPeer(
  peer: Peer,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<PeerRun> {
  const child = spawn(peer.path, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
    timeout: RUN_MS_MAX,
  });
  const stdout = textOf(child.stdout);
  const stderr = textOf(child.stderr);
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("error", reject);
  child.once("close", resolve);
  return { code: await promise, stdout: stdout(), stderr: stderr() };
}

/** A peer that serves a Unix socket until it is disposed of. */
export class PeerServer implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exit: Promise<void>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exit = new Promise((resolve) => child.once("exit", () => resolve()));
  }

  /** Starts it with arguments that make it listen on `socket`, and waits until it does. */
  static async start(peer: Peer, args: readonly string[], socket: string): Promise<PeerServer> {
    const child = spawn(peer.path, args, { stdio: ["ignore", "ignore", "pipe"] });
    const stderr = textOf(child.stderr);
    const server = new PeerServer(child);
    const failed = new Promise<never>((_, reject) => child.once("error", reject));
    const deadline = performance.now() + START_MS_MAX;
    while (!(await Promise.race([answers(socket), failed]))) {
      if (child.exitCode !== null || performance.now() > deadline) {
        await server[Symbol.asyncDispose]();
        throw new Error(`${peer.name} does not serve: ${stderr()}`);
      }
      await delay(10);
    }
    return server;
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await Promise.race([this.#exit, delay(STOP_MS_MAX, undefined, { ref: false })]);
    await this.kill();
  }
}

function textOf(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: Buffer[] = [];
  stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}

async function answers(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const probe = connect({ path });
  probe.once("connect", () => resolve(true));
  probe.once("error", () => resolve(false));
  const connected = await promise;
  probe.destroy();
  return connected;
}
