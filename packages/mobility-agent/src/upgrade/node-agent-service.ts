// The agent of a home, from outside: as a service of systemd where it is one, else as a process of its own. By itself, who runs is whoever has HOME/lock open, since the
// lock goes with the process, and nobody else opens it for longer than an instant.
import { execFile, spawn } from "node:child_process";
import { readdir, readFile, readlink, realpath } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Clock } from "@leeward/world";
import { TRIAL_LOOK_MS, TRIAL_STOP_MS_MAX } from "../limits.ts";
import type { AgentService } from "./agent-service.ts";
import type { InstalledProgram } from "./installed-program.ts";
import { ownServiceBy } from "./own-service.ts";

const execute = promisify(execFile);
const SYSTEMCTL_MS_MAX = 60_000;
const SAID_CHARACTERS = 1_000;

/** The service of systemd that this process is; empty when it is none. */
async function ownService(): Promise<string> {
  // No cgroups, or a hidden /proc: no service manager of ours.
  const cgroup = await readFile("/proc/self/cgroup", "utf8").catch(() => "");
  const mainPid = async (service: string): Promise<number | undefined> =>
    execute("systemctl", ["show", "--property=MainPID", "--value", service], { timeout: SYSTEMCTL_MS_MAX }).then(
      ({ stdout }) => Number(stdout),
      () => undefined,
    );
  return ownServiceBy({ cgroup, environment: process.env, pid: process.pid, mainPid });
}

export interface ServiceOptions {
  readonly clock: Clock;
  readonly home: string;
  readonly program: Pick<InstalledProgram, "folder">;
  /** Empty where the agent is a process by itself. */
  readonly service: string;
  readonly signal: AbortSignal;
}

export function nodeAgentService(options: ServiceOptions): AgentService {
  return options.service === "" ? processAlone(options) : serviceOfSystemd(options);
}

function serviceOfSystemd({ clock, home, service, signal }: ServiceOptions): AgentService {
  return {
    // Before an agent takes the lock, two runtimes start one after the other: the manager knows of it from the first on.
    isRunning: () => isActive(service),
    async restart() {
      const before = await holdersOf(home);
      await systemctl("reset-failed", service);
      // Units that require the agent's are started again with it, and the order stands without who gave it. A start may take a quarter of an hour: that is not waited for.
      if (!(await systemctl("restart", "--no-block", service))) return false;
      // The manager kills what has not ended in its time.
      const until = clock.monotonicMicros() + 2 * TRIAL_STOP_MS_MAX * 1_000;
      for (;;) {
        const now = await holdersOf(home);
        if (!before.some((pid) => now.includes(pid))) return true;
        if (clock.monotonicMicros() >= until) return false;
        await clock.sleep(TRIAL_LOOK_MS, signal);
      }
    },
    async start() {
      await systemctl("reset-failed", service);
      await systemctl("start", "--no-block", service);
    },
  };
}

function processAlone({ clock, home, program, signal }: ServiceOptions): AgentService {
  const isRunning = async (): Promise<boolean> => (await holdersOf(home)).length > 0;
  const stop = async (): Promise<void> => {
    const killFrom = clock.monotonicMicros() + TRIAL_STOP_MS_MAX * 1_000;
    for (let isAsked = false; ; isAsked = true) {
      const pids = await holdersOf(home);
      if (pids.length === 0) return;
      const isLate = clock.monotonicMicros() >= killFrom;
      if (!isAsked || isLate) for (const pid of pids) kill(pid, isLate ? "SIGKILL" : "SIGTERM");
      await clock.sleep(TRIAL_LOOK_MS, signal);
    }
  };
  const start = async (): Promise<void> => {
    if (!(await isRunning())) detach(join(program.folder, "leeward"), ["agent", "start", "--home", home]);
  };
  return {
    isRunning,
    start,
    async restart() {
      await stop();
      await start();
      return true;
    },
  };
}

/** Whether the manager did it. */
function systemctl(...args: string[]): Promise<boolean> {
  return execute("systemctl", ["--no-ask-password", ...args], { timeout: SYSTEMCTL_MS_MAX }).then(
    () => true,
    () => false,
  );
}

async function isActive(unit: string): Promise<boolean> {
  const args = ["show", "--property=ActiveState", "--value", unit];
  const { stdout } = await execute("systemctl", args, { timeout: SYSTEMCTL_MS_MAX }).catch(() => ({ stdout: "" }));
  return ["active", "activating", "reloading"].includes(stdout.trim());
}

/**
 * Starts a trial (`leeward agent finish-upgrade`), by the very code that runs now: what everybody starts may be another. Settles with what was said when it was refused,
 * as it is while one is at work; empty otherwise.
 */
export async function launchTrial(home: string, orderId: string): Promise<string> {
  const [executable = ""] = process.argv.slice(1);
  const service = await ownService();
  const program = [
    process.execPath,
    ...process.execArgv,
    executable,
    "agent",
    "finish-upgrade",
    "--json",
    "--home",
    home,
  ];
  if (service === "") {
    const [command = "", ...args] = program;
    detach(command, args);
    return "";
  }
  // What is left in the service's control group goes when the service is stopped; this is to stay, and comes again when it is killed.
  const own = ["--quiet", "--collect", "--no-ask-password", `--unit=leeward-agent-upgrade-${orderId.slice(0, 12)}`];
  own.push("--property=Restart=on-failure", "--property=RestartSec=2s", "--property=OOMScoreAdjust=-500");
  const kept = ["LEEWARD_PROGRAM", "NODE_COMPILE_CACHE", "MALLOC_ARENA_MAX"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [`--setenv=${name}=${value}`];
  });
  return execute("systemd-run", [...own, ...kept, ...program, "--service", service]).then(
    () => "",
    (error: unknown) => {
      const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
      return (said === "" ? String(error) : said).slice(-SAID_CHARACTERS);
    },
  );
}

/** A process that goes on without this one, and says what it says where this one does. */
function detach(command: string, args: readonly string[]): void {
  const child = spawn(command, args, { detached: true, stdio: ["ignore", "inherit", "inherit"] });
  // That it cannot be started shows in that it is not there.
  child.on("error", () => undefined);
  child.unref();
}

async function holdersOf(home: string): Promise<number[]> {
  // The kernel names files by the path that has no links in it.
  const lock = `${await realpath(home)}/lock`;
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(pids.map(async (pid) => ((await hasOpen(pid, lock)) ? [Number(pid)] : [])));
  return found.flat();
}

async function hasOpen(pid: string, path: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  for (const name of names) if ((await readlink(`${folder}/${name}`).catch(() => "")) === path) return true;
  return false;
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
