// An agent with nothing to do, or with nobody to do it for, costs its machine next to nothing, and ends when it is told to.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MiB } from "@leeward/base";
import { SimCluster } from "./sim-cluster.ts";

const LOOKED_AT_MS = 60_000;
const POINT_INTERVAL_SECONDS = 2;
/** A point's interval is one wait and a handful of file operations; a try to connect, a few more. */
const CALLS_PER_SECOND_MAX = 4;
const never = new AbortController().signal;

/** How often the cluster asked its clock and the agent its files, a second of virtual time. A circle without either never lets time go on. */
async function callsPerSecond(cluster: SimCluster): Promise<number> {
  const { clock } = cluster.ground;
  const { files } = cluster.agent.machine;
  let sleeps = 0;
  const sleep = clock.sleep.bind(clock);
  clock.sleep = (durationMs, signal) => {
    sleeps += 1;
    return sleep(durationMs, signal);
  };
  const before = files.operations;
  await sleep(LOOKED_AT_MS, never);
  clock.sleep = sleep;
  return ((sleeps + files.operations - before) * 1_000) / LOOKED_AT_MS;
}

async function untilJournaled({ agent, ground }: SimCluster): Promise<void> {
  for (let ms = 0; ms < 60_000; ms += 100) {
    await ground.clock.sleep(100, never);
    const disks = agent.agent?.status().disks ?? [];
    if (disks.length > 0 && disks.every((disk) => disk.journaledSequence === disk.writtenSequence)) return;
  }
  assert.fail("the disks are journaled within a minute");
}

test("an agent that has nothing to do rests; so does one whose servers are gone, and it ends when it is told to", async () => {
  const cluster = new SimCluster(7, { pointIntervalSeconds: POINT_INTERVAL_SECONDS, logBytesMax: 8 * MiB });
  const { agent, processServer, masterTarget, ground } = cluster;
  await ground.clock.run(async () => {
    await cluster.start();
    await untilJournaled(cluster);
    const idle = await callsPerSecond(cluster);
    assert.ok(idle > 0 && idle <= 3 * CALLS_PER_SECOND_MAX, `${idle} calls a second of all three while idle`);
    await processServer.end("kill");
    await masterTarget.end("kill");
    await agent.device(0)?.write(0, Buffer.alloc(4_096, 1), { fua: true });
    await ground.clock.sleep(5_000, never);
    const alone = await callsPerSecond(cluster);
    assert.ok(alone <= CALLS_PER_SECOND_MAX, `${alone} calls a second with its servers gone`);
    const told = ground.clock.monotonicMicros();
    agent.machine.stop();
    await agent.ended;
    const tookMs = (ground.clock.monotonicMicros() - told) / 1_000;
    assert.ok(tookMs < 10_000, `${tookMs} ms to end`);
    assert.equal(cluster.failure, undefined);
  });
});
