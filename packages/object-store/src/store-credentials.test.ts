import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { isFault } from "@leeward/base";
import { readAuthorities, readCredentials } from "./node-secret-file.ts";
import { parseAzureCredentials, parseS3Credentials } from "./store-credentials.ts";

test("credentials of Azure are a key, a shared access signature, or the machine's own", () => {
  const read = (text: string) => parseAzureCredentials("/c", text);
  assert.deepEqual(read("accountKey: c2VjcmV0\n"), { kind: "account-key", accountKey: "c2VjcmV0" });
  assert.deepEqual(read('sas: "?sv=2024&sig=abc"'), { kind: "sas", sas: "sv=2024&sig=abc" });
  assert.deepEqual(read("entra: default"), { kind: "entra" });
});

test("credentials of S3 are two keys, with a session's token if need be, or the machine's own", () => {
  const read = (text: string) => parseS3Credentials("/c", text);
  const keys = { kind: "keys", accessKeyId: "a", secretAccessKey: "b" };
  assert.deepEqual(read("accessKeyId: a\nsecretAccessKey: b\n"), keys);
  assert.deepEqual(read("accessKeyId: a\nsecretAccessKey: b\nsessionToken: c\n"), { ...keys, sessionToken: "c" });
  assert.deepEqual(read("chain: default"), { kind: "chain" });
});

test("what is none is refused, and nothing of it is shown", () => {
  const refused = (error: unknown): boolean =>
    isFault(error, "store-credentials-invalid") &&
    error.detail["path"] === "/c" &&
    !/hush/.test(JSON.stringify([error.message, error.remedy, error.detail, String(error.cause)]));
  const azure = ["", "hush", "- hush", "accountKey: hush!", "accountKey: [hush]", "accountKey: ''", "sas: sv=hush"];
  for (const text of [...azure, "entra: hush", "accountKey: aGk=\nsas: sig=hush", "accountkey: hush", "a: 'hush"]) {
    assert.throws(() => parseAzureCredentials("/c", text), refused, text);
  }
  for (const text of [
    "accessKeyId: hush",
    "secretAccessKey: hush",
    "chain: hush",
    "chain: default\naccessKeyId: hush",
  ]) {
    assert.throws(() => parseS3Credentials("/c", text), refused, text);
  }
});

test("a file of credentials is its owner's alone", async () => {
  const folder = await mkdtemp(`${tmpdir()}/leeward-credentials-`);
  try {
    const path = `${folder}/credentials.yaml`;
    await writeFile(path, "entra: default\n", { mode: 0o600 });
    assert.equal(await readCredentials(path), "entra: default\n");
    for (const mode of [0o640, 0o604, 0o620]) {
      await chmod(path, mode);
      await assert.rejects(readCredentials(path), { code: "store-credentials-invalid", message: /chmod 600/ });
    }
    await assert.rejects(readCredentials(`${folder}/none`), { message: /does not exist/ });
    await assert.rejects(readCredentials(folder), { code: "store-credentials-invalid" });
    await assert.rejects(readAuthorities(path), { code: "store-ca-invalid", message: /no certificate/ });
    await writeFile(path, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    await assert.rejects(readAuthorities(path), { code: "store-ca-invalid", message: /does not decode/ });
    await assert.rejects(readAuthorities(`${folder}/none`), { code: "store-ca-invalid", message: /does not exist/ });
  } finally {
    await rm(folder, { recursive: true });
  }
});
