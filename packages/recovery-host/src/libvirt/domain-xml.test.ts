import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault } from "@leeward/base";
import fc from "fast-check";
import type { ReplicaSpec } from "../replica-spec.ts";
import { domainXml } from "./domain-xml.ts";
import { element, xmlText } from "./xml.ts";

const SPEC: ReplicaSpec = {
  id: "0123456789abcdef0123456789abcdef",
  name: "a]]></title><os/><title>&amp;\n\u0000\ud800",
  cpus: 2,
  memoryMib: 64,
  firmware: "uefi",
  disks: [{ name: "sda", nbdSocket: `/run/"'<&>.sock`, exportName: "a\tb", bus: "scsi", readOnly: true }],
  nics: [{ model: "e1000", network: { bridge: "br0" } }],
};

test("whatever a name holds, it stays one text", () => {
  const xml = domainXml(SPEC);
  assert.match(xml, /<title>a\]\]&#62;&#60;\/title&#62;&#60;os\/&#62;&#60;title&#62;&#38;amp; ��<\/title>/);
  assert.match(xml, /<host transport="unix" socket="\/run\/&#34;&#39;&#60;&#38;&#62;\.sock"\/>/);
  assert.match(xml, /<source protocol="nbd" name="a&#9;b">/);
  assert.match(xml, /<target dev="sda" bus="scsi"\/>/);
  assert.match(xml, /<source bridge="br0"\/>/);
});

test("escaped text reads back as it was", () => {
  const unescaped = (text: string): string => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
  fc.assert(
    fc.property(fc.stringMatching(/^[\t\n\r\x20-\x7e]*$/), (text) => {
      const xml = xmlText(element("a", { b: text }, text));
      const [, inAttribute = "", inside = ""] = /^<a b="([^"<]*)">([^<]*)<\/a>\n$/.exec(xml) ?? [];
      assert.deepEqual([unescaped(inAttribute), unescaped(inside)], [text, text]);
    }),
  );
});

test("what libvirt has not, and a path that XML would change, are refused", () => {
  const [disk] = SPEC.disks;
  assert.ok(disk !== undefined);
  const changes = [{ bus: "nvme" as const, readOnly: false }, { nbdSocket: "/run/\u0001" }, { exportName: "\ud800" }];
  for (const change of changes) {
    const spec = { ...SPEC, disks: [{ ...disk, ...change }] };
    assert.throws(
      () => domainXml(spec),
      (error) => isFault(error, "replica-spec-invalid"),
    );
  }
});
