import { type Static, type TSchema, Type } from "typebox";

/** RFC 3339 UTC with microseconds: "2026-11-20T10:00:00.000123Z". */
export const Time = Type.String({
  pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{6}Z$",
  description: "RFC 3339 UTC with microseconds",
});

/** Bytes, 0 … 2^53 - 1. */
export const Bytes = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "bytes" });

/** A sequence number; 0 is before the first record. */
export const Sequence = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** Seconds, fractions allowed. */
export const Seconds = Type.Number({ minimum: 0, description: "seconds" });

/** An opaque id. */
export const Id = Type.String({ minLength: 1, maxLength: 64, description: "opaque id" });

/** A name that a person gave: no slash, no control character, no space at either end. */
export const Name = Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$", description: "name" });

/** Of a disk or file on its machine, which may be Windows: `/dev/sdb`, `C:/disks/a.img`, `\\.\E:`. */
export const AbsolutePath = Type.String({
  minLength: 1,
  maxLength: 4_096,
  pattern: "^(/|[A-Za-z]:[\\\\/]|\\\\\\\\)",
  description: "absolute path",
});

/** An id or a name, where a command takes either. */
export const NameOrId = Type.String({ minLength: 1, maxLength: 64, description: "name or id" });

/** Unknown is null, never absent. */
export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

/** The shape of every list. */
export function listOf<T extends TSchema>(item: T) {
  return Type.Object({ items: Type.Array(item) });
}

/** A request body or query: what is not named is refused. */
export const STRICT = { additionalProperties: false } as const;

export const Empty = Type.Object({}, STRICT);
export type Empty = Static<typeof Empty>;
