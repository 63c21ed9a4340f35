import type { Static, TSchema } from "typebox";
import type { RouteScope } from "./route-scope.ts";

/** Of people and of tokens of the API. Each role may do all that those before it may. */
export const API_ROLES = ["viewer", "operator", "administrator"] as const;
export type ApiRole = (typeof API_ROLES)[number];

/** Who may call a route: `none` is open to everybody, `member` is an enrolled machine or server, known by its client certificate. */
export type RouteRole = "none" | "member" | ApiRole;

/** Whether a bearer of `role` may do what needs `needed`. */
export function allows(role: ApiRole, needed: ApiRole): boolean {
  return API_ROLES.indexOf(role) >= API_ROLES.indexOf(needed);
}

/** One route of the public API: all that the server, the client and the OpenAPI page need to know of it. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** From the prefix on, with `:name` for each part of `params`. */
  readonly path: string;
  /** The least role that may call it. */
  readonly role: RouteRole;
  /** What a caller who is limited to some machines gets of it. */
  readonly scope: RouteScope;
  readonly summary: string;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
  /** Whether it replaces settings that others may have changed meanwhile: `If-Match` is heeded. */
  readonly edits?: true;
  /**
   * `false` where the answer to a call with an `Idempotency-Key` is not kept: such a call is made as often as it comes. For what may be read again,
   * and is not to be found anywhere once it was erased.
   */
  readonly once?: false;
  /** The status of success. */
  readonly status: 200 | 201 | 202;
  readonly response: TSchema;
  /** `bytes` takes the body as it is, and has no schema of it. */
  readonly takes?: "json" | "bytes";
  /** `stream` answers with bytes, and `response` describes what the client makes of them. */
  readonly answer?: "json" | "stream";
}

type Part<R, K extends string> = R extends { readonly [P in K]: infer S extends TSchema }
  ? { readonly [P in K]: Static<S> }
  : unknown;

/** What a caller of the route says. Bodies and parameters are required; queries whose fields are all optional may be left out. */
export type CallOf<R extends Route> = Part<R, "params"> &
  Part<R, "body"> &
  (R extends { readonly query: infer S extends TSchema } ? { readonly query?: Static<S> } : unknown);

/** What the route answers. */
export type AnswerOf<R extends Route> = Static<R["response"]>;
