import type { PointRecord, Records } from "@leeward/proto";
import type { DiskIntake } from "../intake/disk-intake.ts";
import type { Said } from "./said.ts";

export interface DepositPlace {
  readonly course: number;
  /** 0 before the first of the course. */
  readonly number: number;
}

/** What was taken of a deposit. */
export interface Held {
  readonly records: readonly Records[];
  readonly points: readonly PointRecord[];
}

interface Entry extends DepositPlace, Held {}

export interface LedgerOptions {
  readonly intakeOf: (diskId: string) => DiskIntake | undefined;
  /** Whether the point waits for its target. */
  readonly isPending: (point: PointRecord) => boolean;
  readonly said: Pick<Said, "covers">;
}

/** Deposits that were collected, until the main target has journaled what is in them, and their points are answered. Nothing here outlives a start: what is not done with is collected again. */
export class CollectedLedger {
  readonly #options: LedgerOptions;
  readonly #entries: Entry[] = [];
  #done: DepositPlace;

  constructor(done: DepositPlace, options: LedgerOptions) {
    this.#done = done;
    this.#options = options;
  }

  /** What was held of a deposit, in order of deposits. A course that was left with nothing in it has none. */
  add(place: DepositPlace, { records, points }: Held): void {
    const last = new Map(records.map((each) => [`${each.diskId} ${each.branch}`, each]));
    this.#entries.push({ ...place, records: [...last.values()], points });
  }

  /** Up to where nothing is needed any more. */
  done(): DepositPlace {
    for (;;) {
      const [first] = this.#entries;
      if (first === undefined || !this.#isOver(first)) return this.#done;
      this.#entries.shift();
      this.#done = { course: first.course, number: first.number };
    }
  }

  #isOver({ records, points }: Held): boolean {
    return records.every((each) => this.#isJournaled(each)) && points.every((point) => this.#isAnswered(point));
  }

  /** One whose disks are all elsewhere by now is nobody's here. */
  #isAnswered(point: PointRecord): boolean {
    const { said, isPending, intakeOf } = this.#options;
    const isOurs = point.members.some(({ diskId }) => intakeOf(diskId) !== undefined);
    return said.covers(point) || !isOurs || !isPending(point);
  }

  /** A branch that is not held any more was drained or given up, and so was a disk that the plan does not name. */
  #isJournaled({ diskId, branch, to }: Records): boolean {
    const disk = this.#options.intakeOf(diskId)?.disk;
    if (disk === undefined) return true;
    if (!disk.isOpen) return false;
    const held = disk.branches.find(({ id }) => id === branch);
    return held === undefined || held.journaled >= to;
  }
}
