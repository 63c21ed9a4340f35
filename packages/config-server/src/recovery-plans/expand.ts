// From the document that a person wrote to the steps that are done: groups are taken apart, names are given to machines that have none, and whatever
// does not fit together is named by its place in the document.
import type { PlanDocument, PlanStep, WrittenGroup, WrittenStep } from "@leeward/api";
import { PLAN_HEALTH_SECONDS, PLAN_LINKS_MAX, PLAN_SCRIPT_SECONDS } from "../limits.ts";
import { circleIn } from "./order.ts";

/** What is wrong, and where: "steps[2].after". */
export interface Problem {
  readonly path: string;
  readonly what: string;
}

/** A group with every machine written out. */
export type FullGroup = Omit<WrittenGroup, "machines"> & { readonly machines?: readonly WrittenStep[] };
export type FullDocument = Omit<PlanDocument, "groups"> & { readonly groups?: readonly FullGroup[] };

interface Placed {
  readonly path: string;
  readonly step: PlanStep;
}

const KINDS = ["machine", "script", "manual", "wait", "health"] as const;
/** What only a machine has. */
const SETTINGS = [
  "at",
  "host",
  "cpus",
  "memoryMib",
  "firmware",
  "diskBus",
  "network",
  "cpuShare",
  "bootDisk",
  "allowMissing",
] as const;

/** The steps, in the order of the document, and what is wrong with them: they are of use only when that is nothing. */
export function expand(document: FullDocument): { readonly steps: PlanStep[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const { steps, groups } = document;
  if ((steps === undefined) === (groups === undefined))
    problems.push({ path: "", what: "needs either `steps` or `groups`" });
  const placed =
    steps?.map((step, index) => placedAt(`steps[${index}]`, step, problems)) ?? placedGroups(groups ?? [], problems);
  checkTogether(placed, problems);
  return { steps: placed.map(({ step }) => step), problems };
}

/** Each group after all of the one before. A machine that fails holds up none but those that say so: groups are an order, no dependency. */
function placedGroups(groups: readonly FullGroup[], problems: Problem[]): Placed[] {
  const all: Placed[] = [];
  let before: string[] = [];
  const add = (path: string, step: WrittenStep, more: Pick<WrittenStep, "onFailure"> = {}): string => {
    const placed = placedAt(path, { ...more, ...step, after: before }, problems);
    all.push(placed);
    return placed.step.name;
  };
  for (const [index, { first = [], machines = [], last = [] }] of groups.entries()) {
    const at = `groups[${index}]`;
    if (first.length + machines.length + last.length === 0) problems.push({ path: at, what: "is empty" });
    for (const [number, step] of first.entries()) before = [add(`${at}.first[${number}]`, step)];
    const started = machines.map((step, number) => add(`${at}.machines[${number}]`, step, { onFailure: "continue" }));
    if (started.length > 0) before = started;
    for (const [number, step] of last.entries()) before = [add(`${at}.last[${number}]`, step)];
  }
  return all;
}

function placedAt(path: string, written: WrittenStep, problems: Problem[]): Placed {
  const kinds = KINDS.filter((kind) => written[kind] !== undefined);
  const [kind = "manual"] = kinds;
  if (kinds.length !== 1)
    problems.push({
      path,
      what: `needs exactly one of ${KINDS.join(", ")}, and has ${kinds.length === 0 ? "none" : kinds.join(" and ")}`,
    });
  if (kind !== "machine")
    for (const each of SETTINGS)
      if (written[each] !== undefined)
        problems.push({ path: `${path}.${each}`, what: "is a setting of machines alone" });
  const { name = written.machine ?? "", after = [], onFailure = null, machine = null } = written;
  if (written.name === undefined && (written.machine === undefined || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name)))
    problems.push({ path, what: "needs a name" });
  return {
    path,
    step: {
      name,
      kind,
      after: [...after],
      onFailure,
      machine,
      settings: machine === null ? null : settingsIn(written),
      script: scriptIn(written),
      manual: written.manual ?? null,
      waitSeconds: written.wait ?? null,
      health: healthIn(path, written, problems),
    },
  };
}

function settingsIn(written: WrittenStep): NonNullable<PlanStep["settings"]> {
  const given = SETTINGS.filter((each) => written[each] !== undefined);
  return Object.fromEntries(given.map((each) => [each, written[each]]));
}

function scriptIn({ script }: WrittenStep): PlanStep["script"] {
  if (script === undefined) return null;
  const { file, limitSeconds = PLAN_SCRIPT_SECONDS, of = null, in: place = "server" } = script;
  return { file, limitSeconds, of, in: place };
}

function healthIn(path: string, { health }: WrittenStep, problems: Problem[]): PlanStep["health"] {
  if (health === undefined) return null;
  const { tcp, http, limitSeconds = PLAN_HEALTH_SECONDS } = health;
  if ((tcp === undefined) === (http === undefined))
    problems.push({ path: `${path}.health`, what: "needs either `tcp` or `http`" });
  if (http !== undefined && !URL.canParse(http.url))
    problems.push({ path: `${path}.health.http.url`, what: "is no address" });
  return {
    tcp: tcp === undefined ? null : { ...tcp },
    http: http === undefined ? null : { url: http.url, status: http.status ?? null },
    limitSeconds,
  };
}

/** What only the steps together show. */
function checkTogether(placed: readonly Placed[], problems: Problem[]): void {
  const byName = new Map<string, Placed>();
  const byMachine = new Map<string, string>();
  for (const each of placed) {
    const { path, step } = each;
    const other = byName.get(step.name);
    if (other !== undefined) problems.push({ path, what: `has the name ${step.name}, as ${other.path} has` });
    byName.set(step.name, other ?? each);
    if (step.machine === null) continue;
    const first = byMachine.get(step.machine);
    if (first !== undefined) problems.push({ path, what: `is of the machine ${step.machine}, as ${first} is` });
    byMachine.set(step.machine, first ?? path);
  }
  checkLinks(placed, byName, problems);
}

function checkLinks(placed: readonly Placed[], byName: ReadonlyMap<string, Placed>, problems: Problem[]): void {
  const before = problems.length;
  for (const { path, step } of placed) {
    for (const [index, name] of step.after.entries())
      if (!byName.has(name)) problems.push({ path: `${path}.after[${index}]`, what: `names no step: ${name}` });
    const of = step.script?.of ?? undefined;
    if (of !== undefined && byName.get(of)?.step.kind !== "machine")
      problems.push({ path: `${path}.script.of`, what: `names no step of a machine: ${of}` });
    const machines = step.after.filter((name) => byName.get(name)?.step.kind === "machine");
    if (step.script?.in === "replica" && of === undefined && machines.length !== 1)
      problems.push({ path: `${path}.script.of`, what: "has to name the machine in whose replica machine it runs" });
  }
  const links = placed.reduce((sum, { step }) => sum + step.after.length, 0);
  if (links > PLAN_LINKS_MAX)
    problems.push({ path: "", what: `has ${links} links between steps, of ${PLAN_LINKS_MAX} at most` });
  if (problems.length > before) return;
  const circle = circleIn(placed.map(({ step }) => step));
  const [first = ""] = circle ?? [];
  if (circle !== undefined)
    problems.push({
      path: `${byName.get(first)?.path ?? ""}.after`,
      what: `goes in a circle: ${circle.join(" after ")}`,
    });
}
