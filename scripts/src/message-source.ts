// The text of proto/generated/messages.ts: a plain type for each message, `readX` (what pbjs decoded → checked and plain) and,
// for messages with alternatives inside, `writeX` (checked and plain → what pbjs encodes).
import type { Field, Message } from "./proto-schema.ts";

const HEAD = `// Made by \`npm run proto\` from proto/*.proto. Do not edit.
import * as field from "../src/message-field.ts";
`;

/** pbjs has types of its own; these are the only two functions that we call, with what they really take and give. */
export const CODEC_TYPES = `// Made by \`npm run proto\`. Do not edit.
import type { Reader, Writer } from "protobufjs/minimal.js";
import type { RawEnvelope } from "./messages.ts";

export const leeward: {
  readonly Envelope: { encode(message: RawEnvelope): Writer; decode(reader: Reader): RawEnvelope };
};
`;

const SCALARS: Readonly<Record<string, string>> = {
  string: "string",
  bytes: "Uint8Array",
  bool: "boolean",
  double: "number",
  uint32: "number",
  uint64: "number",
  int64: "number",
};

export function messagesSource(messages: readonly Message[]): string {
  const mixed = holdersOfUnions(messages);
  const parts = messages.flatMap((message) => [
    rawType(message),
    message.union ? unionType(message) : plainType(message),
    message.union ? unionReader(message) : plainReader(message, "read", mixed),
    ...(message.union
      ? [unionWriter(message, mixed)]
      : mixed.has(message.name)
        ? [plainReader(message, "write", mixed)]
        : []),
  ]);
  return [HEAD, ...parts].join("\n");
}

/** Messages whose plain form differs from what pbjs encodes, because they are or hold alternatives. */
function holdersOfUnions(messages: readonly Message[]): Set<string> {
  const holders = new Set(messages.filter((message) => message.union).map((message) => message.name));
  for (let before = -1; before !== holders.size; ) {
    before = holders.size;
    for (const message of messages)
      if (message.fields.some((each) => holders.has(each.type))) holders.add(message.name);
  }
  return holders;
}

/** What the codec gives and takes: anything may be missing. */
function rawType({ name, fields }: Message): string {
  const lines = fields.map((each) => `  readonly ${each.name}?: ${rawTypeOf(each)} | null | undefined;\n`);
  return `${name === "Envelope" ? "export " : ""}interface Raw${name} {\n${lines.join("")}}\n`;
}

function rawTypeOf({ type, shape }: Field): string {
  const scalar = SCALARS[type];
  const single = scalar === undefined ? `Raw${type}` : type.includes("int") ? "field.Integer" : scalar;
  if (shape === "list") return `readonly ${single.includes("|") ? `(${single})` : single}[]`;
  return shape === "map" ? `Readonly<Record<string, ${single}>>` : single;
}

function doc(comment: string, indent: string): string {
  return comment === "" ? "" : `${indent}/** ${comment} */\n`;
}

function plainType({ name, comment, fields }: Message): string {
  const lines = fields.map((each) => {
    const optional = isOptional(each);
    return `${doc(each.comment, "  ")}  readonly ${each.name}${optional ? "?" : ""}: ${typeOf(each)}${optional ? " | undefined" : ""};\n`;
  });
  return `${doc(comment, "")}export interface ${name} {\n${lines.join("")}}\n`;
}

function unionType({ name, comment, fields }: Message): string {
  const lines = fields.map((each) => `\n  | { readonly kind: "${each.name}"; readonly value: ${each.type} }`);
  return `${doc(comment, "")}export type ${name} =${lines.join("")};\n`;
}

function isOptional(each: Field): boolean {
  return each.shape === "single" && SCALARS[each.type] === undefined && !each.rules.flags.has("required");
}

function typeOf({ type, shape, rules }: Field): string {
  const quoted = rules.values?.map((value) => JSON.stringify(value)) ?? [];
  const empty = rules.flags.has("maybe-empty") ? ['""'] : [];
  const single = rules.values === undefined ? (SCALARS[type] ?? type) : [...quoted, ...empty].join(" | ");
  if (shape === "list") return `readonly ${single.includes("|") ? `(${single})` : single}[]`;
  return shape === "map" ? `Readonly<Record<string, ${single}>>` : single;
}

function plainReader(message: Message, verb: "read" | "write", mixed: ReadonlySet<string>): string {
  const { name, fields } = message;
  const from = verb === "read" ? `Raw${name}` : name;
  const to = verb === "read" ? name : `Raw${name}`;
  const lines = fields.map((each) => `    ${fieldReader(message, each, { verb, mixed })}\n`);
  const parameter = fields.length === 0 ? "_raw" : "raw";
  return `${exported(name)}function ${verb}${name}(${parameter}: ${from}): ${to} {\n  return {\n${lines.join("")}  };\n}\n`;
}

interface ReaderOptions {
  readonly verb: "read" | "write";
  readonly mixed: ReadonlySet<string>;
}

function fieldReader(message: Message, each: Field, { verb, mixed }: ReaderOptions): string {
  const where = JSON.stringify(`${message.name}.${each.name}`);
  const raw = `raw.${each.name}`;
  const items = each.rules.items ?? 1024;
  const reader = SCALARS[each.type] === undefined ? `${mixed.has(each.type) ? verb : "read"}${each.type}` : undefined;
  if (each.shape === "list") {
    const read = reader ?? `(item) => ${scalarReader(each, "item", where)}`;
    return `${each.name}: field.list(${raw}, { where: ${where}, itemsMax: ${items} }, ${read}),`;
  }
  if (each.shape === "map") {
    return `${each.name}: field.map(${raw}, { where: ${where}, itemsMax: ${items} }, (item) => ${scalarReader(each, "item", where)}),`;
  }
  if (reader === undefined) return `${each.name}: ${scalarReader(each, raw, where)},`;
  if (isOptional(each)) return `...(${raw} !== undefined && ${raw} !== null && { ${each.name}: ${reader}(${raw}) }),`;
  return `${each.name}: ${reader}(field.required(${raw}, ${where})),`;
}

function scalarReader({ type, rules, name }: Field, raw: string, where: string): string {
  const { values, min = 0, flags } = rules;
  const rule = (max: number): string => `{ where: ${where}, min: ${min}, max: ${rules.max ?? max} }`;
  switch (type) {
    case "string": {
      const maybe = flags.has("maybe-empty") ? "maybeEmpty" : "";
      if (values !== undefined) {
        const known = [...values, ...(maybe === "" ? [] : [""])].map((value) => JSON.stringify(value)).join(", ");
        return `field.oneOf(${raw}, ${where}, [${known}])`;
      }
      const form = formOf(name, flags);
      if (form === "text") return `field.text(${raw}, ${rule(4096)})`;
      return maybe === "" ? `field.${form}(${raw}, ${where})` : `field.maybeEmpty(${raw}, ${where}, field.${form})`;
    }
    case "bytes":
      return `field.binary(${raw}, ${rule(64)})`;
    case "bool":
      return `field.bool(${raw}, ${where})`;
    case "double":
      return `field.double(${raw}, ${where})`;
    case "int64":
      return `field.signed(${raw}, ${where})`;
    case "uint32":
    case "uint64":
      return `field.unsigned(${raw}, ${rule(type === "uint32" ? 2 ** 32 - 1 : Number.MAX_SAFE_INTEGER)})`;
    default:
      throw new Error(`${where}: no rule for the type ${type}.`);
  }
}

function exported(name: string): string {
  return name === "Envelope" ? "export " : "";
}

function formOf(name: string, flags: ReadonlySet<string>): "id128" | "name" | "text" {
  for (const form of ["id128", "name", "text"] as const) if (flags.has(form)) return form;
  if (["machineId", "diskId", "diskIds", "missingDiskIds", "branch"].includes(name)) return "id128";
  return name === "id" || /Ids?$/.test(name) ? "name" : "text";
}

function unionReader({ name, fields }: Message): string {
  const cases = fields.map((each) => {
    const raw = `raw.${each.name}`;
    return `  if (${raw} !== undefined && ${raw} !== null) found.push({ kind: "${each.name}", value: read${each.type}(${raw}) });\n`;
  });
  return `${exported(name)}function read${name}(raw: Raw${name}): ${name} {\n  const found: ${name}[] = [];\n${cases.join("")}  return field.only(found, "${name}");\n}\n`;
}

function unionWriter({ name, fields }: Message, mixed: ReadonlySet<string>): string {
  const cases = fields.map((each) => {
    const verb = mixed.has(each.type) ? "write" : "read";
    return `    case "${each.name}":\n      return { ${each.name}: ${verb}${each.type}(plain.value) };\n`;
  });
  return `${exported(name)}function write${name}(plain: ${name}): Raw${name} {\n  switch (plain.kind) {\n${cases.join("")}  }\n}\n`;
}
