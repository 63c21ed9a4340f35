import { isFault } from "@leeward/base";
import { lockHome } from "@leeward/daemon";
import type { World } from "@leeward/world";
import { nodeAgentService } from "./node-agent-service.ts";
import { openInstalledProgram } from "./node-installed-program.ts";
import { tryUpgrade } from "./trial.ts";
import { upgradeNotInstalled } from "./upgrade-faults.ts";
import { type UpgradeStep, upgradeFolder } from "./upgrade-record.ts";

export interface FinishOptions {
  readonly world: World;
  readonly home: string;
  /** Of the agent; empty where it is a process by itself. */
  readonly service: string;
  readonly signal: AbortSignal;
}

/**
 * Carries the upgrade of a home's agent to its end, from outside of the agent. Settles with how it ended; null when there is none to be tried, or another
 * process is at it.
 * @throws Fault `upgrade-not-installed`, `upgrade-record-damaged`, and of the file system
 */
export async function finishUpgrade(options: FinishOptions): Promise<{ readonly step: UpgradeStep | null }> {
  const { world, home, signal } = options;
  const { clock, files } = world;
  const program = await openInstalledProgram(process.env);
  if (program === undefined) throw upgradeNotInstalled();
  const record = await ifNoTrial(home, () => {
    const service = nodeAgentService({ ...options, clock, program });
    return tryUpgrade({ clock, files, home, program, service }, signal);
  });
  return { step: record?.step ?? null };
}

/** Does something while no trial is at work in a home, and none can begin; undefined, and nothing is done, when one is. */
export async function ifNoTrial<T>(home: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    using _lock = await lockHome(upgradeFolder(home));
    return await work();
  } catch (error) {
    if (isFault(error, "home-in-use")) return undefined;
    throw error;
  }
}
