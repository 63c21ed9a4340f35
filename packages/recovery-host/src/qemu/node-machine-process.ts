// The process of a machine: started with a lock that it holds for as long as it lives, found by what it was started with, and ended only after it was
// proven to be the machine's.
//
//   lock     of the machine (node-machine-lock.ts), handed to it as descriptor 3: held also by a process that has not become QEMU yet
//   who      /proc/PID/cmdline has the machine's UUID and its pid file as whole arguments. No number that a file holds is believed.
//   end      pidfd_open, then proven once more, then pidfd_send_signal: what is signalled is what was proven, whoever has the number later.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, promises as fs, openSync } from "node:fs";
import koffi from "koffi";
import type { ReplicaPlace } from "../hypervisor.ts";
import { SAID_BYTES_MAX } from "../limits.ts";
import { machineUuid } from "../machine-identity.ts";
import { takeMachineLock, untilNoProcess } from "../node-machine-lock.ts";
import { hypervisorMissing, processLeft } from "../replica-faults.ts";
import { PID_FILE } from "./qemu-arguments.ts";

/** The same on every architecture; Linux 5.3. */
const SYS_PIDFD_SEND_SIGNAL = 424;
const SYS_PIDFD_OPEN = 434;
const SIGKILL = 9;
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const syscall: (...args: readonly number[]) => number = koffi
  .load(null)
  .func("long syscall(long number, long a, long b, long c, long d)");

/**
 * Starts the command in the machine's folder, in a session of its own: it goes on when this process ends. What it writes goes to the folder's file `said`.
 * @throws Fault `hypervisor-missing`, `replica-process-left`
 */
export async function startMachineProcess(place: ReplicaPlace, command: readonly string[]): Promise<void> {
  const [program = "", ...args] = command;
  const lock = takeMachineLock(place);
  if (lock === undefined) throw processLeft(place.id, "it holds the machine's lock");
  const said = openSync(`${place.folder}/said`, "a", 0o600);
  try {
    const child = spawn(program, args, {
      cwd: place.folder,
      detached: true,
      env: { PATH },
      stdio: ["ignore", said, said, lock],
    });
    await spawned(child, program);
    child.unref();
  } finally {
    closeSync(said);
    closeSync(lock);
  }
}

/** Ends the machine's process at once; none is left when it settles. @throws Fault `replica-process-left` */
export async function endMachineProcess(place: ReplicaPlace): Promise<void> {
  // One that has the lock and is not found yet is on its way to become QEMU.
  await untilNoProcess(place, async () => {
    for (const pid of await machineProcesses(place)) await killProven(pid, place);
  });
}

/** The numbers of processes that were started as this machine. */
export async function machineProcesses(place: ReplicaPlace): Promise<number[]> {
  const pids = (await fs.readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map(async (pid) => ((await isMachine(pid, place)) ? [pid] : [])));
  return found.flat();
}

/** What the process wrote, its end; what it wrote beyond a limit is cut away. */
export async function processSaid({ folder }: ReplicaPlace): Promise<string> {
  const path = `${folder}/said`;
  const text = await fs.readFile(path, "utf8").catch(() => "");
  // It appends, so that what comes next stands at the new end.
  if (text.length > SAID_BYTES_MAX) await fs.truncate(path, 0);
  return text.slice(-SAID_BYTES_MAX).trim();
}

async function spawned(child: ChildProcess, program: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.once("spawn", resolve).once("error", reject);
  try {
    await promise;
  } catch (cause) {
    throw hypervisorMissing(program, "qemu-system-x86", cause);
  }
}

async function isMachine(pid: number, { id, folder }: ReplicaPlace): Promise<boolean> {
  const line = await fs.readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  const args = line.split("\0");
  const has = (option: string, value: string): boolean =>
    args.some((each, index) => each === option && args[index + 1] === value);
  return has("-uuid", machineUuid(id)) && has("-pidfile", `${folder}/${PID_FILE}`);
}

async function killProven(pid: number, place: ReplicaPlace): Promise<void> {
  const fd = syscall(SYS_PIDFD_OPEN, pid, 0, 0, 0);
  if (fd < 0) return;
  try {
    if (await isMachine(pid, place)) syscall(SYS_PIDFD_SEND_SIGNAL, fd, SIGKILL, 0, 0);
  } finally {
    closeSync(fd);
  }
}
