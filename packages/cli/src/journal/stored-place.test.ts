import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { isFault } from "@leeward/base";
import { RecoveryKey } from "@leeward/identity";
import { openStore, sourceOfBytes } from "@leeward/object-store";
import { nodeClock, nodeCompute, nodeFiles, nodeRandom } from "@leeward/world";
import { listPointsOffline } from "./offline-machines.ts";
import { withStore } from "./stored-place.ts";

const world = { clock: nodeClock, random: nodeRandom, files: nodeFiles({ io: "thread-pool" }), compute: nodeCompute() };
const folder = await mkdtemp(join(tmpdir(), "leeward-stored-place-"));
after(() => rm(folder, { recursive: true, force: true }));

test("a store without a journal is said to have none, whatever else lies in it", async () => {
  const url = `file://${folder}/store`;
  for (const name of ["store", "key"]) await mkdir(`${folder}/${name}`);
  await (await RecoveryKey.open(world, `${folder}/key`)).exportTo(folder, "recovery.pem");
  const wanted = { url, keyFile: `${folder}/recovery.pem`, machine: undefined, disk: undefined };
  const none = { credentialsFile: undefined, caFile: undefined, notOlderThan: undefined };
  await using store = await openStore({ url }, world);
  // Nothing; the lease of a server that has not put anything yet; what was left of a journal that is gone.
  for (const key of [undefined, "writer.lease", `${"0a".repeat(16)}/${"0b".repeat(16)}/keys.json`]) {
    if (key !== undefined) await store.put(key, sourceOfBytes(new Uint8Array([1])));
    for (const notOlderThan of [undefined, "2026-11-22T00:00:00Z"]) {
      const listing = withStore(world, { ...wanted, ...none, notOlderThan }, async (place) => {
        await listPointsOffline(place);
        assert.fail("there is none");
      });
      await assert.rejects(listing, (error) => isFault(error, "store-journals-missing"), `${key} ${notOlderThan}`);
    }
  }
});
