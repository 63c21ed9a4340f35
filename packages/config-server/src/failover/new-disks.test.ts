// A disk of a failed-over machine is named to be on another device.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type AgentPlan, blockDigests, type DeviceLook, type RequestBody } from "@leeward/proto";
import { answering, ended, obeying, pointOf, type Stage, shown, staged } from "../testing/node-failover-stage.ts";
import { agentDisk, eventually } from "../testing/node-installation.ts";
import { startServer } from "../testing/node-test-server.ts";

const WEB = { machine: "web" };
const MIB = 1024 * 1024;
const SEEN = "5e".repeat(32);
const HEAD = Buffer.alloc(MIB, 7);

/** What the agent says of the device, and what the replica machine's disk begins with. */
function looking(stage: Stage, look: Partial<DeviceLook> = {}): void {
  const usual = answering(stage, pointOf(stage, stage.diskIds));
  stage.script.answer = async (body: RequestBody) => {
    if (body.kind === "lookAtDevice") {
      const digests = blockDigests(Buffer.alloc(MIB));
      return { kind: "deviceLook", value: { sizeBytes: MIB, refusal: "", content: "", digests, seen: SEEN, ...look } };
    }
    if (body.kind === "replicaDigests") {
      const place = { pointId: "", branch: "0e".repeat(16), sequence: 1, diskBytes: MIB, length: MIB };
      return { kind: "blockDigests", value: { ...place, digests: blockDigests(HEAD) } };
    }
    return usual(body);
  };
}

/** The machine runs at its target, for good. */
async function committed(stage: Stage): Promise<string> {
  const { client } = stage.server;
  obeying(stage);
  looking(stage);
  const { failover, job } = await client.call("unplannedFailover", { params: WEB, body: { at: "latest" } });
  await ended(stage.server, job.id);
  await client.call("commitFailover", { params: { failover: failover.id } });
  return failover.id;
}

const order = (id: string, path: string, overwrite = false) => ({
  params: { failover: id },
  body: { disks: [{ disk: "root", path }], overwrite },
});

async function planOf({ agent }: Stage, holds: (plan: AgentPlan) => boolean): Promise<AgentPlan> {
  return eventually(async () => {
    const { plan } = agent.control;
    return plan !== undefined && holds(plan) ? plan : undefined;
  });
}

const placeIn = ({ disks }: AgentPlan) => disks[0]?.reverse?.place;

void test("a disk is brought to the device that is named, compared as a whole, over a restart, and is on it from then on", async (t) => {
  const stage = await staged(t, ["root", "data"]);
  const { server, folder, diskIds } = stage;
  const id = await committed(stage);
  const { job } = await server.client.call("reprotect", order(id, "/dev/new"));
  assert.equal((await ended(server, job.id)).state, "succeeded");
  const plan = await planOf(stage, (each) => placeIn(each) !== undefined);
  const [root, data] = plan.disks;
  assert.partialDeepStrictEqual(root, { diskId: diskIds[0], path: "/dev/new" });
  assert.partialDeepStrictEqual(root?.reverse, { whole: true, place: { diskBytes: MIB, seen: SEEN } });
  assert.partialDeepStrictEqual(data?.reverse, { whole: false });
  assert.equal(data?.reverse?.place, undefined, "the other disk is where it was");
  const disks = (await server.client.call("listDisks", {})).items;
  assert.equal(disks.find(({ name }) => name === "root")?.path, "/dev/new");
  assert.deepEqual((await shown(server, id)).newDisks, [{ disk: diskIds[0], name: "root", path: "/dev/new" }]);
  const { items: events } = await server.client.call("listEvents", {});
  assert.match(JSON.stringify(events), /disk-replaced.*in the place of \/dev\/root/);

  await server.stop();
  const again = await startServer(t, `${folder}/server`, { apiPort: String(server.port) });
  await eventually(async () => (await again.client.call("showMachine", { params: WEB })).state === "online");
  assert.deepEqual(placeIn(await planOf(stage, (each) => placeIn(each) !== undefined)), root?.reverse?.place);
  const back = await again.client.call("failBack", { params: { failover: id }, body: {} });
  assert.equal((await ended(again, back.job.id)).state, "succeeded");
  const free = await planOf(stage, (each) => each.fence === undefined);
  assert.partialDeepStrictEqual(free.disks[0], { path: "/dev/new", origin: { failoverId: id } });
});

void test("what a device holds is overwritten only when that was said; a refused order leaves nothing behind", async (t) => {
  const stage = await staged(t, ["root", "data"]);
  const { server } = stage;
  const { client } = server;
  const id = await committed(stage);
  const refused = async (code: string, look: Partial<DeviceLook>, path = "/dev/new"): Promise<void> => {
    looking(stage, look);
    await assert.rejects(client.call("reprotect", order(id, path)), { code });
  };
  await refused("device-holds-data", { content: "a file system (ext)" });
  await refused("device-holds-data", { content: "a file system (ext)", digests: new Uint8Array() });
  await refused("device-refused", { refusal: "/dev/new is mounted or in other use." });
  await refused("device-refused", { sizeBytes: MIB - 512 });
  await refused("disk-protected-already", {}, "/dev/data");
  looking(stage);
  const params = { failover: id };
  const path = "/dev/new";
  await assert.rejects(client.call("reprotect", { params, body: { disks: [{ disk: "other", path }] } }), {
    code: "disk-unknown",
  });
  const twice = ["root", "data"].map((disk) => ({ disk, path }));
  await assert.rejects(client.call("reprotect", { params, body: { disks: twice } }), { code: "device-refused" });
  const still = await shown(server, id);
  assert.deepEqual([still.state, still.newDisks], ["committed", []]);
  assert.ok((await client.call("listDisks", {})).items.every((disk) => disk.path === `/dev/${disk.name}`));

  looking(stage, { content: "a partition table (GPT)", digests: blockDigests(HEAD) });
  await ended(server, (await client.call("reprotect", order(id, "/dev/same"))).job.id);
  looking(stage, { content: "a file system (ext)" });
  await ended(server, (await client.call("reprotect", order(id, "/dev/other", true))).job.id);
  assert.partialDeepStrictEqual((await shown(server, id)).newDisks, [{ path: "/dev/other" }]);
  assert.equal((await client.call("listDisks", {})).items.find(({ name }) => name === "root")?.path, "/dev/other");
  looking(stage);
  await assert.rejects(client.call("protectDisk", { params: WEB, body: { path: "/dev/other" } }), {
    code: "disk-protected-already",
  });
});

void test("what the agent said of the device before is not taken for the new one's", async (t) => {
  const stage = await staged(t);
  const { server, said, tell } = stage;
  const id = await committed(stage);
  await ended(server, (await server.client.call("reprotect", { params: { failover: id }, body: {} })).job.id);
  const { ofPlan } = said;
  assert.ok(ofPlan !== undefined);
  // It still speaks of the device that it had: brought, and complete.
  said.ofPlan = (plan) => {
    const told = ofPlan(plan);
    const disks = (told.disks ?? []).map((disk) =>
      disk.reverse === undefined
        ? disk
        : agentDisk(disk.diskId, { ...disk, reverse: { ...disk.reverse, placeId: "" } }),
    );
    return { ...told, disks };
  };
  tell();
  const { job } = await server.client.call("reprotect", order(id, "/dev/new"));
  await planOf(stage, (each) => placeIn(each) !== undefined);
  const still = await server.client.call("showJob", { params: { id: job.id }, query: { waitSeconds: 2 } });
  assert.equal(still.endedAt, null);
  assert.deepEqual((await shown(server, id)).reverse, []);
  said.ofPlan = ofPlan;
  tell();
  assert.equal((await ended(server, job.id)).state, "succeeded");
});
