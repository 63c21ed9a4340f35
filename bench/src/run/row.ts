/** One line of the result: what was measured, what it is compared with, and what it should be. */
export interface Row {
  readonly suite: string;
  readonly name: string;
  readonly measured: Quantity | undefined;
  /** The peer, or the limit, of the same run. */
  readonly against?: Quantity & { readonly name: string };
  /** How well it did beside `against`: above 1 is better than that. */
  readonly ratio?: number;
  readonly goal?: Goal;
  readonly note?: string;
  /** Why there is nothing measured. */
  readonly skipped?: string;
}

export interface Quantity {
  readonly value: number;
  readonly unit: string;
}

/** A bound of the ratio, or of what was measured, in its unit. */
export type Goal =
  | { readonly of: "ratio"; readonly atLeast: number }
  | { readonly of: "measured"; readonly below: number };

/** Whether the goal is met; undefined when there is no goal or nothing to compare. */
export function isMet({ goal, ratio, measured }: Row): boolean | undefined {
  if (goal === undefined) return undefined;
  if (goal.of === "ratio") return ratio === undefined ? undefined : ratio >= goal.atLeast;
  return measured === undefined ? undefined : measured.value < goal.below;
}

/** A row that says why it has no figure. */
export function skippedRow(suite: string, name: string, skipped: string): Row {
  return { suite, name, measured: undefined, skipped };
}
