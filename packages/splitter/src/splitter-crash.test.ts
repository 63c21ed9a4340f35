import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "@leeward/base";
import type { Splitter } from "./splitter.ts";
import { firstDifference, type RigOptions, SplitterRig, TestTarget, Workload } from "./testing/index.ts";

const NEVER = new AbortController().signal;
const DISK = 128 << 10;
const PARENT = { branch: "0f".repeat(16), sequence: 9 };

type Stop = "kill" | "crash";

interface Scenario {
  readonly seed: number;
  /** Which call to files or disk is hit. */
  readonly at: number;
  readonly how: Stop;
  readonly rig?: Partial<RigOptions>;
  /** The whole disk is copied first, from content that was there before. */
  readonly initial?: boolean;
  /** A second stop hits the recovery of the first, so many calls after it began. */
  readonly again?: number;
}

class Run {
  readonly rig: SplitterRig;
  readonly target = new TestTarget();
  readonly workload: Workload;
  readonly #scenario: Scenario;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    const { seed, initial, rig } = scenario;
    this.rig = new SplitterRig({ seed, diskBytes: DISK, ...(initial === true ? {} : { parent: PARENT }), ...rig });
    const { clock, marks } = this.rig;
    this.workload = new Workload({ random: seededRandom(seed), marks, clock, diskBytes: DISK });
  }

  /** Returns whether the stop came; false once `at` lies behind all calls. */
  async go(): Promise<boolean> {
    const { how, at, again } = this.#scenario;
    const stopped = await this.#until(at, async (life) => this.#live(await this.rig.open(), 20, life));
    if (!stopped) return false;
    await this.#restart(how);
    if (again !== undefined && (await this.#until(again, async () => void (await this.rig.open())))) await this.#restart(how);
    const splitter = await this.rig.open();
    await this.#check(splitter);
    await this.#live(splitter, 8, NEVER);
    const last = await this.rig.open();
    await this.#check(last);
    assert.equal(last.facts().writtenSequence, this.target.last, "a clean stop leaves nothing to read again");
    await last.close();
    return true;
  }

  /** Runs the work until the Nth call from now on, then stops everything. */
  async #until(calls: number, work: (life: AbortSignal) => Promise<void>): Promise<boolean> {
    const { rig } = this;
    const hit = Promise.withResolvers<boolean>();
    const life = new AbortController();
    const at = rig.events + calls;
    rig.onEvent = (number) => {
      if (number !== at) return;
      rig.onEvent = undefined;
      rig.stop(this.#scenario.how);
      life.abort();
      hit.resolve(true);
    };
    const through = async (): Promise<boolean> => {
      await work(life.signal);
      return false;
    };
    const stopped = await Promise.race([through(), hit.promise]);
    rig.onEvent = undefined;
    return stopped;
  }

  async #restart(how: Stop): Promise<void> {
    await this.rig.restart(how);
    this.workload.stopped(how);
  }

  async #live(splitter: Splitter, calls: number, life: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const signal = AbortSignal.any([ended.signal, life]);
    const beside = Promise.all([this.#points(splitter, signal), this.#pulls(splitter, signal)]);
    await Promise.all([splitter.copy(NEVER), this.workload.run(splitter, { workers: 3, calls, signal })]);
    ended.abort();
    await beside;
    await splitter.flush();
    await this.target.take(splitter);
    await splitter.close();
  }

  async #points(splitter: Splitter, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.workload.point(splitter);
      await this.rig.clock.sleep(17, NEVER);
    }
  }

  async #pulls(splitter: Splitter, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.target.take(splitter);
      await this.rig.clock.sleep(11, NEVER);
    }
  }

  async #check(splitter: Splitter): Promise<void> {
    const content = await this.rig.content();
    this.workload.checkNow(content);
    await splitter.copy(NEVER);
    await splitter.flush();
    await this.target.take(splitter);
    const replica = this.target.content(DISK);
    const at = firstDifference(replica, content);
    if (at !== undefined) {
      const near = this.target.records.filter((record) => "offset" in record && record.offset <= at && at < record.offset + record.length);
      assert.fail(
        `the replica differs at ${at}: ${replica[at]}, the disk has ${content[at]}; records ${JSON.stringify(near.map(({ sequence, kind }) => [sequence, kind]))}`,
      );
    }
    for (const point of this.workload.points) {
      if (point.sequence > this.target.last) continue;
      if (this.target.isInside(point.sequence, ["recovery", "catch-up", "resync", "initial"])) continue;
      this.workload.checkPoint(this.target.content(DISK, point.sequence), point);
    }
  }
}

async function sweep(make: (at: number) => Omit<Scenario, "at">, step = 1): Promise<number> {
  for (let at = 1; ; at += step) {
    const scenario = { ...make(at), at };
    const run = new Run(scenario);
    try {
      if (!(await run.rig.clock.run(() => run.go()))) return at;
    } catch (cause) {
      throw new Error(`${JSON.stringify(scenario)}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }
}

describe("after a stop", () => {
  test("killed at any call, the replica equals the disk, and every point stands", async () => {
    const calls = await sweep((at) => ({ seed: 1_000 + at, how: "kill" }), 3);
    assert.ok(calls > 100, `${calls} calls`);
  });

  test("without power at any call, the same, and what a FLUSH or FUA acknowledged is there", async () => {
    await sweep((at) => ({ seed: 2_000 + at, how: "crash" }), 2);
  });
});
