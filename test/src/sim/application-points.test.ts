import assert from "node:assert/strict";
import { test } from "node:test";
import { MiB } from "@leeward/base";
import type { Quiesce } from "@leeward/mobility-agent";
import { SimCluster } from "./sim-cluster.ts";

const NEVER = new AbortController().signal;
const EVERY_SECONDS = 600;
const HOURS = 2;

test("applications are brought to rest as often as the policy says, and the target knows those points from the others", async () => {
  const cluster = new SimCluster(3, {
    pointIntervalSeconds: 30,
    applicationPointIntervalSeconds: EVERY_SECONDS,
    logBytesMax: 16 * MiB,
  });
  const { clock } = cluster.ground;
  const rested: string[] = [];
  const heldMs: number[] = [];
  const quiesce: Quiesce = {
    before: async ({ pointId, kind, consistency }, signal) => {
      assert.deepEqual([kind, consistency], ["auto", "application"]);
      await clock.sleep(2_000, signal);
      const begun = clock.monotonicMicros();
      rested.push(pointId);
      const after = async (): Promise<"application"> => {
        if (heldMs.length < rested.length) heldMs.push((clock.monotonicMicros() - begun) / 1_000);
        return "application";
      };
      return { consistency: () => "application", after };
    },
  };
  cluster.agent.quiesce = quiesce;
  await clock.run(async () => {
    await cluster.start();
    await clock.sleep(HOURS * 3_600_000, NEVER);
    const answer = await cluster.masterTarget.target?.answer(
      {
        kind: "listPoints",
        value: { machineId: cluster.agent.machine.id, fromMicros: 0, toMicros: 0, itemsMax: 1_000, lockedOnly: false },
      },
      NEVER,
    );
    assert.ok(answer?.kind === "pointList");
    const points = answer.value.items.filter(({ consistency }) => consistency === "application");
    assert.deepEqual(
      points.map(({ id }) => id),
      rested,
    );
    assert.ok(Math.abs(rested.length - (HOURS * 3_600) / EVERY_SECONDS) <= 1, `${rested.length} points`);
    assert.ok(answer.value.items.length > points.length);
    assert.ok(Math.max(...heldMs) < 1_000, `held for ${heldMs.join(", ")} ms`);
    assert.equal(cluster.failure, undefined);
    await cluster.agent.end("kill");
    await cluster.processServer.end("kill");
    await cluster.masterTarget.end("kill");
  });
});
