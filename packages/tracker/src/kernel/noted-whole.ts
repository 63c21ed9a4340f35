/** What was noted of a disk beside what the disk itself counts, both in sectors and read at once. */
export interface SectorCounts {
  /** Of the disk's own count, what lies before the first that was noted. */
  readonly countedBefore: number;
  noted(): number;
  counted(): number;
}

/** A reading of the disk's count takes some microseconds; a pause as long comes soon also at hundreds of thousands of writes a second. */
const COMPARISONS_MAX = 500;
const BEGINNINGS_MAX = 5_000;
const BEGINNINGS_ALIKE = 16;

/**
 * How many sectors more a disk counted than were noted: 0 when all was noted; undefined when that was not to be told, since requests were on their way all the
 * time; less than 0 when the disk counted less whenever there was a pause, as one does that does not count all.
 *
 * The kernel notes a request and then counts it. So what is noted after a reading of the count is that much or more, unless something was missed: more than 0
 * is certain, and does not depend on a pause. 0 is said when nothing was noted during a reading that says the same. It is wrong at the moment
 * alone at which as much as was missed is noted and not counted yet; never while nobody writes.
 */
export function missedSectors({ countedBefore, noted, counted }: SectorCounts): number | undefined {
  let behind: number | undefined;
  for (let count = 0; count < COMPARISONS_MAX; count += 1) {
    const before = noted();
    const disk = counted() - countedBefore;
    const after = noted();
    if (disk > after) return disk - after;
    if (before !== after) continue;
    if (disk === after) return 0;
    behind = Math.max(behind ?? Number.NEGATIVE_INFINITY, disk - after);
  }
  return behind;
}

/**
 * What a disk had counted before the first that was noted: a reading gives that or less, by what was noted and is not counted yet. Less than it is would make
 * something missing later that is not, which costs a copy.
 */
export function countedBefore({ noted, counted }: Pick<SectorCounts, "noted" | "counted">): number {
  let most = -1;
  let alike = 0;
  for (let count = 0; count < BEGINNINGS_MAX && alike < BEGINNINGS_ALIKE; count += 1) {
    const before = noted();
    const disk = counted();
    const after = noted();
    const least = disk - after;
    if (least > most) alike = 0;
    most = Math.max(most, least);
    if (before === after && least === most) alike += 1;
  }
  return most;
}
