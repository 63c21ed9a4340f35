// A whole consistency group on virtual time. The oracle is in GroupRig: in every point of the group, on each machine that has a part in it, no
// step of an application is there while an acknowledged step before it is not.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isFault } from "@leeward/base";
import { Session } from "@leeward/wire";
import { SAMPLE_NOTE, sampled } from "@leeward/world/testing";
import { GROUP_HOLD_MS_MAX } from "../limits.ts";
import { GroupRig, type GroupRigOptions } from "./testing/group-rig.ts";

const NEVER = new AbortController().signal;
const CALM = { machines: 3, chains: 2, latencyMicrosMax: 500 } as const;
/** What a write may take beside a hold, milliseconds: virtual disks and the next look of who waits. */
const WRITE_MS_MAX = 50;

async function run(options: GroupRigOptions, work: (rig: GroupRig) => Promise<void>): Promise<GroupRig> {
  const rig = new GroupRig(options);
  await rig.clock.run(async () => {
    await rig.start();
    await work(rig);
    await rig.end();
  });
  return rig;
}

function partsOf(rig: GroupRig): number[] {
  return [...rig.points().values()].map((parts) => parts.length);
}

function countOf(parts: readonly number[], count: number): number {
  return parts.filter((each) => each === count).length;
}

describe("a consistency group", () => {
  test("makes points at its interval that have all machines at one moment", async () => {
    const rig = await run({ ...CALM, seed: 1 }, (each) => each.clock.sleep(10_000, NEVER));
    const parts = partsOf(rig);
    assert.ok(countOf(parts, 3) >= 7, `points with so many parts: ${parts.join(" ")}`);
    assert.ok(rig.slowestMs < GROUP_HOLD_MS_MAX, `a write took ${rig.slowestMs} ms`);
    assert.deepEqual(rig.problems, []);
  });

  test("makes points without a member that is away, says so once, and with it again when it is back", async () => {
    const rig = await run({ ...CALM, seed: 2 }, async ({ clock, network }) => {
      await clock.sleep(3_500, NEVER);
      network.partition("m0", "m2");
      network.partition("m1", "m2");
      await clock.sleep(6_000, NEVER);
      network.heal("m0", "m2");
      network.heal("m1", "m2");
      await clock.sleep(6_000, NEVER);
    });
    const parts = partsOf(rig);
    assert.ok(countOf(parts, 2) >= 3 && countOf(parts, 3) >= 4, parts.join(" "));
    const told = rig.events.filter((event) => event.startsWith("m0 group-") && event.includes("shop"));
    assert.ok(told.some((event) => event.includes("without m2")) && told.at(-1)?.startsWith("m0 group-complete"));
    assert.ok(rig.slowestMs < GROUP_HOLD_MS_MAX + WRITE_MS_MAX, `a write took ${rig.slowestMs} ms`);
    assert.deepEqual(rig.problems, []);
  });

  test("goes on under the next member when the one that coordinates dies, also amid a round", async () => {
    for (const seed of [3, 4]) {
      const rig = await run({ ...CALM, seed, latencyMicrosMax: 20_000 }, async (each) => {
        const [coordinator] = each.machines;
        assert.ok(coordinator !== undefined);
        await each.clock.sleep(3_000, NEVER);
        while (!coordinator.marks.held()) await each.clock.sleep(1, NEVER);
        await each.clock.sleep(each.random.below(40), NEVER);
        each.kill(coordinator);
        await each.clock.sleep(8_000, NEVER);
      });
      const parts = partsOf(rig);
      assert.ok(countOf(parts, 2) >= 3, `seed ${seed}: ${parts.join(" ")}`);
      assert.ok(rig.slowestMs < GROUP_HOLD_MS_MAX + WRITE_MS_MAX, `seed ${seed}: a write took ${rig.slowestMs} ms`);
      assert.deepEqual(rig.problems, [], `seed ${seed}`);
    }
  });

  for (const seed of sampled(60, 20)) {
    test(`whatever the network does, its points are of one moment (seed ${seed})`, async () => {
      const latencies = [500, 20_000, 60_000, 110_000, 160_000];
      const latencyMicrosMax = latencies[seed % latencies.length] ?? 500;
      const options = {
        seed,
        machines: 2 + (seed % 4),
        chains: 2,
        latencyMicrosMax,
        breakOneIn: [0, 200, 40][seed % 3] ?? 0,
      };
      const rig = await run(options, async ({ clock, network, random, machines }) => {
        for (let round = 0; round < 4; round += 1) {
          await clock.sleep(500 + random.below(1_500), NEVER);
          const [one, other] = [random.below(machines.length), random.below(machines.length)];
          if (one !== other) network.partition(`m${one}`, `m${other}`);
          await clock.sleep(500 + random.below(3_000), NEVER);
          if (one !== other) network.heal(`m${one}`, `m${other}`);
        }
      });
      assert.ok(rig.points().size > 0, `${SAMPLE_NOTE}: it makes points`);
      assert.deepEqual(rig.problems, [], SAMPLE_NOTE);
    });
  }

  test("turns away who is no member, by name, and goes on", async () => {
    const rig = await run({ ...CALM, seed: 6 }, async (each) => {
      const { clock, network, machines } = each;
      const stranger = network.join("stranger", { role: "agent", id: "f".repeat(32), fingerprint: "f".repeat(64) });
      const channel = await stranger.connect({ host: "m0", port: 20_004 }, "agent", NEVER);
      const session = await Session.connect(channel, { clock, softwareVersion: "rig" }, NEVER);
      const [revisionId, pointId] = [each.plan.revisionId, each.plan.revisionId];
      const asked = session.send({
        kind: "groupAsk",
        value: { pointId, revisionId, step: "prepare", consistency: "crash" },
      });
      await assert.rejects(session.run(NEVER), (error) => isFault(error, "group-member-unknown"));
      await asked.catch(() => undefined);
      await clock.sleep(4_000, NEVER);
      assert.equal(machines[0]?.group?.address?.port, 20_004);
    });
    assert.deepEqual(rig.events.filter((event) => event === "group-member-unknown").length, 1);
    assert.ok(countOf(partsOf(rig), 3) >= 2);
    assert.deepEqual(rig.problems, []);
  });

  test("stops to listen and to hold once the plan names no group, and begins again with the next one", async () => {
    const rig = await run({ ...CALM, seed: 7 }, async ({ clock, machines, plan }) => {
      await clock.sleep(2_500, NEVER);
      for (const { group } of machines) group?.apply(undefined);
      await clock.sleep(2_500, NEVER);
      assert.deepEqual(
        machines.map(({ group }) => group?.address),
        [undefined, undefined, undefined],
      );
      for (const { group } of machines) group?.apply({ ...plan, revisionId: "6f".repeat(16) });
      await clock.sleep(6_000, NEVER);
    });
    const ids = [...rig.points().keys()];
    assert.ok(ids.some((id) => id.startsWith("5e5e5e5e5e5e")) && ids.some((id) => id.startsWith("6f6f6f6f6f6f")));
    assert.deepEqual(rig.problems, []);
  });

  test("the oracle finds holds that did not last, when nobody looks at them", async () => {
    const problems: string[] = [];
    for (let seed = 1; seed <= 6 && problems.length === 0; seed += 1) {
      const rig = await run(
        {
          ...CALM,
          seed,
          latencyMicrosMax: 160_000,
          holdMarks: (marks) => ({
            hold: (untilMicros) => marks.hold(untilMicros - 150_000),
            isHeld: () => true,
            release: (hold) => marks.release(hold) || true,
          }),
        },
        (each) => each.clock.sleep(10_000, NEVER),
      );
      problems.push(...rig.problems);
    }
    assert.notDeepEqual(problems, []);
  });
});
