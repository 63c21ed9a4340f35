import { MICROS_PER_MS } from "@leeward/base";
import type { PointRecord, PointStored } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import { LIMITS } from "../limits.ts";
import type { PointDesk, SentPoint } from "./point-desk.ts";

const NONE: SentPoint = { number: -1, validUntilMicros: 0 };

/** One session's way through the points of one target: in order, a few unanswered at a time, again from the oldest after a silence. */
export class PointSender {
  readonly #desk: PointDesk;
  readonly #clock: Clock;
  readonly #targetId: string;
  readonly #sent = new Map<string, { last: SentPoint; unanswered: number; heardMicros: number }>();

  constructor(desk: PointDesk, clock: Clock, targetId: string) {
    this.#desk = desk;
    this.#clock = clock;
    this.#targetId = targetId;
  }

  /** The next point to send, which counts as sent from now on. */
  next(): PointRecord | undefined {
    for (const machineId of this.#desk.machines()) {
      const way = this.#wayOf(machineId);
      if (way.unanswered >= LIMITS.unansweredPointsMax) continue;
      const point = this.#desk.nextFor(this.#targetId, machineId, way.last);
      if (point === undefined) continue;
      if (way.unanswered === 0) way.heardMicros = this.#clock.monotonicMicros();
      way.last = { number: point.number, validUntilMicros: point.validUntilMicros };
      way.unanswered += 1;
      return point;
    }
    return undefined;
  }

  /** The target has answered. */
  async receive(stored: PointStored): Promise<void> {
    const way = this.#wayOf(stored.machineId);
    way.unanswered = Math.max(0, way.unanswered - 1);
    way.heardMicros = this.#clock.monotonicMicros();
    await this.#desk.stored(this.#targetId, stored);
  }

  /** In how many milliseconds unanswered points are sent again; undefined when none is. */
  get retryInMs(): number | undefined {
    let earliest: number | undefined;
    for (const { unanswered, heardMicros } of this.#sent.values()) {
      if (unanswered === 0) continue;
      const restMs = LIMITS.pointAnswerMsMax - (this.#clock.monotonicMicros() - heardMicros) / MICROS_PER_MS;
      earliest = Math.min(earliest ?? restMs, Math.max(1, Math.ceil(restMs)));
    }
    return earliest;
  }

  #wayOf(machineId: string): { last: SentPoint; unanswered: number; heardMicros: number } {
    const known = this.#sent.get(machineId);
    const silentMicros = this.#clock.monotonicMicros() - (known?.heardMicros ?? 0);
    const again =
      known !== undefined && known.unanswered > 0 && silentMicros >= LIMITS.pointAnswerMsMax * MICROS_PER_MS;
    if (known !== undefined && !again) return known;
    const way = { last: NONE, unanswered: 0, heardMicros: this.#clock.monotonicMicros() };
    this.#sent.set(machineId, way);
    return way;
  }
}
