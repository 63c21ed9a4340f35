import { assert } from "@leeward/base";

/**
 * The one text of a JSON value, whoever prints it (RFC 8785): names in the order of their UTF-16 units, no space, numbers and texts as ECMAScript prints
 * them. Names without a value (undefined) are left out, as JSON.stringify does.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each: unknown) => canonicalJson(each ?? null)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([name, each]) => `${JSON.stringify(name)}:${canonicalJson(each)}`).join(",")}}`;
  }
  assert(typeof value !== "number" || Number.isFinite(value), "a number that JSON does not have");
  const text = JSON.stringify(value);
  assert(typeof text === "string", "a value that JSON does not have");
  return text;
}
