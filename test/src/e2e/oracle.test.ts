// The promise of the whole, on real processes, TLS, files and NBD: whatever is killed or cut, every recovery point is explained by what the
// writers know. The oracle reads nothing that Leeward wrote but the recovered disks.
import assert from "node:assert/strict";
import { readFile, truncate, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { ApiClient } from "@leeward/api";
import { isFault, MiB, seededRandom } from "@leeward/base";
import { eventually } from "../harness/eventually.ts";
import { pointContent } from "../harness/point-content.ts";
import { type DaemonName, SplitChain } from "../harness/split-chain.ts";
import { unexplained } from "../oracle/explain.ts";
import { History, type MarkInterval } from "../oracle/history.ts";
import { NbdWriter } from "./nbd-writers.ts";

const DISK_BYTES = [8 * MiB, 4 * MiB];
const CONNECTIONS_PER_DISK = 3;
const WRITE_MS = 60_000;
const POINTS_CHECKED = 20;
const BARRIERS = 5;
const ASKERS = 3;
const SEED = 20_261_121;

interface Taken {
  readonly id: string;
  readonly interval: MarkInterval;
}

interface Barrier extends Taken {
  readonly disks: readonly Buffer[];
}

describe("every recovery point, while everything is killed and cut in turn", () => {
  let chain: SplitChain;
  let client: ApiClient;
  const history = new History();
  const writers: NbdWriter[] = [];
  const disks: { id: string; path: string; uri: string }[] = [];
  const taken: Taken[] = [];
  const barriers: Barrier[] = [];
  const done: string[] = [];

  before(async () => {
    chain = await SplitChain.start();
    client = await chain.client();
    await eventually("the machine is online", async () => {
      const { items } = await client.call("listMachines", {});
      return items.some(({ state }) => state === "online") ? true : undefined;
    });
    await protectDisks();
  });
  after(async () => {
    for (const writer of writers) await writer.stop();
    client.close();
    await chain.stop();
  });

  test("writers write for a minute while daemons are killed and wires cut", async () => {
    for (const [disk, { uri }] of disks.entries()) {
      for (let connection = 0; connection < CONNECTIONS_PER_DISK; connection += 1) {
        const target = { disk, uri, sizeBytes: DISK_BYTES[disk] ?? 0 };
        writers.push(new NbdWriter(target, history, SEED + writers.length));
      }
    }
    for (const writer of writers) writer.start();
    const stop = new AbortController();
    const asking = Array.from({ length: ASKERS }, (_, asker) => askForPoints(asker, stop.signal));
    const both = Promise.all([disturb(stop.signal), ...asking]);
    await delay(WRITE_MS);
    stop.abort();
    await both;
    // First, since the tests after this one need it whatever this one finds.
    await takePoint(120);
    await eventually("every server has its session to the config server again", async () => {
      const { items } = await client.call("listServers", { query: {} });
      return items.every(({ state }) => state === "online") ? true : undefined;
    });
    for (const name of [
      "kill agent",
      "kill process-server",
      "kill master-target",
      "kill config-server",
      "cut data",
      "cut target",
    ]) {
      assert.ok(done.includes(name), `${name} happened`);
    }
    // A quiet machine does many times as many; this is what tells that the writers were at work between the kills.
    assert.ok(history.operations.length > 1_000, `${history.operations.length} operations`);
    assert.ok(
      writers.some(({ broken }) => broken > 0),
      "connections broke",
    );
    assert.ok(
      writers.every(({ flushes }) => flushes > 0),
      "every writer flushed",
    );
  });

  test(`${BARRIERS} barriers are the disks, byte for byte`, async (context) => {
    assert.ok(barriers.length >= BARRIERS, `${barriers.length} barriers`);
    for (const barrier of barriers) {
      for (const [disk, expected] of barrier.disks.entries()) {
        const found = await recovered(barrier.id, disk);
        assert.ok(found.equals(expected), `barrier ${barrier.id}, disk ${disk}: ${firstDifference(found, expected)}`);
      }
    }
    context.diagnostic(`${barriers.length} barriers equal the disks`);
  });

  test(`${POINTS_CHECKED} points at random are each explained by one order of the operations`, async (context) => {
    assert.ok(taken.length >= POINTS_CHECKED, `${taken.length} points were made`);
    const random = seededRandom(SEED);
    const chosen = [...taken];
    while (chosen.length > POINTS_CHECKED) chosen.splice(random.below(chosen.length), 1);
    for (const { id, interval } of chosen) {
      const contents = [];
      for (const disk of disks.keys()) contents.push({ disk, bytes: await recovered(id, disk) });
      assert.deepEqual(unexplained({ operations: history.operations, interval, disks: contents }), [], `point ${id}`);
    }
    context.diagnostic(`${chosen.length} of ${taken.length} points explained, ${history.operations.length} operations`);
  });

  async function protectDisks(): Promise<void> {
    for (const [index, size] of DISK_BYTES.entries()) {
      const path = `${chain.sourceFolder}/disk${index}.img`;
      await writeFile(path, "");
      await truncate(path, size);
      const { disk } = await client.call("protectDisk", { params: { machine: chain.machine }, body: { path } });
      const uri = await eventually(`${path} takes clients`, async () => {
        const { items } = await client.call("listDisks", { query: {} });
        return items.find((item) => item.id === disk.id && item.state === "protected")?.nbdUri ?? undefined;
      });
      disks.push({ id: disk.id, path, uri });
    }
  }

  async function disturb(signal: AbortSignal): Promise<void> {
    const names: readonly DaemonName[] = ["agent", "process-server", "master-target", "config-server"];
    for (let round = 0; !signal.aborted; round += 1) {
      const turn = round % (names.length + 2);
      const name = names[turn];
      await delay(1_500);
      if (name !== undefined) {
        await chain.kill(name);
        await delay(300);
        await chain.restart(name);
        done.push(`kill ${name}`);
      } else {
        const [wire, label] = turn === names.length ? [chain.dataWire, "cut data"] : [chain.targetWire, "cut target"];
        wire.cut();
        await delay(2_000);
        wire.mend();
        done.push(label);
      }
    }
  }

  /** One of them also makes the barriers. They go on past the minute until there are enough, which a slow machine needs. */
  async function askForPoints(asker: number, signal: AbortSignal): Promise<void> {
    const enough = (): boolean => taken.length >= POINTS_CHECKED && barriers.length >= BARRIERS;
    for (let count = 1; !signal.aborted || !enough(); count += 1) {
      if (asker === 0 && (count % 4 === 0 || signal.aborted) && barriers.length < BARRIERS) await takeBarrier();
      else await takePoint(20);
    }
  }

  /** A point as its requester sees it; undefined when it was refused, because something was down. */
  async function takePoint(timeoutSeconds: number): Promise<Taken | undefined> {
    const requested = history.tick();
    try {
      const call = { params: { machine: chain.machine }, body: { timeoutSeconds } };
      const { id } = await client.call("createPoint", call, { timeoutMs: (timeoutSeconds + 5) * 1_000 });
      const point = { id, interval: { requested, returned: history.tick() } };
      taken.push(point);
      return point;
    } catch (error) {
      if (!isFault(error)) throw error;
      await delay(200);
      return undefined;
    }
  }

  /** The writers pause, the disks are read as they are, and a point is made of exactly that. */
  async function takeBarrier(): Promise<void> {
    await Promise.all(writers.map((writer) => writer.pause()));
    await writers[0]?.flush();
    const contents = await Promise.all(disks.map(({ path }) => readFile(path)));
    const point = await eventually("a point at the barrier", () => takePoint(20));
    barriers.push({ ...point, disks: contents });
    for (const writer of writers) writer.resume();
  }

  function recovered(point: string, disk: number): Promise<Buffer> {
    return pointContent(client, { machine: chain.machine, disk: disks[disk]?.id ?? "", point });
  }
});

function firstDifference(found: Buffer, expected: Buffer): string {
  for (let offset = 0; offset < expected.length; offset += 512) {
    if (!found.subarray(offset, offset + 512).equals(expected.subarray(offset, offset + 512)))
      return `differs at ${offset}`;
  }
  return `lengths ${found.length} and ${expected.length}`;
}
