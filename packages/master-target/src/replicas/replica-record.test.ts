import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@leeward/base";
import type { StartReplica } from "@leeward/proto";
import { simulatedFiles } from "@leeward/world/testing";
import { ReplicaRecords } from "./replica-record.ts";

const FOLDER = "/replicas";
const ID = "0a".repeat(16);

test("nothing is left of a record that is removed, also when the target was killed while it wrote the first of it", async () => {
  const files = simulatedFiles({ random: seededRandom(1) });
  await files.makeFolder(FOLDER);
  const records = new ReplicaRecords(files, FOLDER);
  {
    await using _aside = await files.open(`${FOLDER}/${ID}.json.new`, "create");
  }
  assert.deepEqual(await records.ids(), []);
  await records.remove(ID);
  assert.deepEqual(await files.list(FOLDER), []);
  await records.write({ step: "starting", asked: asked(), openedIds: [], adjusted: false });
  assert.deepEqual(await records.ids(), [ID]);
  await records.remove(ID);
  assert.deepEqual(await files.list(FOLDER), []);
});

function asked(): StartReplica {
  return {
    replicaId: ID,
    machineId: "0b".repeat(16),
    machineName: "web",
    pointId: "0c".repeat(16),
    disks: [],
    hardware: { cpus: 1, memoryMib: 64, firmware: "bios" },
    nics: [],
    host: "none",
    cpuShare: 0,
  };
}
