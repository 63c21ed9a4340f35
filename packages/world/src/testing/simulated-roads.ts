import type { Random } from "@leeward/base";
import type { SimulatedClock } from "./simulated-clock.ts";

export interface RoadConditions {
  /** Each message takes a random time between these. Default: 50 and 500. */
  readonly latencyMicrosMin: number;
  readonly latencyMicrosMax: number;
  /** One of so many messages breaks its channel; 0: none. Default: 0. */
  readonly breakOneIn: number;
  /** What one direction of one channel carries. Default: no limit. */
  readonly bytesPerSecond: number;
}

const CONDITIONS: RoadConditions = {
  latencyMicrosMin: 50,
  latencyMicrosMax: 500,
  breakOneIn: 0,
  bytesPerSecond: Number.POSITIVE_INFINITY,
};

/** The ways between hosts: how long a message takes, and whether it passes at all. */
export class Roads {
  readonly clock: SimulatedClock;
  readonly random: Random;
  #conditions: RoadConditions;
  readonly #roads = new Map<string, Road>();

  constructor(clock: SimulatedClock, random: Random, conditions: Partial<RoadConditions>) {
    this.clock = clock;
    this.random = random;
    this.#conditions = { ...CONDITIONS, ...conditions };
  }

  setConditions(conditions: Partial<RoadConditions>): void {
    this.#conditions = { ...this.#conditions, ...conditions };
  }

  between(one: string, other: string): Road {
    const key = [one, other].sort().join("\n");
    let road = this.#roads.get(key);
    if (road === undefined) {
      road = new Road(this);
      this.#roads.set(key, road);
    }
    return road;
  }

  latencyMicros(): number {
    const { latencyMicrosMin, latencyMicrosMax } = this.#conditions;
    return latencyMicrosMin + this.random.below(latencyMicrosMax - latencyMicrosMin + 1);
  }

  transferMicros(bytes: number): number {
    return Math.ceil((bytes * 1_000_000) / this.#conditions.bytesPerSecond);
  }

  /** Whether this message breaks its channel. */
  breaks(): boolean {
    return this.#conditions.breakOneIn > 0 && this.random.below(this.#conditions.breakOneIn) === 0;
  }
}

/** The way between two hosts. While it is closed, what arrives at its end is held there. */
export class Road {
  readonly #roads: Roads;
  #closed = false;
  #held: (() => void)[] = [];

  constructor(roads: Roads) {
    this.#roads = roads;
  }

  close(): void {
    this.#closed = true;
  }

  open(): void {
    this.#closed = false;
    const held = this.#held;
    this.#held = [];
    for (const event of held) event();
  }

  /** A message that belongs to no order. */
  travel(event: () => void): void {
    this.travelFor(this.#roads.latencyMicros(), event);
  }

  travelFor(micros: number, event: () => void): void {
    this.#roads.clock.schedule(micros, () => {
      if (this.#closed) this.#held.push(event);
      else event();
    });
  }
}
