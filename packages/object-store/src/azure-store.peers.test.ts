import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { nodeClock, nodeRandom } from "@leeward/world";
import { openStore } from "./node-open-store.ts";
import { type ObjectStore, sourceOfBytes } from "./object-store.ts";
import { AZURITE, PeerStore, peerStoreSkip } from "./testing/node-peer-store.ts";
import { storeSuite } from "./testing/store-suite.ts";

const world = { clock: nodeClock, random: nodeRandom };
const CONTAINER = "journals";

describe("Azurite", { skip: peerStoreSkip }, () => {
  const own: { azurite?: PeerStore } = {};
  let prefixes = 0;
  const azurite = (): PeerStore => {
    assert.ok(own.azurite !== undefined);
    return own.azurite;
  };
  const credential = new StorageSharedKeyCredential(AZURITE.account, AZURITE.accountKey);

  before(async () => {
    own.azurite = await PeerStore.azurite();
  });
  after(async () => own.azurite?.[Symbol.asyncDispose]());

  const open = (prefix: string): Promise<ObjectStore> => openStore(azurite().place(prefix), world);

  storeSuite({
    name: "Azurite",
    open: async () => {
      prefixes += 1;
      const store = await open(`suite/${prefixes}`);
      return { store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
    },
    manyObjects: 1_100,
  });

  test("a container that is not there is told", async () => {
    await assert.rejects(openStore(azurite().place("", { bucket: "nobodys" }), world), {
      code: "store-missing",
      kind: "operator",
    });
  });

  test("a wrong key is told, and not shown", async () => {
    const wrong = Buffer.alloc(64, 7).toString("base64");
    const place = await azurite().placeWith(`accountKey: ${wrong}\n`, "");
    await assert.rejects(openStore(place, world), (error: Error & { code?: string }) => {
      assert.equal(error.code, "store-denied");
      assert.equal(error.message.includes(wrong), false);
      return true;
    });
  });

  test("a shared access signature is enough, and what it does not allow is denied", async () => {
    const signature = (permissions: string): string =>
      generateBlobSASQueryParameters(
        {
          containerName: CONTAINER,
          permissions: ContainerSASPermissions.parse(permissions),
          expiresOn: new Date(Date.now() + 3_600_000),
        },
        credential,
      ).toString();
    await using whole = await openStore(await azurite().placeWith(`sas: "?${signature("rwdl")}"\n`, "sas"), world);
    await whole.put("a", sourceOfBytes(new Uint8Array(5)));
    assert.equal((await whole.status("a"))?.sizeBytes, 5);
    await using reading = await openStore(await azurite().placeWith(`sas: "${signature("rl")}"\n`, "sas"), world);
    assert.equal((await reading.read("a", new Uint8Array(9), 0)).bytes, 5);
    await assert.rejects(reading.put("b", sourceOfBytes(new Uint8Array(5))), { code: "store-denied" });
    await assert.rejects(reading.remove("a"), { code: "store-denied" });
  });

  test("an identity that the machine does not have is told", async () => {
    const before = process.env["AZURE_TOKEN_CREDENTIALS"];
    // So that none of Azure's services is asked.
    process.env["AZURE_TOKEN_CREDENTIALS"] = "EnvironmentCredential";
    try {
      const place = await azurite().placeWith("entra: default\n", "");
      await assert.rejects(openStore(place, world), {
        code: "store-denied",
        kind: "operator",
      });
    } finally {
      if (before === undefined) delete process.env["AZURE_TOKEN_CREDENTIALS"];
      else process.env["AZURE_TOKEN_CREDENTIALS"] = before;
    }
  });

  test("a certificate that nobody vouches for is not believed, at once", async () => {
    const { url, credentialsFile } = azurite().place("");
    const before = nodeClock.monotonicMicros();
    await assert.rejects(openStore({ url, credentialsFile }, world), { code: "store-untrusted", kind: "operator" });
    assert.ok(nodeClock.monotonicMicros() - before < 30e6, "it was not tried again");
  });
});
