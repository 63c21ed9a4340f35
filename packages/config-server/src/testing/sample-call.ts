// Calls of any route, made from its schemas alone: each text of them plausible, but one that is whatever a test wants to say there.
import type { Route } from "@leeward/api";

export interface SampleCall {
  readonly path: string;
  readonly body: object | undefined;
}

/** Something for every pattern of the route table. */
const TEXTS = [
  "sample-of-any-name",
  "/sample",
  "2026-01-01T00:00:00Z",
  "0".repeat(32),
  "0".repeat(64),
  "0.1.0",
  "https://sample.example",
  "",
];

type Words = Readonly<Record<string, unknown>>;

/** The call with what it has to have, in plausible texts; with a `text`, one of all that it may have for each place where the route takes any, which holds it. */
export function sampleCalls(route: Route, text?: string): SampleCall[] {
  const parts = { params: route.params ?? {}, query: route.query ?? {}, body: route.body ?? {} };
  const places = text === undefined ? [""] : Object.entries(parts).flatMap(([part, schema]) => placesOf(schema, part));
  return places.map((place) => {
    const said = (part: "params" | "query" | "body"): unknown =>
      sampleOf(parts[part], { at: part, place, text: text ?? "" });
    const params = wordsOf(said("params"));
    const path = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
    const query = new URLSearchParams(
      Object.entries(wordsOf(said("query"))).map(([key, value]): [string, string] => [key, String(value)]),
    );
    const asked = query.size === 0 ? path : `${path}?${query.toString()}`;
    return { path: asked, body: route.body === undefined ? undefined : wordsOf(said("body")) };
  });
}

/** Where texts stand in what the schema describes. */
function placesOf(schema: unknown, at: string): string[] {
  const { type, properties, items, anyOf } = wordsOf(schema);
  if (type === "string") return [at];
  if (Array.isArray(anyOf)) return [...new Set(anyOf.flatMap((each: unknown) => placesOf(each, at)))];
  if (type === "array") return placesOf(items, `${at}.0`);
  return Object.entries(wordsOf(properties)).flatMap(([name, field]) => placesOf(field, `${at}.${name}`));
}

function sampleOf(
  schema: unknown,
  of: { readonly at: string; readonly place: string; readonly text: string },
): unknown {
  const { type, properties, items, anyOf, enum: words, minimum = 0 } = wordsOf(schema);
  const inner = (name: string) => ({ ...of, at: `${of.at}.${name}` });
  if (Array.isArray(words)) return words[0];
  if (Array.isArray(anyOf)) {
    const chosen: unknown = anyOf.find((each) => placesOf(each, of.at).includes(of.place)) ?? anyOf[0];
    return sampleOf(chosen, of);
  }
  if (type === "string") return of.at === of.place ? of.text : plausible(schema);
  if (type === "integer" || type === "number") return Math.max(Number(minimum), 1);
  if (type === "boolean") return false;
  if (type === "array") return [sampleOf(items, inner("0"))];
  if (type === "null") return null;
  const fields = Object.entries(wordsOf(properties)).filter(([name]) => of.place !== "" || isRequired(schema, name));
  return Object.fromEntries(fields.map(([name, field]) => [name, sampleOf(field, inner(name))]));
}

function isRequired(schema: unknown, name: string): boolean {
  const { required } = wordsOf(schema);
  return Array.isArray(required) && required.includes(name);
}

function plausible(schema: unknown): string {
  const { pattern = "", minLength = 0, maxLength = 1_000, description } = wordsOf(schema);
  if (description === "password") return "a password of some words";
  const fits = (text: string): boolean =>
    new RegExp(String(pattern)).test(text) && text.length >= Number(minLength) && text.length <= Number(maxLength);
  return TEXTS.find(fits) ?? "sample";
}

function wordsOf(value: unknown): Words {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
