import type { TSchema } from "typebox";
import { Check } from "typebox/value";

/**
 * The answer of a server of an older release, with what it does not know yet as unknown: a field that came later is null, where the schema takes that. What else lacks stays so, and is found by the check.
 */
export function withUnknowns(schema: TSchema, answer: unknown): unknown {
  if (Array.isArray(answer)) {
    const items = schemaIn(schema, "items");
    return items === undefined ? answer : answer.map((item: unknown) => withUnknowns(items, item));
  }
  if (typeof answer !== "object" || answer === null) return answer;
  const object = objectSchemaOf(schema);
  if (object === undefined) return answer;
  const known = new Map<string, unknown>(Object.entries(answer));
  for (const [name, field] of Object.entries(object)) {
    if (known.has(name)) known.set(name, withUnknowns(field, known.get(name)));
    else if (Check(field, null)) known.set(name, null);
  }
  return Object.fromEntries(known);
}

/** The fields of an object's schema, also of one that may be null. */
function objectSchemaOf(schema: TSchema): Readonly<Record<string, TSchema>> | undefined {
  if (isRecord(schema) && isFields(schema["properties"])) return schema["properties"];
  const members: unknown = isRecord(schema) ? schema["anyOf"] : undefined;
  if (!Array.isArray(members)) return undefined;
  const objects = members.filter(
    (member): member is { properties: Readonly<Record<string, TSchema>> } =>
      isRecord(member) && isFields(member["properties"]),
  );
  // Of several kinds of objects nobody says which one it is.
  return objects.length === 1 ? objects[0]?.properties : undefined;
}

function schemaIn(schema: TSchema, name: string): TSchema | undefined {
  const inner: unknown = isRecord(schema) ? schema[name] : undefined;
  return isRecord(inner) ? inner : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isFields(value: unknown): value is Readonly<Record<string, TSchema>> {
  return isRecord(value);
}
