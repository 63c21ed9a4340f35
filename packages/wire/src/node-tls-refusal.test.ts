import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpsServer, get } from "node:https";
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer, type Socket } from "node:net";
import { test } from "node:test";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { isFault } from "@leeward/base";
import { clientTlsOptions, enrolmentTlsOptions, type KeyStore, publicServerTlsOptions } from "@leeward/identity";
import { type TestAuthority, testAuthority } from "@leeward/identity/testing";
import { type Channel, type Clock, type Listener, nodeClock, type PeerRole } from "@leeward/world";
import { Session, SessionUpgrades, type SessionUpgradesOptions, tlsNetwork } from "./index.ts";

const NEVER = new AbortController().signal;
const HOST = "127.0.0.1";
const UPGRADE = [
  "GET /v1/session HTTP/1.1",
  "Host: x",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
  "",
  "",
].join("\r\n");

interface Scene {
  readonly ours: TestAuthority;
  readonly server: KeyStore;
  readonly agent: KeyStore;
  readonly listener: Listener;
  readonly port: number;
  /** Channels that the listener has given, in order. */
  readonly accepted: Channel[];
  readonly refused: { readonly address: string; readonly reason: string }[];
}

/** A process server that listens, and an agent that is welcome there; whatever else happens, the agent's channel must go on. */
async function scene(
  work: (scene: Scene) => Promise<void>,
  limits: SessionUpgradesOptions["limits"] = {},
): Promise<void> {
  const ours = await testAuthority();
  const server = await ours.enrol({ role: "process-server", id: "server-1" });
  const agent = await ours.enrol({ role: "agent", id: "agent-1" });
  const refused: Scene["refused"] = [];
  const network = tlsNetwork({ keyStore: server, limits, onRefused: (each) => void refused.push(each) });
  await using listener = await network.listen({ host: HOST, port: 0 });
  const accepted: Channel[] = [];
  const serving = new AbortController();
  const accepting = (async () => {
    for await (const channel of listener.accept(serving.signal)) accepted.push(channel);
  })().catch(() => undefined);
  const { port } = listener.endpoint;
  const channel = await tlsNetwork({ keyStore: agent }).connect({ host: HOST, port }, "process-server", NEVER);
  await until(() => accepted.length === 1);
  try {
    await work({ ours, server, agent, listener, port, accepted, refused });
    await channel.send([new TextEncoder().encode("still here")]);
    const [first] = accepted;
    assert.ok(first);
    for await (const message of first.receive(NEVER)) {
      assert.equal(new TextDecoder().decode(message), "still here");
      break;
    }
  } finally {
    serving.abort();
    await accepting;
    await Promise.all([channel, ...accepted].map((each) => each.close()));
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 5) {
    assert.ok(waited < 30_000, "it did not happen within 30 s");
    await nodeClock.sleep(5, NEVER);
  }
}

/** Says `UPGRADE` to the port and returns what came back until the end of the connection: nothing but a 101 is a way in. */
async function knock(port: number, options: ConnectionOptions): Promise<string> {
  const socket = connectTls({ host: HOST, port, ...options });
  let answer = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    answer += text;
  });
  socket.on("error", (error: Error) => {
    answer += `[${error.message}]`;
  });
  socket.write(UPGRADE);
  let closed = false;
  socket.on("close", () => {
    closed = true;
  });
  await until(() => closed || answer.includes("HTTP/1.1"));
  socket.destroy();
  return answer;
}

function trusting(keyStore: KeyStore, role: PeerRole = "process-server"): ConnectionOptions {
  return clientTlsOptions(keyStore, role);
}

const refusedAs: readonly [string, (scene: Scene) => Promise<ConnectionOptions>][] = [
  [
    "no certificate",
    async ({ agent }) => {
      const { key: _key, cert: _cert, ...rest } = trusting(agent);
      return rest;
    },
  ],
  [
    "another authority's certificate",
    async ({ agent }) => {
      const foreign = await (await testAuthority()).enrol({ role: "agent", id: "agent-1" });
      const { keyPem: key, certificatePem: cert } = foreign.credentials();
      return { ...trusting(agent), key, cert };
    },
  ],
  [
    "a revoked certificate",
    async ({ ours, server }) => {
      const removed = await ours.enrol({ role: "agent", id: "agent-2" });
      assert.equal(await ours.authority.revoke({ role: "agent", id: "agent-2" }), true);
      assert.equal(await server.installRevocationList(ours.authority.crlPem), true);
      return trusting(removed);
    },
  ],
  ["TLS 1.2", async ({ agent }) => ({ ...trusting(agent), minVersion: "TLSv1.2", maxVersion: "TLSv1.2" })],
];

for (const [what, options] of refusedAs) {
  test(`${what} is no way in, and others are not disturbed`, () =>
    scene(async (given) => {
      const answer = await knock(given.port, await options(given));
      assert.equal(answer.includes("101"), false, answer);
      assert.equal(answer.includes("HTTP/1.1 2"), false, answer);
      assert.equal(given.accepted.length, 1);
    }));
}

test("a welcome certificate is let in by the same knock", () =>
  scene(async ({ agent, port, accepted }) => {
    const answer = await knock(port, trusting(agent));
    assert.match(answer, /101 Switching Protocols/);
    assert.equal(accepted.length, 2);
  }));

test("an expired certificate is no way in, at either end", async () => {
  let offsetMicros = -100 * 86_400_000_000;
  const clock: Clock = { ...nodeClock, wallMicros: () => nodeClock.wallMicros() + offsetMicros };
  const ours = await testAuthority({ clock });
  const expired = await ours.enrol({ role: "agent", id: "old" });
  const expiredServer = await ours.enrol({ role: "process-server", id: "old" });
  offsetMicros = 0;
  await ours.authority.refreshRevocationList();
  const { crlPem } = ours.authority;
  await Promise.all([expired, expiredServer].map((store) => store.installRevocationList(crlPem)));
  const server = await ours.enrol({ role: "process-server", id: "new" });
  const agent = await ours.enrol({ role: "agent", id: "new" });
  await using listener = await tlsNetwork({ keyStore: server }).listen({ host: HOST, port: 0 });
  assert.equal((await knock(listener.endpoint.port, trusting(expired))).includes("101"), false);
  await using old = await tlsNetwork({ keyStore: expiredServer }).listen({ host: HOST, port: 0 });
  const connecting = tlsNetwork({ keyStore: agent }).connect(
    { host: HOST, port: old.endpoint.port },
    "process-server",
    NEVER,
  );
  await assert.rejects(connecting, { code: "peer-refused", kind: "operator", message: /expired/ });
});

test("a server that is revoked, foreign or of another role is refused by who connects", async () => {
  const ours = await testAuthority();
  const agent = await ours.enrol({ role: "agent", id: "agent-1" });
  const revoked = await ours.enrol({ role: "process-server", id: "revoked" });
  await ours.authority.revoke({ role: "process-server", id: "revoked" });
  await agent.installRevocationList(ours.authority.crlPem);
  const foreign = await (await testAuthority()).enrol({ role: "process-server", id: "revoked" });
  const target = await ours.enrol({ role: "master-target", id: "target" });
  for (const keyStore of [revoked, foreign, target]) {
    await using listener = await tlsNetwork({ keyStore }).listen({ host: HOST, port: 0 });
    const connecting = tlsNetwork({ keyStore: agent }).connect(
      { host: HOST, port: listener.endpoint.port },
      "process-server",
      NEVER,
    );
    await assert.rejects(connecting, { code: "peer-refused", kind: "operator" });
  }
});

test("who is turned away for its certificate gets a hint at that", () =>
  scene(async ({ ours, server, port }) => {
    const removed = await ours.enrol({ role: "agent", id: "agent-2" });
    await ours.authority.revoke({ role: "agent", id: "agent-2" });
    await server.installRevocationList(ours.authority.crlPem);
    const connecting = tlsNetwork({ keyStore: removed }).connect({ host: HOST, port }, "process-server", NEVER);
    await assert.rejects(connecting, {
      code: "peer-unreachable",
      kind: "transient",
      message: /does not take our certificate/,
    });
  }));

test("a peer whose certificate is revoked loses the channel that it has, and only it", () =>
  scene(async ({ ours, server, port, accepted }) => {
    const other = await ours.enrol({ role: "agent", id: "agent-2" });
    const channel = await tlsNetwork({ keyStore: other }).connect({ host: HOST, port }, "process-server", NEVER);
    await until(() => accepted.length === 2);
    await ours.authority.revoke({ role: "agent", id: "agent-2" });
    await server.installRevocationList(ours.authority.crlPem);
    const receiving = channel.receive(NEVER)[Symbol.asyncIterator]().next();
    await assert.rejects(receiving, { code: "peer-lost" });
    await channel.close();
  }));

test("a TLS session is never resumed, so that no look at the revocation list is skipped", () =>
  scene(async ({ agent, port }) => {
    const tickets: Buffer[] = [];
    const first = connectTls({ host: HOST, port, ...trusting(agent) });
    first.on("session", (ticket) => tickets.push(ticket));
    first.write(UPGRADE);
    await once(first, "data");
    await nodeClock.sleep(50, NEVER);
    first.destroy();
    for (const session of tickets) {
      const second = connectTls({ host: HOST, port, session, ...trusting(agent) });
      await once(second, "secureConnect");
      assert.equal(second.isSessionReused(), false);
      second.destroy();
    }
  }));

test("recorded bytes that are sent again open nothing", () =>
  scene(async ({ agent, port, accepted }) => {
    const recorded: Buffer[] = [];
    const proxy = createTcpServer((near) => {
      const far = connectTcp({ host: HOST, port });
      near.on("data", (bytes) => recorded.push(bytes));
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) socket.on("error", () => socket.destroy());
    });
    proxy.listen(0, HOST);
    await once(proxy, "listening");
    const channel = await tlsNetwork({ keyStore: agent }).connect(
      { host: HOST, port: portOf(proxy.address()) },
      "process-server",
      NEVER,
    );
    await channel.send([new Uint8Array(1_000)]);
    await until(() => accepted.length === 2);
    await channel.close();
    proxy.close();
    const again = connectTcp({ host: HOST, port });
    again.on("error", () => again.destroy());
    for (const bytes of recorded) again.write(bytes);
    await once(again.resume(), "close");
    assert.equal(accepted.length, 2);
  }));

test("a message that claims 4 GiB breaks its own channel before any of it is kept", () =>
  scene(async ({ ours, port, accepted }) => {
    const other = await ours.enrol({ role: "agent", id: "agent-2" });
    const socket = connectTls({ host: HOST, port, ...trusting(other) });
    socket.on("error", () => socket.destroy());
    socket.write(UPGRADE);
    await until(() => accepted.length === 2);
    const channel = accepted[1];
    assert.ok(channel);
    const before = process.memoryUsage().arrayBuffers;
    socket.write(Buffer.from([0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]));
    await assert.rejects(channel.receive(NEVER)[Symbol.asyncIterator]().next(), { code: "peer-lost" });
    assert.ok(process.memoryUsage().arrayBuffers - before < 64 * 1024 * 1024);
    socket.destroy();
  }));

for (const [what, frame] of [
  ["text", [0x81, 0x81, 0, 0, 0, 0, 65]],
  ["a ping", [0x89, 0x80, 0, 0, 0, 0]],
  ["an unmasked frame", [0x82, 0x01, 65]],
  ["a reserved bit", [0xc2, 0x81, 0, 0, 0, 0, 65]],
] as const) {
  test(`a peer that sends ${what} is dropped`, () =>
    scene(async ({ ours, port, accepted }) => {
      const other = await ours.enrol({ role: "agent", id: "agent-2" });
      const socket = connectTls({ host: HOST, port, ...trusting(other) });
      socket.on("error", () => socket.destroy());
      socket.write(UPGRADE);
      await until(() => accepted.length === 2);
      socket.write(Buffer.from(frame));
      const channel = accepted[1];
      await assert.rejects(async () => await channel?.receive(NEVER)[Symbol.asyncIterator]().next(), {
        code: "peer-lost",
      });
      socket.destroy();
    }));
}

test("who connects and says nothing, or too little, is cut, and holds no more places than an address may", () =>
  scene(
    async ({ agent, port, refused }) => {
      const silent = Array.from({ length: 12 }, () => {
        const socket: Socket = connectTcp({ host: HOST, port });
        socket.on("error", () => socket.destroy());
        return socket.resume();
      });
      const slow: TLSSocket = connectTls({ host: HOST, port, ...trusting(agent) });
      slow.on("error", () => slow.destroy());
      slow.resume().write(UPGRADE.slice(0, 40));
      await until(() => refused.length >= 5);
      await until(() => [...silent, slow].every((socket) => socket.destroyed));
      const channel = await tlsNetwork({ keyStore: agent }).connect({ host: HOST, port }, "process-server", NEVER);
      await channel.close();
    },
    { pendingPerAddressMax: 8, pendingMsMax: 1_000 },
  ));

test("a peer's further channel closes its oldest; a further peer is turned away when all places are taken", () =>
  scene(
    async ({ ours, port, accepted }) => {
      const other = await ours.enrol({ role: "agent", id: "agent-2" });
      const network = tlsNetwork({ keyStore: other });
      const open = (): Promise<Channel> => network.connect({ host: HOST, port }, "process-server", NEVER);
      const first = await open();
      const second = await open();
      const third = await open();
      await assert.rejects(first.receive(NEVER)[Symbol.asyncIterator]().next(), { code: "peer-lost" });
      await until(() => accepted.length === 4);
      const stranger = await ours.enrol({ role: "agent", id: "agent-3" });
      await tlsNetwork({ keyStore: stranger })
        .connect({ host: HOST, port }, "process-server", NEVER)
        .then((each) => each.close());
      const one = await ours.enrol({ role: "agent", id: "agent-4" });
      const two = await ours.enrol({ role: "agent", id: "agent-5" });
      const taken = await tlsNetwork({ keyStore: one }).connect({ host: HOST, port }, "process-server", NEVER);
      await assert.rejects(tlsNetwork({ keyStore: two }).connect({ host: HOST, port }, "process-server", NEVER), {
        code: "peer-unreachable",
        kind: "transient",
      });
      await Promise.all([first, second, third, taken].map((channel) => channel.close()));
    },
    { channelsPerPeerMax: 2, channelsMax: 4 },
  ));

test("a renewed certificate is shown at the next handshake, on the same port and beside the open channels", () =>
  scene(async ({ ours, server, agent, port }) => {
    const before = server.identity?.fingerprint;
    const certificatePem = await ours.authority.issue(await server.createRequest(), {
      role: "process-server",
      id: "server-1",
    });
    await server.install({ certificatePem, caPem: ours.authority.caPem, crlPem: ours.authority.crlPem });
    const channel = await tlsNetwork({ keyStore: agent }).connect({ host: HOST, port }, "process-server", NEVER);
    assert.notEqual(channel.peer.fingerprint, before);
    assert.equal(channel.peer.fingerprint, server.identity?.fingerprint);
    await channel.close();
  }));

test("the config server's public port answers who has no certificate, and takes sessions only from who has one", async () => {
  const ours = await testAuthority();
  const keyStore = await ours.enrol({ role: "config-server", id: "config", names: ["localhost", HOST] });
  const agent = await ours.enrol({ role: "agent", id: "agent-1" });
  const foreign = await (await testAuthority()).enrol({ role: "agent", id: "agent-1" });
  await using upgrades = disposable(new SessionUpgrades({ keyStore }));
  const server = createHttpsServer(
    publicServerTlsOptions(keyStore),
    (_request, response) => void response.end("console"),
  );
  server.on("upgrade", (request, socket, head) => upgrades.value.handle(request, socket, head) || socket.destroy());
  server.listen(0, HOST);
  await once(server, "listening");
  const port = portOf(server.address());
  try {
    const ca = ours.authority.caPem;
    const status = await new Promise((resolve, reject) => {
      get({ host: HOST, port, ca, minVersion: "TLSv1.3" }, (response) => resolve(response.resume().statusCode)).on(
        "error",
        reject,
      );
    });
    assert.equal(status, 200);
    assert.match(await knock(port, enrolmentTlsOptions(ca)), /403/);
    const { keyPem: key, certificatePem: cert } = foreign.credentials();
    assert.match(await knock(port, { ...enrolmentTlsOptions(ca), key, cert }), /403/);
    await assert.rejects(
      new Promise((_resolve, reject) =>
        connectTls({ host: HOST, port, ...enrolmentTlsOptions(foreign.credentials().caPem) }).on("error", reject),
      ),
    );
    const connecting = tlsNetwork({ keyStore: agent }).connect({ host: HOST, port }, "config-server", NEVER);
    const accepting = upgrades.value.accept(NEVER)[Symbol.asyncIterator]().next();
    const [near, far] = await Promise.all([connecting, accepting]);
    assert.equal(far.done === true ? undefined : far.value.peer.id, "agent-1");
    await Promise.all([near.close(), far.done === true ? undefined : far.value.close()]);
  } finally {
    server.close();
  }
});

test("a peer whose connection stands still is noticed within 30 s of the session's clock", async () => {
  const ours = await testAuthority();
  const server = await ours.enrol({ role: "process-server", id: "server-1" });
  const agent = await ours.enrol({ role: "agent", id: "agent-1" });
  const clock = faster(nodeClock, 20);
  await using listener = await tlsNetwork({ keyStore: server }).listen({ host: HOST, port: 0 });
  const proxied: Socket[] = [];
  const proxy = createTcpServer((near) => {
    const far = connectTcp({ host: HOST, port: listener.endpoint.port });
    near.pipe(far).pipe(near);
    proxied.push(near, far);
    for (const socket of [near, far]) socket.on("error", () => socket.destroy());
  });
  proxy.listen(0, HOST);
  await once(proxy, "listening");
  const accepting = listener.accept(NEVER)[Symbol.asyncIterator]().next();
  const near = await tlsNetwork({ keyStore: agent }).connect(
    { host: HOST, port: portOf(proxy.address()) },
    "process-server",
    NEVER,
  );
  const far = await accepting;
  assert.ok(far.done !== true);
  const own = { clock, softwareVersion: "1" };
  const [one, two] = await Promise.all([Session.connect(near, own, NEVER), Session.accept(far.value, own, NEVER)]);
  const ends = Promise.allSettled([one.run(NEVER), two.run(NEVER)]);
  await clock.sleep(45_000, NEVER);
  assert.equal(one.signal.aborted || two.signal.aborted, false);
  for (const socket of proxied) socket.unpipe().pause();
  for (const end of await ends) {
    assert.equal(end.status === "rejected" && isFault(end.reason, "peer-silent"), true);
  }
  for (const socket of proxied) socket.destroy();
  proxy.close();
});

function faster(clock: Clock, times: number): Clock {
  return {
    wallMicros: () => clock.wallMicros(),
    monotonicMicros: () => clock.monotonicMicros() * times,
    sleep: (durationMs, signal) => clock.sleep(durationMs / times, signal),
  };
}

function portOf(address: AddressInfo | string | null): number {
  assert.ok(typeof address === "object" && address !== null);
  return address.port;
}

function disposable(value: SessionUpgrades): AsyncDisposable & { readonly value: SessionUpgrades } {
  return { value, [Symbol.asyncDispose]: () => value.close() };
}

test("who hangs up before the handshake is refused by nobody, and garbage is", async () => {
  await scene(async ({ port, refused }) => {
    for (const left of ["end", "resetAndDestroy"] as const) {
      const socket = connectTcp({ host: HOST, port });
      socket.on("error", () => undefined);
      await once(socket, "connect");
      socket[left]();
      await once(socket, "close");
    }
    const garbage = connectTcp({ host: HOST, port });
    garbage.on("error", () => undefined);
    garbage.write("GET / HTTP/1.1\r\n\r\n");
    await once(garbage, "close");
    await until(() => refused.length > 0);
    assert.deepEqual(
      refused.map(({ reason }) => reason),
      ["http request"],
    );
  });
});
