import type { Files } from "@leeward/world";

/** What sets up a machine's start: its files, and its own programs, which are run with their full path. */
export interface BootSystem {
  readonly files: Files;
  /** What a program of the system printed. @throws Fault `boot-program-failed` */
  readonly run: (program: string, args: readonly string[]) => Promise<string>;
}

/** What hands the kernel its command line. */
export interface BootLoader {
  readonly name: string;
  /** Has each start from the next one on say the arguments. Returns what was changed: nothing when it says them already. @throws Fault `boot-line-not-taken` */
  add(args: readonly string[]): Promise<readonly string[]>;
  /** Takes away what `add` did, and nothing else. Returns what was changed. */
  remove(): Promise<readonly string[]>;
}

const FILE_BYTES_MAX = 4 * 1024 * 1024;

/** undefined when there is none. */
export async function textOf(files: Files, path: string): Promise<string | undefined> {
  if ((await files.status(path)) === undefined) return undefined;
  await using handle = await files.open(path, "read");
  // Files of /proc and /sys say that they are empty.
  const bytes = new Uint8Array(FILE_BYTES_MAX);
  return new TextDecoder().decode(bytes.subarray(0, await handle.read(bytes, 0)));
}
