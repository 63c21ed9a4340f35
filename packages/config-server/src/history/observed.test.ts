import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedClock } from "@leeward/world/testing";
import { PLANNED_HOURS_MAX } from "../limits.ts";
import { Reports } from "../sessions/reports.ts";
import { temporaryFolder } from "../testing/node-test-server.ts";
import { openTestStore } from "../testing/node-test-state.ts";
import { observedOf } from "./observed.ts";

const DISKS = 300;

void test("planning looks at as many hours of all disks as are looked at at once, and refuses days that have more", async (t) => {
  using store = await openTestStore(await temporaryFolder(t));
  const by = { createdMicros: 1, createdBy: "test", expiresMicros: null, note: null, machineId: null };
  for (const [id, role] of [
    ["m", "agent"],
    ["p", "process-server"],
    ["t", "master-target"],
  ] as const) {
    const member = { publicKeyPem: id, enrolledMicros: 1, tokenId: id, certificateEndMicros: 2 };
    store.tokens.insert({ id, role, ...by, secretDigest: id });
    store.members.insert({ id, role, name: id, ...member });
  }
  const of = { machineId: "m", processServerId: "p", masterTargetId: "t", policy: "default", keyId: "k", term: 1 };
  store.transaction(() => {
    for (let index = 0; index < DISKS; index += 1) {
      const disk = { ...of, name: `d${index}`, path: `/d${index}`, state: "protected", createdMicros: 1 } as const;
      store.disks.insert({ ...disk, id: `${index}`, capture: "splitter" }, []);
    }
  });
  const means = { store, world: { clock: simulatedClock() }, reports: new Reports(store.reports) };
  const source = { rows: store.samples, turn: async () => undefined };
  const days = Math.floor(PLANNED_HOURS_MAX / DISKS / 24);
  assert.equal((await observedOf(means, { days, source })).disks.length, DISKS);
  assert.equal((await observedOf(means, { days: undefined, source })).disks.length, DISKS);
  await assert.rejects(observedOf(means, { days: days + 1, source }), {
    code: "request-invalid",
    message: new RegExp(`of ${DISKS} disks no more than ${days}\\.\\d days`),
  });
});
