import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { ApiClient } from "@leeward/api";
import { nodeTransport } from "@leeward/api/node";
import { type Random, seededRandom } from "@leeward/base";
import { KeyStore, parseToken } from "@leeward/identity";
import { type Files, nodeRandom } from "@leeward/world";
import { crashSweep, simulatedClock, simulatedCompute } from "@leeward/world/testing";
import { eventually, install } from "../testing/node-installation.ts";
import { enrolledKeyStore } from "../testing/node-test-member.ts";
import { startServer, type TestServer, temporaryFolder } from "../testing/node-test-server.ts";
import { Trust } from "./trust.ts";

/** Operators have no time of their own. */
const AT_ONCE = { caOverlapDays: "0" };

async function phaseOf({ client }: TestServer): Promise<string> {
  return (await client.call("showRotation", {})).phase;
}

void test("another authority comes in by itself: all daemons get certificates of it, and the old one goes", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { agent, processServer, masterTarget } = await install(t, server, folder);
  const { client } = server;
  await client.call("rotateAuthority", { body: { force: false } });
  await eventually(async () => {
    const { phase, behind } = await client.call("showRotation", {});
    return phase === "renewing" && behind.length === 0;
  });
  const { successor } = await client.call("showRotation", {});
  for (const { keyStore } of [agent, processServer, masterTarget]) assert.equal(keyStore.trusted.issuer, successor);
  await assert.rejects(client.call("rotateAuthority", { body: { force: false } }), { code: "rotation-under-way" });
  // Who has the old authority's certificate alone still gets in, and finds the new one beside it.
  const { caPem } = await client.call("showAuthorities", {});
  assert.equal(await readFile(`${server.home}/ca.pem`, "utf8"), caPem);
  await client.call("retireAuthority", { body: { force: false } });
  assert.equal(await phaseOf({ ...server, client: clientOf(t, server, caPem) }), "none");
  await eventually(async () => [agent, processServer, masterTarget].every(({ control }) => control.connected));
  for (const { keyStore } of [agent, processServer, masterTarget])
    await eventually(async () => keyStore.trusted.authorities.join() === successor);
  assert.deepEqual((await readdir(server.home)).filter((name) => /^(authority|ca-retired)/.test(name)).length, 2);
  assert.ok(!(await readdir(server.home)).includes("authority"), "its key is erased");
  // What enrols from now on knows the new one alone.
  const now = { ...server, client: clientOf(t, server, caPem) };
  const { token } = await now.client.call("createToken", { body: { role: "agent" } });
  assert.equal(parseToken(token).caFingerprint, successor);
  const { trusted } = await enrolledKeyStore(now, { home: `${folder}/later`, role: "agent", name: "later" });
  assert.deepEqual(trusted, { authorities: [successor], issuer: successor });
});

void test("who is away holds the change up, is named, and is left out at a person's word alone; it comes back by hand", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`, AT_ONCE);
  const { agent, masterTarget } = await install(t, server, folder);
  await agent.stop();
  const { client } = server;
  await client.call("rotateAuthority", { body: { force: false } });
  await eventually(async () => (await client.call("showRotation", {})).behind.map(({ name }) => name).join() === "web");
  const codes = (await client.call("status", {})).items.map(({ code }) => code);
  assert.ok(codes.includes("authority-changing"));
  await assert.rejects(client.call("retireAuthority", { body: { force: false } }), { code: "rotation-incomplete" });
  assert.equal(await phaseOf(server), "introducing");
  // A restart in the middle changes nothing.
  await server.stop();
  const again = await startServer(t, `${folder}/server`, AT_ONCE);
  assert.equal(await phaseOf(again), "introducing");
  await again.client.call("retireAuthority", { body: { force: true } });
  const caPem = await readFile(`${again.home}/ca.pem`, "utf8");
  const after = { ...again, client: clientOf(t, again, caPem) };
  const { items } = await after.client.call("listEvents", { query: { severity: "critical" } });
  assert.match(items.find(({ kind }) => kind === "authority-changed")?.message ?? "", /Left out.*: .*web/);
  const keyStore = await KeyStore.open(again.world, `${folder}/agent/identity`);
  await keyStore.addAuthority(caPem);
  assert.equal(keyStore.outOfTime(again.world.clock.wallMicros()), true);
  const csrPem = await keyStore.createRequest();
  const renewed = await after.client.call("renew", { body: { id: agent.id, csrPem } });
  await keyStore.install(renewed);
  assert.equal(keyStore.identity?.id, agent.id);
  assert.equal(masterTarget.id !== agent.id, true);
});

function clientOf(t: { after: (work: () => void) => void }, server: TestServer, caPem: string): ApiClient {
  const client = new ApiClient({ transport: nodeTransport({ url: server.url, caPem }), token: server.operatorToken });
  t.after(() => client.close());
  return client;
}

void test("cut off at any moment of a change of authority, the server comes back, and whoever knows one of its authorities still gets in", async () => {
  let known: string[] = [];
  const open = (files: Files, random: Random): Promise<Trust> => {
    const world = { clock: simulatedClock(), random, files, compute: simulatedCompute() };
    return Trust.open({ world, home: "/server", serverId: "s", names: ["server"] });
  };
  await crashSweep(
    {
      prepare: async (files) => {
        await files.makeFolder("/server");
        await files.syncFolder("/");
        known = [(await open(files, seededRandom(3))).caFingerprint];
      },
      work: async (files) => {
        const mine = known;
        const trust = await open(files, seededRandom(4));
        await trust.begin();
        mine.push(trust.successor?.fingerprint ?? "");
        await trust.issueByNext();
        await trust.retire();
        mine.shift();
      },
      verify: async (files) => {
        const promised = [...known];
        const trust = await open(files, nodeRandom);
        const trusted = [trust.caFingerprint, trust.successor?.fingerprint];
        assert.ok(promised.some((one) => trusted.includes(one)));
        assert.equal(trust.keyStore.trusted.issuer, trust.caFingerprint, "its own certificate is of the present one");
        await trust.issueByNext();
        await trust.retire();
        assert.equal(trust.successor, undefined);
        assert.equal(trust.keyStore.trusted.issuer, trust.caFingerprint);
        const left = (await files.list("/server")).filter((name) => /^authority(-\d+)?$/.test(name));
        assert.ok(left.length <= 2, left.join());
      },
    },
    { seed: 9, rounds: 1 },
  );
});
