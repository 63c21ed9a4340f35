import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { FAULT_KINDS, type FaultKind, LOSSLESS_FAULT_KINDS } from "./fault-plan.ts";
import { SIM_MAIN, simulateInProcess } from "./sim-process.ts";

const IS_FULL = process.env["LEEWARD_FULL"] === "1";
const SEEDS = IS_FULL ? 400 : 50;
const TRACKER_SEEDS = IS_FULL ? 300 : 20;
const FORKED_SEEDS = IS_FULL ? 100 : 8;
const PROCESSES = 2;
/** As often as all others together. */
const LEAVES = "leave-further,".repeat(6).slice(0, -1);
/** What tracked disks are about; the others come about as they do. */
const TRACKER_FAULTS: readonly FaultKind[] = [
  "kill-agent",
  "power-agent",
  "partition",
  "full-agent",
  "failing-io-agent",
  "failing-disk-reads",
  "lose-tracking",
];

interface Runs {
  readonly seeds: number;
  readonly args: readonly string[];
  readonly kinds: readonly FaultKind[];
}

async function assertExplained(context: TestContext, { seeds, args, kinds }: Runs): Promise<void> {
  const each = seeds / PROCESSES;
  const reports = await Promise.all(
    Array.from({ length: PROCESSES }, (_, index) =>
      simulateInProcess(SIM_MAIN, ["--seed", String(1 + index * each), "--runs", String(each), "--twice", ...args]),
    ),
  );
  const failures = reports.flatMap((report) => report.failures);
  const command = ["npm run sim -- --seed N --echo", ...args].join(" ");
  assert.deepEqual(failures, [], `failing seeds; repeat one with \`${command}\``);
  const points = reports.reduce((sum, report) => sum + report.points, 0);
  assert.ok(points >= seeds, `${points} points were checked`);
  for (const kind of kinds) {
    const count = reports.reduce((sum, report) => sum + (report.counts[`fault ${kind}`] ?? 0), 0);
    context.diagnostic(`${kind}: ${count}`);
    assert.ok(count > 0, `no run met the fault ${kind}`);
  }
  context.diagnostic(`${points} points checked`);
}

describe("the data path on virtual time", () => {
  test(`${SEEDS} seeds, each twice with one trace: every point that was acknowledged is explained`, (context) =>
    assertExplained(context, { seeds: SEEDS, args: [], kinds: FAULT_KINDS }));

  test(`${TRACKER_SEEDS} seeds of disks that applications write to past the agent: every point is one moment of theirs`, (context) =>
    assertExplained(context, { seeds: TRACKER_SEEDS, args: ["--capture", "tracker"], kinds: TRACKER_FAULTS }));

  test(`${FORKED_SEEDS} seeds of disks that go to two targets: whatever either of them meets, every point of each is one moment`, (context) =>
    assertExplained(context, { seeds: FORKED_SEEDS, args: ["--forked"], kinds: [] }));

  test(`${FORKED_SEEDS} seeds of the same, where nothing is lost on the way: each point that was acknowledged is at both in the end`, (context) =>
    assertExplained(context, {
      seeds: FORKED_SEEDS,
      args: ["--forked", "--faults", LOSSLESS_FAULT_KINDS.join()],
      kinds: ["away-further", "kill-master-target"],
    }));

  test(`${FORKED_SEEDS} seeds of a target that is let go and added again: its points are one moment each, and it has new ones in the end`, (context) =>
    assertExplained(context, {
      seeds: FORKED_SEEDS,
      args: ["--forked", "--faults", [...LOSSLESS_FAULT_KINDS, LEAVES].join()],
      kinds: ["leave-further"],
    }));
});
