import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { promisify } from "node:util";
import type { Chain } from "../harness/chain.ts";
import { createPoint } from "../harness/live-chain.ts";

const run = promisify(execFile);
/** Where the kernel keeps who writes to a frozen file system. */
const WAITS_FOR_THAW = /percpu_(rwsem|down_read)/;
const POINTS_MAX = 40;

/** Has points made until a writer is held still for one, and kills the agent in that very moment. */
export async function killAgentWhileHeld(chain: Chain, writer: { readonly pid: number }): Promise<void> {
  for (let count = 1; count <= POINTS_MAX; count += 1) {
    const over = new AbortController();
    // Its agent is gone before it answers; or it was too quick for us.
    const point = createPoint(chain).catch(() => undefined);
    void point.finally(() => over.abort());
    while (!over.signal.aborted) {
      if (isHeld(writer.pid)) {
        await chain.killAgent();
        await point;
        return;
      }
      await turn();
    }
  }
  throw new Error(`the writer was not seen held still for any of ${POINTS_MAX} points`);
}

/** Whether somebody left the file system frozen; it is not afterwards. */
export async function wasFrozen(mountPoint: string): Promise<boolean> {
  return run("fsfreeze", ["--unfreeze", mountPoint]).then(
    () => true,
    () => false,
  );
}

function isHeld(pid: number): boolean {
  return WAITS_FOR_THAW.test(readFileSync(`/proc/${pid}/wchan`, "utf8"));
}
