import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault } from "@leeward/base";
import type { EventReport } from "@leeward/proto";
import { simulatedClock } from "@leeward/world/testing";
import { HOLD_BACKOFF_MAX, HOLD_MS_MAX } from "../limits.ts";
import { HoldPace } from "./hold-pace.ts";

function rig() {
  const clock = simulatedClock();
  const told: EventReport[] = [];
  let changes = 0;
  const pace = new HoldPace({
    clock,
    onEvent: (event) => told.push(event),
    onChange: () => {
      changes += 1;
    },
  });
  return { clock, pace, told, changes: () => changes };
}

function faultOf(code: string): Fault {
  return new Fault({ code, kind: "transient", message: `${code} happened.` });
}

describe("the pace of holds", () => {
  test("doubles the interval after each hold that was too long, up to a bound, and one that was short ends that", () => {
    const { pace, changes } = rig();
    const factors = [1, 2, 3, 4, 5, 6].map(() => {
      pace.take({ stallMs: HOLD_MS_MAX + 1, faults: [] });
      return pace.factor;
    });
    assert.deepEqual(factors, [2, 4, 8, HOLD_BACKOFF_MAX, HOLD_BACKOFF_MAX, HOLD_BACKOFF_MAX]);
    pace.take({ stallMs: HOLD_MS_MAX, faults: [] });
    assert.deepEqual([pace.factor, pace.stallMs, changes()], [1, HOLD_MS_MAX, 7]);
  });

  test("tells a fault once, shows it since when it stands, and tells it again only when it had been over", async () => {
    const { clock, pace, told } = rig();
    pace.take({ stallMs: 40, faults: [faultOf("disk-not-quiet")] });
    const since = clock.wallMicros();
    await clock.advance(60_000);
    pace.take({ stallMs: 50, faults: [faultOf("disk-not-quiet"), faultOf("freeze-lost")] });
    assert.deepEqual(
      pace.faults.map(({ fault, sinceMicros }) => [fault.code, sinceMicros]),
      [
        ["disk-not-quiet", since],
        ["freeze-lost", since + 60e6],
      ],
    );
    assert.equal(pace.factor, 4);
    pace.take({ stallMs: 5, faults: [] });
    assert.deepEqual([pace.faults, pace.factor], [[], 1]);
    pace.take({ stallMs: 7, faults: [faultOf("disk-not-quiet")] });
    assert.deepEqual(
      told.map(({ kind, severity, detail }) => [kind, severity, detail["code"], detail["stallMs"]]),
      [
        ["point-given-up", "warning", "disk-not-quiet", "40"],
        ["point-given-up", "warning", "freeze-lost", "50"],
        ["point-given-up", "warning", "disk-not-quiet", "7"],
      ],
    );
  });
});
