import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { anySignal, isFault, type Random, seededRandom } from "@leeward/base";
import { DIGEST_BLOCK_BYTES as BLOCK, blockDigests } from "@leeward/proto";
import { FULL, SAMPLE, SAMPLE_NOTE, sampled } from "@leeward/world/testing";
import type { Splitter } from "./splitter.ts";
import type { AskTarget } from "./target-survey.ts";
import { firstDifference, type RigOptions, SplitterRig, stopsAt, TestTarget, untilSendable } from "./testing/index.ts";

const NEVER = new AbortController().signal;
const PLAIN = { fua: false } as const;
const PAGE = 4 << 10;
/** Some blocks, and a last one that is short. */
const DISK = 6 * BLOCK + 12 * 1_024;
const BRANCH = "03".repeat(16);

/** A disk that is copied to its target, and that somebody writes to past the splitter. */
class Doubted {
  readonly rig: SplitterRig;
  readonly target = new TestTarget();
  readonly random: Random;
  /** What the target was asked for, and what it answers instead of what it holds now. */
  readonly asked: number[] = [];
  answer: AskTarget = (extent) => Promise.resolve(this.heldAt(this.target.last, extent));

  constructor(options: Partial<RigOptions> & { readonly seed: number }) {
    this.rig = new SplitterRig({ diskBytes: DISK, ...options });
    this.random = seededRandom(options.seed);
  }

  heldAt(sequence: number, { offset, length }: { readonly offset: number; readonly length: number }) {
    const content = this.target.content(DISK, sequence).subarray(offset, offset + length);
    return { branch: BRANCH, sequence, extent: { offset, length }, digests: blockDigests(content) };
  }

  open(): Promise<Splitter> {
    const askTarget: AskTarget = (extent, signal) => {
      this.asked.push(extent.offset);
      return this.answer(extent, signal);
    };
    return this.rig.open({ askTarget });
  }

  /** Protected, with something everywhere, and all of it at the target. */
  async protect(): Promise<Splitter> {
    for (let at = 0; at < DISK; at += PAGE) await this.rig.disk.write(at, this.#page(), PLAIN);
    await this.rig.disk.flush();
    const splitter = await this.open();
    await this.finish(splitter);
    return splitter;
  }

  async settle(splitter: Splitter): Promise<void> {
    await splitter.flush();
    await untilSendable(splitter);
    await this.target.take(splitter);
  }

  /** Past the splitter, durably. Pages hold one of a few contents, so that what was there before comes back often. */
  async changeBehind(pages: number): Promise<void> {
    for (let count = 0; count < pages; count += 1) await this.rig.disk.write(this.#place(), this.#page(), PLAIN);
    await this.rig.disk.flush();
  }

  async writeSome(splitter: Splitter, count: number, signal = NEVER): Promise<void> {
    for (let write = 0; write < count && !signal.aborted; write += 1) {
      try {
        if (this.random.below(4) === 0) await splitter.discard({ offset: this.#place(), length: PAGE }, PLAIN);
        else await splitter.write(this.#place(), this.#page(), PLAIN);
      } catch (error) {
        if (!isFault(error)) throw error;
      }
    }
  }

  async pulls(splitter: Splitter, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.target.take(splitter);
      await this.rig.clock.sleep(9, NEVER);
    }
  }

  /** Copies to the end, with the target taking things beside it, and leaves nothing out. */
  async finish(splitter: Splitter): Promise<void> {
    const ended = new AbortController();
    const pulling = this.pulls(splitter, ended.signal);
    while (splitter.state.kind !== "protected") {
      await splitter.copy(NEVER);
      await this.rig.clock.sleep(20, NEVER);
    }
    ended.abort();
    await pulling;
    await this.settle(splitter);
  }

  async assertSame(): Promise<void> {
    const at = firstDifference(this.target.content(DISK), await this.rig.content());
    assert.equal(at, undefined, `the replica differs at ${at}`);
  }

  /** Bytes of data that were sent after a place. */
  sentAfter(sequence: number): number {
    const after = this.target.records.filter((record) => record.sequence > sequence);
    return after.reduce((sum, record) => sum + (record.kind === "write" ? record.length : 0), 0);
  }

  #place(): number {
    return this.random.below(DISK / PAGE) * PAGE;
  }

  #page(): Uint8Array {
    return new Uint8Array(PAGE).fill(1 + this.random.below(3));
  }
}

describe("a resync of a disk whose digests are not kept", () => {
  test("sends the blocks that changed behind the splitter's back alone, in a span, and shows how much that was", async () => {
    const disk = new Doubted({ seed: 1 });
    await disk.rig.clock.run(async () => {
      const splitter = await disk.protect();
      const { last } = disk.target;
      await disk.rig.disk.write(BLOCK + 512, Buffer.alloc(512, 0xee), PLAIN);
      await disk.rig.disk.write(DISK - 512, Buffer.alloc(512, 0xee), PLAIN);
      await splitter.beginCopy("resync");
      assert.equal(splitter.facts().differingBytes, 0);
      await disk.finish(splitter);
      await disk.assertSame();
      assert.equal(disk.sentAfter(last), BLOCK + (DISK % BLOCK));
      assert.equal(disk.target.spans().at(-1)?.reason, "resync");
      assert.deepEqual(disk.asked, [0]);
      await splitter.close();
    });
  });

  test("copies what changed behind the target's place, although it looks as the target had it there", async () => {
    const disk = new Doubted({ seed: 2 });
    await disk.rig.clock.run(async () => {
      const splitter = await disk.protect();
      const before = new Uint8Array(PAGE);
      await disk.rig.disk.read(2 * BLOCK, before);
      await splitter.write(2 * BLOCK, Buffer.alloc(PAGE, 0xaa), PLAIN);
      await disk.rig.disk.write(2 * BLOCK, before, PLAIN);
      await splitter.beginCopy("resync");
      await disk.finish(splitter);
      await disk.assertSame();
      await splitter.close();
    });
  });

  test("copies all that the target does not tell of, or tells of another branch, another place of the disk, or a place that was never logged", async () => {
    const disk = new Doubted({ seed: 3 });
    await disk.rig.clock.run(async () => {
      const splitter = await disk.protect();
      const whole = { offset: 0, length: DISK };
      const answers: AskTarget[] = [
        () => Promise.resolve(undefined),
        async () => ({ ...disk.heldAt(disk.target.last, whole), branch: "0b".repeat(16) }),
        async () => disk.heldAt(disk.target.last, { offset: BLOCK, length: BLOCK }),
        async () => ({ ...disk.heldAt(disk.target.last, whole), extent: { offset: 0, length: 0 } }),
        async () => ({ ...disk.heldAt(disk.target.last, whole), sequence: 1e9 }),
        async () => ({ ...disk.heldAt(disk.target.last, whole), digests: new Uint8Array(16) }),
      ];
      for (const [index, answer] of answers.entries()) {
        disk.answer = answer;
        const { last } = disk.target;
        await disk.changeBehind(5);
        await splitter.beginCopy("resync");
        await disk.finish(splitter);
        await disk.assertSame();
        assert.equal(disk.sentAfter(last), DISK, `answer ${index}`);
      }
      await splitter.close();
    });
  });

  test("goes on behind what the target told of, also where that ends inside of a block", async () => {
    const disk = new Doubted({ seed: 4 });
    await disk.rig.clock.run(async () => {
      const splitter = await disk.protect();
      disk.answer = async (extent) =>
        disk.heldAt(disk.target.last, { ...extent, length: Math.min(extent.length, BLOCK + PAGE) });
      const { last } = disk.target;
      await splitter.beginCopy("resync");
      await disk.finish(splitter);
      await disk.assertSame();
      assert.ok(disk.asked.length > 2);
      assert.ok(disk.sentAfter(last) < DISK / 2, "only what was not told of is sent besides");
      await splitter.close();
    });
  });

  test("that is begun as whole asks nobody and sends everything, also after a stop, and one begun again does not", async () => {
    const disk = new Doubted({ seed: 5 });
    await disk.rig.clock.run(async () => {
      const first = await disk.protect();
      await first.beginCopy("resync", { whole: true });
      await first.close();
      const splitter = await disk.open();
      const { last } = disk.target;
      await disk.finish(splitter);
      assert.deepEqual([disk.asked, disk.sentAfter(last)], [[], DISK]);
      await splitter.beginCopy("resync", { whole: true });
      await splitter.beginCopy("resync");
      const { last: again } = disk.target;
      await disk.finish(splitter);
      assert.deepEqual([disk.asked, disk.sentAfter(again)], [[0], 0]);
      await disk.assertSame();
      await splitter.close();
    });
  });

  test("begins anew with another look when it is asked for again while the target is asked", async () => {
    const disk = new Doubted({ seed: 6 });
    await disk.rig.clock.run(async () => {
      const splitter = await disk.protect();
      const { answer } = disk;
      disk.answer = async (extent, signal) => {
        disk.answer = answer;
        const held = disk.heldAt(disk.target.last, extent);
        await disk.changeBehind(3);
        await splitter.beginCopy("resync");
        return signal.aborted ? undefined : held;
      };
      await splitter.beginCopy("resync");
      await disk.finish(splitter);
      await disk.assertSame();
      assert.deepEqual(disk.asked, [0, 0]);
      await splitter.close();
    });
  });
});

interface Scenario {
  readonly seed: number;
  readonly rig?: Partial<RigOptions>;
  /** Which call to files or disk is hit, counted from the resync's beginning on; none when it is not given. */
  readonly stop?: { readonly how: "kill" | "crash"; readonly at: number };
}

/** Whether the stop came; the replica is the disk in any case. The target tells of any place that it has been at. */
async function resynced({ seed, rig: options, stop }: Scenario): Promise<boolean> {
  const disk = new Doubted({ seed, ...options });
  const { rig, random, target } = disk;
  return rig.clock.run(async () => {
    const splitter = await disk.protect();
    disk.answer = async (extent, signal) => {
      await rig.clock.sleep(random.below(40), signal);
      if (random.below(6) === 0) return undefined;
      return disk.heldAt(target.last - (random.below(2) === 0 ? 0 : random.below(Math.min(20, target.last))), extent);
    };
    await disk.writeSome(splitter, 12);
    await disk.changeBehind(6);
    await splitter.beginCopy("resync");
    const stopped = await stopsAt(rig, { how: stop?.how ?? "kill", calls: stop?.at ?? 1e9 }, async (signal) => {
      const ended = new AbortController();
      const pulling = disk.pulls(splitter, anySignal([signal, ended.signal]));
      const writing = disk.writeSome(splitter, 30, signal);
      for (; splitter.state.kind !== "protected"; await rig.clock.sleep(20, signal)) await splitter.copy(signal);
      await writing;
      ended.abort();
      await pulling;
    });
    const last = stopped ? await disk.open() : splitter;
    await disk.finish(last);
    await disk.assertSame();
    await last.close();
    return stopped;
  });
}

const SEED = { branch: "5e".repeat(16), sequence: 9 };

/** A disk that was carried to its target, which holds it as it was then, and that was written to since. */
async function seeded(options: Partial<RigOptions> & { readonly seed: number }): Promise<Doubted> {
  const disk = new Doubted({ parent: SEED, seeded: true, ...options });
  // What it holds only zeroes of was written at the source, or was not yet given back.
  await disk.changeBehind(40);
  disk.target.base = await disk.rig.content();
  await disk.rig.disk.zero({ offset: 2 * BLOCK, length: BLOCK }, { ...PLAIN, mayDiscard: true });
  await disk.changeBehind(3);
  disk.answer = async (extent) => {
    const held = disk.heldAt(disk.target.last, extent);
    return held.sequence === 0 ? { ...held, ...SEED } : held;
  };
  return disk;
}

describe("the first copy of a disk whose target was given a seed", () => {
  test("sends what differs from it alone, zeroes too, in an initial span, and there is no point before its end", async () => {
    const disk = await seeded({ seed: 31 });
    await disk.rig.clock.run(async () => {
      const splitter = await disk.open();
      assert.equal(splitter.state.kind, "initial");
      await disk.finish(splitter);
      await disk.assertSame();
      assert.ok(disk.sentAfter(0) <= 4 * BLOCK, `${disk.sentAfter(0)} bytes`);
      const [span] = disk.target.spans();
      assert.equal(span?.reason, "initial");
      assert.ok(disk.target.records.some(({ kind }) => kind === "zero"));
      await splitter.close();
    });
  });

  test("sends everything, zeroes too, where the target cannot tell what it holds", async () => {
    const disk = await seeded({ seed: 32 });
    disk.answer = () => Promise.resolve(undefined);
    await disk.rig.clock.run(async () => {
      const splitter = await disk.open();
      await disk.finish(splitter);
      await disk.assertSame();
      await splitter.close();
    });
  });

  for (const how of ["kill", "crash"] as const) {
    test(`ends with an equal replica over a ${how} at any call, while applications write`, async () => {
      const step = FULL ? 1 : 23;
      for (let at = 1 + (FULL ? 0 : SAMPLE % step), stopped = true; stopped; at += step) {
        const disk = await seeded({ seed: 3_000 + at, latencyMicrosMax: 1_000 });
        const { rig } = disk;
        stopped = await rig.clock.run(async () => {
          const splitter = await disk.open();
          const was = await stopsAt(rig, { how, calls: at }, async (signal) => {
            const ended = new AbortController();
            const pulling = disk.pulls(splitter, anySignal([signal, ended.signal]));
            const writing = disk.writeSome(splitter, 20, signal);
            for (; splitter.state.kind !== "protected"; await rig.clock.sleep(20, signal)) await splitter.copy(signal);
            await writing;
            ended.abort();
            await pulling;
          });
          const last = was ? await disk.open() : splitter;
          await disk.finish(last);
          await disk.assertSame();
          await last.close();
          return was;
        });
      }
    });
  }
});

describe("whatever is written, lost or stopped in the middle of it, a resync makes the replica equal", () => {
  const small: Partial<RigOptions> = { limits: { logBytesMax: 160 << 10, logFileBytesMax: 16 << 10 } };

  test("while applications write", async () => {
    for (const seed of sampled(150)) await resynced({ seed, rig: { latencyMicrosMax: 1_500 } });
  });

  test("with a log that is too small for it", async () => {
    for (const seed of sampled(150)) {
      await resynced({ seed: 1_000 + seed, rig: { ...small, latencyMicrosMax: 1_500 } });
    }
  });

  for (const how of ["kill", "crash"] as const) {
    test(`over a ${how} at any call`, async () => {
      const step = FULL ? 1 : 17;
      for (let at = 1 + (FULL ? 0 : SAMPLE % step), stopped = true; stopped; at += step) {
        const rig = { latencyMicrosMax: 1_000, ...(at % 2 === 0 ? small : {}) };
        try {
          stopped = await resynced({ seed: 2_000 + at, stop: { how, at }, rig });
        } catch (cause) {
          throw new Error(`${how} at ${at} (${SAMPLE_NOTE})`, { cause });
        }
      }
    });
  }
});
