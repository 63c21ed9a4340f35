import { MICROS_PER_MS } from "@leeward/base";
import type { PointRecord, PointStored } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import { LIMITS } from "../limits.ts";

/** The points that go to targets in one role of theirs. */
export interface PointSource {
  /** Machines of which points may wait for the target. */
  machines(targetId: string): Iterable<string>;
  /**
   * The first point of the machine that this target is to get and that `isSent` does not know; undefined while there is none, or what it
   * stands on is not with the target.
   */
  nextFor(targetId: string, machineId: string, isSent: (point: PointRecord) => boolean): PointRecord | undefined;
  /** The target holds a point, or says that it never will. */
  stored(targetId: string, stored: PointStored): Promise<void>;
}

/** What one machine's points of this session wait for. */
interface Way {
  /** Validity by number of the points that were sent and not answered, in the order in which they were sent last. */
  readonly unanswered: Map<number, number>;
  heardMicros: number;
}

/**
 * One session's way through the points of one target: in order, a few unanswered at a time, again from the oldest after a silence. A target
 * answers in the order in which it was sent to: what was sent before a point that is answered, and has no answer, it did not take (it had not been
 * told of the machine yet), and is sent again.
 */
export class PointSender {
  readonly #source: PointSource;
  readonly #clock: Clock;
  readonly #targetId: string;
  readonly #ways = new Map<string, Way>();

  constructor(source: PointSource, clock: Clock, targetId: string) {
    this.#source = source;
    this.#clock = clock;
    this.#targetId = targetId;
  }

  /** The next point to send, which counts as sent from now on. */
  next(): PointRecord | undefined {
    for (const machineId of this.#source.machines(this.#targetId)) {
      const { unanswered } = this.#wayOf(machineId);
      if (unanswered.size >= LIMITS.unansweredPointsMax) continue;
      const isSent = ({ number, validUntilMicros }: PointRecord): boolean =>
        unanswered.get(number) === validUntilMicros;
      const point = this.#source.nextFor(this.#targetId, machineId, isSent);
      if (point === undefined) continue;
      if (unanswered.size === 0) this.#wayOf(machineId).heardMicros = this.#clock.monotonicMicros();
      unanswered.delete(point.number);
      unanswered.set(point.number, point.validUntilMicros);
      return point;
    }
    return undefined;
  }

  /** The target has answered. */
  async receive(stored: PointStored): Promise<void> {
    const way = this.#wayOf(stored.machineId);
    way.heardMicros = this.#clock.monotonicMicros();
    await this.#source.stored(this.#targetId, stored);
    // Only now: until it is settled, it would count as one to be sent.
    const { unanswered } = way;
    if ((unanswered.get(stored.number) ?? Number.POSITIVE_INFINITY) > stored.validUntilMicros) return;
    for (const number of unanswered.keys()) {
      unanswered.delete(number);
      if (number === stored.number) break;
    }
  }

  /** In how many milliseconds unanswered points are sent again; undefined when none is. */
  get retryInMs(): number | undefined {
    let earliest: number | undefined;
    for (const { unanswered, heardMicros } of this.#ways.values()) {
      if (unanswered.size === 0) continue;
      const restMs = LIMITS.pointAnswerMsMax - (this.#clock.monotonicMicros() - heardMicros) / MICROS_PER_MS;
      earliest = Math.min(earliest ?? LIMITS.pointAnswerMsMax, Math.max(1, Math.ceil(restMs)));
    }
    return earliest;
  }

  #wayOf(machineId: string): Way {
    const now = this.#clock.monotonicMicros();
    let way = this.#ways.get(machineId);
    if (way === undefined) {
      way = { unanswered: new Map(), heardMicros: now };
      this.#ways.set(machineId, way);
    }
    const silent = now - way.heardMicros >= LIMITS.pointAnswerMsMax * MICROS_PER_MS;
    if (silent && way.unanswered.size > 0) {
      way.unanswered.clear();
      way.heardMicros = now;
    }
    return way;
  }
}
