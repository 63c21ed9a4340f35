import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram } from "../guest/program.ts";

const MAIN = fileURLToPath(new URL("../../../release/src/main.ts", import.meta.url));

export interface MadeRelease {
  readonly folder: string;
  /** Name → SHA-256. */
  readonly sums: ReadonlyMap<string, string>;
}

/** Makes a release, quickly rather than small. */
export async function makeRelease(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<MadeRelease> {
  await runProgram(process.execPath, [MAIN, "--to", folder, "--level", "1", ...args], { environment });
  const sums = await readFile(join(folder, "SHA256SUMS"), "utf8");
  const lines = sums
    .trim()
    .split("\n")
    .map((line) => line.split("  "));
  return { folder, sums: new Map(lines.map(([sum = "", name = ""]) => [name, sum])) };
}

/** The path of the one file of a release whose name matches. */
export function fileOf({ folder, sums }: MadeRelease, name: RegExp): string {
  const [found, ...others] = [...sums.keys()].filter((each) => name.test(each));
  if (found === undefined || others.length > 0) throw new Error(`${name} is not the name of one file in ${folder}`);
  return join(folder, found);
}
