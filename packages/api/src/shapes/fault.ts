import { type Static, Type } from "typebox";
import { nullable, Time } from "./schema-words.ts";

/** What a fault means for whoever meets it. */
const FaultKindName = Type.Enum(["transient", "discontinuity", "corruption", "protocol", "operator"]);

const Detail = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]));

/** What went wrong, as every command and every route says it. */
export const ErrorItem = Type.Object({
  code: Type.String(),
  kind: FaultKindName,
  message: Type.String(),
  remedy: nullable(Type.String()),
  detail: Detail,
});
export type ErrorItem = Static<typeof ErrorItem>;

/** The body of every response that is not a success. */
export const ErrorBody = Type.Object({ error: ErrorItem });
export type ErrorBody = Static<typeof ErrorBody>;

/** A fault that lasts, on a disk or a server. */
export const StandingFault = Type.Object({
  code: Type.String(),
  kind: FaultKindName,
  message: Type.String(),
  since: nullable(Time),
});
export type StandingFault = Static<typeof StandingFault>;
