import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault } from "@leeward/base";
import fc from "fast-check";
import { checkedSpec } from "./replica-spec.ts";

const GOOD = {
  id: "0123456789abcdef0123456789abcdef",
  name: "web-1",
  cpus: 2,
  memoryMib: 512,
  firmware: "bios",
  disks: [{ name: "sda", nbdSocket: "/run/a.sock", exportName: "", bus: "virtio", readOnly: true }],
  nics: [{ model: "virtio", network: { bridge: "br0" }, mac: "52:54:00:12:34:56" }],
  limits: { cpuShare: 0.5, memoryMibMax: 1_024 },
};

test("a spec that is right comes back as it is, and anything else beside it is left out", () => {
  assert.deepEqual(checkedSpec({ ...GOOD, more: 1 }), GOOD);
});

test("each field that is out of its range is refused by name", () => {
  const bad: readonly [string, object][] = [
    ["id", { id: "../../../../etc" }],
    ["id", { id: GOOD.id.toUpperCase() }],
    ["name", { name: "a\0b" }],
    ["cpus", { cpus: 0 }],
    ["memoryMib", { memoryMib: 1.5 }],
    ["firmware", { firmware: "openboot" }],
    ["disks", { disks: [] }],
    ["nbdSocket", { disks: [{ ...GOOD.disks[0], nbdSocket: "run/a.sock" }] }],
    ["nbdSocket", { disks: [{ ...GOOD.disks[0], nbdSocket: `/${"ä".repeat(54)}` }] }],
    ["readOnly", { disks: [{ ...GOOD.disks[0], bus: "nvme" }] }],
    ["disks", { disks: Array.from({ length: 5 }, () => ({ ...GOOD.disks[0], bus: "ide", readOnly: false })) }],
    ["mac", { nics: [{ ...GOOD.nics[0], mac: "53:54:00:12:34:56" }] }],
    ["bridge", { nics: [{ ...GOOD.nics[0], network: { bridge: "br0,id=x" } }] }],
    ["forwards", { nics: [{ ...GOOD.nics[0], forwards: [22] }] }],
    ["port", { nics: [{ model: "virtio", network: "isolated", forwards: [0] }] }],
    ["cpuShare", { limits: { cpuShare: 2 } }],
  ];
  for (const [field, change] of bad) {
    const isNamed = (error: unknown): boolean =>
      isFault(error, "replica-spec-invalid") && error.detail["field"] === field;
    assert.throws(() => checkedSpec({ ...GOOD, ...change }), isNamed, field);
  }
});

test("whatever it is given, it returns a spec or a fault", () => {
  fc.assert(
    fc.property(fc.anything(), fc.constantFrom(...Object.keys(GOOD)), (value, field) => {
      for (const each of [value, { ...GOOD, [field]: value }]) {
        try {
          checkedSpec(each);
        } catch (error) {
          assert.ok(isFault(error, "replica-spec-invalid"));
        }
      }
    }),
  );
});
