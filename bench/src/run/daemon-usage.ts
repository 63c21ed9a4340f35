import type { Chain } from "../../../test/src/harness/chain.ts";
import { type ProcessUsage, usageOf } from "./process-usage.ts";

export const DAEMONS = ["agent", "process-server", "master-target", "config-server"] as const;
export type DaemonName = (typeof DAEMONS)[number];
export type DaemonUsages = Readonly<Record<DaemonName, ProcessUsage>>;

/** What each daemon of the chain has used since it was started. */
export async function daemonUsages(chain: Chain): Promise<DaemonUsages> {
  const pids = await chain.processes();
  const usage = (name: DaemonName): Promise<ProcessUsage> => usageOf(pids[name] ?? 0);
  return {
    agent: await usageOf(chain.agent?.pid ?? 0),
    "process-server": await usage("process-server"),
    "master-target": await usage("master-target"),
    "config-server": await usage("config-server"),
  };
}

/** What was used between two moments; memory is the highest up to the second. */
export function usageBetween(before: ProcessUsage, after: ProcessUsage): ProcessUsage {
  return {
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    residentBytes: after.residentBytes,
    residentBytesMax: after.residentBytesMax,
    writtenBytes: after.writtenBytes - before.writtenBytes,
  };
}
