// What a machine does about another copy of itself when it is told to ask first, or to switch itself off.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "@leeward/base";
import type { AgentPlan, EventReport, PlannedDisk } from "@leeward/proto";
import { type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import { NO_LASTING_REST } from "../hooks/lasting-rest.ts";
import { NO_QUIESCE } from "../hooks/quiesce.ts";
import { MarkClock } from "../marks/mark-clock.ts";
import { PointCoordinator } from "../marks/point-coordinator.ts";
import { PointNumbers } from "../marks/point-numbers.ts";
import { PointQueue } from "../marks/point-queue.ts";
import { Fence, type FenceOptions, openFenceMemory } from "./fence.ts";

const HOME = "/agent";
const FAILOVER = "fa".repeat(16);
const GRACE_MS = 60_000;
const NEVER = new AbortController().signal;

interface Told {
  readonly fence: Fence;
  readonly marks: MarkClock;
  readonly kinds: string[];
}

async function fenceOf(world: SimulatedWorld, how: Pick<FenceOptions, "asksFirst" | "powerOff">): Promise<Told> {
  await world.files.makeFolder(`${HOME}/points`);
  const marks = new MarkClock();
  const queue = await PointQueue.open(world, `${HOME}/points`);
  const numbers = await PointNumbers.open(world.files, HOME);
  const machineId = "aa".repeat(16);
  const points = new PointCoordinator({
    ...world,
    machineId,
    marks,
    numbers,
    queue,
    quiesce: NO_QUIESCE,
    epoch: () => 1,
    disks: () => [],
    hold: () => undefined,
  });
  const kinds: string[] = [];
  const options: FenceOptions = {
    ...world,
    ...how,
    marks,
    points,
    queue,
    rest: NO_LASTING_REST,
    disks: () => [],
    machine: () => "web",
    onEvent: ({ kind }: EventReport) => kinds.push(kind),
    onChange: () => undefined,
  };
  return { fence: new Fence(options, await openFenceMemory(world.files, HOME)), marks, kinds };
}

function planOf(
  capture: PlannedDisk["capture"],
  fence?: AgentPlan["fence"],
): Pick<AgentPlan, "epoch" | "fence" | "disks"> {
  const policy = {
    pointIntervalSeconds: 2,
    logBytesMax: 1 << 24,
    copyBytesPerSecondMax: 0,
    applicationPointIntervalSeconds: 0,
    trackerPointIntervalSeconds: 0,
  };
  const disk = { diskId: "dd".repeat(16), name: "data", path: "/dev/x", capture, policy };
  const disks = [{ ...disk, processServerId: "", processServerAddresses: [] }];
  return { epoch: 1, disks, ...(fence && { fence }) };
}

/** Plays with a fence that is carried out meanwhile. */
async function play(
  how: Pick<FenceOptions, "asksFirst" | "powerOff">,
  work: (told: Told, world: SimulatedWorld) => Promise<void>,
): Promise<void> {
  const world = simulatedWorld({ seed: 4 });
  await world.clock.run(async () => {
    const told = await fenceOf(world, how);
    const stop = new AbortController();
    const running = told.fence.run(stop.signal).catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    });
    await work(told, world);
    stop.abort();
    await running;
  });
}

test("a machine that asks first takes no writes before the config server's word, which counts once for each start", async () => {
  await play({ asksFirst: true }, async ({ fence, marks, kinds }, { clock }) => {
    await fence.apply(planOf("splitter"));
    assert.equal(marks.fenced(), true, "before a disk is opened");
    await clock.sleep(3_600_000, NEVER);
    assert.equal(marks.fenced(), true, "for as long as nobody says anything");
    assert.equal(fence.status(), undefined, "no other copy of it is known");
    fence.told();
    assert.equal(marks.fenced(), false);
    await fence.apply(planOf("splitter"));
    assert.equal(marks.fenced(), false);
    assert.deepEqual(kinds, ["fence-asks", "fence-lifted"]);
  });
});

test("a machine that asks first, and is told that another copy has taken over, stays as it is", async () => {
  await play({ asksFirst: true }, async ({ fence, marks, kinds }, { clock }) => {
    await fence.apply(planOf("splitter"));
    await fence.apply(planOf("splitter", { failoverId: FAILOVER, epoch: 2, orderly: false }));
    fence.told();
    assert.equal(marks.fenced(), true);
    await clock.sleep(1_000, NEVER);
    assert.equal(fence.status()?.state, "fenced");
    assert.deepEqual(kinds, ["fence-asks", "machine-fenced"]);
  });
});

test("a machine whose disks are written past the agent is switched off a minute after that was told, and again until it is", async () => {
  let calls = 0;
  const powerOff = async (): Promise<void> => {
    calls += 1;
    if (calls === 1) throw new Fault({ code: "switch-off-failed", kind: "operator", message: "No.", remedy: "Try." });
  };
  await play({ powerOff }, async ({ fence, kinds }, { clock }) => {
    await fence.apply(planOf("tracker", { failoverId: FAILOVER, epoch: 2, orderly: false }));
    await clock.sleep(GRACE_MS - 1_000, NEVER);
    assert.deepEqual([calls, kinds], [0, ["machine-fenced", "fence-open", "fence-powers-off"]]);
    await clock.sleep(2_000, NEVER);
    assert.deepEqual([calls, fence.status()?.fault?.code], [1, "switch-off-failed"]);
    await clock.sleep(GRACE_MS, NEVER);
    assert.equal(calls, 2);
    await clock.sleep(10 * GRACE_MS, NEVER);
    assert.equal(calls, 2);
  });
});

test("a machine is not switched off when its fence is lifted before, nor when all of its disks take no writes, nor because it asks", async () => {
  const powerOff = (): Promise<void> => assert.fail("nothing is to be switched off");
  const fenced = { failoverId: FAILOVER, epoch: 2, orderly: false };
  await play({ powerOff, asksFirst: true }, async ({ fence }, { clock }) => {
    await fence.apply(planOf("tracker"));
    await clock.sleep(10 * GRACE_MS, NEVER);
    fence.told();
    await fence.apply(planOf("tracker", fenced));
    await clock.sleep(GRACE_MS - 1_000, NEVER);
    await fence.apply({ ...planOf("tracker"), epoch: 3 });
    await clock.sleep(10 * GRACE_MS, NEVER);
    await fence.apply({ ...planOf("splitter", { ...fenced, epoch: 4 }), epoch: 3 });
    await clock.sleep(10 * GRACE_MS, NEVER);
    assert.equal(fence.status()?.state, "fenced");
  });
});
