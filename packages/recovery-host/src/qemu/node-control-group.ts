// Holding a machine's process to its share of the host.
//
//   systemd    a scope of its own (`systemd-run --scope`): it ends neither with the daemon's service nor at its limits
//   cgroup2    a control group below this process's own, where the kernel lets us
//   cgroup1    the same for each of the two controllers of older set-ups
//   nice       less priority, and no more threads of the processor than the share makes; memory is then not held
//
// Which one it is, and the folders of the groups, are recorded before the groups are made; a group is removed once nobody is in it.
import { existsSync, promises as fs, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { MiB } from "@leeward/base";
import { PROCESS_END_MS_MAX } from "../limits.ts";
import { machineName } from "../machine-identity.ts";
import { processLeft } from "../replica-faults.ts";
import type { HeldLimits } from "../replica-record.ts";
import type { ReplicaLimits } from "../replica-spec.ts";

const ROOT = "/sys/fs/cgroup";
const PERIOD_MICROS = 100_000;
const LOOK_MS = 20;
const NICENESS = 10;

/** What can hold the machine, by trying. Nothing is made that outlives the call. */
export async function planLimits(id: string, limits: ReplicaLimits | undefined): Promise<HeldLimits> {
  const { cpuShare, memoryMibMax } = limits ?? {};
  const onSystemd = hasSystemd();
  if (onSystemd) {
    return {
      cpu: cpuShare === undefined ? "none" : "systemd",
      memory: memoryMibMax === undefined ? "none" : "systemd",
      groups: [],
    };
  }
  const cpu = cpuShare === undefined ? undefined : await usableGroup("cpu", id);
  const memory = memoryMibMax === undefined ? undefined : await usableGroup("memory", id);
  const groups = [cpu?.folder, memory?.folder].filter((each) => each !== undefined);
  return {
    cpu: cpuShare === undefined ? "none" : (cpu?.by ?? "nice"),
    memory: memory?.by ?? "none",
    groups: [...new Set(groups)],
  };
}

/** What comes before the machine's own command. A scope of systemd is made for every machine: what is in the daemon's service ends with it. */
export function limitedCommand(id: string, limits: ReplicaLimits | undefined, { held, processors }: Share): string[] {
  if (hasSystemd()) {
    const properties = [
      ...(limits?.cpuShare === undefined ? [] : [`CPUQuota=${Math.ceil(limits.cpuShare * processors * 100)}%`]),
      ...(limits?.memoryMibMax === undefined ? [] : [`MemoryMax=${limits.memoryMibMax}M`]),
    ];
    const options = properties.flatMap((each) => ["--property", each]);
    return ["systemd-run", "--scope", "--quiet", "--collect", "--unit", machineName(id), ...options, "--"];
  }
  return held.cpu === "nice" ? ["nice", "-n", String(NICENESS)] : [];
}

interface Share {
  readonly held: HeldLimits;
  readonly processors: number;
}

/** The processors that a guest gets where nothing but that holds it to its share. */
export function heldCpus(cpus: number, limits: ReplicaLimits | undefined, { held, processors }: Share): number {
  if (held.cpu !== "nice" || limits?.cpuShare === undefined) return cpus;
  return Math.max(1, Math.min(cpus, Math.floor(processors * limits.cpuShare)));
}

/** Makes the groups, with their limits; nobody is in them yet. */
export async function makeGroups(limits: ReplicaLimits | undefined, { held, processors }: Share): Promise<void> {
  for (const folder of held.groups) {
    await makeGroup(folder);
    for (const [file, value] of settingsOf(limits, processors)) {
      // A folder has the files of its own controllers alone.
      if (existsSync(`${folder}/${file}`)) await writeExisting(`${folder}/${file}`, value);
    }
  }
}

export async function joinGroups({ groups }: HeldLimits, pids: readonly number[]): Promise<void> {
  for (const folder of groups) {
    for (const pid of pids) await writeExisting(`${folder}/cgroup.procs`, String(pid));
  }
}

/** Removes the groups; their processes have ended. @throws Fault `replica-process-left` */
export async function removeGroups(id: string, { groups }: HeldLimits): Promise<void> {
  const until = performance.now() + PROCESS_END_MS_MAX;
  for (const folder of groups) {
    // A process that has just ended is still counted for a moment.
    while (existsSync(folder) && !(await isRemoved(folder))) {
      if (performance.now() > until) throw processLeft(id, `the control group ${folder} is not empty`);
      await delay(LOOK_MS);
    }
  }
}

function settingsOf({ cpuShare, memoryMibMax }: ReplicaLimits = {}, processors: number): [string, string][] {
  const quota = Math.ceil((cpuShare ?? 1) * processors * PERIOD_MICROS);
  const bytes = String((memoryMibMax ?? 0) * MiB);
  return [
    ...(cpuShare === undefined
      ? []
      : ([
          ["cpu.max", `${quota} ${PERIOD_MICROS}`],
          ["cpu.cfs_period_us", String(PERIOD_MICROS)],
          ["cpu.cfs_quota_us", String(quota)],
        ] satisfies [string, string][])),
    ...(memoryMibMax === undefined
      ? []
      : ([
          ["memory.max", bytes],
          ["memory.limit_in_bytes", bytes],
        ] satisfies [string, string][])),
  ];
}

function hasSystemd(): boolean {
  return existsSync("/run/systemd/system") && existsSync("/usr/bin/systemd-run") && process.getuid?.() === 0;
}

type Controller = "cpu" | "memory";

/** A group for the controller below this process's own, if one can be made that has the file of the limit. */
async function usableGroup(
  controller: Controller,
  id: string,
): Promise<{ readonly by: "cgroup1" | "cgroup2"; readonly folder: string } | undefined> {
  const own = readFileSync("/proc/self/cgroup", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const first = own.find(([, controllers = ""]) => controllers.split(",").includes(controller));
  const tries = [
    ...(first === undefined
      ? []
      : [{ by: "cgroup1", above: `${ROOT}/${controller}${first[2] ?? ""}`, file: FIRST_FILES[controller] } as const]),
    {
      by: "cgroup2",
      above: `${ROOT}${own.find(([number]) => number === "0")?.[2] ?? ""}`,
      file: SECOND_FILES[controller],
    } as const,
  ];
  for (const { by, above, file } of tries) {
    const folder = `${above.replace(/\/+$/, "")}/${machineName(id)}`;
    if (await canHold(folder, controller, file)) return { by, folder };
  }
  return undefined;
}

const FIRST_FILES: Readonly<Record<Controller, string>> = { cpu: "cpu.cfs_quota_us", memory: "memory.limit_in_bytes" };
const SECOND_FILES: Readonly<Record<Controller, string>> = { cpu: "cpu.max", memory: "memory.max" };

/** By making one. One that is there already is a group that another machine's limits use. */
async function canHold(folder: string, controller: Controller, file: string): Promise<boolean> {
  const above = folder.slice(0, folder.lastIndexOf("/"));
  try {
    if (file === SECOND_FILES[controller]) await writeExisting(`${above}/cgroup.subtree_control`, `+${controller}`);
    await makeGroup(folder);
    await fs.access(`${folder}/${file}`, fs.constants.W_OK);
    return true;
  } catch {
    // The kernel does not let us: something else has to hold the machine.
    return false;
  } finally {
    await isRemoved(folder);
  }
}

async function makeGroup(folder: string): Promise<void> {
  if (!existsSync(folder)) await fs.mkdir(folder);
}

/** Where no control groups are mounted, nothing shall be made in their place. */
async function writeExisting(path: string, value: string): Promise<void> {
  await fs.writeFile(path, value, { flag: "r+" });
}

async function isRemoved(folder: string): Promise<boolean> {
  try {
    await fs.rmdir(folder);
    return true;
  } catch {
    // Not empty yet, or not there.
    return false;
  }
}
