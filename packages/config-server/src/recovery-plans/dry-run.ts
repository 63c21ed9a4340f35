// What a run would do if it were begun now, and what of it would not work. Nothing is changed; what it says may be otherwise a moment later.
import type { PlanDryRun, PlanKind, PlanRunOrder, PlanStep, TestFailoverOrder } from "@leeward/api";
import { assert, formatTime, isFault, MICROS_PER_SECOND } from "@leeward/base";
import { startableDisks, targetIdOf } from "../failover/choose-point.ts";
import { settingsOf } from "../failover/failover-settings.ts";
import { choose } from "../failover/prepare-step.ts";
import { checkLastPoint, checkNoFailover } from "../failover/standing.ts";
import type { StepMeans } from "../failover/step.ts";
import { diskUnknown, machineUnknown } from "../faults.ts";
import { PLAN_STEPS_AT_ONCE_MAX } from "../limits.ts";
import type { ChosenPoint, FailoverRow } from "../store/failover-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { RecoveryPlanRow } from "../store/recovery-plan-rows.ts";
import type { Scripts } from "./actions.ts";
import { wavesOf } from "./order.ts";
import { checkOrder } from "./recovery-plans.ts";

type StepReport = PlanDryRun["steps"][number];

export interface DryRunMeans extends StepMeans {
  readonly scripts: Scripts;
}

export interface DryRunOf extends Asking {
  readonly plan: RecoveryPlanRow;
}

export type DryRun = (of: DryRunOf) => Promise<PlanDryRun>;

/** @throws Fault `plan-order-invalid`, or the signal's reason */
export async function dryRun(means: DryRunMeans, { plan, order, signal }: DryRunOf): Promise<PlanDryRun> {
  checkOrder(order);
  const waves = wavesOf(plan.steps);
  assert(waves !== undefined, "the steps of a stored plan go in no circle");
  const waveOf = new Map(waves.flatMap((names, index) => names.map((name) => [name, index + 1] as const)));
  const steps: StepReport[] = [];
  for (let at = 0; at < plan.steps.length; at += PLAN_STEPS_AT_ONCE_MAX) {
    const some = plan.steps.slice(at, at + PLAN_STEPS_AT_ONCE_MAX);
    const found = await Promise.all(some.map((step) => reportOf(means, step, { order, signal })));
    for (const [index, { name, kind }] of some.entries())
      steps.push({ ...NOTHING, ...found[index], name, kind, wave: waveOf.get(name) ?? 1 });
  }
  const ok = steps.every(({ problems }) => problems.length === 0);
  return { plan: plan.name, kind: order.kind, ok, waves, steps };
}

type Findings = Omit<StepReport, "name" | "kind" | "wave">;

interface Asking {
  readonly order: PlanRunOrder;
  readonly signal: AbortSignal;
}

const NOTHING: Findings = {
  machine: null,
  machineId: null,
  point: null,
  pointTime: null,
  pointAgeSeconds: null,
  needsForce: false,
  problems: [],
};

async function reportOf(means: DryRunMeans, step: PlanStep, asking: Asking): Promise<Findings> {
  const { machine, script } = step;
  if (script !== null) return { ...NOTHING, problems: await problemOf(() => means.scripts.check(script.file)) };
  if (machine === null) return NOTHING;
  const member = means.store.members.find("agent", machine);
  if (member === undefined || member.removedMicros !== null)
    return { ...NOTHING, machine, problems: [machineUnknown(machine).message] };
  return machineReport(means, { step, member, ...asking });
}

async function machineReport(
  means: DryRunMeans,
  { step, member, order, signal }: Asking & { readonly step: PlanStep; readonly member: MemberRow },
): Promise<Findings> {
  const { store, clock } = means;
  const needsForce = order.kind !== "test" && mayWrite(means, member, order.kind);
  const found: ChosenPoint[] = [];
  const problems = [
    ...(await problemOf(async () => checkNoFailover(store, member))),
    ...(order.kind === "planned" ? await problemOf(async () => checkLastPoint(store, member)) : []),
    ...(order.kind === "planned" && !means.isOnline(member.id)
      ? [`${member.name} has no session, and cannot be stopped in order`]
      : []),
    ...(needsForce && order.force !== true
      ? [`the source of ${member.name} cannot be told to take no more writes; it would have to be forced`]
      : []),
    ...(await problemOf(async () => {
      found.push(await choose(means, rowAsked(means, { step, member, order }), { at: atOf(step, order), signal }));
    })),
  ];
  signal.throwIfAborted();
  const [chosen] = found;
  return {
    machine: step.machine,
    machineId: member.id,
    point: chosen?.pointId ?? null,
    pointTime: chosen === undefined ? null : formatTime(chosen.timeMicros),
    pointAgeSeconds:
      chosen === undefined ? null : Math.max(0, (clock.wallMicros() - chosen.timeMicros) / MICROS_PER_SECOND),
    needsForce,
    problems,
  };
}

/** Whether the source may go on to write: it is away, or its disks are written past its agent. */
function mayWrite({ store, isOnline }: DryRunMeans, { id }: MemberRow, kind: PlanKind): boolean {
  if (kind === "unplanned" && !isOnline(id)) return true;
  return store.disks.ofMachine(id).some(({ state, capture }) => state === "protected" && capture !== "splitter");
}

/** The planned one's point is the last that the stop will make: what stands for it is the newest now. */
function atOf({ settings }: PlanStep, { kind, at }: PlanRunOrder): string {
  return kind === "planned" ? "latest" : (at ?? settings?.at ?? "latest");
}

/** The failover as it would be asked for. @throws Fault `machine-not-protected`, `failover-targets-several`, `disk-unknown` */
function rowAsked(
  { store, reports, clock }: DryRunMeans,
  { step, member, order }: { readonly step: PlanStep; readonly member: MemberRow; readonly order: PlanRunOrder },
): FailoverRow {
  const { at: _, ...settings } = step.settings ?? {};
  const asked: TestFailoverOrder = { ...settings, at: atOf(step, order) };
  const masterTargetId = targetIdOf(member.name, startableDisks(member.name, store.disks.ofMachine(member.id)));
  const { recovery } = member;
  const bootName = asked.bootDisk ?? recovery.bootDisk;
  const bootDisk = bootName === null ? undefined : store.disks.find(member.id, bootName);
  if (bootName !== null && bootDisk === undefined) throw diskUnknown(member.name, bootName);
  const of = { status: reports.of(member.id)?.status, recovery, isTest: order.kind === "test" };
  return {
    id: "",
    machineId: member.id,
    kind: order.kind,
    state: "preparing",
    masterTargetId,
    settings: settingsOf(asked, { ...of, bootDiskId: bootDisk?.id ?? "" }),
    chosen: null,
    facts: {},
    notes: null,
    actor: "",
    error: null,
    createdMicros: clock.wallMicros(),
    startedMicros: null,
    endedMicros: null,
  };
}

async function problemOf(work: () => Promise<void>): Promise<string[]> {
  try {
    await work();
    return [];
  } catch (error) {
    if (!isFault(error)) throw error;
    return [error.message];
  }
}
