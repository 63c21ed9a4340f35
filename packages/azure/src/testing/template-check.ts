import { type ArmScope, evaluated, resourceId } from "./arm-expression.ts";

/** What a resource of each type has to say, in `properties`. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  "Microsoft.Network/virtualNetworks": ["addressSpace", "subnets"],
  "Microsoft.Network/networkInterfaces": ["ipConfigurations"],
  "Microsoft.Compute/availabilitySets": ["platformFaultDomainCount"],
  "Microsoft.Compute/disks": ["creationData"],
  "Microsoft.Compute/virtualMachines": ["hardwareProfile", "storageProfile", "networkProfile"],
};

/**
 * Goes over a template as a deployment would, with the parameters' values and those that are `given` besides: every expression is evaluated, every resource that is
 * named is one of the template's, and one that it is made before. Gives what is wrong.
 */
export function checkTemplate(template: unknown, parameters: unknown, given: readonly string[]): string[] {
  const check = new Check(template, parameters, given);
  check.run();
  return check.wrong;
}

class Check {
  readonly wrong: string[] = [];
  readonly #template: unknown;
  readonly #values = new Map<string, unknown>();
  /** By id, the ids that it depends on. */
  readonly #made = new Map<string, Set<string>>();

  constructor(template: unknown, parameters: unknown, given: readonly string[]) {
    this.#template = template;
    for (const [name, declared] of entriesOf(fieldOf(template, "parameters"))) {
      const value = fieldOf(fieldOf(fieldOf(parameters, "parameters"), name), "value");
      const found = value ?? fieldOf(declared, "defaultValue") ?? (given.includes(name) ? `given ${name}` : undefined);
      if (found === undefined) this.wrong.push(`the parameter ${name} has no value`);
      this.#values.set(name, found);
    }
    for (const [name] of entriesOf(fieldOf(parameters, "parameters"))) {
      if (!this.#values.has(name)) this.wrong.push(`no parameter ${name} is declared`);
    }
  }

  run(): void {
    const resources = [fieldOf(this.#template, "resources")].flat();
    for (const resource of resources) {
      const type = String(fieldOf(resource, "type"));
      const id = resourceId(type, String(this.#walked(fieldOf(resource, "name"), new Set())));
      if (this.#made.has(id)) this.wrong.push(`${id} is made twice`);
      const named = new Set<string>();
      this.#walked(fieldOf(resource, "dependsOn") ?? [], named);
      this.#made.set(id, named);
    }
    for (const resource of resources) this.#checkResource(resource);
    const named = new Set<string>();
    this.#walked(fieldOf(this.#template, "outputs"), named);
    for (const id of named) this.#requireMade(id, "an output");
  }

  #checkResource(resource: unknown): void {
    const type = String(fieldOf(resource, "type"));
    const id = resourceId(type, String(this.#walked(fieldOf(resource, "name"), new Set())));
    const properties = fieldOf(resource, "properties");
    for (const name of REQUIRED[type] ?? ["a type that is known"]) {
      if (fieldOf(properties, name) === undefined) this.wrong.push(`${id} does not say ${name}`);
    }
    if (!/^\d{4}-\d{2}-\d{2}$/.test(String(fieldOf(resource, "apiVersion")))) this.wrong.push(`${id} has no version`);
    const creation = fieldOf(properties, "creationData");
    const isImport = ["sourceUri", "storageAccountId"].every((name) => fieldOf(creation, name) !== undefined);
    if (creation !== undefined && !(isImport && fieldOf(creation, "createOption") === "Import")) {
      this.wrong.push(`${id} is no import`);
    }
    const named = new Set<string>();
    this.#walked(resource, named);
    for (const other of named) {
      const made = this.#requireMade(other, id);
      const isFirst = made === id || made === undefined || this.#made.get(id)?.has(made) === true;
      if (!isFirst) this.wrong.push(`${id} does not depend on ${made}, which it names`);
    }
  }

  /** What is made when `id` is: itself, or what it is a part of. */
  #requireMade(id: string, by: string): string | undefined {
    const found = [...this.#made.keys()].find((made) => id === made || id.startsWith(`${made}/`));
    if (found === undefined) this.wrong.push(`${by} names ${id}, which is not made`);
    return found;
  }

  /** The value with all expressions evaluated; what is named goes to `named`. */
  #walked(value: unknown, named: Set<string>): unknown {
    if (Array.isArray(value)) return value.map((each: unknown) => this.#walked(each, named));
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(entriesOf(value).map(([key, each]) => [key, this.#walked(each, named)]));
    }
    if (typeof value !== "string") return value;
    try {
      return evaluated(value, this.#scope(named));
    } catch (error) {
      this.wrong.push(`${value}: ${String(error)}`);
      return value;
    }
  }

  #scope(named: Set<string>): ArmScope {
    return {
      parameter: (name) => {
        if (!this.#values.has(name)) throw new Error(`there is no parameter ${name}`);
        return this.#walked(this.#values.get(name), named);
      },
      variable: (name) => {
        const value = fieldOf(fieldOf(this.#template, "variables"), name);
        if (value === undefined) throw new Error(`there is no variable ${name}`);
        return this.#walked(value, named);
      },
      named: (id) => named.add(id),
    };
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}
