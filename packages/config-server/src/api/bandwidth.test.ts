import assert from "node:assert/strict";
import { test } from "node:test";
import { parseBandwidth } from "@leeward/daemon";
import { eventually, install } from "../testing/node-installation.ts";
import { startServer, temporaryFolder } from "../testing/node-test-server.ts";

const SCHEDULE = "20MB/s; mon-fri 08:00-18:00 5MB/s; sat,sun unlimited";

void test("a machine's and a process server's bandwidth reach their plans at once, are events, and are shown with what they do", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { agent, processServer, said, tell } = await install(t, server, folder);
  const { client } = server;
  const before = await client.call("showMachine", { params: { machine: "web" } });
  assert.equal(before.bandwidth.schedule, "unlimited");
  await eventually(async () => agent.control.plan !== undefined);
  assert.equal(agent.control.plan?.bandwidth, undefined);

  const body = { bandwidth: "20 MB/s;mon-fri 8:00-18:00 5MB/s; sat,sun unlimited" };
  const machine = await client.call("setMachine", { params: { machine: "web" }, body });
  assert.equal(machine.bandwidth.schedule, SCHEDULE);
  const forwarding = await client.call("setServer", { params: { server: "ps" }, body: { bandwidth: "1MB/s" } });
  assert.equal(forwarding.bandwidth?.schedule, "1MB/s");
  const plan = await eventually(async () => agent.control.plan?.bandwidth);
  assert.deepEqual(plan, parseBandwidth(SCHEDULE));
  assert.deepEqual(await eventually(async () => processServer.control.plan?.bandwidth), parseBandwidth("1MB/s"));
  await client.call("setServer", { params: { server: "ps" }, body: { bandwidth: "unlimited" } });
  await eventually(async () => processServer.control.plan?.bandwidth === undefined);

  const sentBytes = 7;
  const [bytesPerSecond, untilMicros, waitedMicros] = [5_000_000, 1_795_284_000_000_000, 1_500_000];
  said.bandwidth = { bytesPerSecond, untilMicros, waitedMicros, sentBytes, timeZone: "Europe/Berlin" };
  tell();
  const shown = await eventually(async () => {
    const { bandwidth } = await client.call("showMachine", { params: { machine: "web" } });
    return bandwidth.timeZone !== null && bandwidth;
  });
  const until = "2026-11-21T18:00:00.000000Z";
  const inForce = { timeZone: "Europe/Berlin", bytesPerSecond, until, waitedSeconds: 1.5, sentBytes };
  assert.deepEqual(shown, { schedule: SCHEDULE, ...inForce });

  const { items } = await client.call("listEvents", { query: { limit: 1_000 } });
  const told = items.filter(({ kind }) => kind === "bandwidth-set");
  assert.deepEqual(
    told.map(({ subject, detail }) => [subject, detail["bandwidth"], detail["before"]]),
    [
      ["web", SCHEDULE, "unlimited"],
      ["ps", "1MB/s", "unlimited"],
      ["ps", "unlimited", "1MB/s"],
    ],
  );
  await agent.stop();
  const later = await eventually(async () => {
    const { state, bandwidth } = await client.call("showMachine", { params: { machine: "web" } });
    return state === "offline" && bandwidth;
  });
  assert.deepEqual([later.schedule, later.bytesPerSecond, later.until], [SCHEDULE, null, null]);
});

void test("what is no bandwidth, or for who sends nothing, changes nothing", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  await install(t, server, folder);
  const { client } = server;
  const set = (bandwidth: string) => client.call("setMachine", { params: { machine: "web" }, body: { bandwidth } });
  await assert.rejects(set("5Mb/s"), { code: "bandwidth-invalid" });
  await assert.rejects(set(""), { code: "request-invalid" });
  const body = { bandwidth: "5MB/s" };
  await assert.rejects(client.call("setMachine", { params: { machine: "nobody" }, body }), { code: "machine-unknown" });
  await assert.rejects(client.call("setServer", { params: { server: "mt" }, body }), {
    code: "server-forwards-nothing",
  });
  assert.equal((await client.call("showMachine", { params: { machine: "web" } })).bandwidth.schedule, "unlimited");
});

void test("working hours hold for the installation, and policies keep rescans out of them unless they say otherwise", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { agent } = await install(t, server, folder);
  const { client } = server;
  const window = async () => agent.control.plan?.disks[0]?.policy.resyncWindow;
  await client.call("protectDisk", { params: { machine: "web" }, body: { path: "/a" } });
  const office = { days: 31, fromMinute: 480, toMinute: 1_080 };
  assert.deepEqual(await eventually(window), { outside: true, hours: [office] });
  const { workingHours } = await client.call("setInstallation", { body: { workingHours: "Mon 9:00-10:00" } });
  assert.equal(workingHours, "mon 09:00-10:00");
  assert.equal((await client.call("showInstallation", {})).workingHours, workingHours);
  await eventually(async () => (await window())?.hours[0]?.days === 1);
  await client.call("setPolicy", { params: { name: "default" }, body: { resyncWindow: "Sat,Sun" } });
  assert.deepEqual(await eventually(async () => ((await window())?.outside === false ? await window() : undefined)), {
    outside: false,
    hours: [{ days: 96, fromMinute: 0, toMinute: 1_440 }],
  });
  const wrong = { resyncWindow: "never" };
  await assert.rejects(client.call("setPolicy", { params: { name: "default" }, body: wrong }), {
    code: "time-window-invalid",
  });
  await assert.rejects(client.call("setInstallation", { body: { workingHours: "mon-sun" } }), {
    code: "time-window-invalid",
  });
  assert.equal((await client.call("showPolicy", { params: { name: "default" } })).resyncWindow, "sat,sun");
});
