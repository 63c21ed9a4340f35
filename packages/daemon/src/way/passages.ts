import type { Clock } from "@leeward/world";

/** Of each stage of a disk, the newest that are remembered. */
const KEPT = 1_024;

/** Records of one branch that went through a stage together; the last sequence is part of it. */
export interface Passage {
  readonly branch: string;
  readonly from: number;
  readonly to: number;
}

/** When something was done, microseconds since 1970, and how long it took. */
export interface Moment {
  readonly atMicros: number;
  readonly tookMicros: number;
}

/** When the records of a disk went through which stage, as far back as is remembered: in memory alone, so that nothing waits for it. */
export class Passages<Stage extends string> {
  readonly #clock: Clock;
  readonly #passed = new Map<Stage, (Passage & Moment)[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** They have gone through the stage: now, unless told. */
  note(
    stage: Stage,
    passage: Passage,
    { tookMicros, atMicros = this.#clock.wallMicros() }: Partial<Moment> & Pick<Moment, "tookMicros">,
  ): void {
    const passed = this.#passed.get(stage) ?? [];
    passed.push({ ...passage, atMicros, tookMicros: Math.max(0, Math.round(tookMicros)) });
    // In large steps, so that an array is not moved for each.
    if (passed.length > 2 * KEPT) passed.splice(0, KEPT);
    this.#passed.set(stage, passed);
  }

  /** When the record went through each stage; those that are not remembered are not there. */
  of(branch: string, sequence: number): (Moment & { readonly stage: Stage })[] {
    return Array.from(this.#passed, ([stage, passed]) => {
      const found = passed.findLast((each) => each.branch === branch && each.from <= sequence && sequence <= each.to);
      return found === undefined ? [] : [{ stage, atMicros: found.atMicros, tookMicros: found.tookMicros }];
    }).flat();
  }
}
