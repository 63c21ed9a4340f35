import { assert } from "@leeward/base";
import type { Mark } from "@leeward/proto";

const KINDS = ["auto", "mark", "group"] as const;
const CONSISTENCIES = ["crash", "file-system", "application"] as const;

/*
 *  0 Int32 version: odd while the mark is being written      4 Int32 kind   8 Int32 consistency   12 Int32 hold: its number, 0 is none
 * 16 Float64 number    24 Float64 time    32 id (16 bytes)    48 Float64 until when writes are held at most, of the monotonic clock
 * 56 Int32 fence: 1 while no disk takes writes
 */
const BYTES = 64;
const FENCE_AT = 56;
const HOLD = 3;
const UNTIL = 4;
const HOLDS_MAX = 2 ** 31 - 1;

/**
 * The machine's newest mark, in memory that every disk's worker reads at each write: raising it is one store, and no disk waits
 * for another. One writer, any number of readers in any thread.
 *
 * A reader that overlaps with the writer sees an odd or a changed version and reads again, so it never gets half of a mark.
 *
 * The same memory says whether writes are held. A hold ends once: by its owner (`release`), or, when its time is over, by the first write that
 * goes on (`expireHold`); each of the two swaps its number for 0, and one of them finds it gone. So the owner knows for certain whether a
 * write went on before it released, and whoever raises a mark and then releases knows that none came between hold and mark.
 *
 * And it says whether the machine is fenced, so that all its disks stop at one moment, and one whose worker starts later never begins.
 */
export class MarkClock {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #id: Uint8Array;
  readonly #fence: Int32Array;
  #holds = 0;

  /** Without `memory` a new clock on which no mark has been raised (number 0). */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(BYTES)) {
    this.memory = memory;
    this.#words = new Int32Array(memory, 0, 4);
    this.#numbers = new Float64Array(memory, 16, 5);
    this.#id = new Uint8Array(memory, 32, 16);
    this.#fence = new Int32Array(memory, FENCE_AT, 1);
  }

  /** The newest mark's number; 0 before the first. What a write reads at its submission. */
  number(): number {
    for (;;) {
      const version = Atomics.load(this.#words, 0);
      const number = this.#numbers[0] ?? 0;
      if (version % 2 === 0 && Atomics.load(this.#words, 0) === version) return number;
    }
  }

  /** The newest mark, whole; undefined before the first. */
  current(): Mark | undefined {
    for (;;) {
      const version = Atomics.load(this.#words, 0);
      const [number = 0, timeMicros = 0] = this.#numbers;
      const kind = KINDS[this.#words[1] ?? 0];
      const consistency = CONSISTENCIES[this.#words[2] ?? 0];
      const pointId = Buffer.from(this.#id).toString("hex");
      if (version % 2 !== 0 || Atomics.load(this.#words, 0) !== version) continue;
      assert(kind !== undefined && consistency !== undefined, "a mark's kind and consistency are of their lists");
      return number === 0 ? undefined : { pointId, number, timeMicros, kind, consistency };
    }
  }

  /** Makes `mark` the newest: every write submitted from now on comes after it. */
  raise(mark: Mark): void {
    assert(mark.number > (this.#numbers[0] ?? 0), "marks rise");
    const version = Atomics.add(this.#words, 0, 1);
    assert(version % 2 === 0, "a mark clock has one writer");
    this.#words[1] = KINDS.indexOf(mark.kind);
    this.#words[2] = CONSISTENCIES.indexOf(mark.consistency);
    this.#numbers[1] = mark.timeMicros;
    this.#id.set(Buffer.from(mark.pointId, "hex"));
    this.#numbers[0] = mark.number;
    Atomics.add(this.#words, 0, 1);
  }

  /** What each write looks at: one load of memory. */
  held(): boolean {
    return Atomics.load(this.#words, HOLD) !== 0;
  }

  /** From now on every write that is submitted waits, until `release`, or until its thread's monotonic clock shows `untilMicros`. */
  hold(untilMicros: number): number {
    assert(!this.held(), "one hold at a time");
    this.#holds = (this.#holds % HOLDS_MAX) + 1;
    this.#numbers[UNTIL] = untilMicros;
    Atomics.store(this.#words, HOLD, this.#holds);
    return this.#holds;
  }

  /** Whether no write has gone on since the hold began. */
  isHeld(hold: number): boolean {
    return Atomics.load(this.#words, HOLD) === hold;
  }

  /** Lets the writes go. False when a write had gone on before, because the time was over. */
  release(hold: number): boolean {
    return Atomics.compareExchange(this.#words, HOLD, hold, 0) === hold;
  }

  /** Whether the machine is fenced: what each disk's door looks at before it lets a write in. */
  fenced(): boolean {
    return Atomics.load(this.#fence, 0) !== 0;
  }

  /** From now on no disk of the machine lets a write in; those that are in go on to their end. */
  fence(): void {
    Atomics.store(this.#fence, 0, 1);
  }

  liftFence(): void {
    Atomics.store(this.#fence, 0, 0);
  }

  expireHold(monotonicMicros: number): void {
    const hold = Atomics.load(this.#words, HOLD);
    const until = this.#numbers[UNTIL] ?? 0;
    // The owner writes the time only while nothing is held: the number that stands after the look is that of the time.
    if (hold === 0 || Atomics.load(this.#words, HOLD) !== hold || monotonicMicros < until) return;
    Atomics.compareExchange(this.#words, HOLD, hold, 0);
  }
}
