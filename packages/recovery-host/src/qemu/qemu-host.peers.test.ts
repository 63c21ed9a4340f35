import { existsSync, promises as fs, readFileSync } from "node:fs";
import { peer } from "@leeward/nbd/testing";
import { machineName, machineUuid } from "../machine-identity.ts";
import { recoveryHostSuite } from "../testing/index.ts";

const GROUPS = ["cpu", "memory", "unified", ""].map((each) => `/sys/fs/cgroup/${each}`);

recoveryHostSuite("QEMU as a recovery host", {
  skip: peer("qemu-system-x86_64").skip,
  prepare: async () => ({ kind: "qemu", outside, [Symbol.asyncDispose]: async () => {} }),
});

/** Processes of the machines, whoever started them, and their control groups. */
async function outside(ids: readonly string[]): Promise<readonly string[]> {
  const pids = (await fs.readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const processes = pids.flatMap((pid) => {
    const line = commandOf(pid);
    return ids.some((id) => line.includes(machineUuid(id))) ? [`${pid}: ${line}`] : [];
  });
  const own = readFileSync("/proc/self/cgroup", "utf8")
    .split("\n")
    .map((line) => line.split(":")[2] ?? "");
  const folders = GROUPS.flatMap((root) => own.flatMap((path) => ids.map((id) => `${root}${path}/${machineName(id)}`)));
  return [...processes, ...new Set(folders.filter((folder) => existsSync(folder)))];
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // It has ended.
    return "";
  }
}
