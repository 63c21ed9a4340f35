import { formatTime, MICROS_PER_MS } from "@leeward/base";
import type { MomentItem, PointItemMember } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import { silentTrace, type Trace } from "../trace/trace.ts";
import type { Moment } from "./passages.ts";
import { tracePoint } from "./trace-point.ts";

/** The newest points that are remembered. */
const KEPT = 2_048;

interface Remembered<Stage extends string> {
  readonly members: readonly PointItemMember[];
  readonly moments: Map<Stage, Moment>;
}

/** When a daemon did what with a recovery point as a whole: in memory alone, of the newest points. Each moment is a line of the trace, too. */
export class PointMoments<Stage extends string = MomentItem["stage"]> {
  readonly #clock: Clock;
  readonly #trace: Trace;
  readonly #points = new Map<string, Remembered<Stage>>();

  constructor({ clock, trace = silentTrace }: { readonly clock: Clock; readonly trace?: Trace | undefined }) {
    this.#clock = clock;
    this.#trace = trace;
  }

  /** It was done: now, unless told. What was noted first stays. */
  note(
    point: { readonly id: string; readonly members: readonly PointItemMember[] },
    stage: Stage,
    { tookMicros, atMicros = this.#clock.wallMicros() }: Partial<Moment> & Pick<Moment, "tookMicros">,
  ): void {
    const known = this.#points.get(point.id) ?? { members: point.members, moments: new Map<Stage, Moment>() };
    if (known.moments.has(stage)) return;
    const took = Math.max(0, Math.round(tookMicros));
    known.moments.set(stage, { atMicros, tookMicros: took });
    tracePoint(this.#trace, point.id, { stage, at: formatTime(atMicros), tookMs: took / MICROS_PER_MS });
    this.#points.set(point.id, known);
    const [oldest] = this.#points.keys();
    if (oldest !== undefined && this.#points.size > KEPT) this.#points.delete(oldest);
  }

  /** Where the point stands; none when it is not remembered. */
  membersOf(pointId: string): readonly PointItemMember[] {
    return this.#points.get(pointId)?.members ?? [];
  }

  /** When a stage was done with it; undefined when that is not remembered. */
  momentOf(pointId: string, stage: Stage): Moment | undefined {
    return this.#points.get(pointId)?.moments.get(stage);
  }

  itemsOf(pointId: string): (Omit<MomentItem, "stage"> & { readonly stage: Stage })[] {
    const { moments = new Map<Stage, Moment>() } = this.#points.get(pointId) ?? {};
    return Array.from(moments, ([stage, moment]) => ({ diskId: "", stage, ...moment }));
  }
}
