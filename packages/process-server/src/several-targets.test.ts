import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { seededRandom } from "@leeward/base";
import { unwrapDataKey } from "@leeward/identity";
import type { FurtherStatus } from "@leeward/proto";
import { assertSame, logInterval } from "./testing/assert-same.ts";
import type { AgentDisk } from "./testing/scripted-agent.ts";
import type { ScriptedTarget } from "./testing/scripted-target.ts";
import { FURTHER, type HouseOptions, TestHouse } from "./testing/test-house.ts";

function furtherOf(house: TestHouse): FurtherStatus {
  const [further] = house.status?.disks[0]?.further ?? [];
  assert.ok(further !== undefined);
  return further;
}

/** Plays with one disk that goes to both targets, once its first interval is there. */
async function playForked(
  options: Omit<HouseOptions, "diskCount" | "isForked">,
  scenario: (house: TestHouse, disk: AgentDisk) => Promise<void>,
): Promise<TestHouse> {
  const house = new TestHouse({ ...options, diskCount: 1, isForked: true });
  const [disk] = house.disks;
  assert.ok(disk !== undefined);
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    await house.untilFollowed();
    await house.until(() => house.further.points.length === 1);
    await scenario(house, disk);
  });
  return house;
}

function numbersAt(target: ScriptedTarget): number[] {
  return target.points.map(({ number }) => number).toSorted((a, b) => a - b);
}

function cut(house: TestHouse, host: string): void {
  house.network.partition("server", host);
  house.network.sever("server", host);
}

test("each target gets every segment and every point, from one reading of the source", async () => {
  const house = new TestHouse({ seed: 51, isForked: true });
  await house.play(async () => {
    house.start();
    for (let number = 1; number <= 4; number += 1) logInterval(house, number);
    await house.untilJournaled();
    await house.untilFollowed();
    await house.until(() => house.further.points.length === 4 && house.target.points.length === 4);
    for (const disk of house.disks) {
      assertSame(house, disk);
      assertSame(house, disk, house.further);
      const [main, further] = house.targets.map((target) => target.branch(disk.branch).digests);
      assert.deepEqual(further, main, "the same sealed segments");
    }
    assert.equal(house.further.earlyPoints + house.target.earlyPoints, 0);
    assert.deepEqual(house.further.points, house.target.points);
    await house.until(() => furtherOf(house).heldBytes === 0);
    assert.equal(furtherOf(house).state, "following");
  });
});

test("a further target that is away, over a crash of the server, holds nothing up, and gets all of it when it is back", async () => {
  for (const [seed, power] of [
    [52, "power"],
    [53, "process"],
  ] as const) {
    await playForked({ seed }, async (house, disk) => {
      cut(house, "further");
      for (let number = 2; number <= 6; number += 1) {
        logInterval(house, number);
        await house.untilJournaled();
        await house.until(() => house.agent.points.length === 0);
        if (number === 4) house.crash(power);
      }
      assert.deepEqual(numbersAt(house.target), [1, 2, 3, 4, 5, 6]);
      assert.deepEqual(numbersAt(house.further), [1]);
      await house.until(() => furtherOf(house).faults.length > 0 && furtherOf(house).heldBytes > 0);
      assert.deepEqual(house.status?.disks[0]?.faults, [], "the main target's way is free");
      house.network.heal("server", "further");
      await house.untilFollowed();
      await house.until(() => house.further.points.length === 6);
      assertSame(house, disk, house.further);
      await house.until(() => furtherOf(house).heldBytes === 0 && furtherOf(house).faults.length === 0);
      assert.deepEqual(house.events, []);
    });
  }
});

test("while the main target is away, a further one gets segments and points; the agent is told as journaled what the main one has", async () => {
  await playForked({ seed: 54 }, async (house, disk) => {
    const { journaled } = disk;
    cut(house, "target");
    logInterval(house, 2);
    logInterval(house, 3);
    await house.untilFollowed();
    await house.until(() => house.further.points.length === 3);
    assert.equal(disk.journaled, journaled);
    assert.deepEqual(
      house.agent.points.map(({ number }) => number),
      [2, 3],
    );
    house.network.heal("server", "target");
    await house.untilJournaled();
    await house.until(() => house.agent.points.length === 0);
    assertSame(house, disk);
    assertSame(house, disk, house.further);
  });
});

test("what a further target refuses is its own matter", async () => {
  await playForked({ seed: 55 }, async (house, disk) => {
    house.further.refusal = {
      code: "journal-discontinuous",
      kind: "discontinuity",
      message: "No.",
      detail: {},
      remedy: "",
    };
    logInterval(house, 2);
    await house.untilJournaled();
    await house.until(() => furtherOf(house).faults.some(({ code }) => code === "journal-discontinuous"));
    assert.deepEqual(house.status?.disks[0]?.faults, []);
    assert.deepEqual([disk.refusals, house.events], [[], []]);
    house.further.refusal = undefined;
    await house.untilFollowed();
    assertSame(house, disk, house.further);
  });
});

test("past its share of the cache a further target is left behind: it is said once, its cuts go, and an older one stays so", async () => {
  await playForked({ seed: 56, cacheBytesMax: 4 << 20 }, async (house, disk) => {
    house.further.isOlder = true;
    cut(house, "further");
    const random = seededRandom(7);
    let number = 1;
    while (!house.events.some(({ kind }) => kind === "target-left-behind")) {
      number += 1;
      disk.log([{ kind: "write", timeMicros: number, offset: 0, data: random.bytes(64 << 10) }]);
      logInterval(house, number);
      await house.untilJournaled();
      assert.ok(number < 100, "a quarter of the cache is used up at some time");
      assert.ok((house.status?.disks[0]?.cacheBytes ?? 0) < 3 << 20);
    }
    assert.ok(number > 10, `it was held for it until then: ${number}`);
    await house.until(() => furtherOf(house).state === "left-behind" && furtherOf(house).heldBytes === 0);
    const position = house.further.branch(disk.branch).position;
    house.network.heal("server", "further");
    await house.until(() => furtherOf(house).faults.some(({ code }) => code === "target-left-behind"));
    logInterval(house, number + 1);
    await house.untilJournaled();
    await house.sleep(300_000);
    assert.equal(house.further.branch(disk.branch).position, position, "nothing is brought over a hole");
    assert.equal(house.events.length, 1);
    assert.deepEqual(disk.refusals, []);
    assert.deepEqual(house.status?.disks[0]?.faults, []);
    assertSame(house, disk);
    // Once it is upgraded, it goes on behind the hole.
    house.further.isOlder = false;
    await house.until(() => furtherOf(house).state === "following", 3_600_000);
    const [from = 0] = house.further.branch(disk.branch).holes;
    assert.ok(from > position + 1 && from <= disk.last);
  });
});

test("a branch stays until every target has it, and holds up no later one", async () => {
  const house = await playForked({ seed: 57 }, async (house, disk) => {
    cut(house, "further");
    logInterval(house, 2);
    await house.untilJournaled();
    const first = { branch: disk.branch, last: disk.last };
    disk.branchOff(seededRandom(9));
    logInterval(house, 3);
    await house.untilJournaled();
    assert.equal((await house.files.list(`/home/disks/${disk.id}`)).length, 2);
    house.network.heal("server", "further");
    await house.untilFollowed();
    assert.equal(house.further.branch(first.branch).position, first.last);
    assertSame(house, disk, house.further);
    await house.until(() => house.further.points.length === 3);
  });
  assert.equal((await house.files.list(`/home/disks/${house.disks[0]?.id}`)).length, 1);
});

test("a further target that leaves the plan is held for no more, and one that comes goes on behind the hole", async () => {
  await playForked({ seed: 58 }, async (house, disk) => {
    const { disks } = house.plan;
    cut(house, "further");
    logInterval(house, 2);
    await house.untilJournaled();
    await house.until(() => furtherOf(house).heldBytes > 0);
    assert.deepEqual(await house.files.list("/home/further-points"), [FURTHER]);
    house.apply({ version: 2, disks: disks.map((planned) => ({ ...planned, further: [] })) });
    await house.until(() => house.status?.planVersion === 2 && house.status.disks[0]?.further.length === 0);
    await house.until(() => (house.status?.disks[0]?.cacheBytes ?? Number.POSITIVE_INFINITY) < 1 << 20);
    assert.deepEqual(await house.files.list("/home/further-points"), []);
    house.network.heal("server", "further");
    logInterval(house, 3);
    await house.untilJournaled();
    const { branch } = disk;
    assert.ok(house.further.branch(branch).position < disk.last);
    const { position } = house.further.branch(branch);
    house.apply({ version: 3, disks });
    await house.until(() => house.status?.planVersion === 3 && furtherOf(house).state === "following");
    logInterval(house, 4);
    await house.untilFollowed();
    await house.until(() => numbersAt(house.further).includes(4));
    const { holes, segments } = house.further.branch(branch);
    const behind = segments.findIndex(({ from }) => from === holes[0]);
    assert.deepEqual([holes.length, segments[behind - 1]?.to], [1, position], "once, and nothing is sent twice");
  });
});

const NEVER = [
  { code: "journal-discontinuous", kind: "discontinuity", message: "No.", detail: {}, remedy: "" },
  { code: "epoch-old", kind: "operator", message: "No.", detail: { known: "2" }, remedy: "" },
] as const;

for (const refusal of NEVER) {
  test(`a branch that a further target will never take (${refusal.code}) is left there, and the next one goes on`, async () => {
    await playForked({ seed: 59 }, async (house, disk) => {
      cut(house, "further");
      logInterval(house, 2);
      await house.untilJournaled();
      house.further.refusedBranch = disk.branch;
      house.further.refusal = refusal;
      disk.branchOff(seededRandom(9));
      // What a failover brings with it.
      disk.epoch = 2;
      house.agent.epoch = 2;
      logInterval(house, 3);
      await house.untilJournaled();
      house.network.heal("server", "further");
      await house.untilFollowed();
      assertSame(house, disk, house.further);
      await house.until(() => furtherOf(house).state === "following" && furtherOf(house).faults.length === 0);
      assert.deepEqual(
        house.events.map(({ kind }) => kind),
        ["target-left-behind"],
      );
    });
  });
}

test("a further target that was left behind while it was being sent to is offered the disk again, and follows from where it stands", async () => {
  await playForked({ seed: 60 }, async (house, disk) => {
    const [planned] = house.plan.disks;
    assert.ok(planned !== undefined);
    house.further.journalMs = 3_000;
    house.apply({ version: 2, disks: [{ ...planned, cacheBytesMax: 64 * 1_024 }] });
    await house.until(() => house.status?.planVersion === 2);
    logInterval(house, 2);
    await house.untilJournaled();
    await house.until(() => furtherOf(house).state === "left-behind");
    house.apply({ version: 3, disks: [planned] });
    house.further.journalMs = 500;
    for (let interval = 3; interval < 6; interval += 1) {
      logInterval(house, interval);
      await house.untilJournaled();
      await house.until(() => house.further.branch(disk.branch).position === disk.last);
    }
    assertSame(house, disk, house.further);
    await house.until(() => {
      const { state, journaledSequence } = furtherOf(house);
      return state === "following" && journaledSequence === disk.last;
    });
  });
});

test("a lost cache leaves further targets a hole, and the main one none", async () => {
  await playForked({ seed: 61 }, async (house, disk) => {
    cut(house, "further");
    logInterval(house, 2);
    await house.untilJournaled();
    house.crash("process", () => house.lose(`/home/disks/${disk.id}`));
    logInterval(house, 3);
    await house.untilJournaled();
    house.network.heal("server", "further");
    await house.untilFollowed();
    assertSame(house, disk);
    assert.deepEqual(house.target.branch(disk.branch).holes, []);
    assert.equal(house.further.branch(disk.branch).holes.length, 1);
  });
});

const FENCED = { code: "epoch-old", kind: "operator", message: "No.", detail: { known: "2" }, remedy: "" } as const;

for (const [what, forgets] of [
  ["has forgotten it", (house: TestHouse, branch: string) => void house.target.branches.delete(branch)],
  [
    "says that it has it, where nothing was written down",
    (house: TestHouse, branch: string, disk: AgentDisk) =>
      house.lose(`/home/disks/${disk.id}/00000001-${branch}/journaled`),
  ],
] as const) {
  test(`after a failover and a restart, what of the old branch a further target lacks is still brought: the main one ${what}`, async () => {
    await playForked({ seed: 62 }, async (house, disk) => {
      cut(house, "further");
      logInterval(house, 2);
      await house.untilJournaled();
      const first = { branch: disk.branch, last: disk.last };
      house.target.refusedBranch = first.branch;
      disk.branchOff(seededRandom(9));
      disk.epoch = 2;
      house.agent.epoch = 2;
      logInterval(house, 3);
      await house.untilJournaled();
      await house.until(() => house.agent.points.length === 0);
      house.target.refusal = FENCED;
      house.crash("power", () => forgets(house, first.branch, disk));
      logInterval(house, 4);
      await house.untilJournaled();
      house.network.heal("server", "further");
      await house.untilFollowed();
      assert.equal(house.further.branch(first.branch).position, first.last);
      assert.deepEqual(house.further.branch(first.branch).holes, []);
      assertSame(house, disk, house.further);
      await house.until(() => house.further.points.length === 4);
      assert.deepEqual(house.events, []);
    });
  });
}

test("wherever the process is killed around a failover, a further target that was away gets all of both branches", async () => {
  for (let at = 1; ; at += 3) {
    let operations = 0;
    await playForked({ seed: 63 }, async (house, disk) => {
      cut(house, "further");
      house.files.onOperation = () => {
        operations += 1;
        if (operations === at) house.crash("process");
      };
      logInterval(house, 2);
      await house.untilJournaled();
      const first = { branch: disk.branch, last: disk.last };
      disk.branchOff(seededRandom(9));
      disk.epoch = 2;
      house.agent.epoch = 2;
      logInterval(house, 3);
      await house.untilJournaled();
      house.target.refusedBranch = first.branch;
      house.target.refusal = FENCED;
      await house.sleep(5_000);
      house.network.heal("server", "further");
      await house.untilFollowed();
      assert.equal(house.further.branch(first.branch).position, first.last, `killed at operation ${at}`);
      assert.deepEqual(house.further.branch(first.branch).holes, []);
      assertSame(house, disk, house.further);
    });
    if (operations < at) return;
  }
});

test("a disk's data key is wrapped to whoever is to have it", async () => {
  await playForked({ seed: 64 }, async (house, disk) => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const publicKeyPem = publicKey.export({ format: "pem", type: "spki" }).toString();
    const { keyId } = house.planned(disk);
    const asked = { diskId: disk.id, keyId, recipient: FURTHER, publicKeyPem };
    const { recipient, jwe } = await house.server.wrapKey(asked);
    assert.equal(recipient, FURTHER);
    const privatePem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    assert.deepEqual(Buffer.from(await unwrapDataKey(jwe, { privatePem, keyId })), Buffer.from(house.keyBytes));
    await assert.rejects(house.server.wrapKey({ ...asked, diskId: FURTHER }), { code: "disk-not-planned" });
    await assert.rejects(house.server.wrapKey({ ...asked, keyId: FURTHER }), { code: "key-other" });
  });
});
