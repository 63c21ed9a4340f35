import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { switchOffFailed } from "../faults.ts";

const run = promisify(execFile);
const COMMAND_MS_MAX = 60_000;

/** Switches the machine off by a command of its own configuration. @throws Fault `switch-off-failed` */
export async function switchOff([command = "", ...args]: readonly string[]): Promise<void> {
  try {
    await run(command, args, { timeout: COMMAND_MS_MAX });
  } catch (error) {
    throw switchOffFailed([command, ...args].join(" "), error);
  }
}
