// A fence over the whole chain on virtual time: with writers that never stop, and an agent that is killed at each step of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MiB, orAborted, seededRandom } from "@leeward/base";
import { Journal } from "@leeward/journal";
import type { FenceStatus, PlannedFence } from "@leeward/proto";
import { FULL } from "@leeward/world/testing";
import type { Capture } from "./agent-node.ts";
import { DATA_KEY } from "./server-nodes.ts";
import { SimCluster } from "./sim-cluster.ts";
import { Trace } from "./trace.ts";
import { Workload } from "./workload.ts";

const never = new AbortController().signal;
const KEY_ID = "0f".repeat(16);
const FAILOVER = "fa".repeat(16);
const WRITERS = 3;
const LIMIT_MS = 900_000;
const REST_MS = 400;
/** Nothing waits for the schedule on which refusals are tried again, a minute at least. */
const SOON_MS = 15_000;

/** A cluster with writers, whose applications take a while to come to rest. */
class FenceRun {
  readonly cluster: SimCluster;
  readonly workload: Workload;
  /** What applications were told: begin, end. */
  readonly rests: string[] = [];
  /** What it takes. */
  rest = (): Promise<void> => this.sleep(REST_MS);
  /** Codes that a disk of the process server was ever shown with. */
  readonly shown = new Set<string>();
  writers = WRITERS;
  readonly #stop = new AbortController();
  readonly #ended = new AbortController();
  #writers: Promise<unknown> = Promise.resolve();

  constructor(seed: number, captures: readonly Capture[] = []) {
    this.cluster = new SimCluster(seed, { pointIntervalSeconds: 2, logBytesMax: 8 * MiB, captures });
    const { agent, ground } = this.cluster;
    const trace = new Trace({ echo: false });
    this.workload = new Workload({ agent, clock: ground.clock, random: seededRandom(seed), trace });
    agent.lastingRest = {
      begin: async (_asked, signal) => {
        this.rests.push("begin");
        await orAborted(this.rest(), signal);
        return { consistency: "application" };
      },
      end: async () => void this.rests.push("end"),
    };
  }

  async play(scenario: () => Promise<void>): Promise<void> {
    await this.cluster.ground.clock.run(async () => {
      await this.cluster.start();
      this.#writers = Promise.all(Array.from({ length: this.writers }, () => this.workload.run(this.#ended.signal)));
      const watching = this.#watch();
      await this.until(
        "copied",
        () => this.disks().length === 2 && this.disks().every(({ state }) => state === "protected"),
      );
      await scenario();
      this.#stop.abort();
      await watching;
      await this.endWriters();
      assert.equal(this.cluster.failure, undefined);
      for (const node of [this.cluster.agent, this.cluster.processServer, this.cluster.masterTarget])
        await node.end("kill");
    });
  }

  async sleep(durationMs: number): Promise<void> {
    await this.cluster.ground.clock.sleep(durationMs, never);
  }

  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let ms = 0; !(await holds()); ms += 50) {
      assert.equal(this.cluster.failure, undefined);
      assert.ok(ms < LIMIT_MS, `${what}: ${JSON.stringify(this.cluster.agent.agent?.status())}`);
      await this.sleep(50);
    }
  }

  /** A point that holds all that was written, once the target has it; its time must come soon. */
  async createPoint(): Promise<string> {
    const { agent, ground } = this.cluster;
    const begun = ground.clock.monotonicMicros();
    const value = { machineId: agent.machine.id, consistency: "crash" } as const;
    const answer = await agent.agent?.answer({ kind: "createPoint", value }, never);
    assert.ok(answer?.kind === "point");
    assert.equal(answer.value.epoch, this.cluster.authority.epoch);
    const tookMs = (ground.clock.monotonicMicros() - begun) / 1_000;
    assert.ok(tookMs < SOON_MS, `it took ${tookMs} ms`);
    return answer.value.id;
  }

  disks() {
    return this.cluster.agent.agent?.status().disks ?? [];
  }

  fence(): FenceStatus | undefined {
    return this.cluster.agent.agent?.status().fence;
  }

  async #watch(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      for (const { faults } of this.cluster.processServer.server?.status().disks ?? [])
        for (const { code } of faults) this.shown.add(code);
      await this.sleep(20);
    }
  }

  /** Puts a plan into force; from now on it is also what the agent finds when it is started. */
  apply(version: number, epoch: number, fence?: PlannedFence): void {
    this.cluster.authority = { version, epoch, ...(fence && { fence }) };
    // The agent may be killed in it.
    this.cluster.agent.agent?.apply(this.cluster.agentPlan()).catch((error: unknown) => {
      this.cluster.failure ??= error;
    });
  }

  async raise(from: number, to: number): Promise<void> {
    const machineId = this.cluster.agent.machine.id;
    const value = { machineId, from, to, claimId: FAILOVER };
    await this.cluster.masterTarget.target?.answer({ kind: "raiseEpoch", value }, never);
  }

  /** Kills the agent at its file operation with that number from now on, and starts it again a little later. Whether that has happened is answered at the end. */
  killAt(operation: number, how: "kill" | "power"): () => Promise<boolean> {
    const { agent } = this.cluster;
    const { files } = agent.machine;
    const at = files.operations + operation;
    let restarting: Promise<void> | undefined;
    files.onOperation = () => {
      if (files.operations < at) return;
      files.onOperation = undefined;
      restarting = agent
        .end(how)
        .then(() => this.sleep(200))
        .then(() => agent.start());
    };
    return async () => {
      files.onOperation = undefined;
      await restarting;
      return restarting !== undefined;
    };
  }

  async points(): Promise<string[]> {
    const machineId = this.cluster.agent.machine.id;
    const value = { machineId, fromMicros: 0, toMicros: 0, itemsMax: 1_000, lockedOnly: false };
    const answer = await this.cluster.masterTarget.target?.answer({ kind: "listPoints", value }, never);
    assert.ok(answer?.kind === "pointList");
    return answer.value.items.map(({ id }) => id);
  }

  async assertRefused(): Promise<void> {
    for (const [index, { capture }] of this.disks().entries()) {
      const device = capture === "splitter" ? this.cluster.agent.device(index) : undefined;
      if (device === undefined) continue;
      assert.equal(device.readOnly, true);
      const block = Buffer.alloc(512, 1);
      await assert.rejects(device.write(0, block, { fua: true }), { code: "disk-read-only" });
      await assert.rejects(device.zero({ offset: 0, length: 512 }, { fua: false, mayDiscard: true }), {
        code: "disk-read-only",
      });
      await assert.rejects(device.discard({ offset: 0, length: 512 }, { fua: false }), { code: "disk-read-only" });
      await device.read(0, block);
      await device.flush();
    }
  }

  async endWriters(): Promise<void> {
    this.#ended.abort();
    await this.#writers;
  }

  /** The disks hold what the point has, byte for byte; the target ends. */
  async assertIsPoint(pointId: string): Promise<void> {
    const { agent, masterTarget } = this.cluster;
    await masterTarget.end("kill");
    const { world } = masterTarget.machine.begin();
    for (const [index, diskId] of agent.diskIds.entries()) {
      const folder = `/mt/journal/${agent.machine.id}/${diskId}`;
      const journal = await Journal.open(world, { folder, dataKey: { keyId: KEY_ID, bytes: DATA_KEY } });
      const source = agent.disks[index];
      assert.ok(source !== undefined);
      const [held, point] = [Buffer.alloc(source.sizeBytes), Buffer.alloc(source.sizeBytes)];
      await source.read(0, held);
      await using opened = await journal.openPoint(pointId, { owner: "test", reason: "compared" });
      await opened.read(0, point);
      assert.ok(held.equals(point), `disk ${index} is what the last point has`);
      await journal.close();
    }
  }
}

const ORDERLY: PlannedFence = { failoverId: FAILOVER, epoch: 1, orderly: true };

/** File operations of the agent at which it is killed; 0 is none. A step of a fence is a handful of them. */
const KILLS = FULL
  ? Array.from({ length: 120 }, (_, at) => at)
  : [0, 1, 2, 3, 5, 8, 12, 15, 18, 22, 27, 33, 40, 55, 80];

test("no acknowledged write lies behind the last point of an orderly fence, wherever the agent is killed in it", async () => {
  let killed = 0;
  for (const at of KILLS) {
    const run = new FenceRun(100 + at);
    await run.play(async () => {
      await run.sleep(1_000 + 37 * at);
      const ended = at === 0 ? async () => false : run.killAt(at, at % 2 === 0 ? "kill" : "power");
      run.apply(2, 0, ORDERLY);
      await run.until("fenced", () => run.fence()?.state === "fenced");
      if (await ended()) killed += 1;
      await run.until("fenced", () => run.fence()?.state === "fenced");
      const { lastPointId = "", epoch, failoverId } = run.fence() ?? {};
      assert.deepEqual([epoch, failoverId], [1, FAILOVER]);
      assert.deepEqual(
        run.disks().map(({ state }) => state),
        ["fenced", "fenced"],
      );
      await run.assertRefused();
      const points = await run.points();
      assert.equal(points.at(-1), lastPointId, "it is the newest");
      if (at === 0) assert.deepEqual(run.rests.slice(-1), ["begin"], "applications stay at rest");
      await run.sleep(20_000);
      assert.deepEqual(await run.points(), points, "no points are made of a fenced machine");
      await run.endWriters();
      await run.raise(0, 1);
      await run.assertIsPoint(lastPointId);
    });
  }
  assert.ok(killed >= KILLS.length / 2, `killed ${killed} times`);
});

test("applications write until they are at rest, and not one write comes after", async () => {
  const run = new FenceRun(7);
  await run.play(async () => {
    run.apply(2, 0, ORDERLY);
    await run.sleep(REST_MS / 2);
    assert.deepEqual([run.rests.at(-1), run.fence()?.state], ["begin", "stopping"]);
    await run.cluster.agent.device(0)?.write(0, Buffer.alloc(512), { fua: false });
    await run.until("fenced", () => run.fence()?.state === "fenced");
    assert.deepEqual(
      run.cluster.agent.events.filter((kind) => kind !== "disk-resync"),
      ["machine-fenced"],
    );
    await run.endWriters();
  });
});

test("a fence that is lifted lets the same branch go on with the new epoch, and loses nothing, wherever the agent is killed in it", async () => {
  for (const at of FULL ? KILLS : [0, 1, 2, 4, 7, 11, 20]) {
    const run = new FenceRun(300 + at);
    await run.play(async () => {
      const branches = run.disks().map(({ branch }) => branch);
      // What is behind the last stored point is in the log alone, or cached.
      run.cluster.ground.network.partition("process-server", "master-target");
      await run.sleep(3_000);
      run.apply(2, 0, { ...ORDERLY, orderly: false });
      await run.until("fenced", () => run.fence()?.state === "fenced");
      await run.raise(0, 1);
      run.cluster.ground.network.heal("process-server", "master-target");
      await run.sleep(5_000);
      await run.raise(1, 2);
      const ended = at === 0 ? async () => false : run.killAt(at, at % 2 === 0 ? "kill" : "power");
      run.apply(3, 2);
      await run.until("lifted", () => run.cluster.agent.agent !== undefined && run.fence() === undefined);
      await ended();
      await run.until(
        "protected",
        () => run.disks().length === 2 && run.disks().every(({ state }) => state === "protected"),
      );
      assert.deepEqual(
        run.disks().map(({ branch }) => branch),
        branches,
      );
      assert.ok(run.cluster.agent.events.includes("fence-lifted") || at > 0);
      await run.sleep(2_000);
      await run.endWriters();
      await run.assertIsPoint(await run.createPoint());
    });
  }
});

test("what was under way when writes were stopped is in the last point, also under many writers", async () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const run = new FenceRun(500 + seed);
    run.writers = 60;
    await run.play(async () => {
      await run.sleep(500 + 13 * seed);
      run.apply(2, 0, ORDERLY);
      await run.until("fenced", () => run.fence()?.state === "fenced");
      await run.endWriters();
      await run.assertIsPoint(run.fence()?.lastPointId ?? "");
    });
  }
});

test("a fence that is lifted before anybody was refused goes on without a refusal, and an idle machine's last point holds on", async () => {
  const run = new FenceRun(14);
  await run.play(async () => {
    await run.endWriters();
    await run.sleep(5_000);
    run.apply(2, 0, { ...ORDERLY, orderly: false });
    await run.until("fenced", () => run.fence()?.state === "fenced");
    await run.raise(0, 1);
    await run.raise(1, 2);
    run.apply(3, 2);
    const lifted = run.cluster.ground.clock.wallMicros();
    const newest = async (): Promise<number[]> =>
      ((await run.cluster.masterTarget.target?.status())?.disks ?? []).map((disk) => disk.newestPointMicros);
    await run.sleep(SOON_MS);
    assert.ok(
      (await newest()).every((micros) => micros > lifted),
      "points go on",
    );
    await run.cluster.agent.device(0)?.write(512, Buffer.alloc(512, 3), { fua: true });
    await run.assertIsPoint(await run.createPoint());
    assert.equal(run.shown.has("epoch-old"), false, "nobody is refused");
  });
});

test("a fence that is lifted at the very moment at which applications have come to rest is lifted", async () => {
  const run = new FenceRun(15);
  await run.play(async () => {
    const gate = Promise.withResolvers<void>();
    run.rest = () => gate.promise;
    run.apply(2, 0, ORDERLY);
    await run.until("at rest", () => run.rests.includes("begin"));
    gate.resolve();
    for (let turn = 0; turn < 3; turn += 1) await Promise.resolve();
    run.apply(3, 1);
    await run.sleep(1_000);
    assert.equal(run.fence(), undefined);
    assert.deepEqual(run.rests.slice(-2), ["begin", "end"]);
    await run.cluster.agent.device(0)?.write(0, Buffer.alloc(512), { fua: false });
    await run.endWriters();
  });
});

test("a machine that is refused for its epoch fences itself, stays so over restarts and plans of before, and goes on with one that has the epoch", async () => {
  const run = new FenceRun(11);
  await run.play(async () => {
    const { agent } = run.cluster;
    await run.raise(0, 3);
    await run.until("fenced", () => run.fence()?.state === "fenced");
    assert.deepEqual([run.fence()?.failoverId, run.fence()?.epoch], ["", 3]);
    await run.assertRefused();
    for (const how of ["kill", "power"] as const) {
      await agent.end(how);
      run.cluster.ground.network.partition("agent", "process-server");
      await agent.start();
      await run.until("served", () => agent.device(0) !== undefined && agent.device(1) !== undefined);
      await run.assertRefused();
      assert.equal(run.fence()?.epoch, 3);
      run.cluster.ground.network.heal("agent", "process-server");
    }
    run.apply(2, 1);
    await run.sleep(1_000);
    assert.equal(run.fence()?.epoch, 3, "a plan that knows less lifts nothing");
    run.apply(3, 3);
    await run.until("lifted", () => run.fence() === undefined);
    await run.until("protected", () => run.disks().every(({ state }) => state === "protected"));
    assert.deepEqual(agent.events.filter((kind) => kind === "fence-lifted").length, 1);
    await run.endWriters();
    await run.assertIsPoint(await run.createPoint());
  });
});

test("a fence that learns on its way to the last point that another side has taken over ends without one", async () => {
  const run = new FenceRun(12);
  await run.play(async () => {
    run.cluster.ground.network.partition("process-server", "master-target");
    run.apply(2, 0, ORDERLY);
    await run.sleep(5_000);
    assert.equal(run.fence()?.state, "stopping");
    await run.raise(0, 1);
    run.cluster.ground.network.heal("process-server", "master-target");
    await run.until("fenced", () => run.fence()?.state === "fenced");
    assert.deepEqual([run.fence()?.failoverId, run.fence()?.lastPointId], [FAILOVER, ""]);
    await run.assertRefused();
    await run.endWriters();
  });
});

test("a disk that is written past the agent gets its last point, and the fence is said to be open, again at each start", async () => {
  const run = new FenceRun(13, ["tracker", "splitter"]);
  const { agent } = run.cluster;
  await run.play(async () => {
    await run.until("a point of both", async () => (await run.points()).length > 2);
    run.apply(2, 0, ORDERLY);
    await run.until("open", () => run.fence()?.state === "open");
    const lastPointId = run.fence()?.lastPointId ?? "";
    assert.equal((await run.points()).at(-1), lastPointId);
    assert.deepEqual(
      run.disks().map(({ state }) => state),
      ["protected", "fenced"],
    );
    const told = (): number => agent.events.filter((kind) => kind === "fence-open").length;
    assert.equal(told(), 1);
    await run.sleep(20_000);
    assert.equal((await run.points()).at(-1), lastPointId, "no points are made, though the disk is written");
    await agent.end("kill");
    await agent.start();
    await run.until("told", () => told() === 2);
    assert.deepEqual([run.fence()?.state, run.fence()?.lastPointId], ["open", lastPointId]);
    await run.endWriters();
  });
});
