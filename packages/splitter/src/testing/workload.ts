import assert from "node:assert/strict";
import { isFault, type Random } from "@leeward/base";
import type { Extent } from "@leeward/block";
import type { Clock } from "@leeward/world";
import type { Splitter } from "../splitter.ts";
import type { TestMarks } from "./test-marks.ts";

const BLOCK = 512;

/** One change of the disk by an application. Moments are counted, not timed. */
interface Operation {
  /** Stands in every block that it wrote; 0 for zeroes. */
  readonly id: number;
  readonly extent: Extent;
  readonly submitted: number;
  /** When it succeeded. */
  acked: number;
  /** When a FLUSH or FUA that covers it was acknowledged. */
  durable: number;
  /** When the power failed before it was durable: since then it may be on the disk or not. */
  lost: number;
}

/** A mark, when it was raised, and where it stands. */
export interface SettledPoint {
  readonly raised: number;
  readonly number: number;
  readonly sequence: number;
}

export interface WorkloadOptions {
  readonly random: Random;
  readonly marks: TestMarks;
  readonly clock: Clock;
  readonly diskBytes: number;
}

/** Applications that write, zero, discard and flush at random and side by side, and know what each block may hold. */
export class Workload {
  readonly points: SettledPoint[] = [];
  /** Every change that was asked for and not refused so far. */
  readonly #operations: Operation[] = [];
  readonly #options: WorkloadOptions;
  #moment = 0;
  #ids = 0;
  /** Calls that failed with a Fault of the disk. */
  refused = 0;

  constructor(options: WorkloadOptions) {
    this.#options = options;
  }

  /** `workers` applications, each with so many calls; they end when the machine does. */
  async run(
    splitter: Splitter,
    { workers, calls, signal }: { readonly workers: number; readonly calls: number; readonly signal: AbortSignal },
  ): Promise<void> {
    const worker = async (): Promise<void> => {
      for (let call = 0; call < calls && !signal.aborted; call += 1) {
        try {
          await this.#call(splitter);
        } catch (error) {
          if (!isFault(error)) throw error;
          this.refused += 1;
        }
      }
    };
    await Promise.all(Array.from({ length: workers }, worker));
  }

  /** Raises a mark and asks where it stands, so many milliseconds later. */
  async point(splitter: Splitter, laterMs = 0): Promise<SettledPoint | undefined> {
    const mark = this.#options.marks.raise();
    const raised = this.#next();
    if (laterMs > 0) await this.#options.clock.sleep(laterMs, new AbortController().signal);
    const settled = await splitter.settleMark(mark);
    if (settled === undefined) return undefined;
    const point = { raised, number: mark.number, sequence: settled.sequence };
    this.points.push(point);
    return point;
  }

  /** The machine stopped: what was under way is never acknowledged, and what was not durable may be gone. */
  stopped(how: "kill" | "crash"): void {
    if (how === "kill") return;
    const moment = this.#next();
    for (const operation of this.#operations) {
      if (operation.durable > moment && operation.lost > moment) operation.lost = moment;
    }
  }

  /** Fails unless every block holds what it may hold now. */
  checkNow(content: Uint8Array): void {
    this.#check(content, Number.POSITIVE_INFINITY, "the disk");
  }

  /** Fails unless every block holds what it may have held when the mark was raised. */
  checkPoint(content: Uint8Array, point: SettledPoint): void {
    this.#check(content, point.raised, `point ${point.number}`);
  }

  #check(content: Uint8Array, moment: number, what: string): void {
    const view = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    for (let offset = 0; offset < content.length; offset += BLOCK) {
      const id = view.readUInt32LE(offset);
      const block = view.subarray(offset, offset + BLOCK);
      assert.ok(block.equals(blockOf(id)), `${what}: the block at ${offset} is torn`);
      const touching = this.#operations.filter(
        ({ extent }) => extent.offset <= offset && offset < extent.offset + extent.length,
      );
      const before = touching.filter(({ submitted }) => submitted < moment);
      const known = before.filter(({ acked, lost }) => acked < moment && lost >= moment);
      const superseded = (time: number): boolean => known.some((later) => later.submitted > time);
      const possible = before.filter((each) => each.id === id && !superseded(each.acked));
      const untouched = id === 0 && known.length === 0;
      assert.ok(
        untouched || possible.length > 0,
        `${what}: the block at ${offset} holds ${id}, of ${JSON.stringify(touching)} before ${moment}`,
      );
    }
  }

  async #call(splitter: Splitter): Promise<void> {
    const { random, clock } = this.#options;
    const dice = random.below(20);
    if (dice === 0) return await this.#flush(splitter);
    if (dice === 1) return await clock.sleep(random.below(30), new AbortController().signal);
    const fua = random.below(8) === 0;
    const blocks = 1 + random.below(random.below(4) === 0 ? 60 : 4);
    const offset = random.below(this.#options.diskBytes / BLOCK - blocks + 1) * BLOCK;
    const extent = { offset, length: blocks * BLOCK };
    const writes = dice > 4;
    if (writes) this.#ids += 1;
    const id = writes ? this.#ids : 0;
    const infinity = Number.POSITIVE_INFINITY;
    const operation: Operation = {
      id,
      extent,
      submitted: this.#next(),
      acked: infinity,
      durable: infinity,
      lost: infinity,
    };
    this.#operations.push(operation);
    if (writes) await splitter.write(offset, dataOf(id, blocks), { fua });
    else if (dice < 4) await splitter.zero(extent, { fua, mayDiscard: dice === 3 });
    else await splitter.discard(extent, { fua });
    operation.acked = this.#next();
    if (fua) operation.durable = operation.acked;
  }

  async #flush(splitter: Splitter): Promise<void> {
    const asked = this.#next();
    await splitter.flush();
    const answered = this.#next();
    for (const operation of this.#operations) {
      if (operation.acked < asked) operation.durable = Math.min(operation.durable, answered);
    }
  }

  #next(): number {
    this.#moment += 1;
    return this.#moment;
  }
}

function dataOf(id: number, blocks: number): Uint8Array {
  const data = new Uint8Array(blocks * BLOCK);
  for (let index = 0; index < blocks; index += 1) data.set(blockOf(id), index * BLOCK);
  return data;
}

function blockOf(id: number): Buffer {
  const block = Buffer.alloc(BLOCK, id === 0 ? 0 : 1 + (id % 251));
  block.writeUInt32LE(id, 0);
  return block;
}
