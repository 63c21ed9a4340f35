// The lives of failovers that together pass every edge of the table. Each is what people do from a protected machine to a protected machine again.
import assert from "node:assert/strict";
import type { Kind } from "./edges.ts";
import { beginReprotect, type FailoverRun } from "./failover-run.ts";
import { pointContents } from "./oracle.ts";

export interface Life {
  readonly name: string;
  readonly kind: Kind;
  readonly play: (run: FailoverRun) => Promise<void>;
}

/** While a machine runs, on either side. */
const RUNS_MS = 3_000;
const REAL = ["planned", "unplanned"] as const;

export const LIVES: readonly Life[] = [
  { name: "planned, committed, failed back", kind: "planned", play: plannedAndBack },
  {
    name: "unplanned without a source, which comes back and writes; committed, failed back",
    kind: "unplanned",
    play: lostAndBack,
  },
  {
    name: "unplanned, from another point, cancelled",
    kind: "unplanned",
    play: (run) => changedAndCancelled(run, "unplanned"),
  },
  {
    name: "planned, from another point, cancelled",
    kind: "planned",
    play: (run) => changedAndCancelled(run, "planned"),
  },
  { name: "a test, cleaned up", kind: "test", play: testedAndCleanedUp },
  ...REAL.map((kind) => ({
    name: `${kind}, given up on the way back, failed back`,
    kind,
    play: (run: FailoverRun) => givenUpOnTheWayBack(run, kind),
  })),
  ...(["preparing", "fencing", "starting"] as const).flatMap((state) =>
    (["test", ...REAL] as const)
      .filter((kind) => kind !== "test" || state !== "fencing")
      .map((kind) => ({
        name: `${kind}, given up while ${state}`,
        kind,
        play: (run: FailoverRun) => givenUp(run, kind, state),
      })),
  ),
];

async function plannedAndBack(run: FailoverRun): Promise<void> {
  await run.sleep(RUNS_MS);
  await run.begin("planned", "commit-pending");
  await run.stopWriters();
  await ranFromTheSource(run);
  await run.sleep(RUNS_MS);
  await run.commit();
  await thereAndBack(run);
}

async function lostAndBack(run: FailoverRun): Promise<void> {
  const { cluster } = run;
  const { network } = cluster.ground;
  await run.sleep(RUNS_MS);
  await cluster.agent.end("kill");
  await run.until("the source is away", () => cluster.server?.live.has(cluster.agent.machine.id) === false);
  await run.begin("unplanned", "commit-pending", { force: true });
  run.isSourceIsolated = true;
  network.partition("agent", "config-server");
  if (!cluster.isUp("agent")) await cluster.agent.start();
  await run.sleep(2 * RUNS_MS);
  network.heal("agent", "config-server");
  await run.until("the source is fenced", () => cluster.agent.agent?.status().fence !== undefined);
  await run.stopWriters();
  run.isSourceIsolated = false;
  await run.commit();
  await thereAndBack(run);
}

/** From committed to failed back; the source's writers are still, until it has the machine again. */
async function thereAndBack(run: FailoverRun): Promise<void> {
  await run.reprotect();
  await run.sleep(RUNS_MS);
  await run.failBack();
  await isBack(run);
  await run.finish();
}

/** What the replica machine left is what the source's disks hold, and what the failback's point has; then the source goes on. */
async function isBack(run: FailoverRun): Promise<void> {
  const { cluster } = run;
  await run.killer.settled();
  await run.until(
    "the source goes on",
    () =>
      cluster.agent.agent?.status().fence === undefined &&
      cluster.agent.device(0) !== undefined &&
      cluster.agent.device(1) !== undefined,
  );
  const guest = cluster.rack.history.at(-1);
  assert.ok(guest !== undefined && guest.writes > 0, "the replica machine has written");
  const { lastPointId = "" } = cluster.newest()?.facts ?? {};
  const held = await run.contents();
  for (const [index, bytes] of held.entries())
    assert.deepEqual(guest.differences(index, bytes), [], "the source's disks are what the replica machine left");
  run.startWriters();
  run.afterwards(async () => {
    const points = await pointContents(cluster, [lastPointId]);
    for (const [index, bytes] of held.entries())
      assert.ok(points.get(lastPointId)?.[index]?.equals(bytes), `the failback's point is what disk ${index} held`);
  });
}

/** A planned failover loses nothing: the machine has found what the source holds. */
async function ranFromTheSource(run: FailoverRun): Promise<void> {
  const guest = run.cluster.rack.history.at(-1);
  await run.until(
    "the machine has looked at its disks",
    () => guest?.disks.every(({ base }) => base !== undefined) === true,
  );
  for (const [index, bytes] of (await run.contents()).entries())
    assert.ok(guest?.disks[index]?.base?.equals(bytes), `the machine has found disk ${index} as the source left it`);
}

async function changedAndCancelled(run: FailoverRun, kind: (typeof REAL)[number]): Promise<void> {
  const earlier = await run.createPoint();
  await run.sleep(RUNS_MS);
  await run.begin(kind, "commit-pending");
  await run.stopWriters();
  const before = await run.contents();
  await run.sleep(RUNS_MS);
  await run.changePoint(earlier);
  await run.ask("changed", "commit-pending", () => undefined);
  const guest = run.cluster.rack.history.at(-1);
  assert.equal(run.cluster.newest()?.chosen?.pointId, earlier);
  await run.until(
    "the machine has looked at its disks",
    () => guest?.disks.every(({ base }) => base !== undefined) === true,
  );
  run.afterwards(async () => {
    const points = await pointContents(run.cluster, [earlier]);
    for (const [index, { base }] of guest?.disks.entries() ?? [])
      assert.ok(base !== undefined && points.get(earlier)?.[index]?.equals(base), `disk ${index} is that of the point`);
  });
  await run.sleep(RUNS_MS);
  await run.cancel();
  await goesOnFrom(run, before);
}

/** Nothing was done to the source's disks. */
async function goesOnFrom(run: FailoverRun, before: readonly Buffer[]): Promise<void> {
  await run.killer.settled();
  await run.protectedAgain();
  for (const [index, bytes] of (await run.contents()).entries())
    assert.ok(before[index]?.equals(bytes), `disk ${index} of the source is as it was when it was fenced`);
  run.startWriters();
  await run.finish();
}

async function testedAndCleanedUp(run: FailoverRun): Promise<void> {
  await run.begin("test", "running");
  await run.sleep(RUNS_MS);
  await run.cleanUp();
  await run.finish();
}

async function givenUpOnTheWayBack(run: FailoverRun, kind: (typeof REAL)[number]): Promise<void> {
  await run.begin(kind, "commit-pending");
  await run.stopWriters();
  run.heldAt = "changing";
  await run.changePoint("latest-processed");
  await run.giveUp("changing");
  run.heal();
  await run.ask("the machine runs on", "commit-pending", () => undefined);
  await run.commit();
  run.heldAt = "reversing";
  await run.ask("reprotect", "reversing", beginReprotect);
  await run.giveUp("reversing");
  run.heal();
  await run.ask("not reversed", "committed", () => undefined);
  await run.reprotect();
  run.heldAt = "halting";
  await run.ask(
    "failback",
    "halting",
    ({ failovers }, row) => void failovers.beginFailback(row, {}, { name: "person", address: null }),
  );
  await run.giveUp("halting");
  run.heal();
  await run.ask("it runs on", "reversing", () => undefined);
  await run.sleep(RUNS_MS);
  await run.failBack();
  await isBack(run);
  await run.finish();
}

async function givenUp(run: FailoverRun, kind: Kind, state: "preparing" | "fencing" | "starting"): Promise<void> {
  await run.sleep(RUNS_MS);
  if (state === "preparing") run.cluster.ground.network.partition("config-server", "master-target");
  else run.heldAt = state;
  await run.begin(kind, state);
  await run.giveUp(state);
  run.heal();
  await run.ask("taken back", "failed", () => undefined);
  await run.finish();
}
