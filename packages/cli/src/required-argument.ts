import { assert } from "@leeward/base";

/** A positional argument that commander has made sure of. */
export function requireName(args: readonly string[], index: number): string {
  const value = args[index];
  assert(value !== undefined, "commander refuses a missing required argument");
  return value;
}
