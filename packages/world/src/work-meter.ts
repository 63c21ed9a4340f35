import type { Clock } from "./clock.ts";

/** What was done in the last minute; less right after the start. */
export interface WorkRates {
  /** The part of the time in which at least one piece of work was under way, 0 … 1. */
  readonly busyFraction: number;
  /** Taken in. */
  readonly bytesPerSecond: number;
  /** Handed on. */
  readonly outBytesPerSecond: number;
}

const MICROS_PER_SECOND = 1_000_000;
const BUCKET_MICROS = 5 * MICROS_PER_SECOND;
/** One minute, and the bucket under way. */
const BUCKETS = 13;
/** Asked more often than that, it says the same again. */
const FRESH_MICROS = 2 * MICROS_PER_SECOND;
const IDLE: WorkRates = { busyFraction: 0, bytesPerSecond: 0, outBytesPerSecond: 0 };

/** How busy something was over the last minute, and how much went through it. What it costs is two readings of a clock for each time that it is busy. */
export class WorkMeter {
  readonly #clock: Clock;
  readonly #beganMicros: number;
  readonly #busy = new Float64Array(BUCKETS);
  readonly #taken = new Float64Array(BUCKETS);
  readonly #given = new Float64Array(BUCKETS);
  /** The bucket under way, counted from the clock's start. */
  #bucket: number;
  #running = 0;
  #busySinceMicros = 0;
  #rates = IDLE;
  #ratesMicros = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#beganMicros = clock.monotonicMicros();
    this.#bucket = Math.floor(this.#beganMicros / BUCKET_MICROS);
  }

  /** Counts the time until the work settles; pieces side by side count once. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.begin();
    try {
      return await work();
    } finally {
      this.end();
    }
  }

  begin(): void {
    this.#running += 1;
    if (this.#running === 1) this.#busySinceMicros = this.#clock.monotonicMicros();
  }

  /** Ends what `begin` began. */
  end(): void {
    this.#running -= 1;
    if (this.#running === 0) this.#settle(this.#clock.monotonicMicros());
  }

  /** So many bytes came in and, unless told, went on as they were. */
  pass(bytes: number, outBytes = bytes): void {
    const slot = this.#slot(this.#clock.monotonicMicros());
    this.#taken[slot] = (this.#taken[slot] ?? 0) + bytes;
    this.#given[slot] = (this.#given[slot] ?? 0) + outBytes;
  }

  rates(): WorkRates {
    const now = this.#clock.monotonicMicros();
    if (now - this.#ratesMicros < FRESH_MICROS) return this.#rates;
    if (this.#running > 0) this.#settle(now);
    this.#slot(now);
    this.#ratesMicros = now;
    const windowMicros = (BUCKETS - 1) * BUCKET_MICROS + (now % BUCKET_MICROS);
    const micros = Math.min(windowMicros, now - this.#beganMicros);
    if (micros <= 0) return (this.#rates = IDLE);
    const perSecond = (sums: Float64Array): number => (sumOf(sums) * MICROS_PER_SECOND) / micros;
    this.#rates = {
      busyFraction: Math.min(1, sumOf(this.#busy) / micros),
      bytesPerSecond: perSecond(this.#taken),
      outBytesPerSecond: perSecond(this.#given),
    };
    return this.#rates;
  }

  /** Adds the busy time until now to the buckets that it lies in. */
  #settle(now: number): void {
    this.#slot(now);
    const oldest = (this.#bucket - BUCKETS + 1) * BUCKET_MICROS;
    let from = Math.max(this.#busySinceMicros, oldest);
    this.#busySinceMicros = now;
    while (from < now) {
      const bucket = Math.floor(from / BUCKET_MICROS);
      const to = Math.min(now, (bucket + 1) * BUCKET_MICROS);
      this.#busy[bucket % BUCKETS] = (this.#busy[bucket % BUCKETS] ?? 0) + (to - from);
      from = to;
    }
  }

  /** The place of the bucket under way; those that time has left behind are emptied. */
  #slot(now: number): number {
    const bucket = Math.floor(now / BUCKET_MICROS);
    for (let left = Math.max(this.#bucket + 1, bucket - BUCKETS + 1); left <= bucket; left += 1) {
      for (const sums of [this.#busy, this.#taken, this.#given]) sums[left % BUCKETS] = 0;
    }
    this.#bucket = Math.max(this.#bucket, bucket);
    return this.#bucket % BUCKETS;
  }
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
