import { assert } from "@leeward/base";

/** A row as the database gives it. */
export type Row = Readonly<Record<string, unknown>>;

// The columns' types are this program's own doing: what does not fit is a mistake of ours, not a fact of life.

export function text(row: Row, column: string): string {
  const value = row[column];
  assert(typeof value === "string", `column ${column} is not text`);
  return value;
}

export function integer(row: Row, column: string): number {
  const value = row[column];
  assert(typeof value === "number" && Number.isSafeInteger(value), `column ${column} is not a whole number`);
  return value;
}

export function maybeText(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function maybeInteger(row: Row, column: string): number | null {
  return row[column] === null ? null : integer(row, column);
}

export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column];
  assert(value instanceof Uint8Array, `column ${column} is not bytes`);
  return value;
}

/** One of a fixed set of words, which a CHECK of the schema keeps. */
export function word<T extends string>(row: Row, column: string, words: readonly T[]): T {
  const value = text(row, column);
  const found = words.find((each) => each === value);
  assert(found !== undefined, `column ${column} holds ${value}`);
  return found;
}
