import type { Mark } from "@leeward/proto";
import type { MarkSource } from "../splitter-options.ts";

/** A machine's marks, raised by hand. */
export class TestMarks implements MarkSource {
  #mark: Mark | undefined;
  #heldUntilMicros: number | undefined;

  number(): number {
    return this.#mark?.number ?? 0;
  }

  current(): Mark | undefined {
    return this.#mark;
  }

  held(): boolean {
    return this.#heldUntilMicros !== undefined;
  }

  expireHold(monotonicMicros: number): void {
    if (this.#heldUntilMicros !== undefined && monotonicMicros >= this.#heldUntilMicros) this.release();
  }

  /** Writes wait until `release`, or until the monotonic clock shows `untilMicros`. */
  hold(untilMicros: number): void {
    this.#heldUntilMicros = untilMicros;
  }

  release(): void {
    this.#heldUntilMicros = undefined;
  }

  raise(): Mark {
    const number = this.number() + 1;
    const pointId = number.toString(16).padStart(32, "0");
    this.#mark = { pointId, number, timeMicros: number * 1_000_000, kind: "auto", consistency: "crash" };
    return this.#mark;
  }
}
