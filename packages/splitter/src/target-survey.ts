// What a copy of the whole disk may leave out, because its target says that it holds the same: asked for window by window, just before it is copied.
//
// Invariant: an extent is called equal only if a target that takes all of the log holds there what the disk holds. Worst outcome if broken: the one copy
// that was to mend a block leaves it out.
//
// Order: the target's digests, of a named place of the history ─► the disk is read, block by block, under the range lock ─► what log and bitmap name behind
// that place counts as different, whatever the digests say (see `comparison.ts`) ─► the rest is equal, for as long as the log is not left.
//
// A block that was called equal changes only by what is logged afterwards, which the target gets behind everything. A block that changed behind the
// place is copied although it looks equal: what is on its way to the target may not be what the disk was given behind our back.
//
// Nothing of a survey is durable. After a stop the copy goes on where its position says, with a new survey.
import { ceilTo, isFault } from "@leeward/base";
import { type Extent, ExtentSet, endOf } from "@leeward/block";
import { DIGEST_BLOCK_BYTES, DIGEST_WINDOW_BYTES } from "@leeward/proto";
import type { Capture } from "./capture.ts";
import { Comparisons, type HeldDigests } from "./comparison.ts";
import type { CopyPace } from "./copy-pace.ts";

/**
 * Asks the disk's target what it holds now of an extent that begins with a block. The answer may be of less, from the extent's beginning on.
 * undefined when it cannot be told, or the target holds nothing: then all of it is copied. It may take long, and rejects with the signal's reason.
 */
export type AskTarget = (extent: Extent, signal: AbortSignal) => Promise<HeldDigests | undefined>;

/** A stretch of the disk from some place on, and whether the target has it. */
export interface SurveyedStretch {
  readonly kind: "equal" | "copy";
  readonly length: number;
}

/** Of digests that cannot be compared, since too much was written meanwhile or the log was trimmed; then the window is copied. */
const LOOKS_MAX = 4;

interface Surveyed {
  readonly extent: Extent;
  /** Whole blocks that are to be copied. */
  readonly wanted: ExtentSet;
  readonly generation: number;
}

export class TargetSurvey {
  readonly #capture: Capture;
  readonly #ask: AskTarget;
  readonly #comparisons: Comparisons;
  #last: Surveyed | undefined;
  /** How often what was found has been dropped: what was begun before that is not believed. */
  #drops = 0;

  constructor(capture: Capture, ask: AskTarget, comparisons: Comparisons) {
    this.#capture = capture;
    this.#ask = ask;
    this.#comparisons = comparisons;
  }

  /** Another copy begins: what was found belongs to the one before. */
  drop(): void {
    this.#drops += 1;
    this.#last = undefined;
  }

  /** What is known of the stretch that begins at `from`; undefined when that has not been looked at, or does not hold any more. */
  known(from: number): SurveyedStretch | undefined {
    const last = this.#last;
    if (last === undefined || from < last.extent.offset || from >= endOf(last.extent)) return undefined;
    if (this.#capture.mode !== "logging" || this.#capture.generation !== last.generation) return undefined;
    const [next] = last.wanted.within({ offset: from, length: endOf(last.extent) - from });
    if (next === undefined) return { kind: "equal", length: endOf(last.extent) - from };
    return next.offset > from ? { kind: "equal", length: next.offset - from } : { kind: "copy", length: next.length };
  }

  /**
   * Looks at what begins at `from`, a window at most; `known` tells of it then. False when it was for nothing, since the log was left or another copy
   * was begun. @throws Fault `disk-read-failed`, `tracking-failed`, or the signal's reason
   */
  async look(from: number, signal: AbortSignal): Promise<boolean> {
    const { source } = this.#capture.parts;
    const { generation } = this.#capture;
    const drops = this.#drops;
    const rest = source.sizeBytes - from;
    const toBlock = ceilTo(from, DIGEST_BLOCK_BYTES) - from;
    const whole = (length: number): Surveyed => {
      const extent = { offset: from, length: Math.min(length, rest) };
      return { extent, wanted: ExtentSet.of([extent]), generation };
    };
    const surveyed =
      toBlock > 0
        ? whole(toBlock)
        : ((await this.#compared({ offset: from, length: Math.min(DIGEST_WINDOW_BYTES, rest) }, signal)) ??
          whole(DIGEST_WINDOW_BYTES));
    if (this.#drops !== drops || this.#capture.generation !== surveyed.generation) return false;
    this.#last = surveyed;
    return true;
  }

  /** undefined when nothing can be said of the window. */
  async #compared(window: Extent, signal: AbortSignal): Promise<Surveyed | undefined> {
    const { clock } = this.#capture.parts.world;
    for (let looks = 1; looks <= LOOKS_MAX; looks += 1) {
      const held = await this.#ask(window, signal);
      if (held === undefined || !isOfBeginning(window, held.extent)) return undefined;
      // Not the one from before the wait: what was logged in between is looked through all the same.
      const { generation } = this.#capture;
      try {
        const { skipped, differing } = await this.#comparisons.compare(held, signal);
        return { extent: held.extent, wanted: ExtentSet.of([...skipped, ...differing]), generation };
      } catch (error) {
        if (!isFault(error, "comparison-impossible", "log-trimmed")) throw error;
        // What may be said of a newer place is asked for; when changes are not logged, whoever called has to wait for that first.
        if (this.#capture.mode !== "logging" || this.#capture.generation !== generation) return undefined;
      }
      if (looks < LOOKS_MAX) await clock.sleep(this.#capture.parts.limits.retryMs, signal);
    }
    return undefined;
  }
}

/** The survey of a disk whose target can be asked; undefined where nobody can be. */
export function surveyOf(
  ask: AskTarget | undefined,
  { capture, compareBuffer }: { readonly capture: Capture; readonly compareBuffer: () => Uint8Array },
  pace: CopyPace,
): TargetSurvey | undefined {
  return ask && new TargetSurvey(capture, ask, new Comparisons(capture, () => compareBuffer(), pace));
}

/** The same, where what the target holds at the end of the branch's parent is what it holds at this one's beginning. */
export function askAsOwn(
  ask: AskTarget,
  branch: string,
  parent: Pick<HeldDigests, "branch" | "sequence"> | undefined,
): AskTarget {
  return async (extent, signal) => {
    const held = await ask(extent, signal);
    const isAtParent = held?.branch === parent?.branch && held?.sequence === parent?.sequence;
    return held !== undefined && isAtParent ? { ...held, branch, sequence: 0 } : held;
  };
}

/** Whoever answers is not believed to have answered what was asked. */
function isOfBeginning(asked: Extent, told: Extent): boolean {
  return told.offset === asked.offset && told.length > 0 && told.length <= asked.length;
}
