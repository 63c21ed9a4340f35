import { type Static, Type } from "typebox";
import { Consistency } from "./point.ts";
import { Id, Name, NameOrId, nullable, Sequence, STRICT, Time } from "./schema-words.ts";

/** Members of one group at most. */
const MEMBERS_MAX = 256;
const intervalSeconds = Type.Number({
  minimum: 1,
  maximum: 86_400,
  description: "seconds between points of the group",
});

/** Machines whose points are made at one moment. */
export const Group = Type.Object({
  id: Id,
  name: Name,
  intervalSeconds,
  members: Type.Array(
    Type.Object({
      machine: Id,
      name: Name,
      state: Type.Enum(["online", "offline"]),
      /** Where other members reach it; null until it has said so. */
      address: nullable(Type.String()),
    }),
  ),
});
export type Group = Static<typeof Group>;

/** Sets the members, all of them. */
export const GroupChange = Type.Object(
  {
    machines: Type.Array(NameOrId, { minItems: 1, maxItems: MEMBERS_MAX }),
    intervalSeconds: Type.Optional(intervalSeconds),
  },
  STRICT,
);
export type GroupChange = Static<typeof GroupChange>;

/** One moment of several machines: the machines' own points of that id, and who has none. `complete` when nothing is missing. */
export const GroupPoint = Type.Object({
  id: Id,
  group: Name,
  time: Time,
  kind: Type.Enum(["group"]),
  consistency: Consistency,
  complete: Type.Boolean(),
  machines: Type.Array(
    Type.Object({
      machine: Id,
      name: Name,
      time: Time,
      validUntil: Time,
      disks: Type.Record(Type.String(), Type.Object({ branch: Type.String(), sequence: Sequence })),
      missingDisks: Type.Array(Id),
    }),
  ),
  missing: Type.Array(Type.Object({ machine: Id, name: Name })),
});
export type GroupPoint = Static<typeof GroupPoint>;
