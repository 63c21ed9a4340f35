import { fileFault } from "./file-faults.ts";

/** Runs `work` and turns what the system refused into a Fault about `path`. */
export async function translated<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const errno = errnoOf(error);
    throw errno === undefined ? error : fileFault(errno, path, error);
  }
}

/** "ENOENT" and its like; undefined when the error is not the system's. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && "errno" in error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}
