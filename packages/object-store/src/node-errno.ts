/** "ENOENT" and its like; undefined when the error is not the system's. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && "errno" in error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}

/** What `work` gives; undefined when the system refused it with one of `codes`. */
export async function unless<T>(codes: readonly string[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (codes.includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}
