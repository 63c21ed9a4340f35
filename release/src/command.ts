import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

export interface CommandPlace {
  readonly folder: string;
  /** Beside PATH, all that the program sees of this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a program printed, run with a fixed environment; rejects with what it said when it fails. */
export async function run(program: string, args: readonly string[], place: CommandPlace): Promise<string> {
  const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C", TZ: "UTC", ...place.environment };
  return (await execute(program, args, { cwd: place.folder, env, maxBuffer: OUTPUT_BYTES_MAX })).stdout;
}

/** Whether a program is there at all. */
export async function isThere(program: string): Promise<boolean> {
  return run("sh", ["-c", `command -v ${program}`], { folder: "/" }).then(
    () => true,
    () => false,
  );
}
