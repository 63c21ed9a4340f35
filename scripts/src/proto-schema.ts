// What the message generator works from: the structure as pbjs reads it, with comments and rules (@…) from the text.

export interface Rules {
  readonly values?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly items?: number;
  readonly flags: ReadonlySet<string>;
}

export interface Field {
  readonly name: string;
  readonly type: string;
  readonly shape: "single" | "list" | "map";
  readonly comment: string;
  readonly rules: Rules;
}

export interface Message {
  readonly name: string;
  readonly comment: string;
  readonly fields: readonly Field[];
  /** All fields are alternatives of one oneof. */
  readonly union: boolean;
}

const FLAGS = new Set(["id128", "name", "text", "maybe-empty", "required"]);

/** The messages in the order of the .proto files; throws on a rule that it does not know. */
export function readSchema(json: string, texts: readonly string[]): Message[] {
  const notes = new Map<string, Note>();
  for (const text of texts) noteComments(text, notes);
  const root: unknown = JSON.parse(json);
  const messages = entriesOf(at(at(at(root, "nested"), "leeward"), "nested"));
  const order = [...notes.keys()];
  return messages
    .map(([name, value]) => messageOf(name, value, notes))
    .sort((left, right) => order.indexOf(left.name) - order.indexOf(right.name));
}

interface Note {
  readonly comment: string;
  readonly rules: Rules;
}

function messageOf(name: string, value: unknown, notes: ReadonlyMap<string, Note>): Message {
  const fields = entriesOf(at(value, "fields")).map(([field, spec]) => fieldOf(name, field, spec, notes));
  const oneofs = entriesOf(at(value, "oneofs"));
  const alternatives = oneofs.flatMap(([, oneof]) => listOf(at(oneof, "oneof")));
  if (oneofs.length > 0 && (oneofs.length > 1 || alternatives.length !== fields.length)) {
    throw new Error(`${name}: a message has one oneof and nothing beside it, or none.`);
  }
  return { name, comment: notes.get(name)?.comment ?? "", fields, union: oneofs.length > 0 };
}

function fieldOf(message: string, name: string, spec: unknown, notes: ReadonlyMap<string, Note>): Field {
  const protoName = textAt(spec, "protoName") ?? name;
  const note = notes.get(`${message}.${protoName}`);
  if (note === undefined) throw new Error(`${message}.${protoName} was not found in the text.`);
  const shape = at(spec, "keyType") !== undefined ? "map" : at(spec, "rule") === "repeated" ? "list" : "single";
  return { name, type: textAt(spec, "type") ?? "", shape, ...note };
}

function noteComments(text: string, notes: Map<string, Note>): void {
  let lines: string[] = [];
  let message = "";
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line.startsWith("//")) {
      lines.push(line.slice(2).trim());
      continue;
    }
    const opened = /^message (\w+)/.exec(line)?.[1];
    if (opened !== undefined) {
      message = opened;
      notes.set(message, noteOf(message, lines));
      lines = [];
    }
    for (const [, field] of line.matchAll(/[\w>] (\w+) = \d+;/g)) {
      notes.set(`${message}.${field}`, noteOf(`${message}.${field}`, lines));
    }
    lines = [];
  }
}

function noteOf(where: string, lines: readonly string[]): Note {
  const rules: { values?: string[]; min?: number; max?: number; items?: number; flags: Set<string> } = {
    flags: new Set(),
  };
  for (const line of lines.filter((each) => each.startsWith("@"))) {
    const [, rule = "", rest = ""] = /^@(\S+)\s*(.*)$/.exec(line) ?? [];
    if (rule === "values") rules.values = rest.split("|").map((value) => value.trim());
    else if (rule === "min" || rule === "max" || rule === "items") rules[rule] = wholeNumber(where, rest);
    else if (FLAGS.has(rule)) rules.flags.add(rule);
    else throw new Error(`${where}: unknown rule @${rule}.`);
  }
  return { comment: lines.filter((each) => !each.startsWith("@")).join(" "), rules };
}

function wholeNumber(where: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`${where}: ${JSON.stringify(text)} is no whole number.`);
  return Number(text);
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(key)
    : undefined;
}

function textAt(value: unknown, key: string): string | undefined {
  const found = at(value, key);
  return typeof found === "string" ? found : undefined;
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
