import { access, constants, writeFile } from "node:fs/promises";

const CACHES = "/proc/sys/vm/drop_caches";

/** Whether this user may drop the system's file caches. */
export async function mayDropCaches(): Promise<boolean> {
  return access(CACHES, constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** What is read next comes from storage, where this user may bring that about. What was not written back yet stays. */
export async function dropCaches(): Promise<void> {
  if (await mayDropCaches()) await writeFile(CACHES, "3\n");
}
