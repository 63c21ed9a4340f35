// The one place where lists are cut into pages. A page begins after the key of the last item that the one before had, whether that item is still
// there or not: so what comes or goes meanwhile makes nobody see an item twice, or miss one that stays.
import { PAGE_ITEMS_MAX, type PageQuery } from "@leeward/api";
import type { Within } from "../access/scope.ts";
import { requestInvalid } from "../faults.ts";
import type { NewestQuery } from "../store/newest-page.ts";

/** What a list is ordered by; the last part makes it one of a kind. */
type Key = readonly (string | number)[];

export interface Page<V> {
  readonly items: V[];
  readonly next: string | null;
}

/** A page of a list that is in memory, in the order of `key`, of what the caller sees of it. @throws Fault `request-invalid` */
export function pageOf<R, V>(
  query: PageQuery | undefined,
  list: {
    readonly within: Within;
    readonly rows: readonly R[];
    readonly key: (row: R) => Key;
    readonly view: (row: R) => V;
  },
): Page<V> {
  const { limit = PAGE_ITEMS_MAX, after } = query ?? {};
  const keyed = list.rows.map((row) => ({ row, key: list.key(row) })).sort((a, b) => compare(a.key, b.key));
  const from = after === undefined ? undefined : keyOf(after);
  const rest = from === undefined ? keyed : keyed.filter(({ key }) => compare(key, from) > 0);
  const seen: { readonly key: Key; readonly item: V }[] = [];
  for (const { row, key } of rest) {
    const item = list.view(row);
    if (list.within.sees(item)) seen.push({ key, item });
    if (seen.length > limit) break;
  }
  const shown = seen.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ item }) => item),
    next: seen.length > limit && last !== undefined ? cursorOf(last.key) : null,
  };
}

/** A page of a list that the database keeps, newest first, of the caller's machines. @throws Fault `request-invalid` */
export function newestPageOf<R extends { readonly id: string }, V>(
  query: PageQuery | undefined,
  list: {
    readonly within: Within;
    readonly rows: (query: NewestQuery) => readonly R[];
    readonly microsOf: (row: R) => number;
    readonly view: (row: R) => V;
  },
): Page<V> {
  const { limit = PAGE_ITEMS_MAX, after } = query ?? {};
  const { machineIds } = list.within;
  const found = list.rows({ limit: limit + 1, machineIds, after: after === undefined ? undefined : placeOf(after) });
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(list.view),
    next: found.length > limit && last !== undefined ? cursorOf([list.microsOf(last), last.id]) : null,
  };
}

export const createdMicrosOf = ({ createdMicros }: { readonly createdMicros: number }): number => createdMicros;

/** A page of a list by time, whose next page begins after the time of its last item. @throws Fault `request-invalid` */
export async function timedPageOf<R, V>(
  query: PageQuery | undefined,
  list: {
    readonly rows: (query: {
      readonly limit: number;
      readonly afterMicros: number | undefined;
    }) => Promise<readonly R[]>;
    readonly microsOf: (row: R) => number;
    readonly view: (row: R) => V;
  },
): Promise<Page<V>> {
  const { limit = PAGE_ITEMS_MAX, after } = query ?? {};
  const found = await list.rows({ limit: limit + 1, afterMicros: after === undefined ? undefined : numberIn(after) });
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(list.view),
    next: found.length > limit && last !== undefined ? cursorOf([list.microsOf(last)]) : null,
  };
}

/** By its parts in their order; a number goes before a text. */
function compare(one: Key, other: Key): number {
  for (const [index, a] of one.entries()) {
    const b = other[index];
    if (b === undefined) return 1;
    if (a === b) continue;
    if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
    return a < b ? -1 : 1;
  }
  return one.length - other.length;
}

function cursorOf(key: Key): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

function keyOf(cursor: string): Key {
  const key = parsed(Buffer.from(cursor, "base64url").toString());
  if (!isKey(key)) throw cursorInvalid();
  return key;
}

function placeOf(cursor: string): NonNullable<NewestQuery["after"]> {
  const [micros, id] = keyOf(cursor);
  if (typeof micros !== "number" || typeof id !== "string") throw cursorInvalid();
  return { micros, id };
}

function numberIn(cursor: string): number {
  const [number] = keyOf(cursor);
  if (typeof number !== "number") throw cursorInvalid();
  return number;
}

function isKey(value: unknown): value is Key {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= 8 &&
    value.every((part) => typeof part === "string" || Number.isSafeInteger(part))
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const cursorInvalid = () => requestInvalid("`after` is not the `next` of a page of this list");
