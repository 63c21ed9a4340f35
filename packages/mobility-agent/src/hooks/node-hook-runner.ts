// Runs hooks as processes. Each call is the leader of a process group of its own, so that whatever it started can be ended with it.
//
//   stdin   nothing          stdout, stderr   kept up to 16 KiB each; read until the call has ended
//   3       of a --pre: a stream that ends when nothing needs to be held any more, also when the agent is killed: the kernel closes it. What a
//           hook leaves in the background waits for that end and then gives back what it holds.
//
// A group is signalled only while its leader runs or has just ended, so that its number cannot be another's already.
import { type ChildProcess, spawn } from "node:child_process";
import { promises as fs } from "node:fs";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { firstOf, orAborted } from "@leeward/base";
import { isWindows } from "@leeward/world";
import { HOOK_OUTPUT_BYTES_MAX } from "../limits.ts";
import type { Hook, HookCall, HookEnd, HookRunner } from "./hook.ts";
import { endTree, windowsHookCommand, windowsHookEnvironment } from "./node-windows-hooks.ts";

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** Between SIGTERM and SIGKILL, and what SIGKILL may take, milliseconds. */
const TERM_MS = 2_000;
const LOOK_MS = 50;
/** How long output is waited for that a background process may keep open, milliseconds. */
const OUTPUT_MS = 250;

export class NodeHookRunner implements HookRunner {
  /** By hook: descriptors 3 that `--pre` calls still hold. */
  readonly #guards = new Map<string, Set<Readable>>();

  async run(call: HookCall, limitMs: number, signal: AbortSignal): Promise<HookEnd> {
    let child: ChildProcess;
    try {
      child = start(call);
    } catch (error) {
      // The system has no memory for another process; what else keeps it from starting comes as an event.
      return { how: "unstarted", exitCode: null, stdout: "", stderr: String(error) };
    }
    if (call.phase === "pre" && child.pid !== undefined) this.#guard(call.hook, child);
    return endOf(child, limitMs, signal);
  }

  release(hook: Hook): void {
    for (const guard of this.#guards.get(hook.name) ?? []) guard.destroy();
    this.#guards.delete(hook.name);
  }

  async endLeft(id: string): Promise<void> {
    const left = (): Promise<number[]> => leftOf(id);
    for (const pid of await left()) tell(pid, "SIGTERM");
    for (let waited = 0; waited < TERM_MS && (await left()).length > 0; waited += LOOK_MS) await delay(LOOK_MS);
    for (const pid of await left()) tell(pid, "SIGKILL");
  }

  #guard(hook: Hook, child: ChildProcess): void {
    const stream = child.stdio[3];
    if (stream === null || stream === undefined || !("read" in stream)) return;
    // The hook may close its end whenever it likes.
    stream.on("error", () => undefined).resume();
    const guards = this.#guards.get(hook.name) ?? new Set();
    this.#guards.set(hook.name, guards.add(stream));
  }
}

function start(call: HookCall): ChildProcess {
  const { hook, phase } = call;
  const [program, ...args] = isWindows ? windowsHookCommand(hook.path, `--${phase}`) : [hook.path, `--${phase}`];
  return spawn(program, args, {
    cwd: "/",
    detached: !isWindows,
    windowsHide: true,
    env: isWindows ? { ...environmentOf(call), ...windowsHookEnvironment() } : environmentOf(call),
    stdio: ["ignore", "pipe", "pipe", call.phase === "pre" ? "pipe" : "ignore"],
  });
}

async function endOf(child: ChildProcess, limitMs: number, signal: AbortSignal): Promise<HookEnd> {
  const { promise, resolve } = Promise.withResolvers<HookEnd["how"]>();
  let unstarted = "";
  child.once("error", (error) => {
    unstarted = String(error);
    resolve("unstarted");
  });
  child.once("exit", (code) => resolve(code === 0 ? "done" : "failed"));
  const output = [new Output(child.stdout), new Output(child.stderr)];
  const how = await endingOf(promise, limitMs, signal);
  if (how !== "done" && child.pid !== undefined) await endGroup(child.pid);
  const [stdout = "", stderr = ""] = await Promise.all(output.map((each) => each.text()));
  return { how, exitCode: child.exitCode, stdout, stderr: stderr === "" ? unstarted : stderr };
}

function environmentOf(call: HookCall): NodeJS.ProcessEnv {
  const { machine, phase } = call;
  const same = { PATH, LEEWARD_MACHINE: machine, LEEWARD_PHASE: phase };
  if ("snapshot" in call) {
    const { snapshotId, diskId, diskName, diskPath, path } = call.snapshot;
    const disk = { LEEWARD_DISK: diskName, LEEWARD_DISK_ID: diskId, LEEWARD_DISK_PATH: diskPath };
    return { ...same, ...disk, LEEWARD_SNAPSHOT_ID: snapshotId, LEEWARD_SNAPSHOT_PATH: path };
  }
  const outcome = call.phase === "post" ? { LEEWARD_OUTCOME: call.outcome } : {};
  return { ...same, LEEWARD_POINT_ID: call.pointId, ...outcome };
}

async function endingOf(ended: Promise<HookEnd["how"]>, limitMs: number, signal: AbortSignal): Promise<HookEnd["how"]> {
  let how: HookEnd["how"] = "late";
  try {
    await firstOf(signal, [
      async (inner) => {
        how = await orAborted(ended, inner);
      },
      (inner) => delay(limitMs, undefined, { signal: inner }),
    ]);
  } catch (error) {
    if (!signal.aborted) throw error;
    return "stopped";
  }
  return how;
}

/** Ends the group's processes: those that do not heed SIGTERM get SIGKILL. One that the kernel does not let die is left. */
async function endGroup(leader: number): Promise<void> {
  if (isWindows) return endTree(leader);
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    if (!tell(-leader, signal)) return;
    for (let waited = 0; waited < TERM_MS; waited += LOOK_MS) {
      await delay(LOOK_MS);
      if (!tell(-leader, 0)) return;
    }
  }
}

/** Whether there was somebody to tell. */
function tell(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // Nobody is there any more.
    return false;
  }
}

/** Processes that a `--pre` of the point, or the `--make` of the snapshot, started, known by the environment that they got from it. */
async function leftOf(id: string): Promise<number[]> {
  const calls = [
    [`LEEWARD_POINT_ID=${id}`, "LEEWARD_PHASE=pre"],
    [`LEEWARD_SNAPSHOT_ID=${id}`, "LEEWARD_PHASE=make"],
  ];
  const pids = (await fs.readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await fs.readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
      const variables = environment.split("\0");
      return calls.some((wanted) => wanted.every((each) => variables.includes(each))) ? [pid] : [];
    }),
  );
  return found.flat();
}

/** The first bytes of a stream; the rest is read and dropped, so that who writes is not held up. */
class Output {
  readonly #chunks: Buffer[] = [];
  readonly #stream: Readable | null;
  readonly #ended: Promise<void>;
  #bytes = 0;

  /** There is no stream of a process that could not be started. */
  constructor(stream: Readable | null | undefined) {
    this.#stream = stream ?? null;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ended = promise;
    if (this.#stream === null) resolve();
    stream?.on("data", (chunk: Buffer) => this.#take(chunk));
    stream?.once("close", resolve).on("error", () => resolve());
  }

  /** What came until the end, or until a moment after the call if something in the background keeps it open. */
  async text(): Promise<string> {
    await Promise.race([this.#ended, delay(OUTPUT_MS, undefined, { ref: false })]);
    this.#stream?.destroy();
    return Buffer.concat(this.#chunks).toString("utf8").replaceAll("\0", "");
  }

  #take(chunk: Buffer): void {
    const kept = chunk.subarray(0, HOOK_OUTPUT_BYTES_MAX - this.#bytes);
    this.#bytes += kept.length;
    if (kept.length > 0) this.#chunks.push(kept);
  }
}
