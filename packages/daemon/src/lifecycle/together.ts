/**
 * Waits until all parts have settled. At the first failure `onFailure` is called, which must make the others end; that failure is what it
 * rejects with, once nothing of the others runs any more.
 */
export async function together(
  parts: readonly Promise<void>[],
  onFailure: (error: unknown) => void | Promise<void>,
): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  const watched = parts.map(async (part) => {
    try {
      await part;
    } catch (error) {
      if (failure !== undefined) return;
      failure = { error };
      await onFailure(error);
    }
  });
  await Promise.all(watched);
  if (failure !== undefined) throw failure.error;
}
