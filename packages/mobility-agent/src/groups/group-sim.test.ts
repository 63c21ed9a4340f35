// A whole consistency group on virtual time. The oracle is in GroupRig: in every point of the group, on each machine that has a part in it, no
// step of an application is there while an acknowledged step before it is not.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isFault } from "@leeward/base";
import { Session } from "@leeward/wire";
import { SAMPLE_NOTE, sampled } from "@leeward/world/testing";
import { GROUP_HOLD_MS_MAX, HOLD_MS_MAX } from "../limits.ts";
import type { FileSystemHoldOptions } from "../marks/file-system-hold.ts";
import { GroupRig, type GroupRigOptions } from "./testing/group-rig.ts";
import type { RigLiveDisk } from "./testing/rig-disks.ts";

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

  test("freezes who has to before it asks the others to hold, and those wait no longer for it", async () => {
    const live = { 1: "alone", 2: "beside" } as const;
    const rig = await run({ ...CALM, seed: 21, live, slowMs: 400 }, (each) => each.clock.sleep(20_000, NEVER));
    const whole = [...rig.points().values()].filter(
      (parts) => parts.length === 3 && parts.every(({ missingDiskIds }) => missingDiskIds.length === 0),
    );
    assert.ok(whole.length >= 8, `points with so many parts: ${partsOf(rig).join(" ")}`);
    const reached = whole.at(-1)?.map(({ consistency }) => consistency);
    assert.deepEqual(reached?.toSorted(), ["crash", "crash", "file-system"], "the machine with a live disk alone");
    assert.ok(rig.slowestMs < GROUP_HOLD_MS_MAX, `a write to a splitter took ${rig.slowestMs} ms`);
    assert.ok(rig.slowestLiveMs > GROUP_HOLD_MS_MAX && rig.slowestLiveMs < HOLD_MS_MAX, `${rig.slowestLiveMs} ms`);
    assert.deepEqual(rig.problems, []);
  });

  test("goes on without a machine whose file systems freeze too slowly, and lets it go", async () => {
    const options = { ...CALM, seed: 22, live: { 2: "alone" }, slowMs: 3_000 } as const;
    const rig = await run(options, (each) => each.clock.sleep(60_000, NEVER));
    const parts = partsOf(rig);
    assert.ok(countOf(parts, 2) >= 3 && countOf(parts, 3) >= 1, parts.join(" "));
    assert.ok(rig.events.includes("m2 freeze-too-slow"), "a freeze was too slow");
    assert.ok(rig.slowestMs < GROUP_HOLD_MS_MAX + WRITE_MS_MAX, `a write to a splitter took ${rig.slowestMs} ms`);
    assert.deepEqual(rig.problems, []);
  });

  test("a coordinator that dies amid a freeze leaves nobody frozen for longer than the bound", async () => {
    const options = { ...CALM, seed: 23, live: { 1: "alone", 2: "beside" }, slowMs: 400 } as const;
    const rig = await run(options, async (each) => {
      const [coordinator, , mixed] = each.machines;
      const freezer = mixed?.live?.freezer;
      assert.ok(coordinator !== undefined && freezer !== undefined);
      await each.clock.sleep(5_000, NEVER);
      const before = freezer.freezes;
      while (freezer.freezes === before) await each.clock.sleep(1, NEVER);
      each.kill(coordinator);
      await each.clock.sleep(15_000, NEVER);
    });
    assert.ok(countOf(partsOf(rig), 2) >= 2, partsOf(rig).join(" "));
    assert.ok(rig.slowestLiveMs <= HOLD_MS_MAX + WRITE_MS_MAX, `a write took ${rig.slowestLiveMs} ms`);
    assert.deepEqual(rig.problems, []);
  });

  for (const seed of sampled(30, 8)) {
    test(`whatever the network does and however slowly file systems freeze, its points are of one moment (seed ${seed})`, async () => {
      const rig = await run(
        {
          seed: 1_000 + seed,
          machines: 3 + (seed % 2),
          chains: 2,
          latencyMicrosMax: [500, 20_000, 110_000][seed % 3] ?? 500,
          breakOneIn: [0, 200][seed % 2] ?? 0,
          live: { 0: "beside", 1: "alone", 3: "beside" },
          slowMs: [50, 500, 2_500][seed % 3] ?? 50,
        },
        async ({ clock, network, random, machines }) => {
          for (let round = 0; round < 4; round += 1) {
            await clock.sleep(500 + random.below(3_000), NEVER);
            const [one, other] = [random.below(machines.length), random.below(machines.length)];
            if (one !== other) network.partition(`m${one}`, `m${other}`);
            await clock.sleep(500 + random.below(2_000), NEVER);
            if (one !== other) network.heal(`m${one}`, `m${other}`);
          }
        },
      );
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

  test("the oracle finds freezes that did not last, when nobody looks at them", async () => {
    const problems: string[] = [];
    for (let seed = 1; seed <= 6 && problems.length === 0; seed += 1) {
      const rig = await run(
        {
          ...CALM,
          seed,
          latencyMicrosMax: 60_000,
          live: { 1: "alone", 2: "alone" },
          slowMs: 5,
          holdFileSystems: trusting,
        },
        (each) => each.clock.sleep(15_000, NEVER),
      );
      problems.push(...rig.problems);
    }
    assert.notDeepEqual(problems, []);
  });
});

/** Believes that what is thawed after 20 ms was held whole, and does not look at the disks again. */
function trusting({ freezer, held }: RigLiveDisk): Pick<FileSystemHoldOptions, "freezer" | "disks"> {
  return {
    freezer: {
      usesOf: (paths) => freezer.usesOf(paths),
      sync: () => freezer.sync(),
      async freeze(fileSystems) {
        const frozen = await freezer.freeze(fileSystems, 20);
        return { thaw: async () => ({ ...(await frozen.thaw()), heldWhole: true }) };
      },
      [Symbol.asyncDispose]: async () => {},
    },
    disks: () =>
      held().map(({ diskId, path, live }) => ({
        diskId,
        path,
        live: {
          prepare: () => live.prepare(),
          pauseUpkeep: () => live.pauseUpkeep(),
          resumeUpkeep: () => live.resumeUpkeep(),
          hold: (unsteady) => live.hold(unsteady),
          confirm: async () => {},
          drop: () => live.drop(),
        },
      })),
  };
}
