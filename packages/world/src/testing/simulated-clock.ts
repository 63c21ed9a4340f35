import { AssertionFailure, assert } from "@leeward/base";
import type { Clock } from "../clock.ts";
import { turn } from "./node-turn.ts";
import { TimerQueue } from "./timer-queue.ts";

export interface SimulatedClockOptions {
  /** Wall time at the start, microseconds since 1970. */
  readonly startMicros?: number;
}

/**
 * Virtual time for a simulation in one process.
 *
 * Time stands still while anything can run. `run` and `advance` drive it: let the event loop turn until all microtasks and
 * ticks are done, then fire the one earliest timer, then turn again. Timers of one moment fire in the order of their creation,
 * one per turn. So the order of everything follows from the program and its seed alone, as long as the simulated code waits for
 * nothing but promises and this clock. Work on the thread pool or a socket is neither: it comes back at a moment that no seed
 * fixes. Where it cannot be avoided, `hold` keeps time still until it is back.
 */
export interface SimulatedClock extends Clock {
  /** Starts `work` and drives time until it settles. Fails with an AssertionFailure when nothing is left that could happen. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Drives time for `durationMs`, whatever happens in it. */
  advance(durationMs: number): Promise<void>;
  /** Calls back once, `delayMicros` (≥ 0) from now, unless the function it returns was called before. */
  schedule(delayMicros: number, callback: () => void): () => void;
  /** Keeps time still until `outside` settles. */
  hold<T>(outside: Promise<T>): Promise<T>;
  /** Moves wall time by this much, either way; monotonic time and timers do not notice. */
  stepWall(byMicros: number): void;
}

/** 2026-01-01T00:00:00Z */
const START_MICROS = 1_767_225_600_000_000;
const MICROS_PER_MS = 1_000;

export function simulatedClock(options: SimulatedClockOptions = {}): SimulatedClock {
  return new VirtualClock(options.startMicros ?? START_MICROS);
}

class VirtualClock implements SimulatedClock {
  readonly #timers = new TimerQueue();
  #nowMicros = 0;
  #timersMade = 0;
  #wallOffsetMicros: number;
  #driven = false;
  #held = 0;

  constructor(startMicros: number) {
    this.#wallOffsetMicros = startMicros;
  }

  wallMicros(): number {
    return this.#nowMicros + this.#wallOffsetMicros;
  }

  monotonicMicros(): number {
    return this.#nowMicros;
  }

  async sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const cancel = this.schedule(Math.ceil(durationMs * MICROS_PER_MS), resolve);
    const onAbort = (): void => {
      cancel();
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  schedule(delayMicros: number, callback: () => void): () => void {
    assert(delayMicros >= 0 && Number.isFinite(delayMicros), `no timer can be ${delayMicros} µs from now`);
    const timer = { atMicros: this.#nowMicros + delayMicros, number: this.#timersMade, callback };
    this.#timersMade += 1;
    this.#timers.push(timer);
    return () => Object.assign(timer, { callback: undefined });
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    const result = work();
    let settled = false;
    const note = (): void => {
      settled = true;
    };
    void result.then(note, note);
    await this.#drive(() => {
      if (settled) return "stop";
      if (this.#timers.peek() !== undefined) return "go on";
      throw new AssertionFailure(`the simulation stands still at ${this.#nowMicros} µs: nothing is left to happen`);
    });
    return await result;
  }

  async advance(durationMs: number): Promise<void> {
    const until = this.#nowMicros + Math.ceil(durationMs * MICROS_PER_MS);
    await this.#drive(() => ((this.#timers.peek()?.atMicros ?? Number.POSITIVE_INFINITY) <= until ? "go on" : "stop"));
    this.#nowMicros = until;
  }

  async hold<T>(outside: Promise<T>): Promise<T> {
    this.#held += 1;
    try {
      return await outside;
    } finally {
      this.#held -= 1;
    }
  }

  stepWall(byMicros: number): void {
    this.#wallOffsetMicros += byMicros;
  }

  async #drive(next: () => "go on" | "stop"): Promise<void> {
    assert(!this.#driven, "one run or advance at a time");
    this.#driven = true;
    try {
      for (;;) {
        do await turn();
        while (this.#held > 0);
        if (next() === "stop") return;
        this.#fire();
      }
    } finally {
      this.#driven = false;
    }
  }

  #fire(): void {
    const timer = this.#timers.pop();
    if (timer === undefined) return;
    this.#nowMicros = timer.atMicros;
    timer.callback?.();
  }
}
