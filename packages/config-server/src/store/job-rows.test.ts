import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { settingsOf } from "../failover/failover-settings.ts";
import { RECOVERY_UNSETTLED } from "../store/member-rows.ts";
import { temporaryFolder } from "../testing/node-test-server.ts";
import { openTestStore } from "../testing/node-test-state.ts";
import type { JobDraft } from "./job-rows.ts";

async function scene(t: TestContext) {
  const store = await openTestStore(await temporaryFolder(t));
  t.after(() => store[Symbol.dispose]());
  const ended = (id: string, atMicros: number, of: Partial<JobDraft> = {}): void => {
    store.jobs.insert({
      ...{ id, kind: "drill", subject: "web", machineId: "m", diskId: "", input: {}, createdMicros: atMicros },
      ...of,
    });
    store.jobs.end(id, { state: "succeeded", error: null, result: null, nowMicros: atMicros });
  };
  const ids = (): string =>
    store.jobs
      .list({}, { limit: 1_000 })
      .map(({ id }) => id)
      .toReversed()
      .join(" ");
  return { store, ended, ids };
}

void test("jobs go that are both old and beyond the newest, the oldest first and so many at once", async (t) => {
  const { store, ended, ids } = await scene(t);
  for (const at of [1, 2, 3, 4, 5, 6]) ended(`j${at}`, at);
  store.jobs.insert({
    id: "open",
    kind: "drill",
    subject: "web",
    machineId: "m",
    diskId: "",
    input: {},
    createdMicros: 0,
  });
  const prune = (beforeMicros: number, kept: number): boolean => store.jobs.prune({ beforeMicros, kept, atOnce: 2 });
  assert.equal(prune(100, 6), false);
  assert.equal(prune(1, 0), false);
  assert.equal(ids(), "open j1 j2 j3 j4 j5 j6", "none is both");
  assert.equal(prune(100, 2), true);
  assert.equal(ids(), "open j3 j4 j5 j6");
  assert.equal(prune(4, 2), false, "of those within the time none");
  assert.equal(ids(), "open j4 j5 j6");
  assert.equal(prune(100, 2), false);
  assert.equal(ids(), "open j5 j6", "and what has not ended stays");
});

void test("a job stays for as long as something asks for it", async (t) => {
  const { store, ended, ids } = await scene(t);
  const by = { createdMicros: 1, createdBy: "test", expiresMicros: null, note: null, machineId: null };
  for (const [id, role] of [
    ["m", "agent"],
    ["p", "process-server"],
    ["t", "master-target"],
  ] as const) {
    store.tokens.insert({ id, role, ...by, secretDigest: id });
    store.members.insert({
      id,
      role,
      name: id,
      publicKeyPem: id,
      enrolledMicros: 1,
      tokenId: id,
      certificateEndMicros: 2,
    });
  }
  ended("old-resync", 1, { kind: "resync", diskId: "d" });
  ended("new-resync", 2, { kind: "resync", diskId: "d" });
  ended("verify", 3, { kind: "verify", diskId: "d" });
  ended("run", 4, { kind: "recovery-plan" });
  ended("push", 5, { kind: "push" });
  ended("proof", 6, { kind: "failover-proof" });
  ended("other-proof", 7, { kind: "failover-proof", machineId: "other" });
  ended("last", 8);
  const named = { actor: "ada", createdMicros: 1 };
  const run = { planId: "plan", planName: "plan", kind: "test", state: "running", cleanup: "done", at: null } as const;
  store.planRuns.insert({ ...named, ...run, id: "r", forced: false, jobId: "run", endedMicros: null }, []);
  const address = { host: "h", port: 22 };
  const target = { ...address, user: "root", hostKey: "", acceptHostKey: false };
  const order = {
    version: "1",
    name: "web",
    protectable: [],
    startCommand: "",
    target,
    server: address,
    data: address,
  };
  const push = { kind: "push", host: "h", port: 22, processServerId: "p", sealed: "s", jobId: "push" } as const;
  store.pushes.insert({ ...named, ...push, id: "u", order });
  const unsettled = { status: undefined, bootDiskId: "", recovery: RECOVERY_UNSETTLED, isTest: true };
  const settings = settingsOf({ at: "latest" }, unsettled);
  const failover = { machineId: "m", kind: "test", state: "running", masterTargetId: "t", facts: {} } as const;
  store.failovers.insert({ ...named, ...failover, id: "f", settings });
  store.jobs.prune({ beforeMicros: 100, kept: 1, atOnce: 100 });
  assert.equal(ids(), "new-resync verify run push proof last");
});
