import { assert } from "@leeward/base";
import type { Mark } from "@leeward/proto";

const KINDS = ["auto", "mark", "group"] as const;
const CONSISTENCIES = ["crash", "file-system", "application"] as const;

/*
 *  0 Int32 version: odd while the mark is being written      4 Int32 kind   8 Int32 consistency
 * 16 Float64 number    24 Float64 time    32 id (16 bytes)
 */
const BYTES = 48;

/**
 * The machine's newest mark, in memory that every disk's worker reads at each write: raising it is one store, and no disk waits
 * for another. One writer, any number of readers in any thread.
 *
 * A reader that overlaps with the writer sees an odd or a changed version and reads again, so it never gets half of a mark.
 */
export class MarkClock {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #id: Uint8Array;

  /** Without `memory` a new clock on which no mark has been raised (number 0). */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(BYTES)) {
    this.memory = memory;
    this.#words = new Int32Array(memory, 0, 4);
    this.#numbers = new Float64Array(memory, 16, 2);
    this.#id = new Uint8Array(memory, 32, 16);
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
}
