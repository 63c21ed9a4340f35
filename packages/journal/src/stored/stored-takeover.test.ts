import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault, isFault, seededRandom } from "@leeward/base";
import { MemoryStore, type MemoryStoreHooks } from "@leeward/object-store/testing";
import type { World } from "@leeward/world";
import { simulatedWorld } from "@leeward/world/testing";
import { Journal } from "../journal.ts";
import { HistoryMaker, type MadePoint } from "../testing/index.ts";
import { StoredFiles } from "./stored-files.ts";

const FOLDER = "/home/journal/m/d";
const limits = { rangeBytes: 64 * 1024, reserveBytes: 0 };

class House {
  readonly world = simulatedWorld({ seed: 1 });
  readonly objects = new MemoryStore({ clock: this.world.clock });
  readonly maker = new HistoryMaker(seededRandom(2), 256 * 1024);
  readonly options = { folder: FOLDER, dataKey: this.maker.dataKey, limits, isTakenOver: true };
  #processes = 0;

  constructor() {
    const span = this.maker.beginSpan("initial");
    this.maker.writeSomewhere();
    this.maker.endSpan(span);
  }

  /** Another process that takes the journal. */
  async taking(hooks: MemoryStoreHooks = {}): Promise<World> {
    this.#processes += 1;
    const writing = { spool: `/home/spool-${this.#processes}`, keptBytesMax: 1 << 20 };
    const store = this.objects.door(hooks);
    const place = { store, folder: "/home/journal", blockBytesMax: 1 << 20, writing };
    const files = await StoredFiles.open({ ...this.world, ...place });
    await files.claim(FOLDER);
    return { ...this.world, files };
  }

  async send(world: World, journal: Journal): Promise<MadePoint> {
    this.maker.writeSomewhere();
    const point = this.maker.mark();
    const cut = this.maker.cut();
    await journal.accept(await this.maker.stage(world, journal.stagingPath(`s-${cut.from}`), cut));
    return point;
  }
}

test("an append that comes in late, after another process took the journal and failed, names nothing that was removed", async () => {
  const house = new House();
  const isManifest = (operation: string, key: string): boolean => operation === "put" && key.includes("/manifest-");
  const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let isHeld = false;
  const first = await house.taking({
    before: async (operation, key) => {
      if (!isHeld || !isManifest(operation, key)) return;
      reached.resolve();
      await gate.promise;
    },
  });
  const journal = await Journal.create(first, { ...house.options, ...house.maker.identity });
  await house.send(first, journal);
  isHeld = true;
  const late = assert.rejects(house.send(first, journal), (error) => isFault(error, "journal-taken"));
  await reached.promise;
  const second = await house.taking({
    before: (operation, key) => {
      if (isManifest(operation, key))
        throw new Fault({ code: "store-unreachable", kind: "transient", message: "It is away." });
    },
  });
  await assert.rejects(Journal.open(second, house.options), (error) => isFault(error, "store-unreachable"));
  gate.resolve();
  await late;
  const again = await Journal.open(await house.taking(), house.options);
  assert.deepEqual(again.found.missing, []);
});

test("a scrub reads what lies in the store, and not the copy that is kept here", async () => {
  const house = new House();
  const world = await house.taking();
  const journal = await Journal.create(world, { ...house.options, ...house.maker.identity });
  const { record } = await house.send(world, journal);
  await journal.addPoint(record);
  for (const key of house.objects.keys) if (key.includes("/segments/")) await house.objects.remove(key);
  const { damaged } = await journal.scrub(() => undefined, new AbortController().signal);
  assert.equal(damaged.length, 1);
  assert.deepEqual(journal.points(), []);
});

test("who lost a journal does not remove it either", async () => {
  const house = new House();
  const first = await house.taking();
  await (await Journal.create(first, { ...house.options, ...house.maker.identity })).close();
  const second = await house.taking();
  const before = house.objects.keys;
  await assert.rejects(first.files.removeFolder(FOLDER), (error) => isFault(error, "journal-taken"));
  assert.deepEqual(house.objects.keys, before);
  await second.files.removeFolder(FOLDER);
  assert.deepEqual(house.objects.keys, []);
});
