import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { WATCHDOG_GRACE_MS } from "../freezer.ts";
import { freezeFailed } from "./freeze-faults.ts";
import { openPipe } from "./node-file-system-calls.ts";

/** Far more than a process takes to start; one that has not by then never will. */
const START_MS_MAX = 60_000;

export interface Watchdog extends Disposable {
  /** What the watchdog hears is written here; the end of this pipe makes it thaw what is left, and end. */
  readonly pipe: number;
  /** Nothing is frozen any more: ends it at once, and waits until it holds nothing open. */
  end(): Promise<void>;
}

/**
 * Starts the process that thaws what lies behind `fds` when this one cannot, and waits until it is ready.
 * @throws Fault `freeze-failed`
 */
export async function startWatchdog(fds: readonly number[], boundMs: number): Promise<Watchdog> {
  const pipe = openPipe();
  if (pipe === undefined) throw notStarted("there are no more file descriptors");
  let child: ChildProcess;
  try {
    const file = fileURLToPath(new URL("./node-freeze-watchdog.ts", import.meta.url));
    child = spawn(process.execPath, [file, `--bound-ms=${boundMs + WATCHDOG_GRACE_MS}`], {
      stdio: [pipe.reader, "pipe", "ignore", ...fds],
      // A session of its own: what is sent to our process group or comes from our terminal does not reach it.
      detached: true,
      cwd: "/",
      env: {},
    });
  } catch (error) {
    closeSync(pipe.writer);
    throw notStarted("no process could be started", error);
  } finally {
    closeSync(pipe.reader);
  }
  try {
    await isReady(child);
  } catch (error) {
    closeSync(pipe.writer);
    child.kill("SIGKILL");
    throw error;
  }
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.unref();
  return {
    pipe: pipe.writer,
    async end() {
      child.ref();
      if (child.exitCode === null && child.signalCode === null && child.kill("SIGKILL")) await ended;
    },
    [Symbol.dispose]: () => closeSync(pipe.writer),
  };
}

async function isReady(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const late = setTimeout(() => reject(notStarted(`it was not ready after ${START_MS_MAX} ms`)), START_MS_MAX);
  // Its one line. Nothing is read afterwards.
  child.stdout?.once("data", () => resolve());
  child.once("error", (error) => reject(notStarted("no process could be started", error)));
  child.once("exit", (code, signal) => reject(notStarted(`it ended (${signal ?? code})`)));
  try {
    await promise;
  } finally {
    clearTimeout(late);
    child.stdout?.destroy();
  }
}

function notStarted(reason: string, cause?: unknown): Error {
  return freezeFailed("Nothing", `the process that thaws when this one cannot did not start: ${reason}`, cause);
}
