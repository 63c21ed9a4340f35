import { type Fault, MICROS_PER_MS } from "@leeward/base";
import type { EventReport } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import type { ShownFault } from "../inventory/machine-faults.ts";
import { HOLD_BACKOFF_MAX, HOLD_MS_MAX } from "../limits.ts";
import type { HoldOutcome } from "./file-system-hold.ts";

export interface HoldPaceOptions {
  readonly clock: Clock;
  readonly onEvent: (event: EventReport) => void;
  readonly onChange: () => void;
}

/**
 * How often file systems may be held still, by how that went: one hold that was too long, or failed, doubles the time until the next, and is
 * told once; one that was short ends that.
 */
export class HoldPace {
  readonly #options: HoldPaceOptions;
  #factor = 1;
  #stallMs = 0;
  #lastMicros = 0;
  #faults: readonly ShownFault[] = [];

  constructor(options: HoldPaceOptions) {
    this.#options = options;
  }

  /** Times the policy's interval. */
  get factor(): number {
    return this.#factor;
  }

  /** Whether they may be held still now, for someone who asks every `intervalMs`. */
  isDue(intervalMs: number): boolean {
    const passedMicros = this.#options.clock.monotonicMicros() - this.#lastMicros;
    return this.#factor === 1 || passedMicros >= this.#factor * intervalMs * MICROS_PER_MS;
  }

  /** How long the last hold held writers, ms. */
  get stallMs(): number {
    return this.#stallMs;
  }

  /** What is wrong with holds now. */
  get faults(): readonly ShownFault[] {
    return this.#faults;
  }

  take({ stallMs, faults }: HoldOutcome): void {
    const { clock, onChange } = this.#options;
    const tooLong = stallMs > HOLD_MS_MAX || faults.length > 0;
    this.#stallMs = stallMs;
    this.#lastMicros = clock.monotonicMicros();
    this.#factor = tooLong ? Math.min(HOLD_BACKOFF_MAX, this.#factor * 2) : 1;
    const before = this.#faults;
    const sinceMicros = clock.wallMicros();
    this.#faults = faults.map(
      (fault) => before.find((shown) => shown.fault.code === fault.code) ?? { fault, sinceMicros },
    );
    for (const shown of this.#faults) if (!before.includes(shown)) this.#tell(shown.fault);
    onChange();
  }

  #tell({ code, message }: Fault): void {
    this.#options.onEvent({
      kind: "point-given-up",
      subject: "points",
      message,
      detail: { code, stallMs: String(Math.round(this.#stallMs)) },
      severity: "warning",
    });
  }
}
