import assert from "node:assert/strict";
import { test } from "node:test";
import { diskStateOf, rpoSecondsOf } from "../sessions/disk-health.ts";
import { agentDisk, eventually, install, targetDisk } from "../testing/node-installation.ts";
import { startServer, temporaryFolder } from "../testing/node-test-server.ts";

const state = (
  agent: Parameters<typeof agentDisk>[1] | undefined,
  target: Parameters<typeof targetDisk>[1] | undefined,
) =>
  diskStateOf({
    agent: agent === undefined ? undefined : agentDisk("d", agent),
    processServer: undefined,
    masterTarget: target === undefined ? undefined : targetDisk("d", target),
  });

void test("a disk is as good as the worst part of its way says", () => {
  const point = { newestPointMicros: 1 };
  assert.equal(state(undefined, point), "initial");
  assert.equal(state({}, undefined), "initial");
  assert.equal(state({}, { newestPointMicros: 0 }), "initial", "without a recoverable point nothing is protected");
  assert.equal(state({}, point), "protected");
  assert.equal(state({}, { ...point, history: "reduced" }), "reduced");
  assert.equal(state({ state: "reduced" }, { ...point, history: "gap" }), "gap");
  assert.equal(state({ state: "gap" }, point), "gap");
  assert.equal(state({ state: "stopped" }, point), "stopped");
  assert.equal(state({ state: "resync" }, { ...point, history: "gap" }), "resync");
  assert.equal(state({ state: "stopped" }, undefined), "initial", "its copy is about to begin");
  const fault = { code: "disk-busy", kind: "operator", message: "It is in use.", sinceMicros: 1 } as const;
  assert.equal(state({ state: "stopped", faults: [fault] }, undefined), "stopped");
});

void test("the RPO is counted on the machine's own clock", () => {
  const masterTarget = targetDisk("d", { newestPointMicros: 90_000_000 });
  assert.equal(rpoSecondsOf({ masterTarget }, { wallMicros: 100_000_000, clockOffsetMicros: null }), 10);
  assert.equal(rpoSecondsOf({ masterTarget }, { wallMicros: 100_000_000, clockOffsetMicros: 5_000_000 }), 15);
  assert.equal(rpoSecondsOf({ masterTarget }, { wallMicros: 100_000_000, clockOffsetMicros: -60_000_000 }), 0);
  assert.equal(rpoSecondsOf({ masterTarget: targetDisk("d") }, { wallMicros: 1, clockOffsetMicros: null }), null);
  assert.equal(rpoSecondsOf({ masterTarget: undefined }, { wallMicros: 1, clockOffsetMicros: null }), null);
});

void test("the status names what needs a person, worst first, and nothing else", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`, { offlineAfterSeconds: "0" });
  const { agent, said, tell } = await install(t, server, folder);
  const { disk } = await server.client.call("protectDisk", { params: { machine: "web" }, body: { path: "/a" } });
  const codes = async (): Promise<string[]> => {
    const { items } = await server.client.call("status", {});
    return items.map(({ code, subject }) => `${code} ${subject ?? "-"}`);
  };
  const recovery = "recovery-key-not-exported -";
  await eventually(
    async () => (await server.client.call("showMachine", { params: { machine: "web" } })).state === "online",
  );
  assert.deepEqual(await codes(), [recovery]);
  const newest = { newestPointMicros: Date.now() * 1_000 };
  said.targetDisks = [targetDisk(disk.id, { ...newest, history: "gap" })];
  said.agentDisks = [agentDisk(disk.id)];
  tell();
  await eventually(async () => (await codes()).includes("disk-gap web/a"));
  said.targetDisks = [targetDisk(disk.id, { newestPointMicros: newest.newestPointMicros - 3_600_000_000 })];
  tell();
  await eventually(async () => (await codes()).includes("rpo-exceeded web/a"));
  const faults = [{ code: "segment-damaged", kind: "corruption" as const, message: "Bits rot.", sinceMicros: 0 }];
  said.targetDisks = [targetDisk(disk.id, { ...newest, faults })];
  tell();
  await eventually(async () => (await codes())[0] === "segment-damaged web/a");
  await agent.stop();
  await eventually(async () => (await codes()).includes("machine-offline web"));
});

void test("a disk that is rescanned is late by its own interval, which its rescans make longer; it is neither compared nor stopped for a planned failover", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { said, tell } = await install(t, server, folder);
  const body = { path: "/a", capture: "rescan" } as const;
  const { disk } = await server.client.call("protectDisk", { params: { machine: "web" }, body });
  const isLate = async (): Promise<boolean> =>
    (await server.client.call("status", {})).items.some(({ code }) => code === "rpo-exceeded");
  const rescanned = (tookMicros: number): typeof said.agentDisks => {
    const rescan = { beganMicros: 0, endedMicros: 1, tookMicros };
    return [{ ...agentDisk(disk.id), capture: "rescan", nbdUri: "", rescan }];
  };
  said.targetDisks = [targetDisk(disk.id, { newestPointMicros: Date.now() * 1_000 - 4_000_000_000 })];
  said.agentDisks = rescanned(1_000_000);
  tell();
  await eventually(isLate);
  said.agentDisks = rescanned(600_000_000);
  tell();
  await eventually(async () => !(await isLate()));
  const { items } = await server.client.call("listDisks", { query: {} });
  assert.deepEqual(items[0]?.rescan, { beganAt: null, endedAt: "1970-01-01T00:00:00.000001Z", tookSeconds: 600 });
  const params = { machine: "web", disk: "a" };
  await assert.rejects(server.client.call("verifyDisk", { params }), { code: "disk-not-comparable" });
  const planned = server.client.call("planFailover", { params: { machine: "web" }, body: {} });
  await assert.rejects(planned, { code: "last-point-impossible" });
});
