import type { Mark } from "@leeward/proto";

/** What a rescan puts its point's mark with. */
export type RescanPoint = Pick<Mark, "timeMicros" | "consistency">;

/** How a disk that is rescanned comes to points, which are the machine's. */
export interface RescanPoints {
  /** Whether points are made now: not while the machine is fenced. */
  isWanted(): boolean;
  /** A time for the point of what is read from now on, microseconds since 1970: later than that of any point before. */
  moment(): Promise<number>;
  /** Has the disk's `settleMark` asked for a mark of that time, and the point queued. False when no point came of it. @throws what the files throw */
  make(point: RescanPoint): Promise<boolean>;
}
