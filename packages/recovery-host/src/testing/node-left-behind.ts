import { existsSync, promises as fs, readFileSync } from "node:fs";
import { machineName, machineUuid } from "../machine-identity.ts";

const GROUP_ROOTS = ["cpu", "memory", "unified", ""].map((each) => `/sys/fs/cgroup/${each}`);

/** Processes of the machines, whoever started them, by their command. */
export async function processesOf(ids: readonly string[]): Promise<readonly string[]> {
  const pids = (await fs.readdir("/proc")).filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const line = commandOf(pid);
    return ids.some((id) => line.includes(machineUuid(id))) ? [`${pid}: ${line}`] : [];
  });
}

/** Control groups of the machines below those of this process. */
export function groupsOf(ids: readonly string[]): readonly string[] {
  const own = readFileSync("/proc/self/cgroup", "utf8")
    .split("\n")
    .map((line) => line.split(":")[2] ?? "");
  const folders = GROUP_ROOTS.flatMap((root) =>
    own.flatMap((path) => ids.map((id) => `${root}${path}/${machineName(id)}`)),
  );
  return [...new Set(folders)].filter((folder) => existsSync(folder));
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // It has ended.
    return "";
  }
}
