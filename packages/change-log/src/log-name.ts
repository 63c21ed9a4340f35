import type { Files } from "@leeward/world";

const NAME_PATTERN = /^(\d{16})\.hrl$/;
const DIGITS = 16;

/** The name of the log file that begins at `from`: names sort as sequences do. */
export function logName(from: number): string {
  return `${String(from).padStart(DIGITS, "0")}.hrl`;
}

/** The first sequences of the log files in the folder, ascending. */
export async function listLogFiles(files: Files, folder: string): Promise<number[]> {
  const names = await files.list(folder);
  return names.flatMap((name) => {
    const match = NAME_PATTERN.exec(name);
    return match === null ? [] : [Number(match[1])];
  });
}
