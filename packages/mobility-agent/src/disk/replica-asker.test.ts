import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault, Waiters } from "@leeward/base";
import { simulatedClock } from "@leeward/world/testing";
import { REPLICA_WAIT_MS_MAX } from "../limits.ts";
import { type AskReplica, askThrough, ReplicaAsker } from "./replica-asker.ts";

const NEVER = new AbortController().signal;
const EXTENT = { offset: 65_536, length: 131_072 };
const HELD = { branch: "0b".repeat(16), sequence: 7, extent: EXTENT, digests: new Uint8Array(32) };
const SETTINGS = { name: "disk", diskId: "0d".repeat(16), machineId: "0e".repeat(16) };

const fault = (code: string, kind: Fault["kind"]): Fault =>
  new Fault({ code, kind, message: "No.", remedy: "Wait for it." });

function asker(ask: AskReplica) {
  const clock = simulatedClock();
  const changed = new Waiters();
  return { clock, changed, asker: new ReplicaAsker({ clock, settings: SETTINGS, ask, changed }) };
}

describe("what a target holds", () => {
  test("is asked for until it is told, and says meanwhile what stands in the way", async () => {
    let failures = 5;
    const of = asker(async () => {
      failures -= 1;
      if (failures >= 0) throw fault("machine-offline", "transient");
      return HELD;
    });
    await of.clock.run(async () => {
      const asking = of.asker.held(EXTENT, NEVER);
      await of.changed.next();
      assert.equal(of.asker.unknown?.fault.code, "replica-content-unknown");
      assert.match(of.asker.unknown.fault.message, /machine-offline.* waits for that until 2026-01-01T00:10:0/);
      assert.deepEqual(await asking, HELD);
      assert.equal(of.asker.unknown, undefined);
    });
  });

  test("is not waited for when the target does not hold anything", async () => {
    const of = asker(async () => {
      throw fault("point-missing", "operator");
    });
    await of.clock.run(async () => {
      assert.equal(await of.asker.held(EXTENT, NEVER), undefined);
      assert.equal(of.clock.monotonicMicros(), 0);
      assert.match(of.asker.unknown?.fault.message ?? "", /point-missing\), so its resync sends everything/);
    });
  });

  test("is given up after some time, asked for once before each window then, and waited for again after an answer", async () => {
    let isAway = true;
    let asks = 0;
    const of = asker(async () => {
      asks += 1;
      if (isAway) throw fault("server-unreachable", "transient");
      return HELD;
    });
    const { clock } = of;
    await clock.run(async () => {
      assert.equal(await of.asker.held(EXTENT, NEVER), undefined);
      assert.ok(clock.monotonicMicros() >= REPLICA_WAIT_MS_MAX * 1_000);
      const [before, at] = [asks, clock.monotonicMicros()];
      assert.equal(await of.asker.held(EXTENT, NEVER), undefined);
      assert.deepEqual([asks, clock.monotonicMicros()], [before + 1, at]);
      isAway = false;
      assert.equal(await of.asker.held(EXTENT, NEVER), HELD);
      isAway = true;
      const asking = of.asker.held(EXTENT, NEVER);
      await clock.sleep(5_000, NEVER);
      isAway = false;
      assert.equal(await asking, HELD);
    });
  });

  test("is asked for no more once nobody waits", async () => {
    const stop = new AbortController();
    const of = asker(async () => {
      throw fault("server-unreachable", "transient");
    });
    await of.clock.run(async () => {
      const asking = of.asker.held(EXTENT, stop.signal);
      await of.clock.sleep(1_000, NEVER);
      stop.abort(fault("disk-closed", "transient"));
      await assert.rejects(asking, { code: "disk-closed" });
    });
  });

  test("is asked for as the present of the disk, and the answer may be of less", async () => {
    const ask = askThrough(async (request) => {
      assert.deepEqual(request, {
        machineId: SETTINGS.machineId,
        diskId: SETTINGS.diskId,
        ...EXTENT,
        present: true,
        replicaId: "",
      });
      const { branch, sequence } = HELD;
      return { pointId: "", branch, sequence, diskBytes: 1e6, length: 65_536, digests: new Uint8Array(16) };
    }, SETTINGS);
    assert.deepEqual((await ask(EXTENT, NEVER)).extent, { offset: EXTENT.offset, length: 65_536 });
  });
});
