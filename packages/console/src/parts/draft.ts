// What somebody types over what was read. A field that nobody touched follows what is read anew; one that was changed keeps what was typed.

/** The fields of `draft` that `read` has otherwise. */
export function changedFields<T extends object>(read: T, draft: T): Partial<T> {
  const was = new Map<string, unknown>(Object.entries(read));
  const changed = Object.entries(draft).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(was.get(key)),
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- they are fields of `draft`
  return Object.fromEntries(changed) as Partial<T>;
}
