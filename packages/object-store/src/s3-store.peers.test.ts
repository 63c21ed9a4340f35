import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { nodeClock, nodeRandom } from "@leeward/world";
import { openStore } from "./node-open-store.ts";
import { type ObjectStore, sourceOfBytes } from "./object-store.ts";
import { PeerStore, peerStoreSkip, S3RVER } from "./testing/node-peer-store.ts";
import { storeSuite } from "./testing/store-suite.ts";

const world = { clock: nodeClock, random: nodeRandom };

describe("s3rver", { skip: peerStoreSkip }, () => {
  const own: { s3rver?: PeerStore } = {};
  let prefixes = 0;
  const s3rver = (): PeerStore => {
    assert.ok(own.s3rver !== undefined);
    return own.s3rver;
  };

  before(async () => {
    own.s3rver = await PeerStore.s3rver();
  });
  after(async () => own.s3rver?.[Symbol.asyncDispose]());

  const open = (prefix: string): Promise<ObjectStore> => openStore(s3rver().place(prefix), world);

  storeSuite({
    name: "s3rver",
    open: async () => {
      prefixes += 1;
      const store = await open(`suite/${prefixes}`);
      return { store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
    },
    isConditional: false,
    // s3rver breaks such a connection off, where S3 says 416.
    readsEmpty: false,
  });

  test("that it ignores conditions is found out, and no probe is left", async () => {
    await using store = await open("probed");
    assert.equal(store.isConditional, false);
    assert.equal(store.hold, undefined, "it knows no object lock");
    assert.deepEqual(await Array.fromAsync(store.list("")), []);
  });

  test("a bucket that is not there is told", async () => {
    await assert.rejects(openStore(s3rver().place("", { bucket: "nobodys" }), world), {
      code: "store-missing",
      kind: "operator",
    });
  });

  test("keys that nobody has are told, and not shown", async () => {
    const place = await s3rver().placeWith("accessKeyId: NOBODY\nsecretAccessKey: hushhush\n", "");
    await assert.rejects(openStore(place, world), {
      code: "store-denied",
      message: /^((?!hush).)*$/,
    });
  });

  test("without a file of credentials, those of the machine are taken", async () => {
    const before = { ...process.env };
    process.env["AWS_ACCESS_KEY_ID"] = S3RVER.accessKeyId;
    process.env["AWS_SECRET_ACCESS_KEY"] = S3RVER.secretAccessKey;
    try {
      const { url, caFile } = s3rver().place("chain");
      await using store = await openStore({ url, caFile }, world);
      await store.put("a", sourceOfBytes(new Uint8Array(3)));
      assert.equal((await store.status("a"))?.sizeBytes, 3);
    } finally {
      for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) {
        const value = before[name];
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });

  test("a certificate that nobody vouches for is not believed, at once", async () => {
    const { url, credentialsFile } = s3rver().place("");
    await assert.rejects(openStore({ url, credentialsFile }, world), { code: "store-untrusted", kind: "operator" });
  });
});
