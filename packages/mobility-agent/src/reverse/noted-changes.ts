import { ceilTo, floorTo, MiB } from "@leeward/base";
import { type Extent, ExtentSet, endOf, intersection } from "@leeward/block";
import type { ChangeTracker } from "@leeward/tracker";

/** Longer extents are noted in pieces. */
const PIECE_BYTES_MAX = MiB;

/**
 * What the kernel noted on a tracked disk while it is made what its replica machine's is: what others wrote to it is brought like everything else that differs,
 * what was brought is told from that by where it lies. A disk that nobody but the agent writes to has none.
 *
 * Invariant: what is taken waits at the tracker again unless it is settled, which is done when it stands in a durable record. Worst outcome if broken: what
 * somebody else wrote stays on the disk.
 */
export class NotedChanges {
  readonly #tracker: ChangeTracker | undefined;
  /** What lies behind it is not brought, bytes. */
  readonly #diskBytes: number;
  /** What was brought last, and before that: some devices name a change in two passes. */
  #brought: ExtentSet[] = [];

  constructor(tracker: ChangeTracker | undefined, diskBytes: number) {
    this.#tracker = tracker;
    this.#diskBytes = diskBytes;
  }

  /** All that waits and was not brought lately. @throws Fault `tracking-incomplete` */
  async take(): Promise<ExtentSet> {
    const others = new ExtentSet();
    const tracker = this.#tracker;
    if (tracker === undefined) return others;
    tracker.giveBack();
    await tracker.collect();
    tracker.take();
    const disk = { offset: 0, length: this.#diskBytes };
    for (const extent of tracker.taken(PIECE_BYTES_MAX)) {
      const inside = intersection(extent, disk);
      if (inside !== undefined) others.add(inside);
    }
    for (const brought of this.#brought) for (const extent of brought) others.remove(extent);
    return others;
  }

  /** As `take`, when these have been brought, and are durable. @throws Fault `tracking-incomplete` */
  async takeBut(brought: readonly Extent[]): Promise<ExtentSet> {
    const tracker = this.#tracker;
    if (tracker === undefined) return new ExtentSet();
    this.#brought = [
      ExtentSet.of(brought.map((extent) => wholeRegions(extent, tracker))),
      ...this.#brought.slice(0, 1),
    ];
    return this.take();
  }

  /** Whether the last `take` left it open that something was missed. */
  get isProved(): boolean {
    return this.#tracker?.isProved ?? true;
  }

  /** What was taken stands in a durable record. */
  settle(): void {
    this.#tracker?.settle();
  }
}

function wholeRegions(extent: Extent, { regionBytes }: ChangeTracker): Extent {
  const offset = floorTo(extent.offset, regionBytes);
  return { offset, length: ceilTo(endOf(extent), regionBytes) - offset };
}
