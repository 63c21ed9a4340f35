import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import { simulatedCompute } from "@leeward/world/testing";
import fc from "fast-check";
import { type CacheLink, depositKey, wordKey } from "./cache-link.ts";
import { openObject, sealObject } from "./sealed-object.ts";

const world = { compute: simulatedCompute(), random: seededRandom(5) };
const link: CacheLink = { machineId: "m", processServerId: "p", key: new Uint8Array(32).fill(1) };
const place = { link, key: depositKey(link, 3, 4) };

const isRefused = (error: unknown): boolean =>
  isFault(error, "cache-object-damaged") && error.message.includes(place.key);

test("what was sealed for a place comes back there, whatever it is", async () => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 2_000 }),
    fc.nat(5_000).map((bytes) => new Uint8Array(bytes)),
  );
  await fc.assert(
    fc.asyncProperty(content, async (raw) => {
      const opened = await openObject(await sealObject(raw, place, world), place, world);
      assert.equal(Buffer.compare(opened, raw), 0);
    }),
    { numRuns: 40 },
  );
});

test("one that was changed anywhere, or cut anywhere, is refused by its key", async () => {
  const object = await sealObject(new Uint8Array(300).fill(9), place, world);
  for (let at = 0; at < object.length; at += 1) {
    const changed = object.slice();
    changed[at] = (changed[at] ?? 0) ^ 4;
    await assert.rejects(openObject(changed, place, world), isRefused, `byte ${at}`);
    await assert.rejects(openObject(object.subarray(0, at), place, world), isRefused, `${at} bytes`);
  }
});

test("one of another number, course, direction, machine, process server or key is refused by the key where it stands", async () => {
  const elsewhere = [
    { link, key: depositKey(link, 3, 5) },
    { link, key: depositKey(link, 4, 4) },
    { link, key: wordKey(link) },
    { link: { ...link, machineId: "n" }, key: place.key },
    { link, key: depositKey({ ...link, processServerId: "q" }, 3, 4) },
    { link: { ...link, key: new Uint8Array(32).fill(2) }, key: place.key },
  ];
  for (const from of elsewhere) {
    const object = await sealObject(new Uint8Array(10), from, world);
    await assert.rejects(openObject(object, place, world), isRefused);
  }
});

test("the same content is another object each time", async () => {
  const [one, other] = [
    await sealObject(new Uint8Array(64), place, world),
    await sealObject(new Uint8Array(64), place, world),
  ];
  assert.notDeepEqual(one.subarray(48), other.subarray(48));
});
