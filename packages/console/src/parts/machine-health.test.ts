import assert from "node:assert/strict";
import { test } from "node:test";
import type { Disk, Machine } from "@leeward/api";
import { standingsOf } from "./machine-health.ts";

type DiskFacts = Pick<Disk, "state" | "rpoSeconds" | "newestPoint" | "faults">;

function disk(state: Disk["state"], more: Partial<DiskFacts> = {}): Disk {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a standing rests on is here; the rest of a disk has no part in it
  return { state, rpoSeconds: 2, newestPoint: null, faults: [], ...more } as unknown as Disk;
}

function machine(name: string, state: Machine["state"], disks: readonly Disk[]): Machine {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  return { id: name, name, state, disks } as unknown as Machine;
}

test("machines stand in the order of what is worst about them, and then of their RPO", () => {
  const standings = standingsOf(
    [
      machine("healthy", "online", [disk("protected")]),
      machine("later", "online", [disk("protected", { rpoSeconds: 9 })]),
      machine("empty", "online", []),
      machine("copying", "online", [disk("initial", { rpoSeconds: null }), disk("protected")]),
      machine("reduced", "online", [disk("reduced")]),
      machine("away", "offline", [disk("protected")]),
      machine("gap", "online", [disk("protected"), disk("gap")]),
    ],
    [],
  );
  assert.deepEqual(
    standings.map(({ machine: { name }, health }) => [name, health]),
    [
      ["gap", "critical"],
      ["away", "offline"],
      ["reduced", "warning"],
      ["copying", "copying"],
      ["empty", "unprotected"],
      ["later", "healthy"],
      ["healthy", "healthy"],
    ],
  );
});

test("an alert that stands or a fault makes a machine worse than its disks say", () => {
  const fault = { code: "x", kind: "transient", message: "It is slow.", since: null } as const;
  const machines = [
    machine("alerted", "online", [disk("protected")]),
    machine("faulty", "online", [disk("protected", { faults: [fault] })]),
    machine("critical", "online", [disk("protected")]),
  ];
  const standings = standingsOf(machines, [
    { machine: "alerted", severity: "warning" },
    { machine: "critical", severity: "critical" },
    { machine: null, severity: "critical" },
  ]);
  assert.deepEqual(
    standings.map(({ machine: { name }, health, alertCount }) => [name, health, alertCount]),
    [
      ["critical", "critical", 1],
      ["alerted", "warning", 1],
      ["faulty", "warning", 0],
    ],
  );
});

test("a machine's RPO is its worst disk's, and unknown where no disk has a point", () => {
  const [first, second] = standingsOf(
    [
      machine("a", "online", [
        disk("protected", { rpoSeconds: 3, newestPoint: "2026-01-02T00:00:00.000000Z" }),
        disk("protected", { rpoSeconds: 8, newestPoint: "2026-01-01T00:00:00.000000Z" }),
      ]),
      machine("b", "online", [disk("initial", { rpoSeconds: null })]),
    ],
    [],
  );
  assert.equal(first?.rpoSeconds, null);
  assert.equal(second?.rpoSeconds, 8);
  assert.equal(second?.newestPoint, "2026-01-02T00:00:00.000000Z");
});

test("without an answer about alerts no machine is called better than its disks and its agent say, and none healthy", () => {
  const machines = [
    machine("healthy", "online", [disk("protected")]),
    machine("empty", "online", []),
    machine("reduced", "online", [disk("reduced")]),
    machine("away", "offline", [disk("protected")]),
    machine("gap", "online", [disk("gap")]),
  ];
  assert.deepEqual(
    standingsOf(machines, undefined).map(({ machine: { name }, health, alertCount }) => [name, health, alertCount]),
    [
      ["gap", "critical", null],
      ["away", "offline", null],
      ["empty", "unknown", null],
      ["healthy", "unknown", null],
      ["reduced", "unknown", null],
    ],
  );
});
