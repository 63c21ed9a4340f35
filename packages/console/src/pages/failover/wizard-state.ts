import type { PlanKind } from "@leeward/api";
import type { MachineOrder } from "./machine-order.ts";

/** What was said so far. */
export interface WizardState {
  readonly kind: PlanKind;
  /** Empty while it is still to be chosen. */
  readonly at: string;
  readonly order: MachineOrder;
  readonly force: boolean;
}

export const WIZARD_STEPS = ["kind", "point", "machine", "review", "live"] as const;
export type WizardStep = (typeof WIZARD_STEPS)[number];

/** The step after or before. */
export function stepBeside(step: WizardStep, by: 1 | -1): WizardStep {
  return WIZARD_STEPS[WIZARD_STEPS.indexOf(step) + by] ?? step;
}
