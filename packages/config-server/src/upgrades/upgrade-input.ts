import { ErrorItem, UpgradeState } from "@leeward/api";
import { assert } from "@leeward/base";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import type { JobRow } from "../store/job-rows.ts";

const UpgradingMachine = Type.Object({
  id: Type.String(),
  /** Names the order at the agent: asked again, it is the same. */
  orderId: Type.String(),
  state: UpgradeState,
  from: Type.Union([Type.String(), Type.Null()]),
  /** Those that were protected when it was ordered. */
  diskIds: Type.Array(Type.String()),
  error: Type.Union([ErrorItem, Type.Null()]),
});
export type UpgradingMachine = Static<typeof UpgradingMachine>;

/** What an upgrade is asked to do, and how far each machine is: noted before each effect, so that a restart goes on from there. */
export const UpgradeInput = Type.Object({
  version: Type.String(),
  file: Type.String(),
  sizeBytes: Type.Integer(),
  sha256: Type.String(),
  /** Machines at a time; null for few at first. */
  wave: Type.Union([Type.Integer(), Type.Null()]),
  failures: Type.Integer(),
  readySeconds: Type.Integer(),
  machines: Type.Array(UpgradingMachine),
});
export type UpgradeInput = Static<typeof UpgradeInput>;

export function upgradeInputOf({ input }: JobRow): UpgradeInput {
  assert(Check(UpgradeInput, input), "an upgrade's job says what it does");
  return input;
}

/** Whether nothing more comes of it. */
export function isSettled({ state }: UpgradingMachine): boolean {
  return state !== "waiting" && state !== "ordered";
}

/** How many are done next: what nobody saw work yet is done on one machine, then on few. */
export function nextWave({ wave, machines }: Pick<UpgradeInput, "wave" | "machines">): readonly UpgradingMachine[] {
  const left = machines.filter((machine) => !isSettled(machine));
  const upgraded = machines.filter(({ state }) => state === "upgraded").length;
  const size = wave ?? (upgraded === 0 ? 1 : upgraded < 5 ? 4 : 16);
  // Those that a restart left at it are done anyway.
  const begun = left.filter(({ state }) => state === "ordered");
  return [...begun, ...left.filter(({ state }) => state === "waiting")].slice(0, Math.max(size, begun.length));
}
