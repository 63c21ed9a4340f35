import { Fault, Mutex, type Random, Waiters } from "@leeward/base";
import type { DeviceUse, Freezer, FrozenFileSystems, MountedFileSystem } from "@leeward/tracker";
import type { Clock } from "@leeward/world";

const MICROS_PER_MS = 1_000;
const NEVER = new AbortController().signal;

/** One file system of a simulated machine: what is written to it waits while it is frozen, and a freeze waits for what is on its way. */
export class RigFreezer implements Freezer {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #slowMs: number;
  readonly #alone = new Mutex();
  readonly #changed = new Waiters();
  #frozen = false;
  #underWay = 0;
  /** Freezes that were asked for, and those that had to be thawed at their bound. */
  freezes = 0;
  lost = 0;

  /** A freeze takes up to `slowMs`. */
  constructor(parts: { readonly clock: Clock; readonly random: Random; readonly slowMs: number }) {
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#slowMs = parts.slowMs;
  }

  /** A write through the file system. */
  async write(work: () => Promise<void>): Promise<void> {
    await this.#changed.until(() => !this.#frozen, NEVER);
    this.#underWay += 1;
    try {
      await work();
    } finally {
      this.#underWay -= 1;
      this.#changed.notify();
    }
  }

  async usesOf(devicePaths: readonly string[]): Promise<DeviceUse> {
    const [device = ""] = devicePaths;
    const fileSystems = [{ mountPoint: "/data", kind: "rig", device }];
    return { fileSystems, unfreezable: [], swap: new Map(), unplacedSwap: new Map() };
  }

  async sync(): Promise<number> {
    const tookMs = this.#random.below(20);
    await this.#clock.sleep(tookMs, NEVER);
    return tookMs;
  }

  freeze(_fileSystems: readonly MountedFileSystem[], boundMs: number): Promise<FrozenFileSystems> {
    const { promise, resolve, reject } = Promise.withResolvers<FrozenFileSystems>();
    this.#alone.hold(() => this.#hold(boundMs, resolve)).catch(reject);
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #hold(boundMs: number, frozen: (held: FrozenFileSystems) => void): Promise<void> {
    const begunMicros = this.#clock.monotonicMicros();
    const passedMs = (): number => (this.#clock.monotonicMicros() - begunMicros) / MICROS_PER_MS;
    this.freezes += 1;
    this.#frozen = true;
    await this.#changed.until(() => this.#underWay === 0, NEVER);
    await this.#clock.sleep(this.#random.below(this.#slowMs), NEVER);
    const over = Promise.withResolvers<Awaited<ReturnType<FrozenFileSystems["thaw"]>>>();
    const thawed = new AbortController();
    const end = (heldWhole: boolean): void => {
      if (thawed.signal.aborted) return;
      thawed.abort();
      this.#frozen = false;
      this.#changed.notify();
      if (!heldWhole) this.lost += 1;
      over.resolve({ heldWhole, stallMs: passedMs() });
    };
    if (passedMs() > boundMs) {
      end(false);
      throw new Fault({ code: "freeze-too-slow", kind: "transient", message: "The rig's file system froze slowly." });
    }
    this.#clock.sleep(boundMs - passedMs(), thawed.signal).then(
      () => end(false),
      () => undefined,
    );
    frozen({
      thaw() {
        end(true);
        return over.promise;
      },
    });
    await over.promise;
  }
}
