import assert from "node:assert/strict";
import { test } from "node:test";
import { openStore, sourceOfBytes } from "@leeward/object-store";
import { PeerStore, peerStoreSkip } from "@leeward/object-store/testing";
import { nodeClock, nodeRandom } from "@leeward/world";
import { ConnectProxy } from "../harness/connect-proxy.ts";

const HOST = "store.example";

for (const kind of ["azurite", "s3rver"] as const) {
  test(`${kind} is reached through the proxy of HTTPS_PROXY, by TLS from end to end`, {
    skip: peerStoreSkip,
  }, async () => {
    await using peer = await PeerStore[kind]();
    await using proxy = await ConnectProxy.start(HOST, { user: "site", password: "p@ss" });
    const before = process.env["HTTPS_PROXY"];
    process.env["HTTPS_PROXY"] = proxy.url.replace("p@ss", "p%40ss");
    try {
      await using store = await openStore(peer.place("proxied", { host: HOST }), {
        clock: nodeClock,
        random: nodeRandom,
      });
      await store.put("a", sourceOfBytes(new Uint8Array([1, 2, 3])));
      const target = new Uint8Array(9);
      assert.equal((await store.read("a", target, 0)).bytes, 3);
      assert.deepEqual([...target.subarray(0, 3)], [1, 2, 3]);
      proxy.cut();
      assert.equal((await store.status("a"))?.sizeBytes, 3);
    } finally {
      if (before === undefined) delete process.env["HTTPS_PROXY"];
      else process.env["HTTPS_PROXY"] = before;
    }
    assert.ok(proxy.asked.length > 0);
    assert.ok(proxy.asked.every(({ to, isOpened }) => isOpened && to === `${HOST}:${peer.port}`));
  });
}
