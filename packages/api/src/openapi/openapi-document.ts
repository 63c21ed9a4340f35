// The API as OpenAPI 3.1: made of the table of routes alone, so that the page, the server and the client cannot disagree.
import type { TSchema } from "typebox";
import { CSRF_HEADER } from "../browser-transport.ts";
import type { Route } from "../route.ts";
import { ROUTES } from "../routes.ts";
import { Problem } from "../shapes/fault.ts";
import { type Json, namedSchemas, type SchemaNames } from "./named-schemas.ts";
import { TAGS } from "./tags.ts";

/** The cookie of a person's sign-in. */
const COOKIE = "__Host-leeward";
const PROBLEM_TYPE = "application/problem+json";

/** The document. `shapes` are the schemas that have names, by which others refer to them. */
export function openApiDocument(of: { readonly version: string; readonly shapes: object }): Json {
  const names = namedSchemas(of.shapes);
  const routes: readonly (readonly [string, Route])[] = Object.entries(ROUTES);
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, route] of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, route, names) };
  }
  const problem = names.refTo(Problem);
  const used = [...new Set(routes.map(([, route]) => tagOf(route)))].toSorted();
  return {
    openapi: "3.1.0",
    info: {
      title: "Leeward",
      description:
        "The config server's API. Times are RFC 3339 UTC with microseconds, sizes are bytes, what is unknown is null and never absent.",
      version: of.version,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/", description: "The config server itself" }],
    tags: used.map((name) => ({ name, description: TAGS[name] ?? `What is at /v1/${name}` })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "A token of the API; see `leeward token create`." },
        cookie: {
          type: "apiKey",
          in: "cookie",
          name: COOKIE,
          description: `A person's sign-in. Whatever is no GET needs the header ${CSRF_HEADER} as well.`,
        },
        certificate: { type: "mutualTLS", description: "The certificate of an enrolled machine or server." },
      },
      parameters: PARAMETERS,
      responses: {
        Problem: {
          description:
            "Refused or failed (RFC 9457). `error` says what happened, to what, and what to do; docs/FAULTS.md lists the codes.",
          content: { [PROBLEM_TYPE]: { schema: problem, example: EXAMPLE } },
        },
        NotModified: { description: "The answer is the one whose tag If-None-Match names." },
      },
      schemas: names.definitions(),
    },
  };
}

const PARAMETERS = {
  IdempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    description: "Has the call made once: repeated within 24 hours with the same key, it is answered as it was then.",
    schema: { type: "string", minLength: 16, maxLength: 128 },
    example: "b1946ac9-2492-4234-8c62-35b4d2611184",
  },
  IfNoneMatch: {
    name: "If-None-Match",
    in: "header",
    description: "The ETag of the answer that the caller has: 304 when there is no other.",
    schema: { type: "string" },
  },
  IfMatch: {
    name: "If-Match",
    in: "header",
    description: "The ETag of what the caller has seen: 412 when its settings have been changed since.",
    schema: { type: "string" },
  },
  Csrf: {
    name: CSRF_HEADER,
    in: "header",
    description: "With the cookie of a sign-in: its csrfToken.",
    schema: { type: "string" },
  },
} satisfies Json;

const EXAMPLE = {
  type: "urn:leeward:fault:machine-unknown",
  title: "Machine unknown",
  status: 404,
  detail: 'There is no machine "web".',
  error: {
    code: "machine-unknown",
    kind: "operator",
    message: 'There is no machine "web".',
    remedy: "See `leeward machine list`.",
    detail: {},
  },
} satisfies Json;

function operationOf(name: string, route: Route, names: SchemaNames): Json {
  const { body, status, role, summary, method } = route;
  const needs = role === "member" ? "a member's certificate" : `the role ${role}`;
  const isRead = method === "GET" && route.answer !== "stream";
  return {
    operationId: name,
    summary,
    description: role === "none" ? "Needs no token." : `Needs ${needs}.`,
    tags: [tagOf(route)],
    security: securityOf(route),
    parameters: [
      ...textParameters("path", route.params, names),
      ...textParameters("query", route.query, names),
      ...headersOf(route),
    ],
    ...(body !== undefined && {
      requestBody: { required: true, content: { "application/json": { schema: names.schemaOf(body) } } },
    }),
    ...(route.takes === "bytes" && { requestBody: { required: true, content: bytes } }),
    responses: {
      [status]: {
        description: "Done",
        ...(isRead && { headers: { ETag: { description: "Names this answer", schema: { type: "string" } } } }),
        content: route.answer === "stream" ? bytes : { "application/json": { schema: names.schemaOf(route.response) } },
      },
      ...(isRead && { "304": { $ref: "#/components/responses/NotModified" } }),
      "4XX": { $ref: "#/components/responses/Problem" },
      "5XX": { $ref: "#/components/responses/Problem" },
    },
  };
}

const bytes = { "application/octet-stream": { schema: { type: "string", format: "binary" } } } satisfies Json;

function securityOf({ role }: Route): Json {
  if (role === "none") return [];
  return role === "member" ? [{ certificate: [] }] : [{ bearer: [] }, { cookie: [] }];
}

/** "/v1/machines/:machine" is about machines. */
function tagOf({ path }: Route): string {
  return path.split("/")[2] ?? "";
}

function textParameters(place: "path" | "query", schema: TSchema | undefined, names: SchemaNames): Json[] {
  const { properties = {}, required = [] }: { properties?: Record<string, TSchema>; required?: readonly string[] } = {
    ...schema,
  };
  return Object.entries(properties).map(([name, field]) => ({
    name,
    in: place,
    ...(required.includes(name) && { required: true }),
    schema: names.schemaOf(field),
  }));
}

function headersOf({ method, role, edits, answer, once }: Route): Json[] {
  const named = [
    ...(method === "POST" && role !== "none" && answer !== "stream" && once !== false ? ["IdempotencyKey"] : []),
    ...(method === "GET" && answer !== "stream" ? ["IfNoneMatch"] : []),
    ...(edits === true ? ["IfMatch"] : []),
    ...(method !== "GET" && role !== "none" && role !== "member" ? ["Csrf"] : []),
  ];
  return named.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}
