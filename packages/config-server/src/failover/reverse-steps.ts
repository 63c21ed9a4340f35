// The way back: the replica machine is halted, the source's disks are brought to what it left, its overlays become part of the journals, and the source gets
// the machine back.
//
// Order: halted ─► every disk of the source complete ─► overlays absorbed, a point at their end ─► epoch raised ─► stored with where the disks go on ─► machine removed
//
// A crash between any two is carried on from the stored state. Until the epoch is stored, the source is fenced; after it, the machine at the target is halted for good.

import { assert, randomId } from "@leeward/base";
import { SELF } from "../events/event-log.ts";
import { FAILBACK_GRACE_SECONDS, REPLICA_START_MS_MAX, REVERSE_LOOK_MS } from "../limits.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import { giveAuthorityBack } from "./authority.ts";
import { broughtOf, isBrought, isCompleteAt } from "./reverse-progress.ts";
import { askToStart } from "./start-step.ts";
import { machineNameOf, type StepMeans, surely, type Trying, targetOf } from "./step.ts";
import { moveFailover, noteFailover } from "./transitions.ts";

const MS_PER_SECOND = 1_000;

/** Waits until the source's disks follow the replica machine's: what is left then is what that writes. */
export async function awaitReverse(means: StepMeans, row: FailoverRow, { signal }: Trying): Promise<void> {
  while (!isBrought(means, row)) await means.clock.sleep(REVERSE_LOOK_MS, signal);
}

export async function halt(means: StepMeans, row: FailoverRow, trying: Trying): Promise<void> {
  const { store, clock, random, requests } = means;
  const { signal } = trying;
  const { overlays, graceSeconds = FAILBACK_GRACE_SECONDS } = row.facts;
  if (overlays === undefined) {
    // While it runs: the machine is down for as long only as its last writes take.
    await awaitReverse(means, row, trying);
    const value = { replicaId: row.id, graceSeconds };
    const wait = { signal, timeoutMs: REPLICA_START_MS_MAX + graceSeconds * MS_PER_SECOND };
    const halted = await surely(means, signal, () =>
      requests.ask(targetOf(means, row), { kind: "haltReplica", value }, wait),
    );
    noteFailover(store, row, { overlays: [...halted.overlays] });
    return;
  }
  while (!overlays.every((place) => isCompleteAt(means, row, place))) await clock.sleep(REVERSE_LOOK_MS, signal);
  moveFailover(store, row, {
    to: "handing-back",
    facts: { lastPointId: randomId(random), brought: [...broughtOf(means, row)] },
    nowMicros: clock.wallMicros(),
  });
}

/** The failback was given up: the machine goes on at the target. */
export async function resume(means: StepMeans, row: FailoverRow, { signal }: Trying): Promise<void> {
  const { store, clock } = means;
  await surely(means, signal, () => askToStart(means, row, signal));
  moveFailover(store, row, { to: "reversing", nowMicros: clock.wallMicros() });
}

export async function handBack(means: StepMeans, row: FailoverRow, { signal }: Trying): Promise<void> {
  const { store, clock, events, requests, plansChanged } = means;
  const { lastPointId: pointId } = row.facts;
  assert(pointId !== undefined, "the last point's id was drawn before");
  const value = { replicaId: row.id, pointId };
  const wait = { signal, timeoutMs: REPLICA_START_MS_MAX };
  const point = await surely(means, signal, () =>
    requests.ask(targetOf(means, row), { kind: "absorbReplica", value }, wait),
  );
  const epoch = await giveAuthorityBack(means, row, signal);
  const subject = machineNameOf(means, row);
  store.transaction(() => {
    if (!moveFailover(store, row, { to: "cleaning-up", nowMicros: clock.wallMicros() })) return;
    store.members.raiseEpoch(row.machineId, epoch);
    for (const { diskId, branch, sequence } of point.members) {
      store.disks.setOrigin(diskId, { failoverId: row.id, branch, sequence, timeMicros: point.timeMicros });
    }
    const message = `${subject} goes back to its source, at the point ${point.id}, which holds all that the replica machine wrote.`;
    const detail = { failover: row.id, point: point.id, epoch };
    events.add(SELF, { severity: "info", kind: "failover-handed-back", subject, message, detail });
  });
  plansChanged();
}
