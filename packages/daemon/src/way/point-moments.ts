import type { MomentItem, PointItemMember } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import type { Moment } from "./passages.ts";

/** The newest points that are remembered. */
const KEPT = 2_048;

interface Remembered {
  readonly members: readonly PointItemMember[];
  readonly moments: Map<MomentItem["stage"], Moment>;
}

/** When a daemon did what with a recovery point as a whole: in memory alone, of the newest points. */
export class PointMoments {
  readonly #clock: Clock;
  readonly #points = new Map<string, Remembered>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** It was done: now, unless told. What was noted first stays. */
  note(
    point: { readonly id: string; readonly members: readonly PointItemMember[] },
    stage: MomentItem["stage"],
    { tookMicros, atMicros = this.#clock.wallMicros() }: Partial<Moment> & Pick<Moment, "tookMicros">,
  ): void {
    const known = this.#points.get(point.id) ?? { members: point.members, moments: new Map() };
    if (!known.moments.has(stage)) {
      known.moments.set(stage, { atMicros, tookMicros: Math.max(0, Math.round(tookMicros)) });
    }
    this.#points.set(point.id, known);
    const [oldest] = this.#points.keys();
    if (oldest !== undefined && this.#points.size > KEPT) this.#points.delete(oldest);
  }

  /** Where the point stands; none when it is not remembered. */
  membersOf(pointId: string): readonly PointItemMember[] {
    return this.#points.get(pointId)?.members ?? [];
  }

  /** When a stage was done with it; undefined when that is not remembered. */
  momentOf(pointId: string, stage: MomentItem["stage"]): Moment | undefined {
    return this.#points.get(pointId)?.moments.get(stage);
  }

  itemsOf(pointId: string): MomentItem[] {
    const { moments = new Map<MomentItem["stage"], Moment>() } = this.#points.get(pointId) ?? {};
    return Array.from(moments, ([stage, moment]) => ({ diskId: "", stage, ...moment }));
  }
}
