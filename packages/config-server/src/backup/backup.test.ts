import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { openStore } from "../store/store.ts";
import { agentDisk, eventually, install } from "../testing/node-installation.ts";
import { startServer, type TestServer, temporaryFolder } from "../testing/node-test-server.ts";
import { restoreTest } from "../testing/node-test-state.ts";

async function backupTo(server: TestServer, path: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  await server.client.backup(async (stream) => {
    for await (const chunk of stream) chunks.push(chunk);
  });
  const bytes = Buffer.concat(chunks);
  await writeFile(path, bytes);
  return bytes;
}

void test("a backup restored elsewhere is the same installation, with newer plans and without the recovery key", async (t) => {
  const folder = await temporaryFolder(t);
  const first = await startServer(t, `${folder}/server`);
  const before = await install(t, first, folder);
  const { disk } = await first.client.call("protectDisk", { params: { machine: "web" }, body: { path: "/a" } });
  await eventually(async () => before.processServer.control.plan?.disks.length === 1);
  const bandwidth = "20MB/s; mon-fri 08:00-18:00 5MB/s";
  await first.client.call("setMachine", { params: { machine: "web" }, body: { bandwidth } });
  await first.client.call("setInstallation", { body: { workingHours: "sat 10:00-12:00" } });
  const bytes = await backupTo(first, `${folder}/backup`);
  const { privateKeyPem } = await first.client.call("exportRecoveryKey", {});
  const privateBody = Buffer.from(privateKeyPem.split("\n").slice(1, -2).join(""), "base64");
  assert.ok(!bytes.includes(privateKeyPem.slice(40, 80)) && !bytes.includes(privateBody));
  assert.ok(!bytes.includes((await readFile(`${first.home}/operator.token`, "utf8")).split(".")[1] ?? "?"));
  // What happens after the backup is not in it, and daemons were told of it.
  await first.client.call("setPolicy", { params: { name: "default" }, body: { pointIntervalSeconds: 5 } });
  const told = await eventually(
    async () => before.agent.control.plan?.disks[0]?.policy.pointIntervalSeconds === 5 && before.agent.control.plan,
  );
  const term = before.processServer.control.plan?.disks[0]?.term ?? 0;
  await first.stop();
  for (const member of [before.agent, before.processServer, before.masterTarget])
    await member.stop().catch(() => undefined);

  await restoreTest(`${folder}/backup`, `${folder}/restored`);
  await assert.rejects(restoreTest(`${folder}/backup`, `${folder}/restored`), {
    code: "home-not-empty",
  });
  const second = await startServer(t, `${folder}/restored`);
  assert.equal(second.caFingerprint, first.caFingerprint);
  const after = await install(t, second, folder);
  assert.equal(after.agent.id, before.agent.id);
  const again = await eventually(
    async () => after.agent.control.plan?.disks[0]?.policy.pointIntervalSeconds === 2 && after.agent.control.plan,
  );
  assert.ok(again.version > told.version);
  assert.equal(again.bandwidth?.bytesPerSecond, 20_000_000);
  assert.equal((await second.client.call("showMachine", { params: { machine: "web" } })).bandwidth.schedule, bandwidth);
  assert.equal((await second.client.call("showInstallation", {})).workingHours, "sat 10:00-12:00");
  const lease = await eventually(async () => after.processServer.control.plan?.disks.find((each) => each.term > term));
  assert.equal(lease.diskId, disk.id);
  after.said.agentDisks = [agentDisk(disk.id)];
  after.tell();
  const codes = (await second.client.call("status", {})).items.map(({ code }) => code);
  assert.deepEqual(codes, ["recovery-key-lost"]);
});

/** A state that no backup was made of. */
async function plainState(path: string): Promise<Buffer> {
  openStore(path)[Symbol.dispose]();
  return readFile(path);
}

void test("a backup that is damaged anywhere, or is none, is refused and leaves no whole home", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const bytes = await backupTo(server, `${folder}/backup`);
  const tries: [string, Uint8Array][] = [
    ["empty", new Uint8Array(0)],
    ["text", new TextEncoder().encode("not a backup")],
    ["half", bytes.subarray(0, bytes.length / 2)],
    ["state", await plainState(`${folder}/plain`)],
  ];
  for (const [name, content] of tries) {
    await writeFile(`${folder}/${name}`, content);
    await assert.rejects(restoreTest(`${folder}/${name}`, `${folder}/home-${name}`), { code: "backup-damaged" }, name);
  }
  await assert.rejects(restoreTest(`${folder}/nothing`, `${folder}/x`), {
    code: "file-missing",
  });
  assert.equal(
    createHash("sha256").update(bytes).digest("hex"),
    createHash("sha256")
      .update(await readFile(`${folder}/backup`))
      .digest("hex"),
  );
});
