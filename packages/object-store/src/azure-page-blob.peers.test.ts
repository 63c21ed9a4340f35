import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { nodeClock, nodeRandom } from "@leeward/world";
import { openPageBlob } from "./node-open-page-blob.ts";
import { downloadFromAzurite } from "./testing/azurite-container.ts";
import { PeerStore, peerStoreSkip } from "./testing/node-peer-store.ts";
import { pageBlobSuite } from "./testing/page-blob-suite.ts";

describe("page blobs of Azurite", { skip: peerStoreSkip }, () => {
  const held = new AsyncDisposableStack();
  let azurite: PeerStore;
  let blobs = 0;

  before(async () => {
    azurite = held.use(await PeerStore.azurite());
  });
  after(() => held.disposeAsync());

  pageBlobSuite({
    name: "Azurite",
    open: async () => {
      blobs += 1;
      const world = { clock: nodeClock, random: nodeRandom };
      const place = azurite.place(`${blobs}/disk.vhd`);
      const first = held.use(await openPageBlob(place, world));
      const second = held.use(await openPageBlob(place, world));
      return [first.blob, second.blob];
    },
    content: async (blob, snapshot) => {
      const file = join(azurite.folder, "downloaded");
      const path = /^azure:\/\/[^/]+\/journals\/(.+)$/.exec(blob.place)?.[1];
      assert.ok(path !== undefined);
      await downloadFromAzurite(azurite, { path, snapshot }, file);
      return readFile(file);
    },
  });
});
