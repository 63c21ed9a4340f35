import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { notStarted } from "../replica-faults.ts";
import type { ReplicaSpec } from "../replica-spec.ts";
import { tapName } from "./qemu-arguments.ts";

const RUN_MS_MAX = 10_000;
const run = promisify(execFile);

/**
 * Joins the machine's taps to their bridges, before its first instruction. QEMU has made the taps, and they go with it: nothing is left to
 * be removed.
 * @throws Fault `replica-not-started`
 */
export async function joinTaps({ id, nics }: ReplicaSpec): Promise<void> {
  for (const [index, { network }] of nics.entries()) {
    if (typeof network === "string") continue;
    try {
      await run("ip", ["link", "set", "dev", tapName(id, index), "master", network.bridge, "up"], {
        timeout: RUN_MS_MAX,
      });
    } catch (cause) {
      throw notStarted(
        id,
        `its card ${index + 1} cannot be joined to the bridge ${network.bridge}: ${String(cause)}`,
        cause,
      );
    }
  }
}
