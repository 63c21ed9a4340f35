import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { Fault } from "@leeward/base";
import type { Files } from "@leeward/world";
import type { BootSystem } from "./boot-system.ts";
import type { LastLookCommand } from "./last-look-unit.ts";

const execute = promisify(execFile);
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;
/** Making a boot loader's configuration anew looks at every disk. */
const LIMIT_MS = 600_000;
const SAID_CHARACTERS = 2_000;

/** This machine. */
export function nodeBootSystem(files: Files): BootSystem {
  return {
    files,
    async run(program, args) {
      try {
        const options = {
          maxBuffer: OUTPUT_BYTES_MAX,
          timeout: LIMIT_MS,
          env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
        };
        return (await execute(program, args, options)).stdout;
      } catch (cause) {
        throw failed(program, args, cause);
      }
    },
  };
}

/** How the service of a home is to call this executable. An installed one says by what name it is still called when all behind it has been replaced. */
export function lastLookCommand(executable: string, home: string): LastLookCommand {
  const installed = process.env["LEEWARD_PROGRAM"] ?? "";
  return { program: installed === "" ? [process.execPath, ...process.execArgv, executable] : [installed], home };
}

/** Those that the kernel traces for: all that may ever be there, as "0-3,8-11". */
export function processorCount(): number {
  const ranges = readFileSync("/sys/devices/system/cpu/possible", "utf8").trim().split(",");
  return ranges.reduce((sum, range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return sum + last - first + 1;
  }, 0);
}

function failed(program: string, args: readonly string[], cause: unknown): Fault {
  const said = cause instanceof Error && "stderr" in cause ? String(cause.stderr) : String(cause);
  const command = [program, ...args].join(" ");
  return new Fault({
    code: "boot-program-failed",
    kind: "operator",
    message: `${command} failed: ${said.trim().slice(-SAID_CHARACTERS)}`,
    remedy: "Mend what it says, and run the command again; `--undo` takes back what was done so far.",
    detail: { command },
    cause,
  });
}
