import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault, isFault, type Random, seededRandom } from "@leeward/base";
import { delayedDevice, faultyDevice } from "@leeward/block/testing";
import { sampled } from "@leeward/world/testing";
import type { Splitter } from "./splitter.ts";
import { SplitterLife } from "./testing/index.ts";

const DISK = 128 << 10;
const NEVER = new AbortController().signal;
/** Faults come until then, so that everything can come to an end. */
const STORM_MICROS = 20_000_000;
const SEEDS = sampled(120);

/** One in so many calls is refused; 0 is none. */
interface Rates {
  readonly change: number;
  readonly read: number;
  readonly flush: number;
  readonly log: number;
  readonly notes: number;
}

function rates(random: Random): Rates {
  const sometimes = (rate: number): number => (random.below(3) === 0 ? rate : 0);
  return { change: sometimes(8), read: sometimes(12), flush: sometimes(10), log: sometimes(15), notes: sometimes(40) };
}

class Storm {
  readonly life: SplitterLife;
  readonly #random: Random;
  #healed = false;

  constructor(seed: number) {
    const random = seededRandom(seed);
    this.#random = random;
    const rate = rates(random);
    const slow = random.below(4) !== 0;
    const small = {
      logBytesMax: (64 << 10) + random.below(128 << 10),
      logFileBytesMax: (8 << 10) + random.below(32 << 10),
      activeRegionsMax: 4 + random.below(8),
    };
    this.life = new SplitterLife({
      seed,
      diskBytes: DISK,
      initial: random.below(3) === 0,
      ...(random.below(2) === 0 ? {} : { limits: small }),
      ...(slow ? { latencyMicrosMax: 1_500 } : {}),
      wrap: (disk, clock) => {
        const torn = random.below(2) === 0;
        let device = faultyDevice(disk, {
          operations: ["write", "zero", "discard"],
          fails: () => this.#chance(rate.change),
          torn,
        });
        device = faultyDevice(device, { operations: ["read"], fails: () => this.#chance(rate.read) });
        device = faultyDevice(device, { operations: ["flush"], fails: () => this.#chance(rate.flush) });
        return slow ? delayedDevice(device, clock, () => random.below(6)) : device;
      },
    });
    this.life.rig.onOperation = ({ path, kind }) => {
      if (kind === "status" || !this.#chance(path.includes("/log") ? rate.log : rate.notes)) return;
      throw new Fault({ code: "io-failed", kind: "transient", message: "The storm refused it." });
    };
  }

  async go(): Promise<number> {
    let stops = 0;
    for (let round = 1 + this.#random.below(3); round > 0; round -= 1) stops += (await this.#untilStopped()) ? 1 : 0;
    this.#healed = true;
    const { life } = this;
    const splitter = await this.#open();
    await life.check(splitter);
    await life.work(splitter, 5);
    await life.check(splitter);
    await life.close(splitter);
    const last = await this.#open();
    assert.equal(last.facts().writtenSequence, life.target.last, "a clean stop leaves nothing to read again");
    await life.check(last);
    await last.close();
    return stops;
  }

  /** Works until it is killed or loses power, or is done and closed. */
  async #untilStopped(): Promise<boolean> {
    const { life } = this;
    const { rig } = life;
    const how = this.#random.below(2) === 0 ? "kill" : "crash";
    const hit = Promise.withResolvers<boolean>();
    const ended = new AbortController();
    const at = rig.events + 1 + this.#random.below(500);
    let splitter: Splitter | undefined;
    rig.onEvent = (number) => {
      // A stop while nothing can be noted is the one that no note survives.
      if (number < at || splitter?.state.kind === "stopped") return;
      rig.onEvent = undefined;
      rig.stop(how);
      ended.abort();
      hit.resolve(true);
    };
    const work = async (): Promise<boolean> => {
      splitter = await this.#open();
      await life.work(splitter, 15, ended.signal);
      while (splitter.state.kind === "stopped") await rig.clock.sleep(50, NEVER);
      await splitter.close();
      return false;
    };
    const stopped = await Promise.race([work(), hit.promise]);
    rig.onEvent = undefined;
    if (!stopped) return false;
    await rig.restart(how);
    life.workload.stopped(how);
    return true;
  }

  /** Opening needs the disk and the files, which may refuse it. */
  async #open(): Promise<Splitter> {
    for (;;) {
      try {
        return await this.life.rig.open();
      } catch (error) {
        if (!isFault(error, "disk-write-failed", "io-failed")) throw error;
      }
    }
  }

  #chance(rate: number): boolean {
    const storms = !this.#healed && this.life.rig.clock.monotonicMicros() < STORM_MICROS;
    return storms && rate > 0 && this.#random.below(rate) === 0;
  }
}

describe("a splitter in a storm", () => {
  test("kills, losses of power, and refusals of disk, log and notes together leave replica and disk the same", async () => {
    let stops = 0;
    for (const seed of SEEDS) {
      const storm = new Storm(seed);
      try {
        stops += await storm.life.rig.clock.run(() => storm.go());
      } catch (cause) {
        throw new Error(`seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
      }
    }
    assert.ok(stops > SEEDS.length / 2, `${stops} stops`);
  });
});
