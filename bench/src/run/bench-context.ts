import type { BenchPlace } from "./bench-place.ts";
import type { Row } from "./row.ts";

/** What every suite is given. */
export interface BenchContext {
  readonly place: BenchPlace;
  /** How often each side is measured; the median counts. */
  readonly runs: number;
  /** Less data and shorter loads: to see that it works, not to compare. */
  readonly isQuick: boolean;
  /** Where the daemons leave their CPU profiles; undefined for none. */
  readonly profileFolder: string | undefined;
  readonly say: (text: string) => void;
}

/** One named measurement. It rejects only when something failed to run, never because a goal is not met. */
export type Suite = (context: BenchContext) => Promise<readonly Row[]>;
