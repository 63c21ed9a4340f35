import { MICROS_PER_MS, MICROS_PER_SECOND } from "@leeward/base";
import type { HeldExcess, HistoryForecast, HistoryOutlook } from "@leeward/journal";
import type { TargetDiskStatus } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import { FORECAST_STILL_MS, HOLDERS_TOLD_MAX } from "../limits.ts";

type Told = Pick<TargetDiskStatus, "forecast" | "heldExcess">;

/** A look at what a limit in bytes is going to do, at a disk's journal. */
export interface HistoryLook {
  /** Undefined while there is nothing to look at. */
  readonly outlook: HistoryOutlook | undefined;
  readonly bytesMax: number;
  /** When a point was made. */
  readonly timeOf: (pointId: string) => number;
}

/** What was seen last of the limit in bytes of one disk's history, as the status says it. */
export class HistoryWatch {
  readonly #clock: Clock;
  #told: Told = {};
  /** The journal's present when it last moved, and when that was by the monotonic clock. */
  #moved = { nowMicros: -1, seenMicros: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get told(): Told {
    return this.#told;
  }

  look({ outlook, bytesMax, timeOf }: HistoryLook): void {
    const { forecast, heldExcess } = outlook ?? {};
    const isKept = outlook?.isMerged === false && this.#told.heldExcess?.bytesMax === bytesMax;
    // Whether a lock is too much is seen only when all is merged; until then what was seen holds.
    if (isKept) return;
    if (heldExcess !== undefined) this.#told = { heldExcess: excessOf(heldExcess, { bytesMax, timeOf }) };
    else if (forecast !== undefined && this.#moves(outlook?.nowMicros ?? 0))
      this.#told = this.#forecast(forecast, bytesMax);
    else this.#told = {};
  }

  #forecast(forecast: HistoryForecast, bytesMax: number): Told {
    const { aheadMicros, reachMicros, reachLeftMicros, growthBytesPerSecond } = forecast;
    return {
      forecast: {
        atMicros: Math.round(this.#clock.wallMicros() + aheadMicros),
        reachSeconds: Math.round(reachMicros / MICROS_PER_SECOND),
        reachLeftSeconds: Math.round(reachLeftMicros / MICROS_PER_SECOND),
        growthBytesPerSecond: Math.round(growthBytesPerSecond),
        bytesMax,
      },
    };
  }

  /** While no point comes nothing grows, and a cut that was near stays as near as it was. */
  #moves(nowMicros: number): boolean {
    const seenMicros = this.#clock.monotonicMicros();
    if (nowMicros !== this.#moved.nowMicros) this.#moved = { nowMicros, seenMicros };
    return seenMicros - this.#moved.seenMicros < FORECAST_STILL_MS * MICROS_PER_MS;
  }
}

function excessOf(
  { bytes, pins }: HeldExcess,
  { bytesMax, timeOf }: Pick<HistoryLook, "bytesMax" | "timeOf">,
): TargetDiskStatus["heldExcess"] {
  const holders = pins.slice(0, HOLDERS_TOLD_MAX).map(({ pointId, kind, owner, reason, untilMicros = 0 }) => ({
    pointId,
    timeMicros: timeOf(pointId),
    kind,
    owner,
    reason,
    untilMicros,
  }));
  return { bytes, bytesMax, pointCount: new Set(pins.map(({ pointId }) => pointId)).size, holders };
}
