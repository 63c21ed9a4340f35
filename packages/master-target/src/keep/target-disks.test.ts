import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault, isFault, seededRandom, Waiters } from "@leeward/base";
import { type Journal, journalMemory } from "@leeward/journal";
import { HistoryMaker } from "@leeward/journal/testing";
import { MemoryStore } from "@leeward/object-store/testing";
import type { EventReport, TargetDisk } from "@leeward/proto";
import { fileFault, readFile } from "@leeward/world";
import { type SimulatedFiles, type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import { EpochBook } from "../intake/epoch-book.ts";
import { ENDLESS_HOLD_MS, HOLDS_EVERY_MS, RETENTION_EVERY_MS } from "../limits.ts";
import { AnchorStore } from "./anchor-store.ts";
import { type JournalHome, openJournalHome } from "./journal-home.ts";
import { lockPoint, unlockPoint } from "./point-locks.ts";
import { TargetDisks } from "./target-disks.ts";

const RECIPIENT = "0e".repeat(16);
const HOUR_MS = 3_600_000;
/** So long a store that is away is asked, at most. */
const AWAY_MS = 60_000;

class House {
  readonly world: SimulatedWorld;
  readonly makers: readonly HistoryMaker[];
  readonly events: EventReport[] = [];
  /** Where the journals lie; in the home unless set. */
  store: MemoryStore | undefined;
  journals: JournalHome | undefined;

  constructor(seed: number, disks: number, world = simulatedWorld({ seed })) {
    this.world = world;
    const machineId = "0a".repeat(16);
    this.makers = Array.from(
      { length: disks },
      (_, index) => new HistoryMaker(seededRandom(seed + index + 1), 64 * 1024, machineId),
    );
  }

  get plans(): TargetDisk[] {
    return this.makers.map(({ identity, dataKey: { keyId } }, index) => ({
      ...identity,
      machineName: "m",
      diskName: `disk${index}`,
      epoch: 0,
      term: 0,
      processServerId: "",
      keyId,
      wrappedKeys: [{ recipient: RECIPIENT, jwe: "x" }],
      retentionSeconds: 60,
      retentionBytesMax: 0,
      thinningTiers: [],
      intake: true,
    }));
  }

  folderOf(maker: HistoryMaker): string {
    return `/mt/journal/${maker.identity.machineId}/${maker.identity.diskId}`;
  }

  async open(): Promise<TargetDisks> {
    const { files } = this.world;
    for (const name of ["journal", "anchors"]) await files.makeFolder(`/mt/${name}`);
    const keys = new Map(this.makers.map(({ dataKey }) => [dataKey.keyId, dataKey.bytes]));
    this.journals = await openJournalHome(this.world, { home: "/mt", ...(this.store && { store: this.store }) });
    const disks = new TargetDisks(
      {
        journals: this.journals,
        unwrap: async (_jwe, keyId) => keys.get(keyId) ?? assert.fail("an unknown key"),
        recipient: RECIPIENT,
        epochs: await EpochBook.open(files, "/mt"),
        anchors: new AnchorStore(files, "/mt/anchors"),
        memory: journalMemory(1024 * 1024),
        reserveBytes: 0,
        report: (event) => void this.events.push(event),
      },
      (error) => assert.fail(String(error)),
    );
    await disks.apply(this.plans);
    return disks;
  }

  /** Some minutes of points, in the journal. */
  async fill(journal: Journal, maker: HistoryMaker, count = 40): Promise<void> {
    if (journal.head === undefined) maker.endSpan(maker.beginSpan("initial"));
    for (let made = 0; made < count; made += 1) {
      maker.writeSomewhere();
      const { record } = maker.mark();
      const cut = maker.cut();
      await journal.accept(
        await maker.stage(this.journals?.world ?? this.world, journal.stagingPath(`s-${cut.from}`), cut),
      );
      await journal.addPoint(record);
    }
  }
}

function faultsOf(disks: TargetDisks, maker: HistoryMaker): string[] {
  const status = disks.statuses().find(({ diskId }) => diskId === maker.identity.diskId);
  return (status?.faults ?? []).map(({ code }) => code);
}

function journalOf(disks: TargetDisks, { identity }: HistoryMaker): Journal {
  return disks.require(identity.machineId, identity.diskId).journal;
}

async function contentOf(files: SimulatedFiles, folder: string): Promise<Map<string, Uint8Array>> {
  const content = new Map<string, Uint8Array>();
  for (const name of await files.list(folder)) {
    const path = `${folder}/${name}`;
    if ((await files.status(path))?.kind === "file") content.set(path, await readFile(files, path, 1 << 24));
    else for (const [below, bytes] of await contentOf(files, path)) content.set(below, bytes);
  }
  return content;
}

test("a disk whose maintenance fails is shown with it, tried later and later, and holds up neither its other chores nor other disks", async () => {
  const house = new House(1, 2);
  const [bad, good] = house.makers;
  assert.ok(bad !== undefined && good !== undefined);
  const disks = await house.open();
  for (const maker of house.makers) await house.fill(journalOf(disks, maker), maker);
  const attempts: number[] = [];
  house.world.files.onOperation = ({ kind, path }) => {
    if (kind !== "open" || !path.startsWith(`${house.folderOf(bad)}/runs/new-`)) return;
    attempts.push(house.world.clock.monotonicMicros() / 1_000);
    throw fileFault("EIO", path);
  };
  await house.world.clock.advance(HOUR_MS - 1_000);
  assert.deepEqual(faultsOf(disks, bad), ["io-failed"]);
  assert.deepEqual(faultsOf(disks, good), []);
  const waits = attempts.slice(1).map((at, index) => Math.round((at - (attempts[index] ?? 0)) / RETENTION_EVERY_MS));
  assert.deepEqual(waits.slice(0, 6), [1, 2, 4, 8, 16, 20]);
  assert.ok(journalOf(disks, good).status().runBytes > 0, "the other disk has its runs");
  for (const maker of house.makers) assert.ok(journalOf(disks, maker).status().points < 40, "retention went on");
  house.world.files.onOperation = undefined;
  await house.world.clock.advance(HOUR_MS / 2);
  assert.deepEqual(faultsOf(disks, bad), []);
  await disks.close();
});

test("a journal whose folder was set back, or is gone, is refused by name, and other disks are open", async () => {
  const house = new House(2, 2);
  const [back, other] = house.makers;
  assert.ok(back !== undefined && other !== undefined);
  const { files } = house.world;
  const first = await house.open();
  await house.fill(journalOf(first, back), back, 3);
  await first.close();
  const older = await contentOf(files, house.folderOf(back));
  const second = await house.open();
  await house.fill(journalOf(second, back), back, 3);
  const newest = journalOf(second, back).resolve({ kind: "latest" }).id;
  await second.close();
  const newer = await contentOf(files, house.folderOf(back));

  await put(files, house.folderOf(back), older);
  const third = await house.open();
  assert.deepEqual(faultsOf(third, back), ["manifest-rolled-back"]);
  assert.deepEqual(faultsOf(third, other), []);
  await third.close();

  await files.removeFolder(house.folderOf(back));
  const fourth = await house.open();
  assert.deepEqual(faultsOf(fourth, back), ["journal-gone"]);
  assert.equal(await files.status(house.folderOf(back)), undefined, "nothing is begun in its place");

  await put(files, house.folderOf(back), newer);
  const stop = new AbortController();
  const running = fourth.run(stop.signal).catch(() => undefined);
  await house.world.clock.advance(HOUR_MS / 4);
  assert.deepEqual(faultsOf(fourth, back), [], "what was put back is opened without anybody asking");
  assert.equal(journalOf(fourth, back).resolve({ kind: "latest" }).id, newest);
  stop.abort();
  await running;

  await fourth.delete([back.identity.diskId], back.identity.machineId);
  await fourth.close();
  const fifth = await house.open();
  assert.deepEqual(faultsOf(fifth, back), [], "what was deleted on purpose is not missed");
  await fifth.close();
});

async function put(files: SimulatedFiles, folder: string, content: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await files.removeFolder(folder);
  for (const name of ["segments", "runs", "base", "staging"]) await files.makeFolder(`${folder}/${name}`);
  for (const [path, bytes] of content) {
    await using handle = await files.open(path, "create");
    await handle.write([bytes], 0);
  }
}

test("a journal that was never scrubbed is scrubbed after an hour, and then a day after the last time, whatever was restarted", async () => {
  const house = new House(3, 1);
  const [maker] = house.makers;
  assert.ok(maker !== undefined);
  const first = await house.open();
  await house.fill(journalOf(first, maker), maker, 3);
  await house.world.clock.advance(2 * HOUR_MS);
  const scrubbed = journalOf(first, maker).status().lastScrub?.endedMicros;
  assert.ok(scrubbed !== undefined);
  await first.close();
  const second = await house.open();
  await house.world.clock.advance(12 * HOUR_MS);
  assert.equal(journalOf(second, maker).status().lastScrub?.endedMicros, scrubbed);
  await house.world.clock.advance(12 * HOUR_MS);
  assert.ok((journalOf(second, maker).status().lastScrub?.endedMicros ?? 0) > scrubbed);
  await second.close();
});

test("a locked point is kept at every disk, is not deleted with its disk, never gets a shorter lock, and goes when its time has come", async () => {
  const house = new House(5, 1);
  const [maker] = house.makers;
  assert.ok(maker !== undefined);
  const { machineId, diskId } = maker.identity;
  const disks = await house.open();
  await house.fill(journalOf(disks, maker), maker, 10);
  const pointId = journalOf(disks, maker).points()[2]?.id ?? "";
  const untilMicros = house.world.clock.wallMicros() + (HOUR_MS / 2) * 1_000;
  const lock = { machineId, pointId, owner: "Ada", reason: "audit", untilMicros };
  await lockPoint(disks.machine(machineId), lock);
  await assert.rejects(lockPoint(disks.machine(machineId), { ...lock, untilMicros: untilMicros - 1 }), (error) =>
    isFault(error, "point-lock-shorter"),
  );
  await assert.rejects(disks.delete([diskId], machineId), (error) => {
    assert.ok(isFault(error, "point-locked"));
    assert.match(error.message, new RegExp(`${pointId} was locked by Ada until .*audit`));
    return true;
  });
  await assert.rejects(unlockPoint(disks.machine(machineId), { machineId, pointId: "ab".repeat(16) }), (error) =>
    isFault(error, "point-missing"),
  );
  await disks.close();
  const again = await house.open();
  assert.equal(journalOf(again, maker).point(pointId)?.lockedUntilMicros, untilMicros, "a restart keeps it");
  await house.fill(journalOf(again, maker), maker, 60);
  const stop = new AbortController();
  const running = again.run(stop.signal).catch(() => undefined);
  await house.world.clock.advance(HOUR_MS / 4);
  assert.ok(journalOf(again, maker).points().length < 40, "retention went on");
  assert.equal(journalOf(again, maker).point(pointId)?.locked, true);
  assert.ok(journalOf(again, maker).status().segments < 40, "what lies between is merged");
  await house.world.clock.advance(HOUR_MS / 2);
  assert.equal(journalOf(again, maker).point(pointId), undefined);
  stop.abort();
  await running;
  await again.delete([diskId], machineId);
  await again.close();
});

test("a journal that comes to its limit in bytes says how far its history reached, and how far it does", async () => {
  const house = new House(6, 1);
  const [maker] = house.makers;
  const [plan] = house.plans;
  assert.ok(maker !== undefined && plan !== undefined);
  const disks = await house.open();
  await disks.apply([{ ...plan, retentionSeconds: 86_400, retentionBytesMax: 200_000 }]);
  await house.fill(journalOf(disks, maker), maker, 60);
  const before = journalOf(disks, maker).status();
  assert.ok(before.segmentBytes > 200_000);
  const stop = new AbortController();
  const running = disks.run(stop.signal).catch(() => undefined);
  await house.world.clock.advance(HOUR_MS / 4);
  stop.abort();
  await running;
  const [cut] = house.events;
  assert.equal(cut?.kind, "history-cut");
  assert.match(cut.message, /history reaches back \d+ s where it was 2 min. That is less than the 24 h for which/);
  assert.equal(cut.detail["points"], String(60 - journalOf(disks, maker).points().length));
  await disks.close();
});

test("a cut by the limit in bytes is told of before it comes, and a lock that is too much for it with who holds it", async () => {
  const house = new House(8, 1);
  const [maker] = house.makers;
  const [plan] = house.plans;
  assert.ok(maker !== undefined && plan !== undefined);
  const disks = await house.open();
  await disks.apply([{ ...plan, retentionSeconds: 86_400, retentionBytesMax: 1_000_000 }]);
  const stop = new AbortController();
  const running = disks.run(stop.signal).catch(() => undefined);
  const told = () => disks.statuses()[0] ?? assert.fail("the disk is gone");
  const round = () => house.world.clock.advance(RETENTION_EVERY_MS + 1_000);
  await house.fill(journalOf(disks, maker), maker, 15);
  await round();
  assert.equal(told().forecast, undefined, "too little is known");
  await house.fill(journalOf(disks, maker), maker, 45);
  await round();
  const { forecast } = told();
  assert.ok(forecast !== undefined && forecast.bytesMax === 1_000_000);
  assert.ok(forecast.atMicros > house.world.clock.wallMicros() && forecast.reachLeftSeconds < forecast.reachSeconds);
  assert.deepEqual(house.events, [], "nothing is cut yet");
  await house.world.clock.advance(HOUR_MS / 4);
  assert.equal(told().forecast, undefined, "without new points there is no growth");

  const pointId = journalOf(disks, maker).points()[0]?.id ?? "";
  const { machineId } = maker.identity;
  await lockPoint(disks.machine(machineId), { machineId, pointId, owner: "Ada", reason: "audit", untilMicros: 0 });
  await disks.apply([{ ...plan, retentionSeconds: 86_400, retentionBytesMax: 20_000 }]);
  for (let rounds = 0; rounds < 4; rounds += 1) {
    await house.fill(journalOf(disks, maker), maker, 20);
    await round();
  }
  const { heldExcess } = told();
  assert.deepEqual(
    heldExcess?.holders.map(({ owner, reason, kind, ...holder }) => [owner, reason, kind, holder.pointId]),
    [["Ada", "audit", "lock", pointId]],
  );
  assert.ok((heldExcess?.bytes ?? 0) > 20_000 && heldExcess?.pointCount === 1);
  assert.ok(journalOf(disks, maker).point(pointId) !== undefined);
  await house.fill(journalOf(disks, maker), maker, 20);
  await house.world.clock.advance(RETENTION_EVERY_MS / 2);
  assert.ok(told().heldExcess !== undefined, "while more waits to be merged it stands");
  await unlockPoint(disks.machine(machineId), { machineId, pointId });
  await round();
  await round();
  assert.equal(told().heldExcess, undefined);
  stop.abort();
  await running;
});

test("the epoch of a plan is adopted before its disks are open, and an older plan's changes nothing", async () => {
  const house = new House(31, 1);
  const disks = await house.open();
  const [plan] = house.plans;
  assert.ok(plan !== undefined);
  await disks.apply([{ ...plan, epoch: 4 }]);
  await disks.apply([{ ...plan, epoch: 3 }]);
  assert.equal(disks.statuses()[0]?.epoch, 4);
  assert.equal((await EpochBook.open(house.world.files, "/mt")).of(plan.machineId), 4);
  await disks.close();
});

test("journals in a store go on where another target, which took them over, left them; the store is told no names; the home stays with it", async () => {
  const house = new House(61, 1);
  const store = new MemoryStore({ clock: house.world.clock });
  house.store = store;
  const [maker] = house.makers;
  const [plan] = house.plans;
  assert.ok(maker !== undefined && plan !== undefined);
  const first = await house.open();
  await house.fill(first.require(plan.machineId, plan.diskId).journal, maker, 8);
  assert.ok(store.keys.some((key) => key.endsWith("/CURRENT")) && store.keys.some((key) => key.includes("/segments/")));
  assert.deepEqual(await house.world.files.list("/mt/journal"), [], "nothing of it lies in the home");
  const description = Buffer.from(await objectOf(store, `${plan.machineId}/${plan.diskId}/keys.json`)).toString();
  assert.ok(!description.includes(plan.diskName) && description.includes(plan.keyId));

  const other = new House(61, 1, simulatedWorld({ seed: 62 }));
  other.store = store;
  const second = await other.open();
  const { journal } = second.require(plan.machineId, plan.diskId);
  assert.equal(journal.points().length, 8);
  const stale = first.require(plan.machineId, plan.diskId).journal;
  await assert.rejects(house.fill(stale, maker, 1), (error) => isFault(error, "journal-taken"));
  assert.equal(journal.points().length, 8, "who lost it changes nothing");

  house.store = undefined;
  await assert.rejects(openJournalHome(house.world, { home: "/mt" }), (error) => isFault(error, "store-changed"));
});

async function objectOf(store: MemoryStore, key: string): Promise<Uint8Array> {
  const target = new Uint8Array(65_536);
  const { bytes } = await store.read(key, target, 0);
  return target.subarray(0, bytes);
}

test("a store that is away is asked once in a round for all disks, which are open as soon as it is back, and holds up no shutdown", async () => {
  const house = new House(71, 5);
  const { clock } = house.world;
  const changed = new Waiters();
  let isAway = true;
  let asked = 0;
  house.store = new MemoryStore({
    clock,
    before: async () => {
      if (!isAway) return;
      asked += 1;
      changed.notify();
      // As long as a store behind a network is asked again and again.
      await clock.sleep(AWAY_MS, new AbortController().signal);
      throw new Fault({ code: "store-unreachable", kind: "transient", message: "It is away." });
    },
  });
  const opening = house.open();
  await clock.advance(AWAY_MS + 1);
  const disks = await opening;
  assert.equal(asked, 1);
  for (const maker of house.makers) assert.deepEqual(faultsOf(disks, maker), ["store-unreachable"]);

  const stop = new AbortController();
  const running = disks.run(stop.signal).catch(() => undefined);
  await clock.advance(2 * AWAY_MS);
  assert.equal(asked, 2, "the next round is one request as well");
  isAway = false;
  // Names are sealed on the thread pool, which virtual time does not wait for.
  for (let rounds = 0; disks.all().length < 5; rounds += 1) {
    assert.ok(rounds < 10_000, "all disks are opened");
    await clock.advance(1_000);
  }
  for (const maker of house.makers) assert.deepEqual(faultsOf(disks, maker), []);

  isAway = true;
  asked = 0;
  const since = clock.monotonicMicros();
  const [added] = new House(81, 1).plans;
  assert.ok(added !== undefined);
  const applied = disks.apply([...house.plans, { ...added, keyId: house.plans[0]?.keyId ?? "" }]);
  const filled = house.makers.map((maker) => house.fill(journalOf(disks, maker), maker, 1));
  const settled = Promise.allSettled([applied, ...filled]);
  await changed.until(() => asked === 6, AbortSignal.timeout(30_000));
  await disks.close();
  stop.abort();
  await running;
  const codes = (await settled).map((each) => codeOf(each));
  assert.deepEqual(codes, ["", ...house.makers.map(() => "daemon-stopping")]);
  assert.deepEqual(
    disks.statuses().map(({ faults: [fault] }) => fault?.code),
    ["daemon-stopping"],
    "the disk that was being opened is none",
  );
  assert.equal(clock.monotonicMicros(), since, "no time went by");
});

function codeOf(settled: PromiseSettledResult<unknown>): string {
  if (settled.status === "fulfilled") return "";
  const reason: unknown = settled.reason;
  return isFault(reason) ? reason.code : String(reason);
}

/** Paths of the files that the point needs, as keys of the store. */
function neededKeys(journal: Journal, pointId: string): string[] {
  return journal.neededFiles(pointId).map((path) => path.slice("/mt/journal/".length));
}

test("what a locked point needs is held by the store until the lock's end, also when its files change; nothing else is, and what is refused to be removed goes later", async () => {
  const house = new House(91, 1);
  const { clock } = house.world;
  const store = new MemoryStore({ clock, holds: true });
  house.store = store;
  const [maker] = house.makers;
  assert.ok(maker !== undefined);
  const { machineId, diskId } = maker.identity;
  const disks = await house.open();
  const journal = journalOf(disks, maker);
  const keeper = disks.require(machineId, diskId);
  await house.fill(journal, maker, 40);
  const pointId = journal.points()[30]?.id ?? "";
  const untilMicros = clock.wallMicros() + 2 * HOUR_MS * 1_000;
  const lock = { machineId, pointId, owner: "Ada", reason: "audit", untilMicros };
  const older = journal.points()[5]?.id ?? "";
  for (const each of [older, pointId]) await lockPoint(disks.machine(machineId), { ...lock, pointId: each });
  assert.deepEqual(keeper.locks, { locks: 2, held: 0 });
  await clock.advance(HOLDS_EVERY_MS + 1);
  assert.deepEqual(keeper.locks, { locks: 2, held: 2 });
  const needed = new Set([`${machineId}/${diskId}/keys.json`, ...neededKeys(journal, pointId)]);
  assert.ok(needed.size > 5, String(needed.size));
  for (const key of store.keys) assert.equal(store.heldUntilMicros(key), needed.has(key) ? untilMicros : 0, key);
  for (const key of needed) await assert.rejects(store.remove(key), { code: "object-held" });

  const later = untilMicros + HOUR_MS * 1_000;
  await lockPoint(disks.machine(machineId), { ...lock, untilMicros: later });
  await house.fill(journal, maker, 60);
  for (let passed = 0; passed < HOUR_MS / 4; passed += RETENTION_EVERY_MS) {
    await clock.advance(RETENTION_EVERY_MS);
    assert.deepEqual(faultsOf(disks, maker), [], "a removal that is refused stops nothing");
  }
  const replaced = [...needed].filter((key) => !key.endsWith(".json") && !neededKeys(journal, pointId).includes(key));
  assert.ok(replaced.length > 0, "points between were merged");
  assert.deepEqual(keeper.locks, { locks: 2, held: 2 });
  for (const key of neededKeys(journal, pointId)) assert.equal(store.heldUntilMicros(key), later, key);
  assert.ok(
    replaced.some((key) => store.keys.includes(key)),
    "what is held was not removed",
  );
  assert.deepEqual(faultsOf(disks, maker), []);

  const [plan] = house.plans;
  assert.ok(plan !== undefined);
  await disks.apply([{ ...plan, diskName: "renamed" }]);
  assert.deepEqual(keeper.locks, { locks: 2, held: 0 }, "keys.json is another one");
  await clock.advance(HOLDS_EVERY_MS + 1);
  assert.equal(store.heldUntilMicros(`${machineId}/${diskId}/keys.json`), later);

  await unlockPoint(disks.machine(machineId), { machineId, pointId });
  await clock.advance(HOUR_MS);
  assert.equal(journal.point(pointId), undefined, "retention goes on");
  assert.deepEqual(faultsOf(disks, maker), []);
  await disks.close();
  await clock.advance(3 * HOUR_MS);
  const again = await house.open();
  const named = new Set(store.keys.filter((key) => /\/(segments|runs|base)\//.test(key)));
  for (const key of replaced) assert.ok(!named.has(key), `${key} is removed when its hold has ended`);
  await again.close();
});

test("a lock without end is held ahead again and again; one that cannot be held is told, and tried again", async () => {
  const house = new House(95, 1);
  const { clock } = house.world;
  let isDenied = false;
  const store = new MemoryStore({
    clock,
    holds: true,
    before: (operation) => {
      if (isDenied && operation === "hold")
        throw new Fault({ code: "store-denied", kind: "transient", message: "No." });
    },
  });
  house.store = store;
  const [maker] = house.makers;
  assert.ok(maker !== undefined);
  const { machineId, diskId } = maker.identity;
  const disks = await house.open();
  const journal = journalOf(disks, maker);
  const keeper = disks.require(machineId, diskId);
  await house.fill(journal, maker, 5);
  const pointId = journal.points()[2]?.id ?? "";
  isDenied = true;
  await lockPoint(disks.machine(machineId), { machineId, pointId, owner: "Ada", reason: "", untilMicros: 0 });
  await clock.advance(HOLDS_EVERY_MS + 1);
  assert.deepEqual(keeper.locks, { locks: 1, held: 0 });
  assert.deepEqual(faultsOf(disks, maker), ["store-denied"]);
  isDenied = false;
  await clock.advance(2 * RETENTION_EVERY_MS);
  assert.deepEqual(keeper.locks, { locks: 1, held: 1 });
  assert.deepEqual(faultsOf(disks, maker), []);
  const [key = ""] = neededKeys(journal, pointId);
  const first = store.heldUntilMicros(key);
  assert.ok(first <= clock.wallMicros() + ENDLESS_HOLD_MS * 1_000 && first > clock.wallMicros());
  // Without the day's other chores in between: the clock goes on by a step.
  house.world.clock.stepWall(31 * 24 * HOUR_MS * 1_000);
  await clock.advance(HOUR_MS + HOLDS_EVERY_MS);
  assert.ok(store.heldUntilMicros(key) > first + 30 * 24 * HOUR_MS * 1_000, "it is made longer");
  assert.deepEqual(keeper.locks, { locks: 1, held: 1 });
  await disks.close();
});
