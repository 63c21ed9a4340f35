import { type CallOf, ROUTES, type Route, type RouteName, type Routes } from "@leeward/api";
import type { TSchema } from "typebox";
import { Check, Convert, Errors } from "typebox/value";
import { requestInvalid } from "../faults.ts";

/** The parts of a request as HTTP gives them. */
export interface RawCall {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

const PARTS = ["params", "query", "body"] as const;

/**
 * The call of a route, checked against its schemas. Texts of path and query become the numbers and flags that the schema wants; a body is
 * taken as it is.
 * @throws Fault `request-invalid`
 */
export function parseCall<N extends RouteName>(name: N, raw: RawCall): CallOf<Routes[N]> {
  const route: Route = ROUTES[name];
  const call: Record<string, unknown> = {};
  for (const part of PARTS) {
    const schema = route[part];
    if (schema === undefined) continue;
    const said = raw[part] ?? {};
    const value: unknown = part === "body" ? said : Convert(schema, said);
    // No database takes it in a text, and nobody means it.
    if (holdsNul(value)) throw requestInvalid(`${part} holds a text with a zero character`);
    if (!Check(schema, value)) throw requestInvalid(whyNot(part, schema, value));
    call[part] = value;
  }
  if (isCall(name, call)) return call;
  throw requestInvalid("it lacks a part");
}

function holdsNul(value: unknown): boolean {
  if (typeof value === "string") return value.includes("\0");
  return typeof value === "object" && value !== null && Object.entries(value).flat().some(holdsNul);
}

function isCall<N extends RouteName>(
  name: N,
  call: Readonly<Record<string, unknown>>,
): call is CallOf<Routes[N]> & Record<string, unknown> {
  const route: Route = ROUTES[name];
  return PARTS.every((part) => (route[part] === undefined) === (call[part] === undefined));
}

function whyNot(part: string, schema: TSchema, value: unknown): string {
  const [error] = Errors(schema, value);
  if (error === undefined) return part;
  return `${part}${error.instancePath} ${error.message}`;
}
