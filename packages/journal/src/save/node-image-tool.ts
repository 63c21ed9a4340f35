// QEMU's programs, run without a shell: `runTool` to its end, `servedImage` as long as an image is written or read.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Fault, isFault } from "@leeward/base";
import type { BlockDevice } from "@leeward/block";
import { connectNbd } from "@leeward/nbd";
import type { Clock } from "@leeward/world";

const OUTPUT_BYTES_MAX = 16_384;
/** From the start of `qemu-nbd` until it takes clients: opening an image reads its tables. */
const START_MS_MAX = 60_000;
/** From the client's farewell until the image is closed: caches are written back. */
const END_MS_MAX = 600_000;
const LOOK_MS = 20;

/** An image as a disk, served by a process that ends with `close`. */
export interface ServedImage {
  readonly device: BlockDevice;
  /** Settles when the image is written out and closed. @throws Fault `image-tool-failed` */
  close(): Promise<void>;
  /** Ends the process as it stands; settles when it is gone. */
  kill(): Promise<void>;
}

/** @throws Fault `image-tool-missing`, `image-tool-failed` unless it exits with 0; the signal's reason when it aborts */
export async function runTool(tool: string, args: readonly string[], signal: AbortSignal): Promise<void> {
  const running = new Running(tool, args);
  const onAbort = (): void => running.kill();
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    await running.ended;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  signal.throwIfAborted();
  running.requireSuccess();
}

/**
 * Has `qemu-nbd` serve an image on a socket in a private folder. It serves one client and ends when that leaves, also when this process dies.
 * @throws Fault `image-tool-missing`, `image-tool-failed`, and what `connectNbd` throws
 */
export async function servedImage(
  clock: Clock,
  image: { readonly path: string; readonly driver: string; readonly readOnly: boolean },
  signal: AbortSignal,
): Promise<ServedImage> {
  const folder = await mkdtemp(join(tmpdir(), "leeward-image-"));
  const socket = join(folder, "image.sock");
  // Nothing is made durable on the way, as with `qemu-img convert`: whoever keeps the image makes the whole file durable when it is closed.
  const access = [image.readOnly ? "--read-only" : "--cache=unsafe"];
  const running = new Running("qemu-nbd", [`--format=${image.driver}`, `--socket=${socket}`, ...access, image.path]);
  const kill = async (): Promise<void> => {
    running.kill();
    await running.ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const device = await connected(running, { socket, clock }, signal);
    const close = async (): Promise<void> => {
      await device[Symbol.asyncDispose]();
      const late = new AbortController();
      const tooLong = delay(END_MS_MAX, undefined, { signal: late.signal }).then(() => running.kill(), ignore);
      await running.ended;
      late.abort();
      await tooLong;
      await rm(folder, { recursive: true, force: true });
      running.requireSuccess();
    };
    return { device, close, kill };
  } catch (error) {
    await kill();
    throw error;
  }
}

async function connected(
  running: Running,
  { socket, clock }: { readonly socket: string; readonly clock: Clock },
  signal: AbortSignal,
): Promise<BlockDevice> {
  for (const until = performance.now() + START_MS_MAX; ; ) {
    running.requireUnended();
    try {
      return await connectNbd({ path: socket }, { exportName: "", clock }, signal);
    } catch (error) {
      if (!isFault(error, "nbd-unreachable") || performance.now() > until) throw error;
      await delay(LOOK_MS, undefined, { signal });
    }
  }
}

class Running {
  readonly ended: Promise<void>;
  readonly #tool: string;
  readonly #child: ChildProcess;
  #output = "";
  #unstarted: Error | undefined;
  #over = false;

  constructor(tool: string, args: readonly string[]) {
    this.#tool = tool;
    this.#child = spawn(tool, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, LC_ALL: "C" } });
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.on("data", (chunk) => this.#keep(chunk));
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#child.once("error", (error) => {
      this.#unstarted = error;
      this.#over = true;
      resolve();
    });
    this.#child.once("close", () => {
      this.#over = true;
      resolve();
    });
    this.ended = promise;
  }

  kill(): void {
    if (!this.#over) this.#child.kill("SIGKILL");
  }

  requireUnended(): void {
    if (this.#over) throw this.#failure();
  }

  requireSuccess(): void {
    if (this.#unstarted !== undefined || this.#child.exitCode !== 0) throw this.#failure();
  }

  #keep(chunk: unknown): void {
    if (this.#output.length < OUTPUT_BYTES_MAX) this.#output += String(chunk).slice(0, OUTPUT_BYTES_MAX);
  }

  #failure(): Fault {
    const tool = this.#tool;
    const cause = this.#unstarted;
    if (cause !== undefined && "code" in cause && cause.code === "ENOENT") {
      return new Fault({
        code: "image-tool-missing",
        kind: "operator",
        message: `${tool} is not installed on this machine, and without it there are no images but raw ones.`,
        remedy: "Install QEMU's disk tools (qemu-utils or qemu-img), or save without --format.",
        detail: { tool },
        cause,
      });
    }
    const { exitCode, signalCode } = this.#child;
    const how = cause === undefined ? `ended with ${exitCode ?? signalCode ?? "nothing"}` : "did not start";
    const said = (this.#output.trim() || cause?.message) ?? "";
    return new Fault({
      code: "image-tool-failed",
      kind: "transient",
      message: `${tool} ${how}: ${said === "" ? "it does not say why" : said}`,
      remedy: "Read what the tool said; make room or choose another place, then save again.",
      detail: { tool, exitCode },
      cause,
    });
  }
}

function ignore(): void {
  // The wait was ended because the process had.
}
