// A plan's document between its YAML and its form. The text is what is stored; the form reads it, and writes it anew.
import { PLAN_GROUPS_MAX, type PlanDocument, type WrittenGroup, type WrittenStep } from "@leeward/api";
import { parseDocument, stringify } from "yaml";

/** A machine or action of a form, with every machine written out. */
export type FormStep = WrittenStep;

/** The three parts of a group, in the order in which they are done. */
export const GROUP_PARTS = ["first", "machines", "last"] as const;
export type GroupPart = (typeof GROUP_PARTS)[number];
export type FormGroup = Readonly<Record<GroupPart, readonly FormStep[]>>;

export interface PlanForm {
  readonly name: string;
  readonly description: string;
  /** Either groups, or steps that say themselves what they come after. */
  readonly groups: readonly FormGroup[] | null;
  readonly steps: readonly FormStep[] | null;
}

/** What of a text the form cannot show: why, as the reader of YAML says it, or that it is no plan. */
export type ReadForm = { readonly form: PlanForm } | { readonly problem: string };

export const GROUPS_MAX = PLAN_GROUPS_MAX;
export const EMPTY_GROUP: FormGroup = { first: [], machines: [], last: [] };

export function readForm(text: string): ReadForm {
  const document = parseDocument(text, { uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) return { problem: error.message };
  try {
    return formOf(document.toJS({ maxAliasCount: 0 }));
  } catch (thrown) {
    return { problem: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** Whether the text has comments, which a form does not keep. */
export function hasComments(text: string): boolean {
  return text.split("\n").some((line) => /^\s*#|\s#/.test(line));
}

export function writeForm({ name, description, groups, steps }: PlanForm): string {
  const document: PlanDocument = {
    ...(name !== "" && { name }),
    ...(description !== "" && { description }),
    ...(steps !== null && { steps: steps.map(stepOf) }),
    ...(groups !== null && { groups: groups.map(writtenGroup) }),
  };
  return stringify(document, { lineWidth: 0 });
}

function formOf(value: unknown): ReadForm {
  if (value === null || value === undefined)
    return { form: { name: "", description: "", groups: [EMPTY_GROUP], steps: null } };
  if (!isRecord(value)) return { problem: "A plan is a mapping with `groups` or `steps`." };
  const { groups, steps } = value;
  if (groups !== undefined && !isListOfRecords(groups)) return { problem: "`groups` is a list of groups." };
  if (steps !== undefined && !isListOfRecords(steps)) return { problem: "`steps` is a list of steps." };
  const parts = (groups ?? []).flatMap((group) => GROUP_PARTS.map((part) => group[part] ?? []));
  if (!parts.every((part) => Array.isArray(part) && part.every((each) => typeof each === "string" || isRecord(each))))
    return { problem: "`first`, `machines` and `last` of a group are lists of steps." };
  return {
    form: {
      name: typeof value["name"] === "string" ? value["name"] : "",
      description: typeof value["description"] === "string" ? value["description"] : "",
      groups: groups === undefined ? (steps === undefined ? [EMPTY_GROUP] : null) : groups.map(groupOf),
      steps: steps ?? null,
    },
  };
}

function groupOf(group: Readonly<Record<string, unknown>>): FormGroup {
  const part = (name: GroupPart): readonly FormStep[] => {
    const items = group[name];
    if (!Array.isArray(items)) return [];
    return items.map((each: unknown) => (typeof each === "string" ? { machine: each } : isRecord(each) ? each : {}));
  };
  return { first: part("first"), machines: part("machines"), last: part("last") };
}

/** A machine without settings is its name alone; parts without steps are left out. */
function writtenGroup({ first, machines, last }: FormGroup): WrittenGroup {
  return {
    ...(first.length > 0 && { first: first.map(actionOf) }),
    ...(machines.length > 0 && {
      machines: machines.map(stepOf).map((step) => (isBare(step) ? (step.machine ?? "") : step)),
    }),
    ...(last.length > 0 && { last: last.map(actionOf) }),
  };
}

function isBare(step: FormStep): boolean {
  return Object.keys(step).every((key) => key === "machine");
}

/** What is empty was not said. */
function stepOf(step: FormStep): FormStep {
  return Object.fromEntries(
    Object.entries(step).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  );
}

/** An action has a name always. */
function actionOf(step: FormStep): FormStep & { name: string } {
  return { ...stepOf(step), name: step.name ?? "" };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOfRecords(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) && value.every(isRecord);
}

/** The list with one item in another place. */
export function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const item = list[from];
  if (item === undefined || to < 0 || to >= list.length) return list;
  return list.toSpliced(from, 1).toSpliced(to, 0, item);
}
