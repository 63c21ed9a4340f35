import { Fault, Mutex, Waiters } from "@leeward/base";
import type { DeviceUse, Freezer, FrozenFileSystems, MountedFileSystem } from "@leeward/tracker";
import type { SimulatedClock } from "@leeward/world/testing";
import type { Life } from "./node-kit.ts";

const SYNC_MS = 3;
const MICROS_PER_MS = 1_000;

/** A file system, as far as it can be held still: who writes passes its gate. */
export class WriterGate {
  readonly #waiters = new Waiters();
  #frozen = false;
  #underWay = 0;

  async pass<T>(work: () => Promise<T>): Promise<T> {
    while (this.#frozen) await this.#waiters.next();
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
      this.#waiters.notify();
    }
  }

  /** Holds who comes from now on; settles when those that were under way have ended. */
  async freeze(): Promise<void> {
    this.#frozen = true;
    while (this.#underWay > 0) await this.#waiters.next();
  }

  thaw(): void {
    this.#frozen = false;
    this.#waiters.notify();
  }
}

/**
 * A freezer over gates, by the path of the disk that each lies on. As the real one it thaws by itself: at the bound, and when the agent has
 * died; a gate that is frozen only after that is thawed at once.
 */
export class SimFreezer implements Freezer {
  readonly #clock: SimulatedClock;
  readonly #life: Life;
  readonly #gates: ReadonlyMap<string, WriterGate>;
  readonly #alone = new Mutex();

  constructor(options: { clock: SimulatedClock; life: Life; gates: ReadonlyMap<string, WriterGate> }) {
    this.#clock = options.clock;
    this.#life = options.life;
    this.#gates = options.gates;
  }

  async usesOf(devicePaths: readonly string[]): Promise<DeviceUse> {
    const fileSystems = devicePaths.map((path) => ({ mountPoint: path, kind: "ext4", device: `7:${path}` }));
    return { fileSystems, unfreezable: [], swap: new Map(), unplacedSwap: new Map() };
  }

  async sync(): Promise<number> {
    await this.#life.world.clock.sleep(SYNC_MS, new AbortController().signal);
    return SYNC_MS;
  }

  async freeze(fileSystems: readonly MountedFileSystem[], boundMs: number): Promise<FrozenFileSystems> {
    const { promise, resolve, reject } = Promise.withResolvers<FrozenFileSystems>();
    const turn = this.#alone.hold(async () => {
      const hold = new Hold(this.#clock, boundMs);
      void this.#life.died.then(() => hold.end());
      await hold.take(fileSystems.flatMap(({ mountPoint }) => this.#gates.get(mountPoint) ?? []));
      // Nobody is told any more.
      if (!this.#life.isAlive()) return;
      if (hold.isOver) reject(tooSlow(boundMs));
      else resolve({ thaw: async () => hold.end() });
      await hold.ended;
    });
    turn.catch(reject);
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

class Hold {
  readonly ended: Promise<void>;
  readonly #clock: SimulatedClock;
  readonly #begunMicros: number;
  readonly #cancel: () => void;
  readonly #resolve: () => void;
  readonly #frozen: WriterGate[] = [];
  #over: { readonly stallMs: number } | undefined;
  #late = false;

  constructor(clock: SimulatedClock, boundMs: number) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#resolve = resolve;
    this.#clock = clock;
    this.#begunMicros = clock.monotonicMicros();
    this.#cancel = clock.schedule(boundMs * MICROS_PER_MS, () => {
      this.#late = true;
      this.end();
    });
  }

  get isOver(): boolean {
    return this.#over !== undefined;
  }

  async take(gates: readonly WriterGate[]): Promise<void> {
    for (const gate of gates) {
      if (this.isOver) return;
      await gate.freeze();
      if (this.isOver) gate.thaw();
      else this.#frozen.push(gate);
    }
  }

  end(): { readonly heldWhole: boolean; readonly stallMs: number } {
    if (this.#over === undefined) {
      this.#cancel();
      for (const gate of this.#frozen) gate.thaw();
      this.#over = { stallMs: (this.#clock.monotonicMicros() - this.#begunMicros) / MICROS_PER_MS };
      this.#resolve();
    }
    return { ...this.#over, heldWhole: !this.#late };
  }
}

function tooSlow(boundMs: number): Fault {
  return new Fault({
    code: "freeze-too-slow",
    kind: "transient",
    message: `File systems could not be held still within ${boundMs} ms; they were let go.`,
    detail: { boundMs },
  });
}
