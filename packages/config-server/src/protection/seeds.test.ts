import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoadSeed } from "@leeward/proto";
import { eventually, install } from "../testing/node-installation.ts";
import { startServer, temporaryFolder } from "../testing/node-test-server.ts";

const PATH = "/var/lib/images/web.img";
const MACHINE = { machine: "web" };
const DISK = { ...MACHINE, disk: "web.img" };

test("a disk whose seed is awaited is in its target's plan alone, until the seed is loaded", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { agent, masterTarget, script, said, asked, tell } = await install(t, server, folder);
  const { client } = server;
  const { disk, job } = await client.call("protectDisk", { params: MACHINE, body: { path: PATH, seed: true } });
  const ended = await client.call("showJob", { params: { id: job.id }, query: { waitSeconds: 10 } });
  assert.equal(ended.state, "succeeded");
  const held = await eventually(async () => masterTarget.control.plan?.disks[0]);
  assert.ok(held.intake);
  assert.ok(!held.wrappedKeys.some(({ recipient }) => recipient === agent.id), "the machine's key is not a journal's");
  await eventually(async () => (agent.control.plan !== undefined ? true : undefined));
  assert.deepEqual(agent.control.plan?.disks, []);
  const [shown] = (await client.call("listDisks", {})).items;
  assert.deepEqual(
    shown?.faults.map(({ code }) => code),
    ["seed-awaited"],
  );
  const { items } = await client.call("status", {});
  assert.ok(items.some(({ code, subject }) => code === "seed-awaited" && subject === "web/web.img"));

  let loads = 0;
  script.answer = async (body) => {
    if (body.kind !== "loadSeed") return undefined;
    loads += 1;
    said.saves = [{ jobId: body.value.jobId, progress: { doneBytes: 3, totalBytes: 9, etaSeconds: 2 } }];
    tell();
    await eventually(async () => {
      const { progress } = await client.call("showJob", { params: { id: body.value.jobId }, query: {} });
      return progress?.doneBytes === 3 ? true : undefined;
    });
    return { kind: "seedLoaded", value: { sequence: 98, diskBytes: 4096 } };
  };
  const load = await client.call("loadSeed", { params: DISK, body: { path: "/mnt/usb/seed" } });
  const loaded = await client.call("showJob", { params: { id: load.id }, query: { waitSeconds: 20 } });
  assert.equal(loaded.state, "succeeded", JSON.stringify(loaded.error));
  assert.equal(loads, 1);
  const told = asked.flatMap((body): LoadSeed[] => (body.kind === "loadSeed" ? [body.value] : []));
  const { branch = "" } = told[0] ?? {};
  assert.deepEqual(told, [{ machineId: agent.id, diskId: disk.id, branch, path: "/mnt/usb/seed", jobId: load.id }]);
  const planned = await eventually(async () => agent.control.plan?.disks[0]);
  assert.deepEqual(planned.seed, { branch, sequence: 98, diskBytes: 4096 });
  assert.deepEqual((await client.call("listDisks", {})).items[0]?.faults, []);
  await assert.rejects(client.call("loadSeed", { params: DISK, body: { path: "/mnt/usb/seed" } }), {
    code: "seed-not-awaited",
  });
  await assert.rejects(client.call("giveUpSeed", { params: DISK }), { code: "seed-not-awaited" });
});

test("a seed that is given up leaves a disk that begins on nothing, and a load that fails leaves it awaited", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { agent, asked } = await install(t, server, folder);
  const { client } = server;
  await client.call("protectDisk", { params: MACHINE, body: { path: PATH, seed: true } });
  // The stand-in has no answer to it.
  const load = await client.call("loadSeed", { params: DISK, body: { path: "/mnt" } });
  const failed = await client.call("showJob", { params: { id: load.id }, query: { waitSeconds: 20 } });
  assert.equal(failed.state, "failed");
  assert.ok(asked.some(({ kind }) => kind === "loadSeed"));
  await client.call("giveUpSeed", { params: DISK });
  const planned = await eventually(async () => agent.control.plan?.disks[0]);
  assert.equal(planned.seed, undefined);
});

test("there is no seed for a disk that is tracked or rescanned, or goes to several targets", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { addTarget } = await install(t, server, folder);
  await addTarget("far");
  for (const more of [
    { capture: "tracker" },
    { capture: "rescan" },
    { alsoTo: ["far"], masterTarget: "mt" },
  ] as const) {
    const body = { path: PATH, seed: true, ...more };
    const asking = server.client.call("protectDisk", {
      params: MACHINE,
      body: "alsoTo" in body ? { ...body, alsoTo: [...body.alsoTo] } : body,
    });
    await assert.rejects(asking, { code: "seed-impossible" });
  }
  assert.deepEqual((await server.client.call("listDisks", {})).items, []);
});
