import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault } from "@leeward/base";
import { wrapDataKey } from "@leeward/identity";
import { agentDisk, eventually, install, targetDisk } from "../testing/node-installation.ts";
import { startServer, temporaryFolder } from "../testing/node-test-server.ts";

const PATH = "/var/lib/images/web.img";

test("a disk is protected to several targets: each gets the key and the plan, and what was wrong is refused", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const installed = await install(t, server, folder);
  const { masterTarget, processServer, said, tell } = installed;
  const far = await installed.addTarget("far");
  const { client } = server;
  const machine = { machine: "web" };
  const protect = (body: { masterTarget?: string; alsoTo?: string[] }) =>
    client.call("protectDisk", { params: machine, body: { path: PATH, ...body } });
  for (const [body, code] of [
    [{ masterTarget: "mt", alsoTo: ["nobody"] }, "server-unknown"],
    [{ masterTarget: "mt", alsoTo: ["mt"] }, "target-is-main"],
    [{ masterTarget: "mt", alsoTo: ["far", far.id] }, "target-taken"],
  ] as const)
    await assert.rejects(protect({ ...body, alsoTo: [...body.alsoTo] }), { code });

  const { disk } = await protect({ masterTarget: "mt", alsoTo: ["far"] });
  const planned = await eventually(async () => far.control.plan?.disks[0]);
  assert.deepEqual(
    planned.wrappedKeys.map(({ recipient }) => recipient).toSorted(),
    ["recovery", processServer.id, masterTarget.id, far.id].toSorted(),
  );
  const [wrapped] = planned.wrappedKeys.filter(({ recipient }) => recipient === far.id);
  assert.equal((await far.keyStore.unwrap(wrapped?.jwe ?? "", planned.keyId)).length, 32);
  const forwarded = await eventually(async () =>
    processServer.control.plan?.disks.find(({ further }) => further.length > 0),
  );
  assert.deepEqual(forwarded.further, [{ targetId: far.id, address: { host: "target.example", port: 9444 } }]);
  said.targetDisks = [targetDisk(disk.id, { newestPointMicros: Date.now() * 1_000 })];
  tell();
  const shown = () => client.call("listDisks", {}).then(({ items }) => items[0]?.targets ?? []);
  const states = async () => (await shown()).map(({ name, main, state }) => [name, main, state]);
  await eventually(async () => (await states())[0]?.[2] === "following");
  assert.deepEqual(
    (await shown()).map(({ id, main }) => [id, main]),
    [
      [masterTarget.id, true],
      [far.id, false],
    ],
  );
  // A machine's points have one role at each target.
  await assert.rejects(client.call("protectDisk", { params: machine, body: { path: "/other", masterTarget: "far" } }), {
    code: "target-is-further",
  });
  await assert.rejects(client.call("removeServer", { params: { server: "far" } }), { code: "server-in-use" });
  await assert.rejects(client.call("listPoints", { params: machine, query: { target: "nowhere" } }), {
    code: "target-unknown",
  });

  const removing = { params: { ...machine, disk: "web.img", target: "far" } };
  const after = await client.call("removeTarget", removing);
  assert.equal(after.targets?.[1]?.state, "kept");
  await eventually(async () => far.control.plan?.disks[0]?.intake === false);
  await eventually(async () => processServer.control.plan?.disks[0]?.further.length === 0);
  await client.call("removeTarget", { ...removing, query: { deletePoints: true } });
  far.control.statusChanged();
  await eventually(async () => (await shown()).length === 1);
  await eventually(async () => far.control.plan?.disks.length === 0);
  await assert.rejects(client.call("removeTarget", removing), { code: "target-unknown" });
  assert.deepEqual(
    installed.asked.filter(({ kind }) => kind === "deleteHistory").map(({ value }) => value),
    [{ machineId: disk.machine, diskIds: [disk.id] }],
  );
});

test("points that are to go with their disk go at every target, and the disk is known until then", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const installed = await install(t, server, folder);
  const far = await installed.addTarget("far");
  const { client } = server;
  const params = { machine: "web", disk: "data" };
  await client.call("protectDisk", {
    params,
    body: { path: PATH, name: "data", masterTarget: "mt", alsoTo: ["far"] },
  });
  await eventually(async () => far.control.plan?.disks.length === 1);
  await far.stop();
  await client.call("unprotectDisk", { params, query: { deletePoints: true } });
  installed.tell();
  await eventually(async () => installed.masterTarget.control.plan?.disks[0]?.intake === false);
  installed.tell();
  assert.equal(installed.asked.filter(({ kind }) => kind === "deleteHistory").length, 0, "the main one is asked last");
  const back = await installed.addTarget("far");
  await eventually(async () => back.control.plan?.disks[0]?.intake === false);
  back.control.statusChanged();
  await eventually(async () => back.control.plan?.disks.length === 0);
  installed.tell();
  await eventually(async () => installed.masterTarget.control.plan?.disks.length === 0);
  assert.equal(installed.asked.filter(({ kind }) => kind === "deleteHistory").length, 2);
});

test("a protected disk goes to one more target: its key is wrapped by who has it, and the source is read once for all that need it", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const installed = await install(t, server, folder);
  const { processServer, said, tell, script, asked } = installed;
  const far = await installed.addTarget("far");
  const { client } = server;
  const params = { machine: "web", disk: "data" };
  const { disk } = await client.call("protectDisk", { params, body: { path: PATH, name: "data", masterTarget: "mt" } });
  const add = (target: string) => client.call("addTarget", { params, body: { target } });
  await assert.rejects(add("nobody"), { code: "server-unknown" });
  await assert.rejects(add("mt"), { code: "target-is-main" });
  await assert.rejects(add("far"), { code: "not-now" });
  assert.equal(far.control.plan?.disks.length ?? 0, 0, "what failed leaves nothing behind");
  const branch = "b".repeat(32);
  script.answer = async (body) => {
    if (body.kind === "copyDisk") return { kind: "resyncBegun", value: { branch, sequence: 21 } };
    if (body.kind !== "wrapKey") return undefined;
    const { recipient, publicKeyPem, keyId } = body.value;
    return {
      kind: "wrappedKey",
      value: { recipient, jwe: await wrapDataKey(Buffer.alloc(32, 7), { publicKeyPem, keyId }) },
    };
  };
  const after = await add("far");
  assert.deepEqual(
    after.targets?.map(({ name, main }) => [name, main]),
    [
      ["mt", true],
      ["far", false],
    ],
  );
  await assert.rejects(add("far"), { code: "target-taken" });
  const planned = await eventually(async () => far.control.plan?.disks[0]);
  const [wrapped] = planned.wrappedKeys.filter(({ recipient }) => recipient === far.id);
  assert.deepEqual(await far.keyStore.unwrap(wrapped?.jwe ?? "", planned.keyId), new Uint8Array(32).fill(7));
  await eventually(async () => processServer.control.plan?.disks[0]?.further[0]?.targetId === far.id);
  const copies = () => asked.flatMap((body) => (body.kind === "copyDisk" ? [body.value] : []));
  said.agentDisks = [agentDisk(disk.id, { branch })];
  said.targetDisks = [targetDisk(disk.id, { branch, journaledSequence: 20 })];
  tell();
  far.control.statusChanged();
  assert.deepEqual(copies(), [], "nobody needs one");
  const needs = (journaledSequence: number): void => {
    said.targetDisks = [targetDisk(disk.id, { branch, journaledSequence, copyNeeded: true, history: "gap" })];
    far.control.statusChanged();
  };
  needs(20);
  await eventually(async () => copies().length > 0);
  for (let round = 0; round < 3; round += 1) {
    const { items: before } = await client.call("listServers", {});
    far.control.statusChanged();
    tell();
    assert.ok(before.length > 0);
  }
  assert.deepEqual(copies(), [{ diskId: disk.id, branch, afterSequence: 20 }], "once, as long as it is on its way");
  needs(30);
  const { items } = await client.call("listServers", {});
  assert.ok(items.length > 0);
  assert.equal(copies().length, 1, "one that brought nothing is not followed closely by the next");
  said.targetDisks = [targetDisk(disk.id, { branch, journaledSequence: 40 })];
  far.control.statusChanged();
  const isDone = async () => (await client.call("listDisks", {})).items[0]?.targets?.[1]?.journaled === 40;
  await eventually(isDone);
  needs(50);
  await eventually(async () => copies().length === 2);
  assert.equal(copies()[1]?.afterSequence, 50);
  // Its points there stay when it is let go, and its key with them.
  await client.call("removeTarget", { params: { ...params, target: "far" } });
  const wraps = asked.filter(({ kind }) => kind === "wrapKey").length;
  await add("far");
  assert.equal(asked.filter(({ kind }) => kind === "wrapKey").length, wraps);
  await client.call("removeTarget", { params: { ...params, target: "far" }, query: { deletePoints: true } });
  await eventually(async () => (await client.call("listDisks", {})).items[0]?.targets?.length === 1);
  const other = await installed.addTarget("other");
  await processServer.stop();
  await eventually(async () =>
    add("other").then(
      () => false,
      (error: unknown) => isFault(error, "process-server-offline"),
    ),
  );
  await other.stop();
});
