import assert from "node:assert/strict";
import { test } from "node:test";
import type { Report, StatusNotice } from "../store/report-rows.ts";
import { temporaryFolder } from "../testing/node-test-server.ts";
import { openTestStore } from "../testing/node-test-state.ts";
import { Reports } from "./reports.ts";

const SECOND = 1_000_000;
const STATUS: StatusNotice = {
  kind: "agentStatus",
  value: {
    ...{ planVersion: 1, agentVersion: "1", bootId: "", inventoryJson: "{}", clockOffsetMicros: 0 },
    ...{ links: [], disks: [] },
  },
};

test("what a member says is stored once in a while, and what was stored is not stored again", async (t) => {
  using store = await openTestStore(await temporaryFolder(t));
  const token = { createdMicros: 1, createdBy: "test", expiresMicros: null, note: null, machineId: null };
  store.tokens.insert({ id: "t", role: "agent", ...token, secretDigest: "t" });
  const member = { publicKeyPem: "k", enrolledMicros: 1, tokenId: "t", certificateEndMicros: 2 };
  store.members.insert({ id: "m", role: "agent", name: "m", ...member });
  const reports = new Reports(store.reports);
  const stored = (): Report | undefined => store.reports.list()[0];
  const sweep = (nowMicros: number): boolean => {
    const due = reports.due(nowMicros);
    for (const { memberId } of due) reports.store(memberId);
    return due.length > 0;
  };
  const begun = 1_000 * SECOND;
  reports.take("m", STATUS, begun);
  assert.equal(sweep(begun), true);
  assert.equal(sweep(begun + 60 * SECOND), false, "it has said nothing since");
  reports.take("m", STATUS, begun + 14 * SECOND);
  assert.equal(sweep(begun + 14 * SECOND), false);
  reports.take("m", STATUS, begun + 15 * SECOND);
  assert.equal(sweep(begun + 15 * SECOND), true);
  assert.equal(stored()?.receivedMicros, begun + 15 * SECOND);

  reports.take("m", STATUS, begun - 900 * SECOND);
  assert.equal(sweep(begun - 900 * SECOND), true, "the clock was set back");
  assert.equal(stored()?.receivedMicros, begun - 900 * SECOND);

  const again = new Reports(store.reports);
  assert.deepEqual(again.due(begun), [], "what was read is stored");
  assert.equal(again.of("m")?.receivedMicros, begun - 900 * SECOND);
});
