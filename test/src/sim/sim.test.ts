import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FAULT_KINDS } from "./fault-plan.ts";
import { SIM_MAIN, simulateInProcess } from "./sim-process.ts";

const SEEDS = process.env["LEEWARD_FULL"] === "1" ? 400 : 50;
const PROCESSES = 2;

describe("the data path on virtual time", () => {
  test(`${SEEDS} seeds, each twice with one trace: every point that was acknowledged is explained`, async (context) => {
    const each = SEEDS / PROCESSES;
    const reports = await Promise.all(
      Array.from({ length: PROCESSES }, (_, index) =>
        simulateInProcess(SIM_MAIN, ["--seed", String(1 + index * each), "--runs", String(each), "--twice"]),
      ),
    );
    const failures = reports.flatMap((report) => report.failures);
    assert.deepEqual(failures, [], "failing seeds; repeat one with `npm run sim -- --seed N --echo`");
    const points = reports.reduce((sum, report) => sum + report.points, 0);
    assert.ok(points >= SEEDS, `${points} points were checked`);
    for (const kind of FAULT_KINDS) {
      const count = reports.reduce((sum, report) => sum + (report.counts[`fault ${kind}`] ?? 0), 0);
      context.diagnostic(`${kind}: ${count}`);
      assert.ok(count > 0, `no run met the fault ${kind}`);
    }
    context.diagnostic(`${points} points checked`);
  });
});
