import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@leeward/base";
import { simulatedClock, simulatedFiles } from "@leeward/world/testing";
import fc from "fast-check";
import { canonicalJson } from "./canonical-json.ts";
import { Authority, KeyStore, signDocument, verifyDocument } from "./index.ts";

const INVALID = { code: "signature-invalid", kind: "corruption" };
const DAY_MICROS = 86_400_000_000;
const DOCUMENT = {
  outcome: "passed",
  checks: [{ check: "tcp:22", ok: true, seconds: 1.5 }],
  screen: null,
  name: "wéb",
};

async function signer(seed: number, role: "config-server" | "master-target" = "config-server") {
  const world = {
    clock: simulatedClock(),
    random: seededRandom(seed),
    files: simulatedFiles({ random: seededRandom(1) }),
  };
  for (const folder of ["/ca", "/store"]) await world.files.makeFolder(folder);
  await world.files.syncFolder("/");
  const authority = await Authority.open(world, "/ca");
  const store = await KeyStore.open(world, "/store");
  const certificatePem = await authority.issue(await store.createRequest(), { role, id: "one" });
  await store.install({ certificatePem, caPem: authority.caPem, crlPem: authority.crlPem });
  const signature = await signDocument(DOCUMENT, store.credentials());
  const anchor = { caPem: authority.caPem, atMicros: world.clock.wallMicros() };
  return { authority, signature, anchor };
}

void test("the one text of a document depends on nothing but its content", () => {
  assert.equal(
    canonicalJson({ b: [1, { d: "\u20ac", c: null }], a: 1e21 }),
    '{"a":1e+21,"b":[1,{"c":null,"d":"\u20ac"}]}',
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
      assert.equal(canonicalJson(JSON.parse(text)), text);
    }),
  );
});

void test("a document is told to be what the config server signed, in whatever order its fields stand", async () => {
  const { authority, signature, anchor } = await signer(2);
  const { name, ...rest } = DOCUMENT;
  const { id, caFingerprint } = await verifyDocument({ name, ...rest }, signature, anchor);
  assert.deepEqual([id, caFingerprint], ["one", authority.caFingerprint]);
});

void test("whatever is changed, in the document or in the signature, is seen", async () => {
  const { signature, anchor } = await signer(3);
  const others: unknown[] = [
    { ...DOCUMENT, outcome: "failed" },
    { ...DOCUMENT, checks: [{ ...DOCUMENT.checks[0], seconds: 1.6 }] },
    { ...DOCUMENT, checks: [] },
    { ...DOCUMENT, more: 1 },
    { outcome: "passed" },
    null,
  ];
  for (const other of others) await assert.rejects(verifyDocument(other, signature, anchor), INVALID);
  // The last letter of a part may hold bits that stand for nothing.
  const ends = new Set([signature.indexOf(".") - 1, signature.length - 1]);
  for (let at = 0; at < signature.length; at += 97) {
    const letter = signature[at] === "A" ? "B" : "A";
    const changed = signature.slice(0, at) + letter + signature.slice(at + 1);
    if (!ends.has(at)) await assert.rejects(verifyDocument(DOCUMENT, changed, anchor), INVALID);
  }
  for (const cut of ["", ".", "..", signature.slice(0, -20), `${signature}.`, signature.replace("..", ".e30.")])
    await assert.rejects(verifyDocument(DOCUMENT, cut, anchor), INVALID);
});

void test("only a config server of the authority that is given signs, and while its certificate held", async () => {
  const { signature, anchor } = await signer(4);
  const other = await signer(5);
  await assert.rejects(verifyDocument(DOCUMENT, signature, { ...anchor, caPem: other.anchor.caPem }), INVALID);
  const target = await signer(6, "master-target");
  await assert.rejects(verifyDocument(DOCUMENT, target.signature, target.anchor), INVALID);
  const { atMicros } = anchor;
  await verifyDocument(DOCUMENT, signature, { ...anchor, atMicros: atMicros + 89 * DAY_MICROS });
  for (const when of [atMicros + 91 * DAY_MICROS, atMicros - 3 * DAY_MICROS, Number.NaN])
    await assert.rejects(verifyDocument(DOCUMENT, signature, { ...anchor, atMicros: when }), INVALID);
});
