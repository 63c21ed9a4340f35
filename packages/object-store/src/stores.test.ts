import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { nodeClock, nodeRandom } from "@leeward/world";
import { FolderStore } from "./node-folder-store.ts";
import { MemoryStore } from "./testing/memory-store.ts";
import { storeSuite } from "./testing/store-suite.ts";

for (const isConditional of [true, false]) {
  storeSuite({
    name: isConditional ? "MemoryStore" : "MemoryStore without conditions",
    isConditional,
    open: () => {
      const store = new MemoryStore({ clock: nodeClock, isConditional });
      return Promise.resolve({ store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() });
    },
  });
}

storeSuite({
  name: "FolderStore",
  open: async () => {
    const folder = await mkdtemp(`${tmpdir()}/leeward-store-`);
    const store = await FolderStore.open({ clock: nodeClock, random: nodeRandom }, folder);
    return { store, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
  },
});
