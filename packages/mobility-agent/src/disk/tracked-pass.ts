// A pass over what changed on a live disk: taken from the tracker, copied into the log, settled.
//
// Order: collect → take → the history's splitter is asked for → copied, durable, relied on → settled. The splitter is asked for after the take: a branch
// that begins later copies the whole disk after that take, so what is settled on the branch before is not missed on it.
//
// Where half of the disk or more is to be copied, a pass begins a copy of the whole disk instead, which is read in order and logs what differs:
// collect → take → the history's splitter is asked for → its copy begun, durably → settled. The copy reads all of the disk after that take. Its beginning
// is durable before anything is settled: a kill between the two leaves both, and what was taken is copied once more. It does not wait for the window of
// rescans, since it stands for a pass that reads as much. Such a copy is followed by a pass, whatever has changed meanwhile: copies one after another
// would never come to a point.
import type { ChangeTracker } from "@leeward/tracker";
import { WHOLE_FROM_PART } from "../limits.ts";
import type { DiskHistory } from "./disk-history.ts";
import { bytesOf, type OwnExtents, takeChanges } from "./taken-changes.ts";

export interface TrackedPassOptions {
  readonly ownExtents: OwnExtents;
  /** Told of the bytes that are in the log, before they are settled. */
  readonly onLogged: (bytes: number) => void;
}

/** What a pass works on. */
export interface PassedDisk {
  readonly tracker: ChangeTracker;
  readonly history: DiskHistory;
  readonly signal: AbortSignal;
}

export class TrackedPass {
  readonly #options: TrackedPassOptions;
  /** The last pass began a copy of the whole disk. */
  #passedWhole = false;

  constructor(options: TrackedPassOptions) {
    this.#options = options;
  }

  /** Returns the bytes that it logged; undefined when that could not be done, or a copy of the whole disk does it now. */
  async run({ tracker, history, signal }: PassedDisk): Promise<number | undefined> {
    const taken = await takeChanges(tracker, this.#options.ownExtents);
    if (taken.isEmpty) return 0;
    const isWhole = !this.#passedWhole && bytesOf(taken.extents) >= WHOLE_FROM_PART * tracker.sizeBytes;
    this.#passedWhole = isWhole;
    let logged: number | undefined;
    try {
      logged = isWhole ? await beginWhole(history) : await history.splitter.logFound(taken.extents, signal);
    } finally {
      if (logged === undefined) taken.giveBack();
    }
    if (logged === undefined) return undefined;
    this.#options.onLogged(logged);
    taken.settle();
    return isWhole ? undefined : logged;
  }
}

/** 0 when the copy that was begun reads all that it is to read after this; undefined when none could be begun. */
async function beginWhole(history: DiskHistory): Promise<number | undefined> {
  if (history.splitter.state.kind !== "protected") return undefined;
  await history.beginResync();
  return 0;
}
