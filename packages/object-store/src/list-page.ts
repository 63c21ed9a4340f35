import { isPlainKey } from "./object-key.ts";
import type { Listed, ObjectStatus } from "./object-store.ts";

/** What a page of a store's listing says, by names that begin with the store's own prefix. */
export interface NamedPage {
  readonly objects: readonly ObjectStatus[];
  readonly prefixes: readonly string[];
}

/** The same by keys, in their order; names that are no keys are passed over: they are not ours. */
export function listedOf({ objects, prefixes }: NamedPage, ownPrefix: string): Listed[] {
  const keys = objects
    .map((status) => ({ ...status, key: status.key.slice(ownPrefix.length) }))
    .filter(({ key }) => isPlainKey(key));
  const deeper = prefixes
    .map((prefix) => prefix.slice(ownPrefix.length))
    .filter((prefix) => isPlainKey(prefix.slice(0, -1)));
  const listed: Listed[] = [
    ...keys.map((status) => ({ kind: "object", status }) as const),
    ...deeper.map((prefix) => ({ kind: "prefix", prefix }) as const),
  ];
  return listed.sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
}

function nameOf(listed: Listed): string {
  return listed.kind === "object" ? listed.status.key : listed.prefix;
}
