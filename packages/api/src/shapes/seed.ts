import { type Static, Type } from "typebox";
import { Id, Name } from "./schema-words.ts";

/** A disk of the asking machine whose target waits for a seed, and what saves it. */
export const SeedOrder = Type.Object({
  machine: Id,
  disk: Id,
  name: Name,
  path: Type.String({ minLength: 1, maxLength: 4096 }),
  branch: Id,
  keyId: Id,
  /** The disk's data key, wrapped to the machine's own: compact JWE. */
  wrappedKey: Type.String({ minLength: 1, maxLength: 4096 }),
});
export type SeedOrder = Static<typeof SeedOrder>;
