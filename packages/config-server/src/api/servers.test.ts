import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, install } from "../testing/node-installation.ts";
import { startServer, temporaryFolder } from "../testing/node-test-server.ts";

test("a server's load, room and delay are shown as of now while it is there, and as unknown once it is away", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { client } = server;
  const { said, tell, processServer, masterTarget } = await install(t, server, folder);
  const { disk } = await client.call("protectDisk", { params: { machine: "web" }, body: { path: "/var/lib/web.img" } });
  const shown = async (name: string) => (await client.call("listServers", {})).items.find((each) => each.name === name);
  await eventually(async () => (await shown("ps"))?.uploadDelaySeconds === 0);
  assert.equal((await shown("mt"))?.uploadDelaySeconds, null, "a master target forwards nothing");
  const counted = { cacheBytes: 1, receivedBytes: 1, forwardedBytes: 0, cutRawBytes: 0, cutSealedBytes: 0 };
  const waiting = { diskId: disk.id, cachedSequence: 20, journaledSequence: 10, ...counted };
  said.heldDisks = [{ ...waiting, faults: [], further: [], stages: [] }];
  tell();
  await eventually(async () => ((await shown("ps"))?.uploadDelaySeconds ?? 0) > 0);
  for (const { name, member } of [
    { name: "ps", member: processServer },
    { name: "mt", member: masterTarget },
  ]) {
    const before = await shown(name);
    assert.ok(before !== undefined && before.health !== null && before.freeBytes !== null, name);
    await member.stop();
    const away = await eventually(async () => {
      const now = await shown(name);
      return now?.state === "offline" && now;
    });
    const { health, freeBytes, totalBytes, uploadDelaySeconds, store } = away;
    const unknown = { health: null, freeBytes: null, totalBytes: null, uploadDelaySeconds: null, store: null };
    assert.deepEqual({ health, freeBytes, totalBytes, uploadDelaySeconds, store }, unknown, name);
  }
});
