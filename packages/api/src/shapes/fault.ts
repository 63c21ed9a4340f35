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

/** The same as RFC 9457 has it, which routes answer as application/problem+json. `type` names the code; `detail` is the message. */
export const Problem = Type.Object({
  type: Type.String({ pattern: "^urn:leeward:fault:[a-z0-9-]+$" }),
  title: Type.String(),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  detail: Type.String(),
  error: ErrorItem,
});
export type Problem = Static<typeof Problem>;

/** A fault that lasts, on a disk or a server. */
export const StandingFault = Type.Object({
  code: Type.String(),
  kind: FaultKindName,
  message: Type.String(),
  since: nullable(Time),
});
export type StandingFault = Static<typeof StandingFault>;
