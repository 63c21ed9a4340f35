// In which order steps are done. Pure; invariant: a step begins only when all that it comes after has ended well (or its failure is to be passed
// over), and what can never begin any more is named at once, so that a run always ends.
import type { PlanStep, PlanStepState } from "@leeward/api";
import { assert } from "@leeward/base";

export type OrderedStep = Pick<PlanStep, "name" | "after" | "onFailure">;

/** What may be begun now, and what never will be, with the reason. */
export interface Decision {
  readonly begin: readonly string[];
  readonly leaveOut: readonly { readonly name: string; readonly why: string }[];
}

/** Steps in waves: each comes after steps of earlier waves alone. Undefined when they go in a circle. */
export function wavesOf(steps: readonly OrderedStep[]): string[][] | undefined {
  const waves: string[][] = [];
  let left: readonly OrderedStep[] = steps;
  const done = new Set<string>();
  while (left.length > 0) {
    const wave = left.filter(({ after }) => after.every((name) => done.has(name)));
    if (wave.length === 0) return undefined;
    for (const { name } of wave) done.add(name);
    waves.push(wave.map(({ name }) => name));
    left = left.filter(({ name }) => !done.has(name));
  }
  return waves;
}

/** Names of steps that come after one another in a circle, its first one also last; undefined when there is none. All of `after` are known. */
export function circleIn(steps: readonly OrderedStep[]): string[] | undefined {
  const open = new Map(steps.map((step) => [step.name, step]));
  for (let found = true; found; ) {
    found = false;
    for (const { name, after } of open.values()) {
      if (after.some((each) => open.has(each))) continue;
      open.delete(name);
      found = true;
    }
  }
  const [first] = open.values();
  if (first === undefined) return undefined;
  const way: string[] = [];
  let at: OrderedStep | undefined = first;
  while (at !== undefined && !way.includes(at.name)) {
    way.push(at.name);
    const next: string | undefined = at.after.find((name) => open.has(name));
    at = next === undefined ? undefined : open.get(next);
  }
  assert(at !== undefined, "each step that is left comes after another one");
  return [...way.slice(way.indexOf(at.name)), at.name];
}

/** Each step behind all that it comes after. They go in no circle. */
export function inOrder<T extends OrderedStep>(steps: readonly T[]): T[] {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const waves = wavesOf(steps);
  assert(waves !== undefined, "the steps of a stored plan go in no circle");
  return waves.flat().flatMap((name) => byName.get(name) ?? []);
}

/** What is to be done next with those that wait; the steps are `inOrder`. */
export function decide(steps: readonly OrderedStep[], stateOf: ReadonlyMap<string, PlanStepState>): Decision {
  const states = new Map(stateOf);
  const byName = new Map(steps.map((step) => [step.name, step]));
  const stopper = steps.find(({ name, onFailure }) => onFailure === "stop" && states.get(name) === "failed");
  const begin: string[] = [];
  const leaveOut: { name: string; why: string }[] = [];
  for (const step of steps) {
    const { name } = step;
    if (states.get(name) !== "waiting") continue;
    const why =
      stopper === undefined ? whyNever(step, { states, byName }) : `the plan stops when ${stopper.name} fails`;
    if (why !== undefined) {
      leaveOut.push({ name, why });
      states.set(name, "left-out");
    } else if (step.after.every((each) => hasPassed(byName.get(each), states))) begin.push(name);
  }
  return { begin, leaveOut };
}

interface Standing {
  readonly states: ReadonlyMap<string, PlanStepState>;
  readonly byName: ReadonlyMap<string, OrderedStep>;
}

function whyNever({ after }: OrderedStep, { states, byName }: Standing): string | undefined {
  for (const name of after) {
    const state = states.get(name);
    if (state === "failed" && byName.get(name)?.onFailure !== "continue") return `${name} failed`;
    if (state === "left-out" || state === "left") return `${name} was not done`;
  }
  return undefined;
}

function hasPassed(step: OrderedStep | undefined, states: Standing["states"]): boolean {
  if (step === undefined) return false;
  const state = states.get(step.name);
  return state === "done" || (state === "failed" && step.onFailure === "continue");
}
