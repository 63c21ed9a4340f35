import assert from "node:assert/strict";
import { test } from "node:test";
import { generateKeyPair } from "./node-key-pair.ts";
import { openSealed, sealSecret } from "./sealed-secret.ts";

test("a sealed secret is opened by its holder for its purpose, and by nobody and for nothing else", async () => {
  const [own, other] = [generateKeyPair(), generateKeyPair()];
  const secret = new TextEncoder().encode("correct horse");
  const sealed = await sealSecret(secret, { publicKeyPem: own.publicPem, purpose: "push:1" });
  assert.ok(!sealed.includes(Buffer.from(secret).toString("base64url")));
  const opened = await openSealed(sealed, { privatePem: own.privatePem, purpose: "push:1" });
  assert.deepEqual(new Uint8Array(opened), secret);
  const key = { privatePem: own.privatePem, purpose: "push:1" };
  const refused = { code: "sealed-unreadable" };
  await assert.rejects(openSealed(sealed, { ...key, purpose: "push:2" }), refused);
  await assert.rejects(openSealed(sealed, { ...key, privatePem: other.privatePem }), refused);
  await assert.rejects(openSealed(`${sealed.slice(0, -4)}AAAA`, key), refused);
  await assert.rejects(openSealed("x".repeat(70_000), key), refused);
});
