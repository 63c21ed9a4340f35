import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { isFault, MiB } from "@leeward/base";
import { memoryDevice } from "@leeward/block";
import { blockDeviceSuite } from "@leeward/block/testing";
import { nodeClock } from "@leeward/world";
import { NbdClient, type NbdClientOptions } from "./client.ts";
import { singleExport } from "./exports.ts";
import { connectNbd } from "./node-connect.ts";
import { NbdListener } from "./node-listener.ts";
import { nodeClientTls, nodeServerTls } from "./node-tls.ts";
import { OPTION } from "./protocol.ts";
import { NbdServer } from "./server.ts";
import { openssl, type TestIdentity, testAuthority } from "./testing/certificates.ts";
import { connectedPair } from "./testing/connected-pair.ts";
import { peer } from "./testing/peer.ts";
import { PeerServer, runPeer } from "./testing/peer-process.ts";
import { clientFlags, optionBytes } from "./testing/raw-client.ts";

const folder = mkdtempSync(join(tmpdir(), "leeward-tls-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const never = new AbortController().signal;
const nbdkit = peer("nbdkit");
const nbdinfo = peer("nbdinfo");

describe("TLS", { skip: openssl.skip }, () => {
  const own: { server?: TestIdentity; client?: TestIdentity; stranger?: TestIdentity } = {};
  before(async () => {
    const authority = await testAuthority(folder);
    own.server = await authority.issue("server");
    own.client = await authority.issue("client");
    const elsewhere = join(folder, "elsewhere");
    mkdirSync(elsewhere);
    own.stranger = await (await testAuthority(elsewhere)).issue("client");
  });

  const identity = (name: keyof typeof own): TestIdentity => {
    const found = own[name];
    assert.ok(found !== undefined);
    return found;
  };
  const secureServer = (sizeBytes = MiB, readOnly = false): NbdServer =>
    new NbdServer({
      exports: singleExport(memoryDevice(sizeBytes, { readOnly })),
      clock: nodeClock,
      startTls: nodeServerTls({ context: () => identity("server") }),
    });
  const secureClient = (name: keyof typeof own = "client", serverName = "localhost"): NbdClientOptions => ({
    exportName: "",
    clock: nodeClock,
    startTls: nodeClientTls({ context: () => identity(name), serverName }),
  });
  const connect = async (server: NbdServer, options: NbdClientOptions): Promise<NbdClient> => {
    const [near, far] = connectedPair();
    void server.serve(far, never);
    return NbdClient.open(near, options, never);
  };

  blockDeviceSuite("our client of our server through TLS, in memory", ({ sizeBytes, readOnly }) =>
    connect(secureServer(sizeBytes, readOnly), secureClient()),
  );

  test("over TCP, with the server's IP address as its name", async () => {
    await using listener = await NbdListener.open(secureServer(), { host: "127.0.0.1", port: 0 });
    await using client = await connectNbd(listener.address, secureClient("client", "127.0.0.1"), never);
    await client.write(0, new Uint8Array(MiB).fill(3), { fua: true });
    const found = new Uint8Array(MiB);
    await client.read(0, found);
    assert.ok(found.every((byte) => byte === 3));
  });

  test("neither side is let in without proof of who it is", async () => {
    const refused = (error: unknown): boolean => isFault(error, "nbd-tls-failed", "nbd-connection-lost");
    await assert.rejects(connect(secureServer(), secureClient("stranger")), refused);
    await assert.rejects(connect(secureServer(), secureClient("client", "another.example")), refused);
    const nameless: NbdClientOptions = {
      ...secureClient(),
      startTls: nodeClientTls({ context: () => ({ ca: identity("server").ca }), serverName: "localhost" }),
    };
    await assert.rejects(connect(secureServer(), nameless), refused);
    const verify = (): void => {
      throw new Error("this one may not come in");
    };
    const choosy = new NbdServer({
      exports: singleExport(memoryDevice(MiB)),
      clock: nodeClock,
      startTls: nodeServerTls({ context: () => identity("server"), verify }),
    });
    await assert.rejects(connect(choosy, secureClient()), refused);
  });

  test("in the clear nothing is given, and a server without TLS is not used by a client that wants it", async () => {
    const clear: NbdClientOptions = { exportName: "", clock: nodeClock };
    await assert.rejects(connect(secureServer(), clear), (error) => isFault(error, "nbd-refused"));
    const plain = new NbdServer({ exports: singleExport(memoryDevice(MiB)), clock: nodeClock });
    await assert.rejects(connect(plain, secureClient()), (error) => isFault(error, "nbd-refused"));
  });

  test("bytes in the clear behind the wish for TLS end the connection", async () => {
    const [near, far] = connectedPair();
    near.resume();
    const report = secureServer().serve(far, never);
    near.write(Buffer.concat([clientFlags(3), optionBytes(OPTION.startTls), optionBytes(OPTION.structuredReply)]));
    assert.ok(isFault((await report).fault, "nbd-protocol-violated"));
  });

  test("nbdinfo comes in through TLS with its certificate", { skip: nbdinfo.skip }, async () => {
    const path = join(folder, "ours");
    await using _listener = await NbdListener.open(secureServer(), { path });
    const uri = `nbds+unix://localhost/?socket=${path}&tls-certificates=${folder}`;
    const { code, stdout, stderr } = await runPeer(nbdinfo, ["--size", uri]);
    assert.equal(code, 0, stderr);
    assert.equal(stdout.trim(), String(MiB));
  });

  test("our client comes in to nbdkit, which asks for our certificate", { skip: nbdkit.skip }, async () => {
    const socket = join(folder, "theirs");
    const args = [
      "-f",
      "-U",
      socket,
      "--tls=require",
      `--tls-certificates=${folder}`,
      "--tls-verify-peer",
      "memory",
      "4M",
    ];
    await using _server = await PeerServer.start(nbdkit, args, socket);
    await using client = await connectNbd({ path: socket }, secureClient(), never);
    await client.write(4096, new Uint8Array(4096).fill(8), { fua: true });
    const found = new Uint8Array(4096);
    await client.read(4096, found);
    assert.ok(found.every((byte) => byte === 8));
    await assert.rejects(connectNbd({ path: socket }, { exportName: "", clock: nodeClock }, never), (error) =>
      isFault(error, "nbd-refused"),
    );
  });
});
