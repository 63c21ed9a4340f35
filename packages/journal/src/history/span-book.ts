import type { SpanEdge, SpanReason } from "../manifest/entry.ts";

interface OpenSpan {
  readonly reason: SpanReason;
}

/** Segments whose ends are no place for a point: from `first` on, up to `end` (not included) or still. */
interface ClosedPlace {
  readonly first: number;
  /** Of the copy that began it. */
  readonly reason: SpanReason | "merged";
  end: number | undefined;
}

/** A span's edge as a segment tells it, before this journal has decided whether it needs the span. */
export type ToldEdge =
  | {
      readonly edge: "begin";
      readonly spanId: string;
      readonly sequence: number;
      readonly timeMicros: number;
      readonly reason: SpanReason;
    }
  | { readonly edge: "end"; readonly spanId: string; readonly sequence: number; readonly timeMicros: number };

/**
 * Which segments of one branch may end in a point, as far as spans decide it.
 *
 * Invariant: none does before a whole copy of the disk has arrived (an `initial` span that ended), and none does inside of a
 * needed span. Worst outcome: a point that mixes two moments of the disk is served as if it were one.
 *
 * An `initial` span is needed only while the history is not complete; all others always are. Each ends by its own end. The end
 * of an `initial` one also ends every span that was open when it began, and that of a `resync` every one but an `initial`: such
 * a copy reads the whole disk, so what those would have brought has come with it. Only an `initial` span makes a history
 * complete, for a resync may send what differs from another target's copy.
 */
export class SpanBook {
  #complete: boolean;
  readonly #open = new Map<string, OpenSpan>();
  readonly #closed: ClosedPlace[] = [];

  constructor(options: { complete: boolean; openSpans?: Iterable<readonly [string, SpanReason]> }) {
    this.#complete = options.complete;
    for (const [spanId, reason] of options.openSpans ?? []) this.#open.set(spanId, { reason });
    if (!this.pointable) this.#closed.push({ first: -1, reason: this.#reason, end: undefined });
  }

  /** Whether a whole copy of the disk has arrived. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Needed spans that have begun and not ended, in the order in which they began. */
  get openSpans(): readonly (readonly [string, SpanReason])[] {
    return [...this.#open].map(([spanId, { reason }]) => [spanId, reason] as const);
  }

  /** Whether the last segment that was noted may end in a point. */
  get pointable(): boolean {
    return this.#complete && this.#open.size === 0;
  }

  /**
   * The edges of the next segment with this journal's decision; nothing is noted. A branch that is not `rooted` begins at a place that this journal does
   * not hold: a copy of it may leave out what lies there, and completes nothing.
   */
  decide(edges: readonly ToldEdge[], { rooted = true }: { readonly rooted?: boolean } = {}): SpanEdge[] {
    const trial = new SpanBook({ complete: this.#complete, openSpans: this.openSpans });
    return edges.map((told) => {
      const edge: SpanEdge =
        told.edge === "end" ? told : { ...told, needed: told.reason !== "initial" || (rooted && !trial.#complete) };
      trial.#follow(edge);
      return edge;
    });
  }

  /** Takes in segment `number`, which follows the last one. */
  note(number: number, edges: readonly SpanEdge[]): void {
    for (const edge of edges) this.#follow(edge);
    const last = this.#closed.at(-1);
    const within = last !== undefined && last.end === undefined;
    if (!this.pointable && !within) this.#closed.push({ first: number, reason: this.#reason, end: undefined });
    if (this.pointable && within) last.end = number;
  }

  /** As `note`, for a file in the place of several segments: it begins and ends where all is whole, and keeps that there was a gap between. */
  noteMerged({
    first,
    number,
    hadGap,
  }: {
    readonly first: number;
    readonly number: number;
    readonly hadGap: boolean;
  }): void {
    if (hadGap) this.#closed.push({ first, reason: "merged", end: number });
  }

  /** Whether segment `number`, noted before, may end in a point. */
  pointableAt(number: number): boolean {
    return !this.#closed.some((place) => place.first <= number && (place.end === undefined || number < place.end));
  }

  /** Whether a place where no point can be lies in the segments (after, through]. */
  closedBetween(after: number, through: number): boolean {
    return this.#closed.some((place) => place.first <= through && (place.end === undefined || place.end > after + 1));
  }

  /** Why no point can be in the first such place. */
  reasonBetween(after: number, through: number): SpanReason | "merged" | undefined {
    return this.#closed.find((place) => place.first <= through && (place.end === undefined || place.end > after + 1))
      ?.reason;
  }

  /** Forgets what lies before segment `number`. */
  forgetBefore(number: number): void {
    while ((this.#closed[0]?.end ?? Number.POSITIVE_INFINITY) <= number) this.#closed.shift();
  }

  get #reason(): SpanReason {
    const [first] = this.#open.values();
    return first?.reason ?? "initial";
  }

  #follow(edge: SpanEdge): void {
    if (edge.edge === "begin") {
      if (edge.needed && !this.#open.has(edge.spanId)) this.#open.set(edge.spanId, { reason: edge.reason });
      return;
    }
    const ended = this.#open.get(edge.spanId);
    if (ended === undefined) return;
    const whole = ended.reason === "initial" || ended.reason === "resync";
    for (const [spanId, { reason }] of this.#open) {
      if (spanId === edge.spanId) break;
      if (whole && (ended.reason === "initial" || reason !== "initial")) this.#open.delete(spanId);
    }
    this.#open.delete(edge.spanId);
    if (ended.reason === "initial") this.#complete = true;
  }
}
