import assert from "node:assert/strict";
import { test } from "node:test";
import type { Candidate } from "@leeward/api";
import {
  checksOf,
  isName,
  nameFor,
  type ProtectFacts,
  type ProtectOrder,
  rungsOf,
  weightOf,
} from "./protect-checks.ts";

const GIB = 2 ** 30;
const DISK: Candidate = {
  path: "/dev/vdb",
  kind: "block-device",
  sizeBytes: 8 * GIB,
  refusal: "It is mounted.",
  trackerRefusal: null,
  rescanRefusal: null,
};
const ORDER: ProtectOrder = {
  disks: [{ path: "/dev/vdb", name: "data", capture: "tracker" }],
  policy: "default",
  processServer: "",
  masterTarget: "t1",
  alsoTo: [],
  seed: false,
};

function facts(
  more: { readonly state?: string; readonly freeBytes?: number | null; readonly limit?: number } = {},
): ProtectFacts {
  const { state = "online", freeBytes = 100 * GIB, limit = 0 } = more;
  const known = {
    machine: { name: "web", state, disks: [{ name: "system" }], bandwidth: { bytesPerSecond: limit } },
    candidates: [DISK],
    policies: [{ name: "default" }],
    servers: [
      { id: "t1", name: "target", role: "master-target", state: "online", freeBytes },
      { id: "t2", name: "other", role: "master-target", state: "offline", freeBytes: null },
    ],
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the checks rest on is here; the rest has no part in them
  return known as unknown as ProtectFacts;
}

const against = (order: ProtectOrder, known: ProtectFacts): readonly string[] =>
  checksOf(order, known)
    .filter((check) => weightOf(check) === "bad")
    .map(({ about }) => about);

test("nothing stands against an order that can be done", () => {
  assert.deepEqual(against(ORDER, facts()), []);
});

test("what stands against an order is named before anything is changed", () => {
  const disk = { path: "/dev/vdb", name: "data", capture: "tracker" } as const;
  assert.deepEqual(against(ORDER, facts({ state: "offline" })), ["offline"]);
  assert.deepEqual(against({ ...ORDER, disks: [{ ...disk, capture: "splitter" }] }, facts()), ["refused"]);
  assert.deepEqual(against({ ...ORDER, disks: [{ ...disk, path: "/dev/vdz" }] }, facts()), ["gone"]);
  assert.deepEqual(against({ ...ORDER, disks: [{ ...disk, name: "system" }] }, facts()), ["nameTaken"]);
  assert.deepEqual(against({ ...ORDER, disks: [disk, disk] }, facts()), ["nameTaken", "nameTaken"]);
  assert.deepEqual(against({ ...ORDER, policy: "gold" }, facts()), ["noPolicy"]);
  assert.deepEqual(against(ORDER, { ...facts(), servers: [] }), ["noTarget"]);
});

test("room is compared with the disks, and the time of the first copy with the limit", () => {
  const abouts = (known: ProtectFacts, order = ORDER): readonly string[] =>
    checksOf(order, known)
      .map(({ about }) => about)
      .slice(4);
  assert.deepEqual(abouts(facts()), ["space", "noLimit"]);
  assert.deepEqual(abouts(facts({ freeBytes: GIB })), ["noSpace", "noLimit"]);
  assert.deepEqual(abouts(facts({ freeBytes: null })), ["spaceUnknown", "noLimit"]);
  assert.deepEqual(abouts(facts(), { ...ORDER, masterTarget: "" }), ["space", "targetDown", "noLimit"]);
  assert.deepEqual(checksOf(ORDER, facts({ limit: GIB })).at(-1), { about: "limit", bytesPerSecond: GIB, seconds: 8 });
});

test("names come from paths, are valid, and differ", () => {
  assert.deepEqual(rungsOf(DISK), ["tracker", "rescan"]);
  assert.equal(nameFor("/dev/vdb", []), "vdb");
  assert.equal(nameFor("/dev/vdb", ["vdb", "vdb-2"]), "vdb-3");
  assert.equal(nameFor("\\\\.\\E:", []), "E-");
  assert.equal(nameFor("/", []), "disk");
  for (const path of ["/srv/ä b/.hidden", `/x/${"y".repeat(200)}`, "C:/disks/a.img"])
    assert.equal(isName(nameFor(path, [])), true, path);
});
