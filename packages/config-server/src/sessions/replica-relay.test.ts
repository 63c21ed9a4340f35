import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReplicaDigests } from "@leeward/proto";
import { eventually, install } from "../testing/node-installation.ts";
import { joinServer } from "../testing/node-test-member.ts";
import { startServer, temporaryFolder } from "../testing/node-test-server.ts";

void test("an agent is told what the target holds of its own disks now, and of no other disk, nor of a point", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { agent, masterTarget, script, asked } = await install(t, server, folder);
  const other = await joinServer(t, server, {
    planKind: "agentPlan",
    role: "agent",
    name: "other",
    home: `${folder}/other`,
    status: ({ version }) => ({
      kind: "agentStatus",
      value: {
        planVersion: version,
        agentVersion: "9",
        bootId: "",
        disks: [],
        inventoryJson: "{}",
        clockOffsetMicros: 0,
        links: [],
      },
    }),
  });
  await eventually(async () => masterTarget.control.appliedVersion > 0 && other.control.connected);
  const { disk } = await server.client.call("protectDisk", { params: { machine: "web" }, body: { path: "/a" } });
  const value = {
    pointId: "",
    branch: "0b".repeat(16),
    sequence: 9,
    diskBytes: 65_536,
    length: 65_536,
    digests: new Uint8Array(16).fill(7),
  };
  script.answer = async (body) => (body.kind === "replicaDigests" ? { kind: "blockDigests", value } : undefined);
  const request = { machineId: agent.id, diskId: disk.id, offset: 0, length: 65_536, present: true, replicaId: "" };
  const ask = (of: typeof agent, more: Partial<ReplicaDigests> = {}) =>
    of.control.ask({ kind: "replicaDigests", value: { ...request, ...more } }, AbortSignal.timeout(20_000));

  const { digests, ...rest } = await ask(agent);
  assert.deepEqual([rest.branch, rest.sequence, [...digests]], [value.branch, 9, [...value.digests]]);
  assert.deepEqual(
    asked.filter(({ kind }) => kind === "replicaDigests"),
    [{ kind: "replicaDigests", value: request }],
  );
  await assert.rejects(ask(other), { code: "request-unsupported" });
  await assert.rejects(ask(other, { machineId: other.id }), { code: "request-unsupported" });
  await assert.rejects(ask(agent, { present: false }), { code: "request-unsupported" });
  await assert.rejects(ask(agent, { diskId: "0f".repeat(16) }), { code: "disk-not-protected" });
  await masterTarget.stop();
  await eventually(() =>
    ask(agent).then(
      () => false,
      (error: unknown) => Reflect.get(Object(error), "code") === "master-target-offline",
    ),
  );
  await agent.stop();
  await assert.rejects(ask(agent), { code: "server-unreachable" });
});

void test("a resync of the whole disk is asked of the agent as such, and refused beside one that leaves something out", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { masterTarget, script, asked } = await install(t, server, folder);
  await eventually(async () => masterTarget.control.appliedVersion > 0);
  const { disk } = await server.client.call("protectDisk", { params: { machine: "web" }, body: { path: "/a" } });
  script.answer = async (body) =>
    body.kind === "resyncDisk" ? { kind: "resyncBegun", value: { branch: "0b".repeat(16), sequence: 9 } } : undefined;
  const params = { machine: "web", disk: disk.id };
  const resync = (whole: boolean) => server.client.call("resyncDisk", { params, body: { now: true, whole } });
  const first = await resync(true);
  await eventually(async () => asked.some(({ kind }) => kind === "resyncDisk"));
  assert.deepEqual(asked.at(-1), { kind: "resyncDisk", value: { diskId: disk.id, whole: true } });
  assert.equal((await resync(true)).id, first.id, "the one that is under way");
  assert.equal((await resync(false)).id, first.id, "which sends what differs, too");
  await server.client.call("cancelJob", { params: { id: first.id } });
  await resync(false);
  await assert.rejects(resync(true), { code: "resync-under-way" });
});
