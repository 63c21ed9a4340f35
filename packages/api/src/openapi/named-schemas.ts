import type { TSchema } from "typebox";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Schemas by their names, so that each stands in the document once. */
export interface SchemaNames {
  /** The schema with references in the place of those that have names. */
  schemaOf(schema: TSchema): Json;
  /** A reference to a schema that has a name. */
  refTo(schema: TSchema): Json;
  /** Those that were referred to, and what they refer to. */
  definitions(): Json;
}

/** Finds the schemas among the exports of a module; other exports are none of them. Schemas that are equal have the first one's name. */
export function namedSchemas(shapes: object): SchemaNames {
  const names = new Map<string, string>();
  const schemas = new Map<string, Json>();
  for (const [name, value] of Object.entries(shapes).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (!isSchema(value)) continue;
    const plain = plainOf(value);
    const text = JSON.stringify(plain);
    // What is no more than one word is clearer in its place than by a name.
    if (text.length < 60 || names.has(text)) continue;
    names.set(text, name);
    schemas.set(name, plain);
  }
  const used = new Set<string>();
  const referred = (schema: Json, own?: string): Json => {
    const name = names.get(JSON.stringify(schema));
    if (name !== undefined && name !== own) {
      used.add(name);
      return { $ref: `#/components/schemas/${name}` };
    }
    if (schema === null || typeof schema !== "object") return schema;
    if (isList(schema)) return schema.map((each) => referred(each));
    return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, referred(value)]));
  };
  return {
    schemaOf: (schema) => referred(plainOf(schema)),
    refTo(schema) {
      const name = names.get(JSON.stringify(plainOf(schema)));
      if (name === undefined) throw new Error("The schema has no name.");
      used.add(name);
      return { $ref: `#/components/schemas/${name}` };
    },
    definitions() {
      const defined = new Map<string, Json>();
      // Each may refer to others that nothing else refers to.
      for (let before = -1; before !== used.size; ) {
        before = used.size;
        for (const name of [...used]) defined.set(name, referred(schemas.get(name) ?? {}, name));
      }
      return Object.fromEntries([...defined].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    },
  };
}

/** What of a schema is JSON Schema; the words of an enumeration say that they are texts. */
function plainOf(value: unknown): Json {
  if (Array.isArray(value)) return value.map(plainOf);
  if (typeof value !== "object" || value === null) return isWord(value) ? value : null;
  const fields = Object.entries(value).map(([key, field]) => [key, plainOf(field)] as const);
  const typed = "enum" in value && !("type" in value) ? [["type", "string"] as const] : [];
  return Object.fromEntries([...typed, ...fields]);
}

function isWord(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function isSchema(value: unknown): value is TSchema {
  return typeof value === "object" && value !== null && "~kind" in value;
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
