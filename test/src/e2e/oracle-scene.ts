/**
 * Writers, points and barriers over a whole chain, while its daemons are killed and its wires cut: the stage on which recovery points are proved. What it knows, it knows from the
 * writers alone; it reads nothing that Leeward wrote but recovered disks.
 */
import assert from "node:assert/strict";
import { readFile, truncate, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { ApiClient } from "@leeward/api";
import { isFault, MiB, seededRandom } from "@leeward/base";
import { eventually } from "../harness/eventually.ts";
import { type DaemonName, SplitChain, type SplitChainOptions } from "../harness/split-chain.ts";
import { unexplained } from "../oracle/explain.ts";
import { History, type MarkInterval } from "../oracle/history.ts";
import { NbdWriter } from "./nbd-writers.ts";

const DISK_BYTES = [8 * MiB, 4 * MiB];
const CONNECTIONS_PER_DISK = 3;
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

/** Something that goes wrong for a while; it is well again when it settles. */
export interface Disturbance {
  readonly name: string;
  run(): Promise<void>;
}

/** Reads all of a disk at a point. */
export type ReadPoint = (point: string, disk: { readonly id: string; readonly index: number }) => Promise<Buffer>;

export interface OracleSceneOptions extends SplitChainOptions {
  /** How many points are to be there at least. */
  readonly pointsMin: number;
  /** Beside the kills of each daemon and the cuts of the data's wires. */
  readonly disturbances?: readonly Disturbance[];
}

export class OracleScene {
  readonly chain: SplitChain;
  readonly client: ApiClient;
  readonly #options: OracleSceneOptions;
  readonly #history = new History();
  readonly #writers: NbdWriter[] = [];
  readonly #disks: { id: string; path: string; uri: string }[] = [];
  readonly #taken: Taken[] = [];
  readonly #barriers: Barrier[] = [];
  readonly #done = new Set<string>();

  private constructor(options: OracleSceneOptions, chain: SplitChain, client: ApiClient) {
    this.#options = options;
    this.chain = chain;
    this.client = client;
  }

  static async start(options: OracleSceneOptions): Promise<OracleScene> {
    const chain = await SplitChain.start(options);
    const client = await chain.client();
    const scene = new OracleScene(options, chain, client);
    await eventually("the machine is online", async () => {
      const { items } = await client.call("listMachines", {});
      return items.some(({ state }) => state === "online") ? true : undefined;
    });
    await scene.#protectDisks();
    return scene;
  }

  get operations(): number {
    return this.#history.operations.length;
  }

  async close(): Promise<void> {
    for (const writer of this.#writers) await writer.stop();
    this.client.close();
    await this.chain.stop();
  }

  /** Writes so long, and on until there are enough points and barriers, while everything is disturbed in turn. */
  async writeWhileDisturbed(writeMs: number): Promise<void> {
    for (const [disk, { uri }] of this.#disks.entries()) {
      for (let connection = 0; connection < CONNECTIONS_PER_DISK; connection += 1) {
        const target = { disk, uri, sizeBytes: DISK_BYTES[disk] ?? 0 };
        this.#writers.push(new NbdWriter(target, this.#history, SEED + this.#writers.length));
      }
    }
    for (const writer of this.#writers) writer.start();
    const disturbances = [...this.#ownDisturbances(), ...(this.#options.disturbances ?? [])];
    const stop = new AbortController();
    const asking = Array.from({ length: ASKERS }, (_, asker) => this.#askForPoints(asker, stop.signal));
    const both = Promise.all([this.#disturb(disturbances, stop.signal), ...asking]);
    await delay(writeMs);
    stop.abort();
    await both;
    // First, since what comes after this needs it whatever this finds.
    await this.#takePoint(120);
    await eventually("every server has its session to the config server again", async () => {
      const { items } = await this.client.call("listServers", { query: {} });
      return items.every(({ state }) => state === "online") ? true : undefined;
    });
    for (const { name } of disturbances) assert.ok(this.#done.has(name), `${name} happened`);
    // A quiet machine does many times as many; this is what tells that the writers were at work between the kills.
    assert.ok(this.operations > 1_000, `${this.operations} operations`);
    assert.ok(
      this.#writers.some(({ broken }) => broken > 0),
      "connections broke",
    );
    assert.ok(
      this.#writers.every(({ flushes }) => flushes > 0),
      "every writer flushed",
    );
  }

  /** Each barrier is the disks, byte for byte. Returns how many there are. */
  async checkBarriers(read: ReadPoint): Promise<number> {
    assert.ok(this.#barriers.length >= BARRIERS, `${this.#barriers.length} barriers`);
    for (const barrier of this.#barriers) {
      for (const [index, expected] of barrier.disks.entries()) {
        const found = await read(barrier.id, { id: this.#disks[index]?.id ?? "", index });
        assert.ok(found.equals(expected), `barrier ${barrier.id}, disk ${index}: ${firstDifference(found, expected)}`);
      }
    }
    return this.#barriers.length;
  }

  /** So many points at random are each explained by one order of the operations. Returns how many were made. */
  async checkPoints(count: number, read: ReadPoint): Promise<number> {
    assert.ok(this.#taken.length >= count, `${this.#taken.length} points were made`);
    const random = seededRandom(SEED);
    const chosen = [...this.#taken];
    while (chosen.length > count) chosen.splice(random.below(chosen.length), 1);
    for (const { id, interval } of chosen) {
      const contents = [];
      for (const [disk, of] of this.#disks.entries())
        contents.push({ disk, bytes: await read(id, { id: of.id, index: disk }) });
      assert.deepEqual(
        unexplained({ operations: this.#history.operations, interval, disks: contents }),
        [],
        `point ${id}`,
      );
    }
    return this.#taken.length;
  }

  async #protectDisks(): Promise<void> {
    for (const [index, size] of DISK_BYTES.entries()) {
      const path = `${this.chain.sourceFolder}/disk${index}.img`;
      await writeFile(path, "");
      await truncate(path, size);
      const { disk } = await this.client.call("protectDisk", {
        params: { machine: this.chain.machine },
        body: { path },
      });
      const uri = await eventually(`${path} takes clients`, async () => {
        const { items } = await this.client.call("listDisks", { query: {} });
        return items.find((item) => item.id === disk.id && item.state === "protected")?.nbdUri ?? undefined;
      });
      this.#disks.push({ id: disk.id, path, uri });
    }
  }

  #ownDisturbances(): Disturbance[] {
    const { chain } = this;
    const names: readonly DaemonName[] = ["agent", "process-server", "master-target", "config-server"];
    const kills = names.map((name) => ({
      name: `kill ${name}`,
      run: async () => {
        await chain.kill(name);
        await delay(300);
        await chain.restart(name);
      },
    }));
    const cuts = (
      [
        ["data", chain.dataWire],
        ["target", chain.targetWire],
      ] as const
    ).map(([name, wire]) => ({
      name: `cut ${name}`,
      run: async () => {
        wire.cut();
        await delay(2_000);
        wire.mend();
      },
    }));
    return [...kills, ...cuts];
  }

  /** One after another, each of them at least once. */
  async #disturb(disturbances: readonly Disturbance[], signal: AbortSignal): Promise<void> {
    for (let round = 0; !signal.aborted || this.#done.size < disturbances.length; round += 1) {
      const disturbance = disturbances[round % disturbances.length];
      await delay(1_500);
      await disturbance?.run();
      this.#done.add(disturbance?.name ?? "");
    }
  }

  /** One of them also makes the barriers. They go on past the time until there are enough, which a slow machine needs. */
  async #askForPoints(asker: number, signal: AbortSignal): Promise<void> {
    const enough = (): boolean => this.#taken.length >= this.#options.pointsMin && this.#barriers.length >= BARRIERS;
    for (let count = 1; !signal.aborted || !enough(); count += 1) {
      if (asker === 0 && (count % 4 === 0 || signal.aborted) && this.#barriers.length < BARRIERS)
        await this.#takeBarrier();
      else await this.#takePoint(20);
    }
  }

  /** A point as its requester sees it; undefined when it was refused, because something was down. */
  async #takePoint(timeoutSeconds: number): Promise<Taken | undefined> {
    const requested = this.#history.tick();
    try {
      const call = { params: { machine: this.chain.machine }, body: { timeoutSeconds } };
      const { id } = await this.client.call("createPoint", call, { timeoutMs: (timeoutSeconds + 5) * 1_000 });
      const point = { id, interval: { requested, returned: this.#history.tick() } };
      this.#taken.push(point);
      return point;
    } catch (error) {
      if (!isFault(error)) throw error;
      await delay(200);
      return undefined;
    }
  }

  /** The writers pause, the disks are read as they are, and a point is made of exactly that. */
  async #takeBarrier(): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer.pause()));
    await this.#writers[0]?.flush();
    const contents = await Promise.all(this.#disks.map(({ path }) => readFile(path)));
    const point = await eventually("a point at the barrier", () => this.#takePoint(20));
    this.#barriers.push({ ...point, disks: contents });
    for (const writer of this.#writers) writer.resume();
  }
}

function firstDifference(found: Buffer, expected: Buffer): string {
  for (let offset = 0; offset < expected.length; offset += 512) {
    if (!found.subarray(offset, offset + 512).equals(expected.subarray(offset, offset + 512)))
      return `differs at ${offset}`;
  }
  return `lengths ${found.length} and ${expected.length}`;
}
