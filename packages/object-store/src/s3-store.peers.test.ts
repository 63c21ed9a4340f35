import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
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
    const { accessKeyId, secretAccessKey } = S3RVER;
    const text = `accessKeyId: ${accessKeyId}\nsecretAccessKey: ${secretAccessKey}\n`;
    await writeFile(join(s3rver().folder, "keys.yaml"), text, { mode: 0o600 });
  });
  after(async () => own.s3rver?.[Symbol.asyncDispose]());

  function place(path: string, file = "keys.yaml") {
    const endpoint = `https://127.0.0.1:${s3rver().port}`;
    return {
      url: `s3://${path}?endpoint=${endpoint}&pathStyle=true`,
      credentialsFile: join(s3rver().folder, file),
      caFile: join(s3rver().folder, "ca.pem"),
    };
  }

  const open = (path: string): Promise<ObjectStore> => openStore(place(path), world);

  storeSuite({
    name: "s3rver",
    open: async () => {
      prefixes += 1;
      const store = await open(`${S3RVER.bucket}/suite/${prefixes}`);
      return { store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
    },
    isConditional: false,
    // s3rver breaks such a connection off, where S3 says 416.
    readsEmpty: false,
  });

  test("that it ignores conditions is found out, and no probe is left", async () => {
    await using store = await open(`${S3RVER.bucket}/probed`);
    assert.equal(store.isConditional, false);
    assert.deepEqual(await Array.fromAsync(store.list("")), []);
  });

  test("a bucket that is not there is told", async () => {
    await assert.rejects(open("nobodys"), { code: "store-missing", kind: "operator" });
  });

  test("keys that nobody has are told, and not shown", async () => {
    const text = "accessKeyId: NOBODY\nsecretAccessKey: hushhush\n";
    await writeFile(join(s3rver().folder, "wrong.yaml"), text, { mode: 0o600 });
    await assert.rejects(openStore(place(S3RVER.bucket, "wrong.yaml"), world), {
      code: "store-denied",
      message: /^((?!hush).)*$/,
    });
  });

  test("without a file of credentials, those of the machine are taken", async () => {
    const before = { ...process.env };
    process.env["AWS_ACCESS_KEY_ID"] = S3RVER.accessKeyId;
    process.env["AWS_SECRET_ACCESS_KEY"] = S3RVER.secretAccessKey;
    try {
      const { url, caFile } = place(`${S3RVER.bucket}/chain`);
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
    const { url, credentialsFile } = place(S3RVER.bucket);
    await assert.rejects(openStore({ url, credentialsFile }, world), { code: "store-untrusted", kind: "operator" });
  });
});
