/** Who has the store and not the key learns nothing of the content, and whatever is changed there is refused by name or changes nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import { sourceOfBytes } from "@leeward/object-store";
import { MemoryStore } from "@leeward/object-store/testing";
import { isSampled, simulatedWorld } from "@leeward/world/testing";
import { Journal } from "../journal.ts";
import { OfflineJournal } from "../offline/offline-journal.ts";
import { HistoryMaker, type MadePoint } from "../testing/index.ts";
import { StoredFiles } from "./stored-files.ts";

const FOLDER = "/home/journal";
const AT = `${FOLDER}/m/d`;
const DISK_BYTES = 32 * 1024;
const SECRET = Buffer.from("the accounts of the third quarter");
const limits = { reserveBytes: 0, rangeBytes: 16 * 1024 };

interface House {
  readonly world: ReturnType<typeof simulatedWorld>;
  readonly store: MemoryStore;
  readonly maker: HistoryMaker;
  readonly points: readonly MadePoint[];
}

/** A journal with points, a base and runs, and a secret written in plain words. */
async function house(seed: number, count = 12): Promise<House> {
  const world = simulatedWorld({ seed });
  const store = new MemoryStore({ clock: world.clock });
  const maker = new HistoryMaker(seededRandom(seed), DISK_BYTES);
  const writing = { spool: "/home/spool", keptBytesMax: 0 };
  const files = await StoredFiles.open({ ...world, store, folder: FOLDER, blockBytesMax: 1 << 20, writing });
  await files.claim(AT);
  const stored = { ...world, files };
  const journal = await Journal.create(stored, { folder: AT, dataKey: maker.dataKey, limits, ...maker.identity });
  const points: MadePoint[] = [];
  const span = maker.beginSpan("initial");
  maker.writeBytes(0, Buffer.concat([SECRET, Buffer.alloc(512 - SECRET.length)]));
  maker.endSpan(span);
  for (let index = 0; index < count; index += 1) {
    maker.writeSomewhere();
    const point = maker.mark();
    const cut = maker.cut();
    await journal.accept(await maker.stage(stored, journal.stagingPath(`s-${index}`), cut));
    await journal.addPoint(point.record);
    points.push(point);
  }
  await journal.buildRuns(new AbortController().signal);
  await journal.close();
  return { world, store, maker, points };
}

async function contentOf(store: MemoryStore, key: string): Promise<Uint8Array> {
  const status = await store.status(key);
  const bytes = new Uint8Array(status?.sizeBytes ?? 0);
  await store.read(key, bytes, 0);
  return bytes;
}

/** Reads every point that is listed: each is as it was made, or something is refused by a Fault. Returns the codes of what was refused. */
async function lookAt({ world, store, maker, points }: House): Promise<string[]> {
  const refused: string[] = [];
  try {
    const files = await StoredFiles.open({ ...world, store, folder: FOLDER, blockBytesMax: 1 << 20 });
    const options = { folder: AT, dataKey: maker.dataKey };
    await using journal = await OfflineJournal.open({ ...world, files }, options);
    for (const { id } of journal.points()) {
      const made = points.find(({ record }) => record.id === id);
      const read = new Uint8Array(DISK_BYTES);
      try {
        await using device = journal.openPoint(id);
        await device.read(0, read);
      } catch (error) {
        refused.push(codeOf(error));
        continue;
      }
      assert.ok(
        made !== undefined && Buffer.compare(read, made.image) === 0,
        "a point reads as something that it was not",
      );
    }
    if (journal.points().length < points.length) refused.push("points-lack");
  } catch (error) {
    refused.push(codeOf(error));
  }
  return refused;
}

function codeOf(error: unknown): string {
  assert.ok(isFault(error), String(error));
  return error.code;
}

test("no object holds anything in plain words, and no key of one does", async () => {
  const { store, maker } = await house(1);
  assert.ok(store.keys.length > 10);
  for (const key of store.keys) {
    const bytes = Buffer.from(await contentOf(store, key));
    assert.ok(!bytes.includes(SECRET.subarray(0, 8)), `${key} shows content`);
    for (let at = 0; at + 64 <= maker.image.length; at += 512) {
      const known = Buffer.from(maker.image.subarray(at, at + 64));
      if (known.some((byte) => byte !== 0)) assert.ok(!bytes.includes(known), `${key} shows block ${at / 512}`);
    }
  }
});

test("a byte that is changed anywhere is refused by name, or changes nothing", async () => {
  const made = await house(2);
  assert.deepEqual(await lookAt(made), []);
  let found = 0;
  let tried = 0;
  for (const key of made.store.keys) {
    const whole = await contentOf(made.store, key);
    for (let position = 0; position < whole.length; position += Math.max(1, Math.floor(whole.length / 24))) {
      tried += 1;
      if (!isSampled(tried, 8)) continue;
      const bytes = whole.slice();
      bytes[position] = (bytes[position] ?? 0) ^ 0x10;
      await made.store.put(key, sourceOfBytes(bytes));
      if ((await lookAt(made)).length > 0) found += 1;
    }
    await made.store.put(key, sourceOfBytes(whole));
  }
  assert.ok(found > 0);
  assert.deepEqual(await lookAt(made), []);
});

test("objects that were exchanged, that lack, and older ones put back, are refused by name", async () => {
  const made = await house(3);
  const { store } = made;
  const whole = new Map<string, Uint8Array>();
  for (const key of store.keys) whole.set(key, await contentOf(store, key));
  const keys = store.keys.filter((key) => !key.endsWith("/CURRENT"));
  for (const [index, key] of keys.entries()) {
    const other = keys[(index + 1) % keys.length] ?? "";
    for (const content of [undefined, whole.get(other)]) {
      if (content === undefined) await store.remove(key);
      else await store.put(key, sourceOfBytes(content));
      assert.notDeepEqual(await lookAt(made), [], `${key} ${content === undefined ? "lacks" : "is another one"}`);
      await store.put(key, sourceOfBytes(whole.get(key) ?? new Uint8Array(0)));
    }
  }
  assert.deepEqual(await lookAt(made), []);
});

test("a store that was set back as a whole shows by its newest point alone", async () => {
  const before = await house(4, 6);
  const older = new Map<string, Uint8Array>();
  for (const key of before.store.keys) older.set(key, await contentOf(before.store, key));
  const now = await house(4, 12);
  for (const key of now.store.keys) await now.store.remove(key);
  for (const [key, bytes] of older) await now.store.put(key, sourceOfBytes(bytes));
  assert.deepEqual(await lookAt(now), ["points-lack"]);
});
