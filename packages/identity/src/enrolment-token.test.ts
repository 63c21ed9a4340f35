import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@leeward/base";
import fc from "fast-check";
import { createToken, digestOfSecret, parseToken, secretMatches } from "./index.ts";
import { testAuthority } from "./testing/index.ts";

const invalid = { code: "token-invalid", kind: "operator" };

test("a token carries its secret and the authority, and the config server knows the secret by its digest", async () => {
  const { authority } = await testAuthority();
  const { token, secretDigest } = createToken(seededRandom(1), authority.caPem);
  assert.match(token, /^lw1\.[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]+$/);
  const parsed = parseToken(`  ${token}\n`);
  assert.equal(parsed.caFingerprint, authority.caFingerprint);
  assert.equal(parsed.caPem.trim(), authority.caPem.trim());
  assert.equal(secretMatches(parsed.secret, secretDigest), true);
  assert.equal(digestOfSecret(parsed.secret), secretDigest);
  assert.equal(secretMatches(`${parsed.secret}x`, secretDigest), false);
  assert.equal(secretMatches(parsed.secret, ""), false);
});

test("tokens differ each time", async () => {
  const { authority } = await testAuthority();
  const random = seededRandom(1);
  assert.notEqual(createToken(random, authority.caPem).token, createToken(random, authority.caPem).token);
});

test("what is no token is token-invalid, however it is damaged", async () => {
  const { authority } = await testAuthority();
  const { token } = createToken(seededRandom(1), authority.caPem);
  const [prefix, secret, certificate] = token.split(".");
  for (const bad of [
    "",
    "lw1",
    `lw2.${secret}.${certificate}`,
    `${prefix}.${secret}`,
    `${token}.x`,
    `lw1..${certificate}`,
    `lw1.${secret}.AAAA`,
    "x".repeat(9_000),
  ]) {
    assert.throws(() => parseToken(bad), invalid, bad);
  }
  fc.assert(
    fc.property(fc.nat({ max: token.length - 1 }), (length) => {
      assert.throws(() => parseToken(token.slice(0, length)), invalid);
    }),
  );
});
