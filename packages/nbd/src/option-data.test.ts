import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault } from "@leeward/base";
import * as fc from "fast-check";
import { decodeContextQuery, decodeExportQuery, encodeContextQuery, encodeExportQuery } from "./option-data.ts";
import { formatNbdUri, type NbdUri, parseNbdUri } from "./uri.ts";

const PLAIN_OBJECTS = { noNullPrototype: true } as const;
const texts = fc.string({ unit: "grapheme", maxLength: 40 });

test("an export query survives its encoding, and no shorter or longer one is taken for it", () => {
  fc.assert(
    fc.property(texts, fc.array(fc.nat(65_535), { maxLength: 8 }), (name, infos) => {
      const bytes = encodeExportQuery({ name, infos });
      assert.deepEqual(decodeExportQuery(bytes), { name, infos });
      for (let length = 0; length < bytes.length; length += 1)
        assert.equal(decodeExportQuery(bytes.subarray(0, length)), undefined);
      assert.equal(decodeExportQuery(Buffer.concat([bytes, Buffer.alloc(1)])), undefined);
    }),
  );
});

test("a context query survives its encoding, and no shorter or longer one is taken for it", () => {
  fc.assert(
    fc.property(texts, fc.array(texts, { maxLength: 5 }), (name, queries) => {
      const bytes = encodeContextQuery({ name, queries });
      assert.deepEqual(decodeContextQuery(bytes), { name, queries });
      for (let length = 0; length < bytes.length; length += 1)
        assert.equal(decodeContextQuery(bytes.subarray(0, length)), undefined);
      assert.equal(decodeContextQuery(Buffer.concat([bytes, Buffer.alloc(1)])), undefined);
    }),
  );
});

test("names that are too long or not UTF-8 are no queries, and any bytes are decoded or refused", () => {
  assert.equal(decodeExportQuery(encodeExportQuery({ name: "x".repeat(5000), infos: [] })), undefined);
  assert.equal(decodeExportQuery(Buffer.from([0, 0, 0, 1, 0xff, 0, 0])), undefined);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      decodeExportQuery(Buffer.from(bytes));
      decodeContextQuery(Buffer.from(bytes));
    }),
  );
});

test("an address survives being written", () => {
  const addresses: fc.Arbitrary<NbdUri["address"]> = fc.oneof(
    fc.record({ path: fc.string({ unit: "grapheme-ascii", minLength: 1 }).map((text) => `/${text}`) }, PLAIN_OBJECTS),
    fc.record(
      {
        host: fc.constantFrom("localhost", "10.0.0.5", "fd00::1", "a.example"),
        port: fc.integer({ min: 1, max: 65_535 }),
      },
      PLAIN_OBJECTS,
    ),
  );
  fc.assert(
    fc.property(addresses, texts, fc.boolean(), (address, exportName, tls) => {
      assert.deepEqual(parseNbdUri(formatNbdUri({ address, exportName, tls })), { address, exportName, tls });
    }),
  );
});

test("addresses look as others write them, and what is none is refused", () => {
  const socket = { address: { path: "/run/a.sock" }, exportName: "disk", tls: false };
  assert.equal(formatNbdUri(socket), "nbd+unix:///disk?socket=/run/a.sock");
  assert.deepEqual(parseNbdUri("nbd://h"), { address: { host: "h", port: 10_809 }, exportName: "", tls: false });
  assert.deepEqual(parseNbdUri("nbds://[::1]:99/a/b"), {
    address: { host: "::1", port: 99 },
    exportName: "a/b",
    tls: true,
  });
  for (const text of [
    "",
    "nbd:",
    "http://h/",
    "nbd://h:0/",
    "nbd://h:70000/",
    "nbd+unix:///x",
    "nbd://",
    "nbd://h/%ff",
    "nbd+unix://h/?socket=/x",
  ]) {
    assert.throws(
      () => parseNbdUri(text),
      (error) => isFault(error, "nbd-uri-invalid"),
      text,
    );
  }
});
