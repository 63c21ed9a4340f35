import type { FormStep } from "./plan-document.ts";

export const ACTION_KINDS = ["script", "manual", "wait", "health"] as const;
export const STEP_KINDS = ["machine", ...ACTION_KINDS] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** A step that says none of them is about a machine that is still to be named. */
export function stepKind(step: FormStep): StepKind {
  return ACTION_KINDS.find((kind) => step[kind] !== undefined) ?? "machine";
}

const FRESH: Readonly<Record<StepKind, FormStep>> = {
  machine: { machine: "" },
  script: { script: { file: "" } },
  manual: { manual: "" },
  wait: { wait: 60 },
  health: { health: { tcp: { host: "", port: 443 } } },
};

/** The same step as another kind: its name, place and what follows its failure stay. */
export function ofKind({ name, after, onFailure }: FormStep, kind: StepKind): FormStep {
  return {
    ...(name !== undefined && { name }),
    ...(after !== undefined && { after }),
    ...(onFailure !== undefined && { onFailure }),
    ...FRESH[kind],
  };
}
