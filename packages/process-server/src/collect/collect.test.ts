import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault, KiB } from "@leeward/base";
import { depositKey, wordKey } from "@leeward/cache-account";
import { sourceOfBytes } from "@leeward/object-store";
import { FULL, SAMPLE, SAMPLE_NOTE } from "@leeward/world/testing";
import { logInterval, settled } from "../testing/assert-same.ts";
import { TestHouse } from "../testing/test-house.ts";

/** As many as may be open at once, and more. */
const REQUESTS = 18;
const STEP = FULL ? 1 : 7;

test("what an agent deposits is collected, journaled, told, and removed by the agent", async () => {
  const house = new TestHouse({ seed: 31, isCollected: true });
  await house.play(async () => {
    house.start();
    for (let number = 1; number <= 3; number += 1) {
      logInterval(house, number);
      await house.sleep(700);
    }
    await settled(house, 3);
    assert.deepEqual(house.container.faults, []);
    assert.equal(house.container.depositor?.waitingBytes, 0);
  });
});

test("while the process server is away the container fills, and afterwards nothing is sent again", async () => {
  const house = new TestHouse({ seed: 32, isCollected: true });
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    await house.stop();
    for (let number = 2; number <= 8; number += 1) {
      logInterval(house, number);
      await house.sleep(600_000);
    }
    const away = house.container.deposits.length;
    assert.ok(away >= 7, `${away} deposits`);
    const { lastDeposit } = house.container;
    house.start();
    await settled(house, 8);
    assert.equal(house.container.lastDeposit, lastDeposit, "nothing had to be put again");
    assert.deepEqual(house.container.faults, []);
    assert.equal(house.container.depositor?.signal.aborted, false, "it is the same course");
  });
});

test("a container that is full is no more than that: records wait in the log", async () => {
  const bytesMax = 8 * KiB;
  const house = new TestHouse({ seed: 33, isCollected: true, containerBytesMax: bytesMax });
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    await house.until(() => house.container.deposits.length === 0);
    await house.stop();
    for (let number = 2; number <= 30; number += 1) {
      logInterval(house, number);
      await house.sleep(2_000);
    }
    const full = house.container.deposits.length;
    const waiting = house.container.depositor?.waitingBytes ?? 0;
    assert.ok(waiting >= bytesMax, "it is full");
    // What was gathered when it became full goes there too.
    assert.ok(waiting < 128 * KiB, `holds ${waiting}`);
    await house.sleep(60_000);
    assert.equal(house.container.deposits.length, full, "and takes no more");
    house.start();
    await settled(house, 30);
  });
});

for (const end of ["server", "agent"] as const) {
  test(`wherever the ${end} dies between two requests, each sequence is journaled once and the container is left empty`, async () => {
    for (let at = 1 + (FULL ? 0 : SAMPLE % STEP); ; at += STEP) {
      try {
        if (!(await playWithDeath(end, at))) break;
      } catch (cause) {
        throw new Error(`at request ${at} (${SAMPLE_NOTE})`, { cause });
      }
    }
  });
}

test("listings that are old, and requests that fail or whose answers are lost, change nothing", async () => {
  const house = new TestHouse({ seed: 35, isCollected: true });
  let count = 0;
  const failing = (): void => {
    count += 1;
    if (count % 5 === 0)
      throw new Fault({ code: "store-unreachable", kind: "transient", message: "It cannot be reached." });
  };
  const hooks = { before: failing, after: failing, listed: (keys: readonly string[]) => keys.slice(0, -2) };
  house.container.hooks.agent = hooks;
  house.container.hooks.server = hooks;
  await house.play(async () => {
    house.start();
    for (let number = 1; number <= 6; number += 1) {
      logInterval(house, number);
      await house.sleep(3_000);
      if (number === 3) house.container.crashAgent();
      if (number === 4) house.crash("power");
    }
    house.container.hooks.agent = {};
    house.container.hooks.server = {};
    await settled(house, 6);
  });
});

for (const [collectedBytesMax, isKept] of [
  [1_000_000, true],
  [0, false],
] as const) {
  test(`a full cache holds the deposit, ${isKept ? "in memory" : "which is read anew"}, and the agent is not told and goes on`, async () => {
    const house = new TestHouse({
      seed: 36,
      isCollected: true,
      diskCount: 1,
      cacheBytesMax: 100 * KiB,
      collectedBytesMax,
    });
    const reads: string[] = [];
    house.container.hooks.server = { before: (operation, key) => operation === "read" && reads.push(key) };
    await house.play(async () => {
      house.start();
      logInterval(house, 1);
      await house.untilJournaled();
      house.network.partition("server", "target");
      const [disk] = house.disks;
      for (let round = 0; round < 30; round += 1) {
        for (let frame = 0; frame < 6; frame += 1) disk?.logSome();
        await house.sleep(1_000);
      }
      const faults = house.status?.disks.flatMap((each) => each.faults.map(({ code }) => code));
      assert.ok(faults?.includes("cache-full"), faults?.join());
      assert.ok(house.container.deposits.length > 10, "what it puts stays there");
      const held = new Set(reads).size;
      const before = reads.filter((key) => key.includes("/deposits/")).length;
      await house.sleep(60_000);
      const again = reads.filter((key) => key.includes("/deposits/")).length - before;
      assert.deepEqual([again > 0, new Set(reads).size], [!isKept, held]);
      house.network.heal("server", "target");
      logInterval(house, 2);
      await settled(house, 2);
      assert.deepEqual(disk?.refusals, []);
    });
  });
}

test("a disk that is planned long after it was offered is refused meanwhile, and taken when it is offered again", async () => {
  const house = new TestHouse({ seed: 42, isCollected: true });
  await house.play(async () => {
    const { plan } = house;
    house.plan = { ...plan, disks: plan.disks.slice(1) };
    house.start();
    logInterval(house, 1);
    await house.sleep(120_000);
    assert.ok(house.disks[0]?.refusals.some(({ code }) => code === "disk-not-planned"));
    house.apply({ ...plan, version: 2 });
    await settled(house, 1);
  });
});

test("a deposit stays until it is journaled: a process server that loses its cache collects it again", async () => {
  const house = new TestHouse({ seed: 39, isCollected: true });
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    house.network.partition("server", "target");
    for (let number = 2; number <= 4; number += 1) {
      logInterval(house, number);
      await house.sleep(2_000);
    }
    const cached = (): boolean =>
      house.disks.every(
        ({ id, last }) => house.status?.disks.find(({ diskId }) => diskId === id)?.cachedSequence === last,
      );
    await house.until(cached);
    await house.sleep(30_000);
    const { lastDeposit } = house.container;
    await house.stop();
    await house.files.removeFolder("/home/disks");
    await house.files.removeFolder("/home/points");
    house.network.heal("server", "target");
    house.start();
    await settled(house, 4);
    assert.equal(house.container.lastDeposit, lastDeposit, "nothing had to be put again");
  });
});

test("a deposit stays until its point is stored, too: a process server that loses what it had of it collects it again", async () => {
  const house = new TestHouse({ seed: 41, isCollected: true });
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    house.target.pointsToPassOver = 1_000_000;
    logInterval(house, 2);
    await house.until(() => house.disks.every((disk) => disk.journaled >= disk.last));
    await house.sleep(60_000);
    assert.ok(house.container.deposits.length > 0, "the point waits for its target");
    await house.stop();
    await house.files.removeFolder("/home/points");
    house.target.pointsToPassOver = 0;
    house.start();
    await settled(house, 2);
  });
});

test("what the agent asks is answered through the container", async () => {
  const house = new TestHouse({ seed: 40, isCollected: true, diskCount: 1 });
  const [disk] = house.disks;
  assert.ok(disk !== undefined);
  const content = { content: new Uint8Array([1, 2, 3]) };
  house.target.answer = async () => ({ kind: "replicaContent", value: content });
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    const { depositor, store } = house.container;
    assert.ok(depositor !== undefined);
    const never = new AbortController().signal;
    const replicaId = "e".repeat(32);
    const ask = (diskId: string) =>
      depositor.request({ kind: "replicaRead", value: { replicaId, diskId, offset: 0, length: 4_096 } }, never);
    assert.deepEqual(await ask(disk.id), content);
    await assert.rejects(ask("9".repeat(32)), { code: "disk-not-planned" });
    await house.until(() => !store.keys.some((key) => key.includes("/answers/")));
  });
});

test("what the store refuses the process server is said at the machine's disks until it is mended", async () => {
  const house = new TestHouse({ seed: 41, isCollected: true });
  const codes = (): string[] => house.status?.disks.flatMap(({ faults }) => faults.map(({ code }) => code)) ?? [];
  await house.play(async () => {
    house.container.hooks.server = {
      before: () => {
        throw new Fault({ code: "store-denied", kind: "operator", message: "It refuses access.", remedy: "Mend it." });
      },
    };
    house.start();
    logInterval(house, 1);
    await house.until(() => codes().includes("store-denied"));
    house.container.hooks.server = {};
    await settled(house, 1);
    await house.until(() => codes().length === 0);
  });
});

for (const [what, spoil, code] of [
  ["changed", changed, "cache-object-damaged"],
  ["replayed in the place of another", replayed, "cache-object-damaged"],
  ["removed", removed, "deposit-missing"],
  ["removed with two more", removedWithMore, "deposit-missing"],
  ["removed, with those before it, and with the word", removedWithWord, "deposit-missing"],
] as const) {
  test(`a deposit that somebody ${what} is refused by its name, and what it held comes again`, async () => {
    const house = new TestHouse({ seed: 37, isCollected: true });
    await house.play(async () => {
      house.start();
      logInterval(house, 1);
      await house.untilJournaled();
      await house.stop();
      for (let number = 2; number <= 5; number += 1) {
        logInterval(house, number);
        await house.sleep(2_000);
      }
      const key = await spoil(house);
      house.start();
      await settled(house, 5);
      assert.deepEqual(
        house.refusals.filter((refusal) => refusal.what === "a deposit").map((refusal) => refusal.code),
        [code],
      );
      assert.ok(
        house.refusals.some(({ message }) => message.includes(key)),
        "its key is named",
      );
    });
  });
}

test("a deposit that is put between two looks is not missing", async () => {
  const house = new TestHouse({ seed: 43, isCollected: true });
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await house.untilJournaled();
    await house.until(() => house.container.deposits.length === 0);
    const { link, store, lastDeposit = "" } = house.container;
    const [, , course = 0, number = 0] = lastDeposit.split("/").map(Number);
    const afterNext = depositKey(link, course, number + 2);
    const isThere = (): boolean => store.keys.includes(afterNext);
    let points = 1;
    const before = async (operation: string, key: string): Promise<void> => {
      if (points > 1 || operation !== "status" || key !== afterNext) return;
      while (!isThere()) {
        points += 1;
        logInterval(house, points);
        await house.sleep(2_000);
      }
    };
    house.container.hooks.server = { before };
    await house.until(isThere);
    await settled(house, points);
    assert.deepEqual(house.refusals, []);
  });
});

test("after the numbers of points were set back, an answer of before is none for them", async () => {
  const house = new TestHouse({ seed: 46, isCollected: true });
  await house.play(async () => {
    house.start();
    for (let number = 1; number <= 3; number += 1) logInterval(house, number);
    await settled(house, 3);
    house.network.partition("server", "target");
    house.container.crashAgent();
    const { stored } = house.agent;
    await house.until(() => house.agent.ends.length > 0);
    stored.length = 0;
    house.agent.addPoint(2, []);
    const { lastDeposit } = house.container;
    await house.until(() => house.container.lastDeposit !== lastDeposit);
    await house.sleep(60_000);
    assert.deepEqual(stored, []);
  });
});

test("what is asked in vain takes no place for good, and is carried out once however often its deposit is taken", async () => {
  const house = new TestHouse({ seed: 47, isCollected: true });
  const [disk, unplanned] = house.disks;
  assert.ok(disk !== undefined && unplanned !== undefined);
  const content = { content: new Uint8Array([1, 2, 3]) };
  let answered = 0;
  house.target.answer = async () => {
    answered += 1;
    return { kind: "replicaContent", value: content };
  };
  house.plan = { ...house.plan, disks: house.plan.disks.slice(0, 1) };
  await house.play(async () => {
    house.start();
    disk.logSome();
    await house.until(() => disk.journaled >= disk.last);
    const { depositor } = house.container;
    assert.ok(depositor !== undefined);
    const value = { replicaId: "e".repeat(32), diskId: disk.id, offset: 0, length: 4_096 };
    const ask = () => depositor.request({ kind: "replicaRead", value }, new AbortController().signal);
    await house.stop();
    const asked = await Promise.allSettled(Array.from({ length: REQUESTS }, ask));
    assert.ok(asked.every((each) => each.status === "rejected"));
    house.start();
    await house.until(() => answered === REQUESTS);
    const geometry = { sizeBytes: 262_144, blockBytes: 512, physicalBlockBytes: 4_096 };
    const { id: diskId, branch } = unplanned;
    const offer = { machineId: house.container.link.machineId, diskId, branch, ...geometry, epoch: 1 };
    const offering = depositor.send({ kind: "diskOffer", value: { ...offer, term: 0, heldFrom: 0 } });
    assert.deepEqual(await ask(), content);
    await offering;
    await house.sleep(120_000);
    assert.equal(answered, REQUESTS + 1);
  });
});

test("what the store refuses of one kind is said until that kind succeeds, and neither longer nor less", async () => {
  const house = new TestHouse({ seed: 48, isCollected: true });
  const { container } = house;
  const refuse = (refused: string): void => {
    const before = (operation: string): void => {
      if (operation === refused)
        throw new Fault({ code: "store-denied", kind: "operator", message: "It refuses access.", remedy: "Mend it." });
    };
    container.hooks.agent = { before };
  };
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await settled(house, 1);
    refuse("remove");
    for (let number = 2; number <= 6; number += 1) {
      logInterval(house, number);
      await house.sleep(3_000);
    }
    assert.deepEqual(container.faults, ["store-denied"]);
    container.hooks.agent = {};
    await settled(house, 6);
    assert.equal(container.fault, undefined);
    refuse("read");
    await house.until(() => container.fault === "store-denied");
    container.hooks.agent = {};
    await house.until(() => container.fault === undefined);
  });
});

test("an agent that has much to remove listens meanwhile", async () => {
  const house = new TestHouse({ seed: 49, isCollected: true });
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await settled(house, 1);
    await house.stop();
    for (let number = 2; number <= 20; number += 1) {
      logInterval(house, number);
      await house.sleep(2_000);
    }
    house.container.hooks.agent = { before: (operation) => operation === "remove" && house.sleep(60_000) };
    house.start();
    const isTold = (): boolean => house.disks.every((disk) => disk.journaled >= disk.last);
    await house.until(isTold, 50_000);
    await settled(house, 20);
    assert.equal(house.container.depositor?.waitingBytes, 0);
  });
});

test("what a course before left is counted down as it is removed", async () => {
  const house = new TestHouse({ seed: 50, isCollected: true });
  const { container } = house;
  await house.play(async () => {
    house.start();
    logInterval(house, 1);
    await settled(house, 1);
    await house.stop();
    for (let number = 2; number <= 30; number += 1) {
      logInterval(house, number);
      await house.sleep(2_000);
    }
    const before = container.depositor;
    container.crashAgent();
    await house.until(() => container.depositor !== before);
    const left = container.depositor?.waitingBytes ?? 0;
    const seen = new Set<number>();
    container.hooks.agent = {
      before: (operation) =>
        operation === "remove" && seen.add(container.depositor?.waitingBytes ?? 0) && house.sleep(100),
    };
    house.start();
    await settled(house, 30);
    assert.ok(left > 0 && [...seen].filter((bytes) => bytes > 1 && bytes < left).length > 1, [...seen].join());
  });
});

/** Plays a few intervals, with one end dying at the request `at` of its own, before or after it took effect. */
async function playWithDeath(end: "server" | "agent", at: number): Promise<boolean> {
  const house = new TestHouse({ seed: 340 + at, isCollected: true });
  let count = 0;
  const die = (): void => {
    count += 1;
    if (count !== at) return;
    if (end === "server") house.crash("power");
    else house.container.crashAgent();
  };
  house.container.hooks[end] =
    at % 2 === 0 ? { before: die } : { before: (operation) => operation !== "put" && die(), after: die };
  await house.play(async () => {
    house.start();
    for (let number = 1; number <= 3; number += 1) {
      logInterval(house, number);
      await house.sleep(1_500);
    }
    await settled(house, 3);
  });
  return count >= at;
}

async function changed({ container: { store, deposits } }: TestHouse): Promise<string> {
  const [, key = ""] = deposits;
  const status = await store.status(key);
  const bytes = new Uint8Array(status?.sizeBytes ?? 0);
  await store.read(key, bytes, 0);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await store.put(key, sourceOfBytes(bytes));
  return key;
}

async function replayed({ container: { store, deposits } }: TestHouse): Promise<string> {
  const [from = "", key = ""] = deposits;
  const status = await store.status(from);
  const bytes = new Uint8Array(status?.sizeBytes ?? 0);
  await store.read(from, bytes, 0);
  await store.put(key, sourceOfBytes(bytes));
  return key;
}

async function removed({ container: { store, deposits } }: TestHouse): Promise<string> {
  const [, key = ""] = deposits;
  await store.remove(key);
  return key;
}

async function removedWithMore({ container: { store, deposits } }: TestHouse): Promise<string> {
  const [, key = "", ...more] = deposits;
  for (const each of [key, ...more.slice(0, 2)]) await store.remove(each);
  return key;
}

async function removedWithWord({ container: { store, link, deposits } }: TestHouse): Promise<string> {
  await store.remove(wordKey(link));
  await store.remove(deposits[0] ?? "");
  const course = Number(deposits[0]?.split("/")[2]);
  return depositKey(link, course, 1);
}
