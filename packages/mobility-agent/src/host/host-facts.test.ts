import assert from "node:assert/strict";
import { test } from "node:test";
import { type HostFacts, isSameHost } from "./host-facts.ts";

const HOST: HostFacts = { machineId: "a".repeat(32), productUuid: "u1", disks: ["serial 1", "serial 2"] };
const COPY: HostFacts = { ...HOST, productUuid: "u2", disks: ["serial 8", "serial 9"] };

const CASES: readonly (readonly [string, HostFacts, HostFacts, boolean])[] = [
  ["nothing is another", HOST, HOST, true],
  ["the board is another, and the disks are what they were", HOST, { ...HOST, productUuid: "u2" }, true],
  ["all disks are others, and the board is what it was", HOST, { ...HOST, disks: ["serial 7"] }, true],
  ["one of two disks is another, on another board", HOST, { ...COPY, disks: ["serial 1", "serial 9"] }, true],
  ["the system was given another id", HOST, { ...HOST, machineId: "b".repeat(32) }, true],
  ["a disk image was started on another host", HOST, COPY, false],
  ["a virtual machine whose disks say nothing was cloned", { ...HOST, disks: [] }, { ...COPY, disks: [] }, false],
  [
    "two of three disks are others, on another board",
    { ...HOST, disks: ["1", "2", "3"] },
    { ...COPY, disks: ["1"] },
    false,
  ],
  [
    "the board says nothing, and all disks are others",
    { ...HOST, productUuid: null },
    { ...COPY, productUuid: null },
    false,
  ],
  ["the board may not be read any more", HOST, { ...HOST, productUuid: null }, true],
  ["hardware says nothing, and the system is the same", bare("a"), bare("a"), true],
  ["hardware says nothing, and the system is another", bare("a"), bare("b"), false],
  ["nothing says anything", bare(null), bare("b"), true],
];

function bare(machineId: string | null): HostFacts {
  return { machineId, productUuid: null, disks: [] };
}

for (const [what, before, now, isSame] of CASES) {
  test(`where ${what}, the host is ${isSame ? "the same" : "another"}`, () =>
    assert.equal(isSameHost(before, now), isSame));
}
