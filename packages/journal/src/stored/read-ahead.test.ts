import assert from "node:assert/strict";
import { test } from "node:test";
import { MiB, seededRandom } from "@leeward/base";
import { sourceOfBytes } from "@leeward/object-store";
import { MemoryStore, type MemoryStoreHooks } from "@leeward/object-store/testing";
import { simulatedClock } from "@leeward/world/testing";
import { BlockCache, STORE_BLOCK_BYTES } from "./block-cache.ts";
import { ObjectHandle } from "./object-handles.ts";
import { ReadAhead } from "./read-ahead.ts";

const SIZE = 26 * MiB + 777;
const FRAME = 300_000;
const content = seededRandom(1).bytes(SIZE);

interface Scene {
  readonly handle: ObjectHandle;
  readonly store: MemoryStore;
}

async function scene({ cacheBytes, ...hooks }: MemoryStoreHooks & { cacheBytes: number }): Promise<Scene> {
  const objects = new MemoryStore({ clock: simulatedClock() });
  await objects.put("a", sourceOfBytes(content));
  const store = objects.door(hooks);
  const handle = await ObjectHandle.open(store, new BlockCache(cacheBytes), { key: "a", path: "/a" });
  return { handle, store };
}

async function readAt({ handle }: Scene, position: number, bytes: number): Promise<void> {
  const target = new Uint8Array(bytes);
  const got = await handle.read(target, position);
  const expected = content.subarray(position, position + bytes);
  assert.equal(got, expected.length);
  assert.equal(Buffer.compare(target.subarray(0, got), expected), 0, `at ${position}`);
}

test("what is read from end to end comes in a few large requests, several of them at once, and each byte once", async () => {
  let [underWay, atOnce] = [0, 0];
  const subject = await scene({
    cacheBytes: 128 * MiB,
    before: async () => {
      underWay += 1;
      atOnce = Math.max(atOnce, underWay);
      await new Promise(setImmediate);
      underWay -= 1;
    },
  });
  for (let at = 0; at < SIZE; at += FRAME) await readAt(subject, at, FRAME);
  const { gets, receivedBytes } = subject.store.requests;
  assert.ok(gets < 16, `${gets} requests`);
  assert.ok(receivedBytes < SIZE + 4 * STORE_BLOCK_BYTES, `${receivedBytes} bytes`);
  assert.ok(atOnce > 1);
});

test("reads in a row that are under way together, and not quite in order, give the same bytes", async () => {
  const subject = await scene({ cacheBytes: 128 * MiB });
  const places = Array.from({ length: Math.ceil(SIZE / FRAME) }, (_, index) => index * FRAME);
  for (let at = 0; at < places.length; at += 8) {
    const some = places.slice(at, at + 8);
    await Promise.all([...some.slice(2), ...some.slice(0, 2)].map((place) => readAt(subject, place, FRAME)));
  }
  assert.ok(subject.store.requests.receivedBytes < 1.5 * SIZE, String(subject.store.requests.receivedBytes));
});

test("reads here and there fetch what they ask for, whatever they are long", async () => {
  const random = seededRandom(3);
  for (const bytes of [4_096, FRAME, MiB, 2 * MiB]) {
    const subject = await scene({ cacheBytes: 128 * MiB });
    const before = subject.store.requests.receivedBytes;
    for (let reads = 0; reads < 20; reads += 1) {
      // More than 8 MiB from the one before.
      const place = (reads % 2) * 16 * MiB + random.below(5 * MiB);
      await readAt(subject, place, bytes);
    }
    const most = 20 * (bytes > STORE_BLOCK_BYTES ? bytes : 2 * STORE_BLOCK_BYTES);
    assert.ok(subject.store.requests.receivedBytes - before <= most, `${bytes}`);
  }
});

test("a read of some MiB in a row that leads nowhere fetches at most three times as much", async () => {
  const subject = await scene({ cacheBytes: 128 * MiB });
  for (let at = 0; at < 4 * MiB; at += FRAME) await readAt(subject, at, FRAME);
  assert.ok(subject.store.requests.receivedBytes <= 13 * MiB, String(subject.store.requests.receivedBytes));
});

test("a small cache is not driven out by what is ahead, and what fails ahead of a reader is fetched when it is asked for", async () => {
  const small = await scene({ cacheBytes: MiB });
  for (let at = 0; at < SIZE; at += FRAME) await readAt(small, at, FRAME);
  assert.ok(
    small.store.requests.receivedBytes <= 1.01 * SIZE + STORE_BLOCK_BYTES,
    String(small.store.requests.receivedBytes),
  );

  let reads = 0;
  const failing = await scene({
    cacheBytes: 128 * MiB,
    before: () => {
      reads += 1;
      if (reads === 6) throw new Error("it failed ahead");
    },
  });
  for (let at = 0; at < SIZE; at += FRAME) await readAt(failing, at, FRAME);
  assert.ok(reads > 6);
});

test("what is fetched ahead grows with what was read in a row, to a limit, and ends with the object", () => {
  const ahead = new ReadAhead({ sizeBytes: 256 * MiB, aheadBytesMax: 1_000 * MiB });
  let fetchedTo = 0;
  for (let at = 0; at < 256 * MiB; at += MiB) {
    for (const { first, count } of ahead.follow(at, MiB) ?? []) {
      assert.ok(count <= 32);
      assert.equal(first * STORE_BLOCK_BYTES, fetchedTo === 0 ? first * STORE_BLOCK_BYTES : fetchedTo);
      fetchedTo = (first + count) * STORE_BLOCK_BYTES;
    }
    assert.ok(fetchedTo <= at + MiB + Math.min(2 * at, 32 * MiB) && fetchedTo <= 256 * MiB, String(at));
  }
  assert.equal(fetchedTo, 256 * MiB);
});
