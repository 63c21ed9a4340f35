import type { Entry } from "./entry.ts";

/** The number that stands for each type of entry (proto/journal.md, "Entries"). None is ever given again. */
export const ENTRY_TYPES = {
  genesis: 1,
  "snapshot-end": 2,
  branch: 3,
  "branch-dropped": 4,
  segment: 5,
  base: 6,
  "base-cleared": 7,
  range: 8,
  run: 9,
  "run-dropped": 10,
  point: 11,
  "point-extended": 12,
  "points-dropped": 13,
  "points-withdrawn": 14,
  pin: 15,
  unpin: 16,
  damage: 17,
  "file-damaged": 18,
  scrub: 19,
  floor: 20,
  merged: 21,
  "points-thinned": 22,
  lock: 23,
  skip: 24,
} as const satisfies Record<Entry["type"], number>;

/** What an id stands for that names nothing. */
export const NO_ID = "0".repeat(32);
/** Items in any list of an entry. */
export const LIST_COUNT_MAX = 65_536;
