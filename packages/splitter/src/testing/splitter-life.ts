import assert from "node:assert/strict";
import { anySignal, isFault, type Random, seededRandom } from "@leeward/base";
import { blockDigests } from "@leeward/proto";
import type { Splitter } from "../splitter.ts";
import { firstDifference } from "./replay.ts";
import { type RigOptions, SplitterRig } from "./splitter-rig.ts";
import { TestTarget } from "./test-target.ts";
import { Workload } from "./workload.ts";

const NEVER = new AbortController().signal;
const PARENT = { branch: "0f".repeat(16), sequence: 9 };
const NEEDED = ["recovery", "catch-up", "resync", "initial"];

export interface LifeOptions extends RigOptions {
  readonly diskBytes: number;
  /** The whole disk is copied first; else the branch has a parent, and the target holds zeroes as the disk does. */
  readonly initial: boolean;
}

/** A captured disk with applications, a target, points, and the question whether disk and replica are the same. */
export class SplitterLife {
  readonly rig: SplitterRig;
  readonly target = new TestTarget();
  readonly workload: Workload;
  /** How many bytes were compared with a point of the target. */
  comparedBytes = 0;
  readonly #diskBytes: number;
  readonly #random: Random;

  constructor(options: LifeOptions) {
    this.rig = new SplitterRig({ ...options, ...(options.initial ? {} : { parent: PARENT }) });
    this.#diskBytes = options.diskBytes;
    this.#random = seededRandom(options.seed + 1);
    const { clock, marks } = this.rig;
    this.workload = new Workload({ random: seededRandom(options.seed), marks, clock, diskBytes: options.diskBytes });
  }

  /** Applications work with points made and the target taking things beside them; ends when they have, or the machine does. */
  async work(splitter: Splitter, calls: number, life: AbortSignal = NEVER): Promise<void> {
    const ended = new AbortController();
    const signal = anySignal([ended.signal, life]);
    const beside = Promise.all([
      this.#points(splitter, signal),
      this.pulls(splitter, signal),
      this.#compares(splitter, signal),
    ]);
    await Promise.all([this.copy(splitter), this.workload.run(splitter, { workers: 3, calls, signal })]);
    ended.abort();
    await beside;
  }

  /** Works off the whole copy, again when the disk cannot be read or the position not be written down. */
  async copy(splitter: Splitter): Promise<void> {
    for (;;) {
      try {
        return await splitter.copy(NEVER);
      } catch (error) {
        if (!isFault(error, "disk-read-failed", "io-failed")) throw error;
        await this.rig.clock.sleep(20, NEVER);
      }
    }
  }

  /** Ends cleanly, with nothing left to send. */
  async close(splitter: Splitter): Promise<void> {
    await splitter.flush();
    await this.target.take(splitter);
    await splitter.close();
  }

  /** Lets the target take things until nothing is missing any more. */
  async catchUp(splitter: Splitter): Promise<void> {
    const ended = new AbortController();
    const pulls = this.pulls(splitter, ended.signal);
    try {
      await this.copy(splitter);
      for (let round = 0; !(await isWhole(splitter)); round += 1) {
        assert.ok(
          round < 4_000,
          `after ${round} rounds still ${splitter.state.kind}: ${splitter.facts().faults.join()}`,
        );
        await this.rig.clock.sleep(50, NEVER);
      }
    } finally {
      ended.abort();
      await pulls;
    }
    await this.target.take(splitter);
  }

  /** Fails unless disk and replica are the same, hold what they may, and every point holds what it may. */
  async check(splitter: Splitter): Promise<void> {
    const content = await this.rig.content();
    this.workload.checkNow(content);
    await this.catchUp(splitter);
    const replica = this.target.content(this.#diskBytes);
    const at = firstDifference(replica, content);
    assert.equal(at, undefined, `the replica differs at ${at}, of which ${this.#recordsAt(at ?? 0)} tell`);
    for (const point of this.workload.points) {
      if (point.sequence > this.target.last || this.target.isInside(point.sequence, NEEDED)) continue;
      this.workload.checkPoint(this.target.content(this.#diskBytes, point.sequence), point);
    }
  }

  async pulls(splitter: Splitter, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.target.take(splitter);
      await this.rig.clock.sleep(11, NEVER);
    }
  }

  async #points(splitter: Splitter, signal: AbortSignal): Promise<void> {
    for (let laterMs = 0; !signal.aborted; laterMs = (laterMs + 13) % 50) {
      try {
        await this.workload.point(splitter, laterMs);
      } catch (error) {
        // What cannot be noted is no point.
        if (!isFault(error, "io-failed")) throw error;
      }
      await this.rig.clock.sleep(17, NEVER);
    }
  }

  /** Compares the disk with a point of the target again and again, which must never find a difference; and has some of it copied once more. */
  async #compares(splitter: Splitter, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.rig.clock.sleep(29, NEVER);
      try {
        await this.#compare(splitter);
        const offset = this.#random.below(this.#diskBytes / 4_096) * 4_096;
        if (this.#random.below(16) === 0) await splitter.recopy([{ offset, length: 4_096 }]);
      } catch (error) {
        if (!isFault(error)) throw error;
      }
    }
  }

  async #compare(splitter: Splitter): Promise<void> {
    const points = this.workload.points.filter(
      ({ sequence }) => sequence <= this.target.last && !this.target.isInside(sequence, NEEDED),
    );
    const point = points.at(-1 - this.#random.below(2));
    if (point === undefined) return;
    const { sequence } = point;
    const digests = blockDigests(this.target.content(this.#diskBytes, sequence));
    const held = { branch: splitter.branch, sequence, extent: { offset: 0, length: this.#diskBytes }, digests };
    const { comparedBytes, differing } = await splitter.compare(held, NEVER);
    this.comparedBytes += comparedBytes;
    const [first] = differing;
    assert.equal(first, undefined, `no false difference after ${sequence}, of ${this.#recordsAt(first?.offset ?? 0)}`);
  }

  #recordsAt(at: number): string {
    const telling = this.target.records.filter(
      (record) => "offset" in record && record.offset <= at && at < record.offset + record.length,
    );
    return JSON.stringify(telling.map(({ sequence, kind }) => [sequence, kind]));
  }
}

/** Whether all that was written can be sent, and nothing is missing. A disk may refuse a flush; then something is missing again. */
async function isWhole(splitter: Splitter): Promise<boolean> {
  try {
    await splitter.flush();
  } catch (error) {
    if (!isFault(error, "disk-write-failed")) throw error;
    return false;
  }
  const { state, sendableSequence, writtenSequence } = splitter.facts();
  return state.kind === "protected" && sendableSequence === writtenSequence;
}
