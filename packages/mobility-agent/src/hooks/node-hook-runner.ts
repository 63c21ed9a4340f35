// Runs hooks as processes. Each call is the leader of a process group of its own, so that whatever it started can be ended with it.
//
//   stdin   nothing          stdout, stderr   kept up to 16 KiB each; read until the call has ended
//   3       of a --pre: a stream that ends when nothing needs to be held any more, also when the agent is killed: the kernel closes it. What a
//           hook leaves in the background waits for that end and then gives back what it holds.
//
// A group's processes are told one by one, and looked for again until none is left: so a call that was ended, and the next one of the hook, are never at work together.
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
  /** By snapshot: groups that were ended, and in which somebody lives on. The number of one is nobody else's for as long as that is so. */
  readonly #outlived = new Map<string, Set<number>>();

  async run(call: HookCall, limitMs: number, signal: AbortSignal): Promise<HookEnd> {
    let child: ChildProcess;
    try {
      child = start(call);
    } catch (error) {
      // The system has no memory for another process; what else keeps it from starting comes as an event.
      return { how: "unstarted", exitCode: null, stdout: "", isStdoutCut: false, stderr: String(error) };
    }
    if (call.phase === "pre" && child.pid !== undefined) this.#guard(call.hook, child);
    const { isOver, ...end } = await endOf(child, limitMs, signal);
    if (!isOver && child.pid !== undefined && "snapshot" in call) this.#remember(call.snapshot.snapshotId, child.pid);
    return end;
  }

  release(hook: Hook): void {
    for (const guard of this.#guards.get(hook.name) ?? []) guard.destroy();
    this.#guards.delete(hook.name);
  }

  async endLeft(id: string): Promise<boolean> {
    const groups = this.#outlived.get(id) ?? new Set();
    const isOver = await ended(async () => {
      const all = await living();
      const working = await Promise.all(all.map(async (each) => groups.has(each.group) || (await worksFor(each, id))));
      return all.filter((_, index) => working[index]);
    });
    if (isOver) this.#outlived.delete(id);
    return isOver;
  }

  #remember(id: string, group: number): void {
    this.#outlived.set(id, (this.#outlived.get(id) ?? new Set()).add(group));
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

/** What became of the call, and whether nobody of its group lives any more. */
async function endOf(
  child: ChildProcess,
  limitMs: number,
  signal: AbortSignal,
): Promise<HookEnd & { isOver: boolean }> {
  const { promise, resolve } = Promise.withResolvers<HookEnd["how"]>();
  let unstarted = "";
  child.once("error", (error) => {
    unstarted = String(error);
    resolve("unstarted");
  });
  child.once("exit", (code) => resolve(code === 0 ? "done" : "failed"));
  const [stdout, stderr] = [new Output(child.stdout), new Output(child.stderr)];
  const how = await endingOf(promise, limitMs, signal);
  const isOver = how === "done" || child.pid === undefined || (await endGroup(child.pid));
  const [said, complained] = await Promise.all([stdout.text(), stderr.text()]);
  const output = { stdout: said, isStdoutCut: stdout.isCut, stderr: complained === "" ? unstarted : complained };
  return { how, exitCode: child.exitCode, ...output, isOver };
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

/** Ends all that the leader started; whether nobody of it lives any more. */
async function endGroup(leader: number): Promise<boolean> {
  if (!isWindows) return ended(async () => (await living()).filter(({ group }) => group === leader));
  await endTree(leader);
  return !tell(leader, 0);
}

/** Those that do not heed SIGTERM get SIGKILL. Whether all have ended: the kernel may not let one die, and may not let this user end one. */
async function ended(left: () => Promise<readonly LivingProcess[]>): Promise<boolean> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const told = new Set<number>();
    for (const until = performance.now() + TERM_MS; performance.now() < until; ) {
      const found = await left();
      if (found.length === 0) return true;
      // Also those that others started meanwhile; nobody is told twice.
      for (const { pid } of found.filter((each) => !told.has(each.pid))) {
        tell(pid, signal);
        told.add(pid);
      }
      await delay(LOOK_MS);
    }
  }
  return (await left()).length === 0;
}

/** Whether there was somebody to tell, who may refuse. */
function tell(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

interface LivingProcess {
  readonly pid: number;
  readonly group: number;
}

/** Whether a call for the point or the snapshot started the process, known by the environment that it got; what a `--post` leaves is nobody's. */
async function worksFor({ pid }: LivingProcess, id: string): Promise<boolean> {
  // Those of others may not be looked into.
  const environment = (await fs.readFile(`/proc/${pid}/environ`, "latin1").catch(() => "")).split("\0");
  if (environment.includes(`LEEWARD_SNAPSHOT_ID=${id}`)) return true;
  return environment.includes(`LEEWARD_POINT_ID=${id}`) && environment.includes("LEEWARD_PHASE=pre");
}

/** All processes that still do something (proc_pid_stat(5)): one that has ended, and whose parent has not asked, does not. */
async function living(): Promise<LivingProcess[]> {
  const pids = (await fs.readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const stat = await fs.readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
      // The name, in brackets, may hold anything.
      const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (state === undefined || group === undefined || ["", "Z", "X"].includes(state)) return [];
      return [{ pid, group: Number(group) }];
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
  #isCut = false;

  /** There is no stream of a process that could not be started. */
  constructor(stream: Readable | null | undefined) {
    this.#stream = stream ?? null;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ended = promise;
    if (this.#stream === null) resolve();
    stream?.on("data", (chunk: Buffer) => this.#take(chunk));
    stream?.once("close", resolve).on("error", () => resolve());
  }

  /** Whether more came than is kept. */
  get isCut(): boolean {
    return this.#isCut;
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
    this.#isCut ||= kept.length < chunk.length;
    if (kept.length > 0) this.#chunks.push(kept);
  }
}
