// The source is told to take no more writes, and then the target to take none of it; the point is chosen when nothing can follow on it any more.
//
//   unplanned   fence in the plan → confirmed, or forced → what the process server has is journaled → epoch raised → point chosen
//   planned     fence in the plan → the source's last point is at the target → epoch raised → that point
//
// Worst outcome if broken: two sides that take writes for one machine, or a point that lacks what the source had acknowledged before it stopped.
import { MICROS_PER_MS } from "@leeward/base";
import type { FenceStatus } from "@leeward/proto";
import { SELF } from "../events/event-log.ts";
import { DRAIN_MS_MAX, FENCE_LOOK_MS, FENCE_MS_MAX } from "../limits.ts";
import type { FailoverFacts, FailoverRow } from "../store/failover-rows.ts";
import { takeAuthority } from "./authority.ts";
import { failoverNotFenced, lastPointMissing } from "./failover-faults.ts";
import { choose } from "./prepare-step.ts";
import { agentStatusOf, epochsOf, machineNameOf, type StepMeans, surely, type Trying } from "./step.ts";
import { moveFailover } from "./transitions.ts";

export async function fence(means: StepMeans, row: FailoverRow, { begunMicros, signal }: Trying): Promise<void> {
  const { store, clock, events } = means;
  const { state, at } =
    row.kind === "planned" ? await stopped(means, row, signal) : await told(means, row, { begunMicros, signal });
  if (at === "latest") await drained(means, row, signal);
  await takeAuthority(means, row, signal);
  const chosen = await surely(means, signal, () => choose(means, row, { at, signal }));
  const { to } = epochsOf(row);
  store.transaction(() => {
    if (!moveFailover(store, row, { to: "starting", chosen, facts: { fence: state }, nowMicros: clock.wallMicros() }))
      return;
    store.members.raiseEpoch(row.machineId, to);
    const subject = machineNameOf(means, row);
    const message = `${subject} is to run at its master target, from the point ${chosen.pointId}: ${FENCED[state]}.`;
    const detail = { failover: row.id, point: chosen.pointId, epoch: to, fence: state };
    const severity = state === "fenced" ? "info" : "critical";
    events.add(SELF, { severity, kind: "failover-fenced", subject, message, detail });
  });
  means.plansChanged();
}

type Fenced = NonNullable<FailoverFacts["fence"]>;

const FENCED: Readonly<Record<Fenced, string>> = {
  fenced: "its source takes no writes any more",
  open: "its source's disks can still be written past its agent; make sure that nothing runs there",
  unconfirmed:
    "whether its source takes writes is not known; nothing of them reaches the replica. Make sure that it is off",
};

/** Waits for the source to say that it is fenced; without that, only what is forced goes on. @throws Fault `failover-not-fenced` */
async function told(
  means: StepMeans,
  row: FailoverRow,
  { begunMicros, signal }: Trying,
): Promise<{ readonly state: Fenced; readonly at: string }> {
  const { clock, isOnline } = means;
  const { at } = row.settings;
  for (;;) {
    const said = fenceOf(means, row);
    if (said !== undefined && said.state !== "stopping") return { state: admitted(means, row, said.state), at };
    const isLate = clock.monotonicMicros() - begunMicros > FENCE_MS_MAX * MICROS_PER_MS;
    if (isLate || !isOnline(row.machineId)) return { state: admitted(means, row, "unconfirmed"), at };
    await clock.sleep(FENCE_LOOK_MS, signal);
  }
}

/** Waits for the last point of the source's orderly stop. @throws Fault `last-point-missing`, `failover-not-fenced` */
async function stopped(
  means: StepMeans,
  row: FailoverRow,
  signal: AbortSignal,
): Promise<{ readonly state: Fenced; readonly at: string }> {
  for (;;) {
    const said = fenceOf(means, row);
    if (said !== undefined && said.state !== "stopping") {
      if (said.lastPointId === "") throw lastPointMissing(machineNameOf(means, row), said.fault?.message);
      return { state: admitted(means, row, said.state), at: said.lastPointId };
    }
    await means.clock.sleep(FENCE_LOOK_MS, signal);
  }
}

function admitted(means: StepMeans, row: FailoverRow, state: Fenced): Fenced {
  if (state !== "fenced" && row.facts.forced !== true) throw failoverNotFenced(machineNameOf(means, row), state);
  return state;
}

function fenceOf(means: StepMeans, row: FailoverRow): FenceStatus | undefined {
  const said = agentStatusOf(means, row)?.fence;
  return said?.failoverId === row.id ? said : undefined;
}

/** What is in the process server's cache belongs to the latest point, as long as it moves. */
async function drained(
  { store, reports, clock, isOnline }: StepMeans,
  row: FailoverRow,
  signal: AbortSignal,
): Promise<void> {
  const disks = store.disks.ofMachine(row.machineId).filter(({ state }) => state === "protected");
  const left = (): number =>
    disks.reduce((sum, disk) => {
      const { processServer } = reports.ofDisk(disk);
      if (processServer === undefined || !isOnline(disk.processServerId)) return sum;
      return sum + Math.max(0, processServer.cachedSequence - processServer.journaledSequence);
    }, 0);
  let least = Number.POSITIVE_INFINITY;
  let movedMicros = clock.monotonicMicros();
  for (;;) {
    const now = left();
    if (now === 0) return;
    if (now < least) {
      least = now;
      movedMicros = clock.monotonicMicros();
    } else if (clock.monotonicMicros() - movedMicros > DRAIN_MS_MAX * MICROS_PER_MS) return;
    await clock.sleep(FENCE_LOOK_MS, signal);
  }
}
