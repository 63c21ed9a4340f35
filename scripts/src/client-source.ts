// The client's source, made of the OpenAPI document: a type for each named schema, and a method for each operation.

/** What of OpenAPI 3.1 the document of the API uses. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly Partial<Parameter>[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: string | number | boolean;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly description?: string;
}

const JSON_TYPE = "application/json";

/** The source of the generated client. */
export function clientSource(document: OpenApi): string {
  const types = Object.entries(document.components.schemas).map(
    ([name, schema]) => `export type ${name} = ${typeOf(schema)};\n`,
  );
  const methods = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) =>
      methodSource(`${method.toUpperCase()} ${path}`, operation),
    ),
  );
  return [
    "// Made by `npm run api` from docs/openapi.json, which is made of the table of routes. Not to be changed by hand.",
    'import { type ApiClientOptions, type CallOptions, RouteCaller } from "../route-caller.ts";',
    "",
    ...types,
    "/** The public API, a method for each of its operations. */",
    "export class ApiClient {",
    "  readonly #caller: RouteCaller;",
    "  /** Any operation by its name. */",
    '  readonly call: RouteCaller["call"];',
    "  /** The same, with the tag of the answer. */",
    '  readonly tagged: RouteCaller["tagged"];',
    "",
    "  constructor(options: ApiClientOptions) {",
    "    this.#caller = new RouteCaller(options);",
    "    this.call = (name, call, options) => this.#caller.call(name, call, options);",
    "    this.tagged = (name, call, options) => this.#caller.tagged(name, call, options);",
    "  }",
    "",
    "  close(): void {",
    "    this.#caller.close();",
    "  }",
    ...methods,
    "}",
    "",
  ].join("\n");
}

function methodSource(place: string, operation: Operation): string {
  const { operationId, summary, description, parameters, requestBody } = operation;
  const answer = Object.entries(operation.responses).find(([status]) => status.startsWith("2"))?.[1].content ?? {};
  const doc = `\n  /** ${summary}. ${description} \`${place}\` */\n`;
  const schema = answer[JSON_TYPE]?.schema;
  if (schema === undefined) {
    const take = "take: (bytes: AsyncIterable<Uint8Array>) => Promise<void>, options?: CallOptions";
    return `${doc}  ${operationId}(${take}): Promise<void> {\n    return this.#caller.stream("${operationId}", take, options);\n  }`;
  }
  const parts = [
    partOf(
      "params",
      parameters.filter((each) => each.in === "path"),
    ),
    partOf(
      "query",
      parameters.filter((each) => each.in === "query"),
    ),
    requestBody === undefined ? [] : [{ field: `body: ${bodyType(requestBody.content)}`, isNeeded: true }],
  ].flat();
  const call = `{ ${parts.map(({ field }) => field).join("; ")} }`;
  const isNeeded = parts.some((part) => part.isNeeded);
  const head = `call: ${parts.length === 0 ? "object" : call}${isNeeded ? "" : " = {}"}, options?: CallOptions`;
  return `${doc}  ${operationId}(${head}): Promise<${typeOf(schema)}> {\n    return this.#caller.call("${operationId}", call, options);\n  }`;
}

function partOf(part: string, parameters: readonly Partial<Parameter>[]): { field: string; isNeeded: boolean }[] {
  if (parameters.length === 0) return [];
  const fields = parameters.map(
    ({ name = "", required = false, schema = {} }) => `${name}${required ? "" : "?"}: ${typeOf(schema)}`,
  );
  // The table takes every query as one that may be left out.
  const isNeeded = part !== "query";
  return [{ field: `${part}${isNeeded ? "" : "?"}: { ${fields.join("; ")} }`, isNeeded }];
}

function bodyType(content: Content): string {
  const schema = content[JSON_TYPE]?.schema;
  return schema === undefined ? "Uint8Array" : typeOf(schema);
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref.split("/").at(-1) ?? "";
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((word) => JSON.stringify(word)).join(" | ");
  if (schema.anyOf !== undefined) return schema.anyOf.map((each) => bracketed(typeOf(each))).join(" | ");
  if (schema.type === "array") return `${bracketed(typeOf(schema.items ?? {}))}[]`;
  if (schema.type === "object") return objectType(schema);
  if (schema.type === "integer" || schema.type === "number") return "number";
  return schema.type ?? "unknown";
}

function objectType({ properties, patternProperties, required = [] }: Schema): string {
  const [pattern] = Object.values(patternProperties ?? {});
  if (pattern !== undefined) return `Record<string, ${typeOf(pattern)}>`;
  const fields = Object.entries(properties ?? {}).map(
    ([name, field]) => `${keyOf(name)}${required.includes(name) ? "" : "?"}: ${typeOf(field)}`,
  );
  return fields.length === 0 ? "object" : `{ ${fields.join("; ")} }`;
}

const keyOf = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name));
const bracketed = (type: string): string => (type.includes(" | ") ? `(${type})` : type);
