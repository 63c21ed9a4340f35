import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, install } from "../testing/node-installation.ts";
import { startServer, temporaryFolder } from "../testing/node-test-server.ts";
import { resyncDueMicros } from "./scheduled-resyncs.ts";

const DAY = 86_400_000_000;
const HOUR = 3_600_000_000;

void test("a resync is due its days after the first copy and after each one before, and never while one is under way", () => {
  const of = { createdMicros: 5 * DAY, resyncDays: 30 };
  const ended = (state: "succeeded" | "failed" | "cancelled", endedMicros: number) => ({
    state,
    createdMicros: 6 * DAY,
    endedMicros,
  });
  assert.equal(resyncDueMicros(undefined, of), 35 * DAY);
  assert.equal(resyncDueMicros(undefined, { ...of, resyncDays: 0 }), undefined);
  assert.equal(resyncDueMicros({ state: "running", createdMicros: 6 * DAY, endedMicros: null }, of), undefined);
  assert.equal(resyncDueMicros(ended("succeeded", 7 * DAY), of), 37 * DAY);
  assert.equal(resyncDueMicros(ended("cancelled", 7 * DAY), of), 37 * DAY);
  assert.equal(resyncDueMicros(ended("failed", 7 * DAY), of), 7 * DAY + HOUR);
  assert.equal(resyncDueMicros(ended("failed", 7 * DAY), { ...of, resyncDays: 0.01 }), 7.01 * DAY);
});

void test("a disk is read anew when its policy says so, once, also over a restart of the server", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { asked, script } = await install(t, server, folder);
  script.answer = async (body) =>
    body.kind === "resyncDisk" ? { kind: "resyncBegun", value: { branch: "b".repeat(32), sequence: 7 } } : undefined;
  const policy = { params: { name: "default" } };
  const place = { params: { machine: "web" }, body: { path: "/var/lib/images/web.img" } };
  const { disk } = await server.client.call("protectDisk", place);
  await server.client.call("setPolicy", { ...policy, body: { resyncWindow: "always", verifyDays: 0 } });
  const resyncs = async ({ client } = server) => {
    const { items } = await client.call("listJobs", {});
    return items.filter(({ kind }) => kind === "resync");
  };
  assert.deepEqual(await resyncs(), []);
  await server.client.call("setPolicy", { ...policy, body: { resyncDays: 0.000001 } });
  const [job] = await eventually(async () => ((await resyncs()).length > 0 ? resyncs() : undefined));
  assert.equal(job?.disk, disk.id);
  await eventually(async () => asked.some(({ kind }) => kind === "resyncDisk"));
  await server.stop();

  const next = await startServer(t, `${folder}/server`, { apiPort: String(server.port) });
  await eventually(async () => (await next.client.call("listMachines", {})).items[0]?.state === "online");
  assert.deepEqual(
    (await resyncs(next)).map(({ id, state }) => [id, state]),
    [[job?.id, "running"]],
  );
  const cancelled = await next.client.call("cancelJob", { params: { id: job?.id ?? "" } });
  assert.equal(cancelled.state, "cancelled");
  await eventually(async () => (await resyncs(next)).length > 1);
});
