// Expressions of templates, evaluated as Azure Resource Manager does, as far as templates of ours use them ("Template functions", Azure Resource Manager).

/** What names mean, and what happens when something is named. */
export interface ArmScope {
  parameter(name: string): unknown;
  variable(name: string): unknown;
  /** Called with each resource that is named. */
  named(id: string): void;
}

/** The value of a string of a template: an expression in square brackets, or the text itself. @throws what is wrong with it */
export function evaluated(text: string, scope: ArmScope): unknown {
  if (!text.startsWith("[") || text.startsWith("[[")) return text;
  if (!text.endsWith("]")) throw new Error(`${text} has no end`);
  const reader = new Reader(text.slice(1, -1), scope);
  const value = reader.value();
  reader.end();
  return value;
}

/** The id of a resource in the group, as resourceId gives it. */
export function resourceId(type: string, ...names: readonly string[]): string {
  const segments = type.split("/");
  if (segments.length !== names.length + 1) throw new Error(`${type} has ${names.length} names`);
  return names.reduce((id, name, index) => `${id}/${segments[index + 1]}/${name}`, `/group/${segments[0]}`);
}

class Reader {
  readonly #tokens: string[];
  readonly #scope: ArmScope;

  constructor(text: string, scope: ArmScope) {
    this.#tokens = text.match(/'(?:[^']|'')*'|[A-Za-z]\w*|\d+|[().,[\]]|\S/g) ?? [];
    this.#scope = scope;
  }

  value(): unknown {
    const token = this.#tokens.shift() ?? "";
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (/^\d+$/.test(token)) return Number(token);
    if (!/^[A-Za-z]/.test(token)) throw new Error(`${JSON.stringify(token)} begins no value`);
    return this.#members(this.#called(token, this.#arguments()));
  }

  end(): void {
    if (this.#tokens.length > 0) throw new Error(`${this.#tokens.join("")} is left`);
  }

  #arguments(): unknown[] {
    this.#expect("(");
    const found: unknown[] = [];
    while (this.#tokens[0] !== ")") {
      if (found.length > 0) this.#expect(",");
      found.push(this.value());
    }
    this.#expect(")");
    return found;
  }

  /** Of what only a deployment knows, members are taken for granted. */
  #members(value: unknown): unknown {
    let found = value;
    while (this.#tokens[0] === "." || this.#tokens[0] === "[") {
      const isIndex = this.#tokens.shift() === "[";
      const name = this.#tokens.shift() ?? "";
      if (isIndex) this.#expect("]");
      found = `${String(found)}.${name}`;
    }
    return found;
  }

  #called(name: string, given: readonly unknown[]): unknown {
    const texts = given.map((each) => (typeof each === "string" ? each : ""));
    const [first = ""] = texts;
    switch (name) {
      case "parameters":
        return this.#scope.parameter(first);
      case "variables":
        return this.#scope.variable(first);
      case "concat":
        return texts.join("");
      case "empty":
        return first === "";
      case "if":
        return given[0] === true ? given[1] : given[2];
      case "createObject":
        return Object.fromEntries(texts.flatMap((key, at) => (at % 2 === 0 ? [[key, given[at + 1]] as const] : [])));
      case "union":
        return Object.assign({}, ...given);
      case "resourceGroup":
        return "resourceGroup";
      case "resourceId": {
        const id = resourceId(first, ...texts.slice(1));
        this.#scope.named(id);
        return id;
      }
      case "reference":
        return first;
      default:
        throw new Error(`there is no function ${name}`);
    }
  }

  #expect(token: string): void {
    const found = this.#tokens.shift();
    if (found !== token) throw new Error(`${String(found)} stands where ${token} should`);
  }
}
