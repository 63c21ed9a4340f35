/**
 * What of one branch's cuts goes out next, given where the target stands.
 *
 * The target alone decides where to go on: it takes only its last sequence + 1, and says its position when something else comes.
 *
 * ```
 *            journaled            sent through       part
 *  ─────────────┤━━━━━━━━━━━━━━━━━━━━━┤───────▒▒▒──────┤──────────
 *   cut         │ cut        │ cut    │ cut (sending)  │ cut
 *               └─ not acknowledged ──┘
 * ```
 *
 * - A position that rises is an acknowledgement; one above what was sent skips the cuts that it covers.
 * - One that does not rise while something is unacknowledged asks for it again, from its last + 1.
 * - One before the first cut that is held, or inside of a cut, is a discontinuity: what the target lacks is not here.
 */
import type { Cut } from "../cut/cut-folder.ts";
import { cutStraddles, targetBehind } from "../faults.ts";
import { LIMITS } from "../limits.ts";

/** Where the target stands in a branch. */
export interface TargetPosition {
  readonly cached: number;
  readonly journaled: number;
}

export interface Part {
  readonly cut: Cut;
  readonly position: number;
  readonly length: number;
}

export class SendCursor {
  readonly #diskId: string;
  #position: TargetPosition;
  #sentThrough: number;
  #unacknowledged: { readonly to: number; readonly sizeBytes: number }[] = [];
  #sending: { readonly cut: Cut; readonly position: number } | undefined;

  /** `position` is the target's answer to the offer. */
  constructor(diskId: string, position: TargetPosition) {
    this.#diskId = diskId;
    this.#position = position;
    this.#sentThrough = receivedOf(position);
  }

  get journaled(): number {
    return this.#position.journaled;
  }

  /** Takes a position that the target said later. Says whether it asks for something again. */
  move(position: TargetPosition): boolean {
    const received = receivedOf(position);
    const rises = received > receivedOf(this.#position) || position.journaled > this.#position.journaled;
    const repeats = !rises && (this.#sending !== undefined || this.#sentThrough > received);
    this.#position = position;
    this.#unacknowledged = repeats ? [] : this.#unacknowledged.filter((sent) => sent.to > received);
    if (repeats || received > this.#sentThrough) {
      // A cut under way that the target holds by now is given up; one that begins just after it goes on.
      if (repeats || this.#sending?.cut.from !== received + 1) this.#sending = undefined;
      this.#sentThrough = received;
    }
    return repeats;
  }

  /** Whether `take` would give a part. @throws Fault `target-behind`, `cut-straddles` */
  hasNext(cuts: readonly Cut[]): boolean {
    return this.#sending !== undefined || this.#nextCut(cuts) !== undefined;
  }

  /**
   * The next part, which counts as sent from now on; undefined when all is sent, or as much as may be unacknowledged.
   * @throws Fault `target-behind`, `cut-straddles`
   */
  take(cuts: readonly Cut[]): Part | undefined {
    const { cut, position } = this.#sending ?? { cut: this.#nextCut(cuts), position: 0 };
    if (cut === undefined) return undefined;
    const part = { cut, position, length: Math.min(LIMITS.partBytesMax, cut.sizeBytes - position) };
    this.#advance(part);
    return part;
  }

  #advance({ cut, position, length }: Part): void {
    const end = position + length;
    if (end < cut.sizeBytes) {
      this.#sending = { cut, position: end };
      return;
    }
    this.#sending = undefined;
    this.#sentThrough = cut.to;
    this.#unacknowledged.push({ to: cut.to, sizeBytes: cut.sizeBytes });
  }

  #nextCut(cuts: readonly Cut[]): Cut | undefined {
    const sent = this.#sentThrough;
    const cut = cuts.find((each) => each.to > sent);
    if (cut === undefined) return undefined;
    if (cut.from > sent + 1) throw targetBehind(this.#diskId, { target: sent, held: cut.from - 1 });
    if (cut.from <= sent) throw cutStraddles(this.#diskId, { target: sent, from: cut.from, to: cut.to });
    if (this.#unacknowledged.length >= LIMITS.unacknowledgedCutsMax) return undefined;
    const waiting = this.#unacknowledged.reduce((sum, each) => sum + each.sizeBytes, 0);
    return waiting > 0 && waiting + cut.sizeBytes > LIMITS.unacknowledgedBytesMax ? undefined : cut;
  }
}

/** What was taken, durable in the target's history or not yet. */
function receivedOf({ cached, journaled }: TargetPosition): number {
  return Math.max(cached, journaled);
}
