import { MICROS_PER_SECOND } from "@leeward/base";
import type { Clock } from "@leeward/world";
import type { CopyProgress } from "./disk-host.ts";

/** A rate is known only after so long, microseconds. */
const KNOWN_AFTER_MICROS = MICROS_PER_SECOND;

interface Measured {
  readonly spanId: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** How fast a span goes, from where it stood when it was first seen; enough for an ETA. */
export class CopyRate {
  readonly #clock: Clock;
  #first: { readonly spanId: string; readonly doneBytes: number; readonly micros: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  progressOf({ spanId, doneBytes, totalBytes }: Measured): CopyProgress {
    const now = this.#clock.monotonicMicros();
    if (this.#first?.spanId !== spanId) this.#first = { spanId, doneBytes, micros: now };
    const micros = now - this.#first.micros;
    const moved = doneBytes - this.#first.doneBytes;
    const known = micros >= KNOWN_AFTER_MICROS && moved > 0;
    const etaSeconds = known ? ((totalBytes - doneBytes) * micros) / moved / MICROS_PER_SECOND : undefined;
    return { doneBytes, totalBytes, etaSeconds };
  }
}
