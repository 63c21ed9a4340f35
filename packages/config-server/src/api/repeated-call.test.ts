import assert from "node:assert/strict";
import { connect, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { ApiClient } from "@leeward/api";
import { nodeTransport } from "@leeward/api/node";
import { afterTest, startServer, type TestServer, temporaryFolder } from "../testing/node-test-server.ts";

interface Way {
  readonly url: string;
  /** Has the next answers lost, each with its connection. */
  cut(answers: number): void;
  readonly isCut: () => boolean;
}

/** A way to the server on which answers can be lost. */
async function cuttingWay(t: TestContext, server: TestServer): Promise<Way> {
  const open = new Set<Socket>();
  let left = 0;
  const calls: (() => void)[] = [];
  const way = createServer((near) => {
    const far = connect(server.port, "127.0.0.1");
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on("error", () => socket.destroy()).on("close", () => open.delete(socket));
    }
    // What the server says on a connection over which a call was answered before is an answer, and no part of a handshake.
    let answered = false;
    near.on("data", (data) => far.write(data));
    far.on("data", (data) => {
      if (left === 0 || !answered) near.write(data);
      else {
        left -= 1;
        near.destroy();
      }
    });
    calls.push(() => {
      answered = true;
    });
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  way.listen(0, "127.0.0.1", resolve);
  await promise;
  afterTest(t, async () => {
    for (const socket of open) socket.destroy();
    way.close();
  });
  const address = way.address();
  assert.ok(typeof address === "object" && address !== null);
  return {
    url: `https://127.0.0.1:${address.port}`,
    isCut: () => left === 0,
    cut(answers) {
      left = answers;
      for (const call of calls) call();
    },
  };
}

void test("a call whose answer was lost is asked for again, and made once", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  const way = await cuttingWay(t, server);
  const client = new ApiClient({
    transport: nodeTransport({ url: way.url, caPem: server.caPem }),
    token: server.operatorToken,
  });
  afterTest(t, async () => client.close());
  await client.call("live", {});
  way.cut(1);
  const made = await client.call("createToken", { body: { role: "viewer", note: "once" } });
  const { items } = await server.client.call("listTokens", {});
  const found = items.filter(({ note }) => note === "once");
  assert.deepEqual(
    found.map(({ id }) => id),
    [made.id],
  );
  assert.ok(way.isCut());
  // And its secret is the one that was made.
  await server.clientWith(made.token).call("listMachines", {});
});

void test("what is only read is not asked for again, and says that the answer was lost", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  const way = await cuttingWay(t, server);
  const client = new ApiClient({
    transport: nodeTransport({ url: way.url, caPem: server.caPem }),
    token: server.operatorToken,
  });
  afterTest(t, async () => client.close());
  await client.call("live", {});
  way.cut(1);
  await assert.rejects(client.call("listMachines", {}), (error) => {
    assert.ok(error instanceof Error && "code" in error && "detail" in error);
    assert.equal(error.code, "server-unreachable");
    assert.equal(Reflect.get(Object(error.detail), "answerLost"), true);
    return true;
  });
});
