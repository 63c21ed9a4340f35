import type { ServedDisk } from "../load/served-disk.ts";
import type { BenchPlace } from "../run/bench-place.ts";

const ROLES = ["process-server", "master-target"] as const;

/**
 * Does `work` while the servers' processes stand still: what is left on this machine is what a protected machine itself would pay. It takes
 * less than the 30 s after which a dead peer is noticed, so that the agent goes on as if its servers were only slow.
 */
export async function whileServersStand<T>(
  place: BenchPlace,
  { chain }: ServedDisk,
  work: () => Promise<T>,
): Promise<T> {
  const processes = await chain.processes();
  const pids = ROLES.flatMap((role) => processes[role] ?? []);
  const signalAll = async (signal: "SIGSTOP" | "SIGCONT"): Promise<void> => {
    for (const pid of pids) process.kill(pid, signal);
  };
  const { end } = await place.take(signalAll("SIGSTOP"), () => signalAll("SIGCONT"));
  try {
    return await work();
  } finally {
    await end();
  }
}
