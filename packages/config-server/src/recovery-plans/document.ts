// A plan's document: YAML (so also JSON), checked against the schema that docs/recovery-plan.schema.json shows. What is wrong is told by its place.
import { PLAN_BYTES_MAX, PLAN_GROUPS_MAX, PLAN_STEPS_MAX, PlanDocument, type PlanStep } from "@leeward/api";
import { type Static, Type } from "typebox";
import { Check, Errors } from "typebox/value";
import { type Document, isMap, isNode, LineCounter, type ParsedNode, parseDocument } from "yaml";
import { PLAN_PROBLEMS_SHOWN } from "../limits.ts";
import { expand, type Problem } from "./expand.ts";
import { planInvalid } from "./plan-faults.ts";

export interface ReadPlan {
  readonly name: string;
  readonly description: string;
  readonly steps: readonly PlanStep[];
  /** As it was written, with its name in it. */
  readonly text: string;
}

/** As the schema of the document, with every machine of a group written out: what is wrong in one is then told by its own place. */
const { name: NAME, description: DESCRIPTION, steps: STEPS, groups: GROUPS } = PlanDocument.properties;
const GROUP = GROUPS.items.properties;
const FULL_MACHINE = GROUP.machines.items.anyOf[1];
const FullPlan = Type.Object(
  {
    name: NAME,
    description: DESCRIPTION,
    steps: STEPS,
    groups: Type.Optional(
      Type.Array(
        Type.Object(
          {
            first: GROUP.first,
            machines: Type.Optional(Type.Array(FULL_MACHINE, { maxItems: PLAN_STEPS_MAX })),
            last: GROUP.last,
          },
          { additionalProperties: false },
        ),
        { minItems: 1, maxItems: PLAN_GROUPS_MAX },
      ),
    ),
  },
  { additionalProperties: false },
);
type FullPlan = Static<typeof FullPlan>;

/** Reads a plan; `name` is the one that was asked for, if any. @throws Fault `plan-invalid`, which names each place */
export function readPlan(text: string, name?: string): ReadPlan {
  if (Buffer.byteLength(text) > PLAN_BYTES_MAX) throw planInvalid([`it is longer than ${PLAN_BYTES_MAX} bytes`]);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    uniqueKeys: true,
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "silent",
  });
  if (document.errors.length > 0)
    throw refused(
      document.errors.map(({ message, pos: [at] }) => `line ${lines.linePos(at).line}: ${message.split("\n", 1)[0]}`),
    );
  const placed = (problems: readonly Problem[]) => refused(problems.map((each) => toldWithLine(each, document, lines)));
  const value = writtenOut(valueOf(document));
  const wrong = schemaProblems(value);
  if (wrong.length > 0 || !Check(FullPlan, value)) throw placed(wrong);
  const { steps, problems } = expand(value);
  const naming = namingProblems(value, name);
  if (problems.length + naming.length > 0) throw placed([...naming, ...problems]);
  if (steps.length > PLAN_STEPS_MAX) throw refused([`it has ${steps.length} steps, of ${PLAN_STEPS_MAX} at most`]);
  const called = value.name ?? name ?? "";
  return {
    name: called,
    description: value.description ?? "",
    steps,
    text: named(document, text, value.name ?? called),
  };
}

function namingProblems({ name: written }: FullPlan, asked: string | undefined): Problem[] {
  if (written === undefined && asked === undefined) return [{ path: "name", what: "is missing" }];
  if (written === undefined || asked === undefined || written === asked) return [];
  return [{ path: "name", what: `is ${written}, and the plan is to be called ${asked}` }];
}

/** @throws Fault `plan-invalid`: aliases could make a short document a huge one */
function valueOf(document: Document): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 0 });
    return value;
  } catch (error) {
    if (error instanceof ReferenceError) throw refused(["it has an alias (`*name`), which is not taken"]);
    throw error;
  }
}

/** A machine that is only named in a group is one without settings. */
function writtenOut(value: unknown): unknown {
  if (!isRecord(value) || !Array.isArray(value["groups"])) return value;
  const groups = value["groups"].map((group: unknown) => {
    if (!isRecord(group) || !Array.isArray(group["machines"])) return group;
    const machines = group["machines"].map((each: unknown) => (typeof each === "string" ? { machine: each } : each));
    return { ...group, machines };
  });
  return { ...value, groups };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function schemaProblems(value: unknown): Problem[] {
  // What is not known is told once, by whom it stands in.
  const errors = Errors(FullPlan, value).filter(({ keyword }) => keyword !== "boolean");
  return errors.map((error) => {
    const path = pathOf(error.instancePath);
    if (error.keyword === "additionalProperties")
      return { path, what: `has what is not known: ${error.params.additionalProperties.join(", ")}` };
    if (error.keyword === "enum") return { path, what: `is none of ${error.params.allowedValues.join(", ")}` };
    return { path, what: error.message };
  });
}

/** "/steps/0/after" is "steps[0].after". */
function pathOf(instancePath: string): string {
  const parts = instancePath.split("/").slice(1);
  return parts.reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : `${path}${path && "."}${part}`), "");
}

function toldWithLine({ path, what }: Problem, document: Document, lines: LineCounter): string {
  const parts = path.match(/[^.[\]]+/g) ?? [];
  for (let depth = parts.length; depth > 0; depth -= 1) {
    const node: unknown = document.getIn(
      parts.slice(0, depth).map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
      true,
    );
    if (isNode(node) && node.range) return `${path} (line ${lines.linePos(node.range[0]).line}) ${what}`;
  }
  return path === "" ? `it ${what}` : `${path} ${what}`;
}

function refused(problems: readonly string[]): Error {
  const shown = problems.slice(0, PLAN_PROBLEMS_SHOWN);
  const more = problems.length - shown.length;
  return planInvalid(more > 0 ? [...shown, `and ${more} more`] : shown);
}

/** The document as it was written, and where it has no name, with one at its head. */
function named(document: Document<ParsedNode>, text: string, name: string): string {
  if (!isMap(document.contents) || document.has("name")) return text;
  const named = document.clone();
  if (isMap(named.contents)) named.contents.items.unshift(named.createPair("name", name));
  return String(named);
}
