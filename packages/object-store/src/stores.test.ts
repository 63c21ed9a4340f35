import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { nodeClock, nodeRandom } from "@leeward/world";
import { endedBy } from "./ended-store.ts";
import { FolderStore } from "./node-folder-store.ts";
import { sourceOfBytes } from "./object-store.ts";
import { MemoryStore } from "./testing/memory-store.ts";
import { storeSuite } from "./testing/store-suite.ts";

for (const isConditional of [true, false]) {
  storeSuite({
    name: isConditional ? "MemoryStore" : "MemoryStore without conditions",
    isConditional,
    holds: isConditional,
    open: () => {
      const store = new MemoryStore({ clock: nodeClock, isConditional, holds: isConditional });
      return Promise.resolve({ store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() });
    },
  });
}

storeSuite({
  name: "a store that was not ended",
  holds: true,
  open: () => {
    const store = endedBy(new AbortController().signal, new MemoryStore({ clock: nodeClock, holds: true }));
    return Promise.resolve({ store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() });
  },
});

test("what is under way in a store that is ended rejects at once, also where the store itself does not answer", async () => {
  const ending = new AbortController();
  const never = new Promise<void>(() => {});
  const store = endedBy(ending.signal, new MemoryStore({ clock: nodeClock, before: () => never }));
  const each = [
    () => store.put("a", sourceOfBytes(new Uint8Array(1))),
    () => store.read("a", new Uint8Array(1), 0),
    () => store.status("a"),
    () => store.remove("a"),
    () => Array.fromAsync(store.list("")),
  ];
  const underWay = each.map((request) => request());
  const reason = new Error("the end");
  ending.abort(reason);
  for (const request of [...underWay, ...each.map((again) => again())]) await assert.rejects(request, reason);
});

storeSuite({
  name: "FolderStore",
  open: async () => {
    const folder = await mkdtemp(`${tmpdir()}/leeward-store-`);
    const store = await FolderStore.open({ clock: nodeClock, random: nodeRandom }, folder);
    return { store, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
  },
});
