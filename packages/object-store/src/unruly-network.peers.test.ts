import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { MiB } from "@leeward/base";
import { nodeClock, nodeRandom } from "@leeward/world";
import { openStore } from "./node-open-store.ts";
import { type ObjectStore, sourceOfBytes } from "./object-store.ts";
import { PeerStore, peerStoreSkip } from "./testing/node-peer-store.ts";
import { type Misbehaviour, UnrulyProxy } from "./testing/node-unruly-proxy.ts";

const absent = { condition: { kind: "absent" } } as const;
const content = new Uint8Array(100_000).map((_, index) => index % 251);
const large = new Uint8Array(20 * MiB).map((_, index) => index % 253);
const PASSING: readonly Misbehaviour[] = [
  { kind: "refuse" },
  { kind: "busy", retryAfterSeconds: 1 },
  { kind: "cut-request" },
  { kind: "lose-answer" },
  { kind: "slow" },
];

describe("Azurite behind an unruly network", { skip: peerStoreSkip }, () => {
  const own: { azurite?: PeerStore; proxy?: UnrulyProxy; store?: ObjectStore } = {};

  before(async () => {
    const azurite = await PeerStore.azurite();
    own.azurite = azurite;
    own.proxy = await UnrulyProxy.start(azurite);
    const place = azurite.place("unruly", { port: own.proxy.port });
    own.store = await openStore(place, { clock: nodeClock, random: nodeRandom });
  });
  after(async () => {
    await own.store?.[Symbol.asyncDispose]();
    await own.proxy?.[Symbol.asyncDispose]();
    await own.azurite?.[Symbol.asyncDispose]();
  });

  function parts(): { readonly store: ObjectStore; readonly proxy: UnrulyProxy } {
    assert.ok(own.store !== undefined && own.proxy !== undefined);
    return { store: own.store, proxy: own.proxy };
  }

  async function holds(key: string, expected: Uint8Array): Promise<void> {
    const target = new Uint8Array(expected.length + 1);
    const { bytes } = await parts().store.read(key, target, 0);
    assert.equal(Buffer.compare(target.subarray(0, bytes), expected), 0, `${key} holds what was put`);
  }

  for (const misbehaviour of PASSING) {
    test(`a put on a condition comes out right: ${misbehaviour.kind}`, async () => {
      const { store, proxy } = parts();
      const key = `put/${misbehaviour.kind}`;
      proxy.misbehave(/^PUT/, misbehaviour, 1);
      const first = await store.put(key, sourceOfBytes(content), absent);
      assert.equal(proxy.left, 0);
      assert.equal((await store.status(key))?.tag, first.tag);
      await holds(key, content);
      await assert.rejects(store.put(key, sourceOfBytes(content), absent), { code: "object-conflict" });
      proxy.misbehave(/^PUT/, misbehaviour, 1);
      const other = content.toReversed();
      await store.put(key, sourceOfBytes(other), { condition: { kind: "unchanged", tag: first.tag } });
      await holds(key, other);
    });

    test(`blocks and their list come out right: ${misbehaviour.kind}`, async () => {
      const { store, proxy } = parts();
      for (const step of ["comp=block(&|$)", "comp=blocklist"]) {
        const key = `blocks/${misbehaviour.kind}/${step.replaceAll(/\W/g, "-")}`;
        proxy.misbehave(new RegExp(`^PUT .*${step}`), misbehaviour, 1);
        const { tag } = await store.put(key, sourceOfBytes(large), absent);
        assert.equal(proxy.left, 0, step);
        assert.equal((await store.status(key))?.tag, tag);
        await holds(key, large);
      }
    });
  }

  for (const misbehaviour of [...PASSING, { kind: "cut-answer" } as const]) {
    if (misbehaviour.kind === "cut-request") continue;
    test(`reads, listings and removals come out right: ${misbehaviour.kind}`, async () => {
      const { store, proxy } = parts();
      const key = `calls/${misbehaviour.kind}`;
      const { tag } = await store.put(key, sourceOfBytes(content));
      proxy.misbehave(/^GET/, misbehaviour, 2);
      await holds(key, content);
      proxy.misbehave(/^GET .*comp=list/, misbehaviour, 1);
      assert.equal((await Array.fromAsync(store.list(key))).length, 1);
      assert.equal(proxy.left, 0);
      if (misbehaviour.kind === "cut-answer") return;
      proxy.misbehave(/^HEAD/, misbehaviour, 1);
      assert.equal((await store.status(key))?.tag, tag);
      proxy.misbehave(/^DELETE/, misbehaviour, 1);
      await store.remove(key);
      assert.equal(proxy.left, 0);
      assert.equal(await store.status(key), undefined);
    });
  }

  test("a lost answer is told from another's put of the same content", async () => {
    const { store, proxy } = parts();
    await store.put("theirs", sourceOfBytes(content));
    proxy.misbehave(/^PUT/, { kind: "lose-answer" }, 1);
    await assert.rejects(store.put("theirs", sourceOfBytes(content), absent), { code: "object-conflict" });
  });

  test("a connection on which nothing moves is given up, and the request sent on another", async () => {
    const { store, proxy } = parts();
    // Also where the connection is used again: servers say for how few seconds they keep one that waits for a request.
    await store.status("silent");
    const before = nodeClock.monotonicMicros();
    proxy.misbehave(/^PUT/, { kind: "silent" }, 1);
    await store.put("silent", sourceOfBytes(content), absent);
    assert.ok(nodeClock.monotonicMicros() - before > 15e6, "an answer may take its time");
    assert.equal(proxy.left, 0);
    await holds("silent", content);
  });

  test("a network that never passes anything is a fault with a name, and a signal ends the wait", async () => {
    const { store, proxy } = parts();
    const ending = new AbortController();
    const reason = new Error("enough");
    proxy.misbehave(/^HEAD/, { kind: "busy", retryAfterSeconds: 30 }, 1_000);
    const waiting = store.status("a", ending.signal);
    ending.abort(reason);
    await assert.rejects(waiting, (error) => error === reason);
    proxy.misbehave(/^HEAD/, { kind: "busy", retryAfterSeconds: 3_600 }, 1_000);
    await assert.rejects(store.status("a"), { code: "store-unreachable", kind: "transient" });
    proxy.misbehave(/^nothing/, { kind: "refuse" }, 0);
    assert.equal(await store.status("a"), undefined);
  });
});
