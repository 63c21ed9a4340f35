import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import { crashSweep, simulatedFiles } from "@leeward/world/testing";
import { moved, type ReplicaRecord, ReplicaRecords } from "./replica-record.ts";
import type { ReplicaSpec } from "./replica-spec.ts";

const SPEC: ReplicaSpec = {
  id: "0123456789abcdef0123456789abcdef",
  name: "web-1",
  cpus: 1,
  memoryMib: 64,
  firmware: "bios",
  disks: [{ name: "sda", nbdSocket: "/run/a.sock", exportName: "", bus: "virtio", readOnly: false }],
  nics: [],
};
const STARTING: ReplicaRecord = {
  spec: SPEC,
  step: { kind: "starting" },
  limits: { cpu: "cgroup1", memory: "none", groups: ["/sys/fs/cgroup/cpu/leeward-x"] },
  ranBefore: false,
};

test("a record comes back as it was written, at each step", async () => {
  const files = simulatedFiles({ random: seededRandom(1) });
  await files.makeFolder("/hosts");
  const records = new ReplicaRecords(files, "/hosts");
  const running: ReplicaRecord = { ...moved(STARTING, { kind: "running" }), resumedMicros: 5 };
  const ending = moved(running, { kind: "ending", way: "shut-down" });
  const ended = moved(ending, { kind: "ended", how: "shut-down", said: 'a "word"' });
  for (const record of [STARTING, running, ending, ended, moved(ended, { kind: "removing" })]) {
    await records.write(record);
    assert.deepEqual(await records.read(SPEC.id), record);
  }
  assert.deepEqual(await records.ids(), [SPEC.id]);
  await records.remove(SPEC.id);
  assert.deepEqual([await records.read(SPEC.id), await records.ids()], [undefined, []]);
});

test("a machine that ended is not running again without a start", () => {
  const ended = moved(STARTING, { kind: "ended", how: "lost", said: "" });
  assert.throws(() => moved(ended, { kind: "running" }));
});

test("after a crash at any moment of a step there is the record before it or the one after it", async () => {
  const running = moved(STARTING, { kind: "running" });
  const operations = await crashSweep(
    {
      prepare: async (files) => {
        await files.makeFolder("/hosts");
        await files.syncFolder("/");
        await new ReplicaRecords(files, "/hosts").write(STARTING);
      },
      work: (files) => new ReplicaRecords(files, "/hosts").write(running),
      verify: async (files, { done }) => {
        const found = await new ReplicaRecords(files, "/hosts").read(SPEC.id);
        const expected = done ? [running] : [STARTING, running];
        assert.ok(expected.some(({ step }) => step.kind === found?.step.kind));
      },
    },
    { seed: 3 },
  );
  assert.ok(operations > 3);
});

test("a record that was changed, cut off, or is another machine's, is damaged and not believed", async () => {
  const files = simulatedFiles({ random: seededRandom(2) });
  await files.makeFolder("/hosts");
  const records = new ReplicaRecords(files, "/hosts");
  const text = JSON.stringify({ format: 1, ...STARTING });
  const bad = [
    "",
    text.slice(0, -5),
    text.replace('"format":1', '"format":2'),
    text.replace('"starting"', '"started"'),
    text.replace('"cgroup1"', '"hope"'),
    text.replace(SPEC.id, "f".repeat(32)),
    text.replace('"cpus":1', '"cpus":-1'),
    "null",
  ];
  for (const each of bad) {
    await records.write(STARTING);
    await using file = await files.open(`/hosts/${SPEC.id}/machine.json`, "update");
    await file.truncate(0);
    await file.write([new TextEncoder().encode(each)], 0);
    await assert.rejects(records.read(SPEC.id), (error) => isFault(error, "replica-record-damaged"), each);
  }
});
