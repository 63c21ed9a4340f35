// Another host takes the place of a failed-over machine's source.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { AgentPlan, RequestBody } from "@leeward/proto";
import { blockDigests } from "@leeward/proto";
import { answering, ended, obeying, pointOf, type Stage, shown, staged } from "../testing/node-failover-stage.ts";
import { eventually } from "../testing/node-installation.ts";
import { joinServer, type TestMember } from "../testing/node-test-member.ts";

const WEB = { machine: "web" };
const MIB = 1024 * 1024;

async function committed(stage: Stage): Promise<string> {
  const { client } = stage.server;
  obeying(stage);
  const usual = answering(stage, pointOf(stage, stage.diskIds));
  stage.script.answer = async (body: RequestBody) => {
    const digests = blockDigests(Buffer.alloc(MIB));
    if (body.kind === "lookAtDevice")
      return {
        kind: "deviceLook",
        value: { sizeBytes: MIB, refusal: "", content: "", digests, seen: "5e".repeat(32) },
      };
    const place = { pointId: "", branch: "0e".repeat(16), sequence: 1, diskBytes: MIB, length: MIB };
    return body.kind === "replicaDigests" ? { kind: "blockDigests", value: { ...place, digests } } : usual(body);
  };
  const { failover, job } = await client.call("unplannedFailover", { params: WEB, body: { at: "latest" } });
  await ended(stage.server, job.id);
  await client.call("commitFailover", { params: { failover: failover.id } });
  return failover.id;
}

/** A host that comes with a token for the machine. */
function newHost(
  t: Parameters<typeof joinServer>[0],
  { server, folder, said, script }: Stage,
  name = "elsewhere",
): Promise<TestMember<"agentPlan">> {
  const still = { agentVersion: "0.1.0", bootId: "", inventoryJson: "{}", clockOffsetMicros: 0, links: [], disks: [] };
  return joinServer(t, server, {
    planKind: "agentPlan",
    role: "agent",
    name,
    home: `${folder}/${name}`,
    machine: "web",
    status: ({ plan, version }) => ({
      kind: "agentStatus",
      value: { ...still, planVersion: version, ...(plan !== undefined && said.ofPlan?.(plan)) },
    }),
    answer: async (body, signal) => (await script.answer?.(body, signal)) ?? assert.fail(body.kind),
  });
}

async function planOf(host: TestMember<"agentPlan">, holds: (plan: AgentPlan) => boolean): Promise<AgentPlan> {
  return eventually(async () => {
    const { plan } = host.control;
    return plan !== undefined && holds(plan) ? plan : undefined;
  });
}

void test("another host takes the machine's place: its id stays, every disk is named anew, and it is failed back to", async (t) => {
  const stage = await staged(t, ["root", "data"]);
  const { server, agent } = stage;
  const { client } = server;
  const token = { body: { role: "agent", machine: "web" } } as const;
  await assert.rejects(client.call("createToken", token), { code: "machine-not-takeable" });
  const id = await committed(stage);
  const server2 = { body: { role: "process-server", machine: "web" } } as const;
  await assert.rejects(client.call("createToken", server2), { code: "request-invalid" });
  await ended(server, (await client.call("reprotect", { params: { failover: id }, body: {} })).job.id);

  const host = await newHost(t, stage);
  assert.equal(host.id, agent.id, "it is the machine");
  assert.deepEqual(
    (await client.call("listMachines", {})).items.map(({ name }) => name),
    ["web"],
  );
  const bare = await planOf(host, () => true);
  assert.deepEqual([bare.disks, bare.machineName, bare.fence?.failoverId], [[], "web", id]);
  assert.partialDeepStrictEqual(await shown(server, id), { state: "committed", newDisks: [] });
  const paths = (await client.call("listDisks", {})).items.map(({ path }) => path);
  assert.deepEqual(paths, ["lost:root:/dev/root", "lost:data:/dev/data"]);

  const order = (...names: readonly string[]) =>
    client.call("reprotect", {
      params: { failover: id },
      body: { disks: names.map((name) => ({ disk: name, path: `/dev/${name}` })) },
    });
  await eventually(async () => (await client.call("showMachine", { params: WEB })).state === "online");
  await assert.rejects(order(), { code: "disks-not-named" });
  await assert.rejects(order("root"), { code: "disks-not-named" });
  assert.equal((await shown(server, id)).state, "committed");
  await ended(server, (await order("root", "data")).job.id);
  const back = await planOf(host, ({ disks }) => disks.length === 2);
  assert.ok(
    back.disks.every(
      ({ name, path, reverse }) => path === `/dev/${name}` && reverse?.place !== undefined && reverse.whole,
    ),
  );
  await ended(server, (await client.call("failBack", { params: { failover: id }, body: {} })).job.id);
  const free = await planOf(host, ({ fence }) => fence === undefined);
  assert.deepEqual([free.epoch, free.disks.map(({ origin }) => origin?.failoverId)], [3, [id, id]]);
});

void test("the host that the machine was is shut out, is told so, and cannot come back with its key; a token counts once", async (t) => {
  const stage = await staged(t);
  const { server, agent, folder } = stage;
  const { client } = server;
  await committed(stage);
  const before = (await client.call("listTokens", {})).items.find(({ usedBy }) => usedBy === agent.id);
  await agent.stop();
  const made = await client.call("createToken", { body: { role: "agent", machine: "web" } });
  await newHost(t, stage);

  const told = Promise.withResolvers<void>();
  const old = { planKind: "agentPlan", role: "agent", name: "web", home: `${folder}/agent` } as const;
  const status = {
    agentVersion: "0.1.0",
    bootId: "",
    inventoryJson: "{}",
    clockOffsetMicros: 0,
    links: [],
    disks: [],
    planVersion: 0,
  };
  const returned = await joinServer(t, server, {
    ...old,
    status: () => ({ kind: "agentStatus", value: status }),
    onSuperseded: () => told.resolve(),
  });
  await told.promise;
  assert.equal(returned.control.connected, false);
  assert.equal(returned.keyStore.identity?.id, agent.id);

  assert.ok(before !== undefined);
  await client.call("revokeToken", { params: { id: before.id } });
  assert.equal(
    (await client.call("showMachine", { params: WEB })).state,
    "online",
    "the first host's token is not the machine's any more",
  );
  await client.call("revokeToken", { params: { id: made.id } });
  assert.equal((await client.call("showMachine", { params: WEB })).state, "online", "nor is one that nobody used");
});

void test("a machine that was removed is given to nobody", async (t) => {
  const stage = await staged(t);
  const { client } = stage.server;
  await client.call("removeMachine", { params: WEB });
  const body = { role: "agent", machine: stage.agent.id } as const;
  await assert.rejects(client.call("createToken", { body }), { code: "machine-unknown" });
});
