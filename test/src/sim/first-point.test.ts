import assert from "node:assert/strict";
import { test } from "node:test";
import { MiB } from "@leeward/base";
import { SimCluster } from "./sim-cluster.ts";

const NEVER = new AbortController().signal;

test("a machine whose points are an hour apart has its first one as soon as its disks are copied", async () => {
  const cluster = new SimCluster(1, { pointIntervalSeconds: 3_600, logBytesMax: 16 * MiB });
  const { clock } = cluster.ground;
  await clock.run(async () => {
    await cluster.start();
    const members = async (): Promise<number> => {
      const disks = (await cluster.masterTarget.target?.status())?.disks ?? [];
      return disks.filter(({ newestPointMicros }) => newestPointMicros > 0).length;
    };
    const begun = clock.monotonicMicros();
    while ((await members()) < cluster.agent.diskIds.length) {
      await clock.sleep(1_000, NEVER);
      assert.ok(clock.monotonicMicros() - begun < 120e6, "no point within two minutes");
    }
    assert.equal(cluster.failure, undefined);
    await cluster.agent.end("kill");
    await cluster.processServer.end("kill");
    await cluster.masterTarget.end("kill");
  });
});
