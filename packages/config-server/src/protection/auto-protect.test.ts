import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "@leeward/base";
import type { EventReport } from "@leeward/proto";
import { eventually, install } from "../testing/node-installation.ts";
import { startServer, temporaryFolder } from "../testing/node-test-server.ts";

function appeared(path: string, refusal = ""): EventReport {
  const detail = { path, sizeBytes: "4096", refusal };
  return { kind: "device-appeared", subject: path, message: `${path} has appeared.`, detail, severity: "info" };
}

void test("devices that appear are protected by the tracker where that is set: not those excluded or refused, and none before or after", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { agent, said } = await install(t, server, folder);
  const { client } = server;
  const candidate = (path: string, trackerRefusal = ""): (typeof said.candidates)[number] => {
    return { path, kind: "block-device", sizeBytes: 4_096, refusal: "", trackerRefusal, rescanRefusal: "" };
  };
  said.candidates = ["/dev/sdb", "/dev/sdc", "/dev/sdd", "/dev/dm-1"].map((path) => candidate(path));
  said.candidates.push(candidate("/dev/sde", "It is zoned."));
  const events = async (kind: string) => {
    const { items } = await client.call("listEvents", { query: { limit: 1_000 } });
    return items.filter((event) => event.kind === kind);
  };
  /** The device is known of, and what follows from it has been decided: that is done in order. */
  const tell = async (path: string, refusal?: string): Promise<void> => {
    agent.control.report(appeared(path, refusal));
    await eventually(async () => (await events("device-appeared")).some(({ subject }) => subject === path));
  };
  const set = (body: { autoProtect?: string; exclude?: string }) =>
    client.call("setMachine", { params: { machine: "web" }, body });
  const paths = async () => {
    const { items } = await client.call("listDisks", {});
    return items.map((disk) => [disk.path, disk.capture, disk.policy]);
  };

  await tell("/dev/sdb");
  await assert.rejects(set({ autoProtect: "nothing" }), { code: "policy-unknown" });
  const machine = await set({ autoProtect: "default", exclude: "/dev/dm-*, /dev/sdx" });
  assert.deepEqual(machine.autoProtect, { policy: "default", exclude: ["/dev/dm-*", "/dev/sdx"] });
  await tell("/dev/dm-1");
  await tell("/dev/sdc1", "It is a partition.");
  await tell("/dev/sde");
  await tell("/dev/sdc");
  await eventually(async () => (await paths()).length > 0);
  assert.deepEqual(await paths(), [["/dev/sdc", "tracker", "default"]]);
  assert.deepEqual(
    (await events("auto-protect-failed")).map(({ detail }) => [detail["path"], detail["code"]]),
    [["/dev/sde", "disk-not-protectable"]],
  );
  assert.deepEqual(
    (await events("disk-protected")).map(({ actor }) => actor),
    ["auto-protect"],
  );

  const off = await set({ autoProtect: "off" });
  assert.deepEqual(off.autoProtect, { policy: null, exclude: ["/dev/dm-*", "/dev/sdx"] });
  await tell("/dev/sdd");
  agent.control.report(appeared("/dev/sdc"));
  await set({ autoProtect: "default" });
  agent.control.report(appeared("/dev/sdb"));
  await eventually(async () => (await paths()).some(([path]) => path === "/dev/sdb"));
  assert.equal((await paths()).length, 2);
  assert.deepEqual(
    (await events("auto-protect-set")).map(({ detail }) => detail["policy"]),
    ["default", "off", "default"],
  );
});

void test("a device that could not be protected yet is, once its machine answers, also when the config server was stopped in between", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { agent, said, script } = await install(t, server, folder);
  said.candidates = ["/dev/sdb", "/dev/sdx"].map((path) => {
    return { path, kind: "block-device", sizeBytes: 4_096, refusal: "", trackerRefusal: "", rescanRefusal: "" };
  });
  let asked = 0;
  script.answer = async ({ kind }) => {
    if (kind !== "listCandidates") return undefined;
    asked += 1;
    throw new Fault({ code: "not-now", kind: "transient", message: "The machine has just begun." });
  };
  await server.client.call("setMachine", {
    params: { machine: "web" },
    body: { autoProtect: "default", exclude: "/dev/sdx" },
  });
  agent.control.report(appeared("/dev/sdx"));
  agent.control.report(appeared("/dev/sdb"));
  await eventually(async () => asked > 0);
  await server.stop();
  script.answer = undefined;
  const next = await startServer(t, `${folder}/server`, { apiPort: String(server.port) });
  const disks = await eventually(async () => {
    const { items } = await next.client.call("listDisks", {});
    return items.length > 0 && items;
  });
  assert.deepEqual(
    disks.map((disk) => [disk.path, disk.capture, disk.policy]),
    [["/dev/sdb", "tracker", "default"]],
  );
});
