import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@leeward/base";
import { crashSweep, type SimulatedFiles, simulatedFiles } from "@leeward/world/testing";
import { createDataKey, RecoveryKey, readRecoveryKeyFile, wrapDataKey } from "./index.ts";

async function prepare(files: SimulatedFiles): Promise<void> {
  for (const folder of ["/key", "/usb"]) await files.makeFolder(folder);
  await files.syncFolder("/");
}

async function given(): Promise<SimulatedFiles> {
  const files = simulatedFiles({ random: seededRandom(1) });
  await prepare(files);
  return files;
}

test("the exported half opens what was wrapped, and is gone here once erased", async () => {
  const files = await given();
  const key = await RecoveryKey.open({ files }, "/key");
  const dataKey = createDataKey(seededRandom(3));
  const jwe = await wrapDataKey(dataKey, { publicKeyPem: key.publicKeyPem, keyId: "k1" });
  assert.equal(await key.held(), true);
  await key.exportTo("/usb", "recovery.pem");
  await assert.rejects(key.exportTo("/usb", "recovery.pem"), { code: "file-exists" });
  await key.erase();
  await key.erase();
  assert.equal(await key.held(), false);
  await assert.rejects(key.exportTo("/usb", "again.pem"), { code: "recovery-key-not-held", kind: "operator" });
  const again = await RecoveryKey.open({ files }, "/key");
  assert.equal(again.publicKeyPem, key.publicKeyPem);
  assert.equal(await again.held(), false);
  const exported = await readRecoveryKeyFile({ files }, "/usb/recovery.pem");
  assert.deepEqual(await exported.unwrap(jwe, "k1"), dataKey);
});

test("cut off at any moment, the private half is here or where it was exported, whole", async () => {
  let publicKeyPem: string | undefined;
  let wrapped: string | undefined;
  await crashSweep(
    {
      prepare: async (files) => {
        publicKeyPem = undefined;
        wrapped = undefined;
        await prepare(files);
      },
      work: async (files) => {
        const key = await RecoveryKey.open({ files }, "/key");
        publicKeyPem = key.publicKeyPem;
        wrapped = await wrapDataKey(new Uint8Array(32), { publicKeyPem, keyId: "k" });
        await key.exportTo("/usb", "recovery.pem");
        await key.erase();
      },
      verify: async (files, { done }) => {
        const [known, jwe] = [publicKeyPem, wrapped];
        const key = await RecoveryKey.open({ files }, "/key");
        if (known === undefined || jwe === undefined) return;
        assert.equal(key.publicKeyPem, known);
        if (await key.held()) await key.privateKeyPem();
        assert.equal(done && (await key.held()), false);
        const opened = await Promise.any([
          key.privateKeyPem().then(() => true),
          readRecoveryKeyFile({ files }, "/usb/recovery.pem").then((exported) => exported.unwrap(jwe, "k")),
        ]);
        assert.ok(opened);
      },
    },
    { seed: 2, rounds: 3 },
  );
});

test("halves that do not fit, or do not decode, are not used", async () => {
  const files = await given();
  const key = await RecoveryKey.open({ files }, "/key");
  await files.makeFolder("/other");
  await (await RecoveryKey.open({ files }, "/other")).exportTo("/usb", "other.pem");
  await files.rename("/usb/other.pem", "/key/recovery-private.pem");
  await assert.rejects(key.privateKeyPem(), { code: "identity-damaged", kind: "corruption" });
  await using handle = await files.open("/key/recovery-private.pem", "update");
  await handle.write([new Uint8Array(50)], 0);
  await assert.rejects(key.privateKeyPem(), { code: "identity-damaged" });
  await assert.rejects(readRecoveryKeyFile({ files }, "/key/recovery-private.pem"), { code: "identity-damaged" });
});
