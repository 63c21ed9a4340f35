import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Fault } from "@leeward/base";
import type { ReadyFacts } from "@leeward/daemon";
import type { ChildDaemon, ChildStart } from "./child-daemon.ts";

/** Starts the executable again as another daemon. Its trace goes where ours goes; its ready line comes to us. */
export function childStarter(executable: string): (start: ChildStart) => Promise<ChildDaemon> {
  return async ({ role, args }) => {
    // The service manager waits for this process's word: a child that is ready, or alive, says nothing of the others.
    const { NOTIFY_SOCKET: _socket, WATCHDOG_USEC: _watchdog, WATCHDOG_PID: _pid, ...env } = process.env;
    const child = spawn(process.execPath, [...process.execArgv, executable, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
      env,
    });
    const ended = endOf(child);
    const ready = await Promise.race([readyOf(child), ended.then((code) => notReady(role, code))]);
    return { pid: ready.pid, ready, ended, stop: () => void child.kill("SIGTERM") };
  };
}

async function endOf(child: ChildProcess): Promise<number | undefined> {
  try {
    const ended: unknown[] = await once(child, "exit");
    const code = ended[0];
    return typeof code === "number" ? code : undefined;
  } catch (cause) {
    throw new Fault({
      code: "daemon-not-started",
      kind: "operator",
      message: "A daemon's process could not be started.",
      remedy: "Check the limits on processes and memory (`ulimit -u`, `free`), and that the installation is whole.",
      cause,
    });
  }
}

function readyOf(child: ChildProcess): Promise<ReadyFacts> {
  const { promise, resolve } = Promise.withResolvers<ReadyFacts>();
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const document: unknown = JSON.parse(line);
      if (isReadyFacts(document)) resolve(document);
    });
  }
  return promise;
}

function isReadyFacts(document: unknown): document is ReadyFacts {
  return (
    typeof document === "object" &&
    document !== null &&
    "event" in document &&
    document.event === "ready" &&
    "pid" in document
  );
}

function notReady(role: string, code: number | undefined): never {
  throw new Fault({
    code: "daemon-not-ready",
    kind: "transient",
    message: `The ${role} ended ${code === undefined ? "by a signal" : `with exit code ${code}`} before it was ready.`,
    remedy: "Read the lines above in the trace, which say why it ended; it is started again by itself.",
    detail: { role, exitCode: code ?? null },
  });
}

/** The id of this process. */
export function ownPid(): number {
  return process.pid;
}
