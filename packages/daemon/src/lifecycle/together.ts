import { anySignal } from "@leeward/base";
/** A piece of work that lives until its signal aborts. */
export type Work = (signal: AbortSignal) => Promise<void>;

/**
 * Runs the pieces side by side until all have ended. When one fails, the others' signal aborts, `onFailure` ends what does not heed it, and
 * what it failed with is thrown once nothing of the others runs any more.
 */
export async function together(
  signal: AbortSignal,
  pieces: readonly Work[],
  onFailure: (error: unknown) => void | Promise<void> = () => undefined,
): Promise<void> {
  const ended = new AbortController();
  const inner = anySignal([signal, ended.signal]);
  let failure: { readonly error: unknown } | undefined;
  const watched = pieces.map(async (piece) => {
    try {
      await piece(inner);
    } catch (error) {
      if (failure !== undefined) return;
      failure = { error };
      ended.abort(error);
      await onFailure(error);
    }
  });
  await Promise.all(watched);
  if (failure !== undefined) throw failure.error;
}
