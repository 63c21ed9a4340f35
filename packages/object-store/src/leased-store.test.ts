import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault } from "@leeward/base";
import { simulatedWorld } from "@leeward/world/testing";
import { LeasedStore } from "./leased-store.ts";
import { sourceOfBytes } from "./object-store.ts";
import { MemoryStore } from "./testing/memory-store.ts";

const ABSENT = { condition: { kind: "absent" } } as const;
const bytes = sourceOfBytes(new Uint8Array([1, 2, 3]));

function house(): { world: ReturnType<typeof simulatedWorld>; store: MemoryStore; server: () => LeasedStore } {
  const world = simulatedWorld({ seed: 5 });
  const store = new MemoryStore({ clock: world.clock, isConditional: false });
  return { world, store, server: () => new LeasedStore({ store, clock: world.clock, random: world.random }) };
}

async function timely<T>({ clock }: ReturnType<typeof simulatedWorld>, work: Promise<T>): Promise<T> {
  const settled = Promise.allSettled([work]);
  await clock.advance(15_000);
  await settled;
  return work;
}

test("one server at a time changes a store without conditions, and conditions hold for it", async () => {
  const { world, server } = house();
  const [one, other] = [server(), server()];
  await timely(world, one.put("a/b", bytes, ABSENT));
  await assert.rejects(one.put("a/b", bytes, ABSENT), (error) => isFault(error, "object-conflict"));
  await assert.rejects(timely(world, other.put("a/c", bytes)), (error) => isFault(error, "store-busy"));
  await assert.rejects(timely(world, other.remove("a/b")), (error) => isFault(error, "store-busy"));
  const listed = await Array.fromAsync(one.list(""));
  assert.equal(listed.length, 1, "the lease is no object of the journals");
});

test("a lease that lapsed goes to who asks next, and who had it changes nothing until it has it again", async () => {
  const { world, server } = house();
  const [one, other] = [server(), server()];
  await timely(world, one.put("a/b", bytes, ABSENT));
  await world.clock.advance(100_000);
  const { tag } = (await other.status("a/b")) ?? assert.fail("it is there");
  await timely(world, other.put("a/b", bytes, { condition: { kind: "unchanged", tag } }));
  await assert.rejects(timely(world, one.put("a/b", bytes, { condition: { kind: "unchanged", tag } })), (error) =>
    isFault(error, "store-busy"),
  );
  await other[Symbol.asyncDispose]();
  await assert.rejects(timely(world, one.put("a/b", bytes, { condition: { kind: "unchanged", tag } })), (error) =>
    isFault(error, "object-conflict"),
  );
});

test("of two that take a free lease at once, one has it", async () => {
  const { world, server } = house();
  const both = Promise.allSettled([server().put("a/b", bytes), server().put("a/c", bytes)]);
  await world.clock.advance(20_000);
  const settled = await both;
  assert.deepEqual(settled.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
});
