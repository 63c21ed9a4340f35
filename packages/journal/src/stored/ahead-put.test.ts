import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import { sourceOfBytes } from "@leeward/object-store";
import { MemoryStore, type MemoryStoreHooks } from "@leeward/object-store/testing";
import { FRAME_HEAD_BYTES, HEADER_BYTES } from "@leeward/proto";
import { simulatedWorld } from "@leeward/world/testing";
import { Journal } from "../journal.ts";
import { HistoryMaker } from "../testing/index.ts";
import { StoredFiles } from "./stored-files.ts";

const FOLDER = "/home/journal/m/d";

/** A process that has a journal in the store, and a segment that is staged there. */
async function staged(hooks: MemoryStoreHooks = {}, isLeased = false) {
  const world = simulatedWorld({ seed: 1 });
  const objects = new MemoryStore({ clock: world.clock });
  const maker = new HistoryMaker(seededRandom(2), 64 * 1024);
  const claimed = async (name: string, store: MemoryStore) => {
    const writing = { spool: `/home/${name}`, keptBytesMax: 0, isLeased };
    const files = await StoredFiles.open({ ...world, store, folder: "/home/journal", blockBytesMax: 1 << 20, writing });
    await files.claim(FOLDER);
    return { ...world, files };
  };
  const own = await claimed("spool", objects.door(hooks));
  const options = { folder: FOLDER, dataKey: maker.dataKey, limits: { reserveBytes: 0 }, ...maker.identity };
  const journal = await Journal.create(own, options);
  maker.write(0, { kind: "write", length: 4096 });
  maker.mark();
  const segment = await maker.stage(own, journal.stagingPath("s-1"), maker.cut());
  const spoil = async (): Promise<void> => {
    await using handle = await own.files.open(segment.path, "update");
    await handle.write([new Uint8Array([1, 2, 3])], HEADER_BYTES + FRAME_HEAD_BYTES + 100);
  };
  const kept = (): string[] => objects.keys.filter((key) => key.includes("/segments/"));
  return { objects, journal, segment, spoil, kept, other: () => claimed("other", objects) };
}

test("a segment is on its way to the store before it is checked; one that turns out bad is not left there", async () => {
  let sent = 0;
  const { journal, segment, spoil, kept } = await staged({
    after: (operation, key) => {
      if (operation === "put" && key.includes("/segments/")) sent += 1;
    },
  });
  await spoil();
  await assert.rejects(journal.accept(segment), (error) => isFault(error, "segment-refused"));
  assert.equal(sent, 1, "it was put while it was checked");
  assert.deepEqual(kept(), []);
  assert.equal(journal.head, undefined);
});

test("what is there already is not replaced by what was not checked, and is by what was", async () => {
  const house = await staged();
  const good = await house.journal.accept(house.segment);
  const [key] = house.kept();
  assert.ok(key !== undefined && good.outcome === "accepted");

  const { objects, journal, segment, spoil, kept } = await staged();
  await objects.put(key, sourceOfBytes(new Uint8Array(7)));
  const bytesAt = async (): Promise<number | undefined> => (await objects.status(key))?.sizeBytes;
  await spoil();
  await assert.rejects(journal.accept(segment), (error) => isFault(error, "segment-refused"));
  assert.equal(await bytesAt(), 7);
  const again = await staged();
  await again.objects.put(key, sourceOfBytes(new Uint8Array(7)));
  await again.journal.accept(again.segment);
  assert.deepEqual(kept(), [key]);
  assert.equal((await again.objects.status(key))?.sizeBytes, (await house.objects.status(key))?.sizeBytes);
});

test("who lost the journal meanwhile removes nothing of what it put: whoever has it may name it", async () => {
  const takes: (() => Promise<unknown>)[] = [];
  const { journal, segment, spoil, kept, other } = await staged({
    after: async (operation, key) => {
      if (operation === "put" && key.includes("/segments/")) await takes.pop()?.();
    },
  });
  takes.push(other);
  await spoil();
  await assert.rejects(journal.accept(segment), (error) => isFault(error, "segment-refused"));
  assert.equal(takes.length, 0);
  assert.equal(kept().length, 1);
});

test("under a lease nothing is put before it was checked", async () => {
  let sent = 0;
  const { journal, segment, spoil } = await staged(
    {
      before: (operation, key) => {
        if (operation === "put" && key.includes("/segments/")) sent += 1;
      },
    },
    true,
  );
  await spoil();
  await assert.rejects(journal.accept(segment), (error) => isFault(error, "segment-refused"));
  assert.equal(sent, 0);
});
