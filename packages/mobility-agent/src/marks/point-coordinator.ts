import { Mutex, type Random, randomId } from "@leeward/base";
import type { Mark, PointMember, PointRecord } from "@leeward/proto";
import type { SettledMark } from "@leeward/splitter";
import type { Clock } from "@leeward/world";
import type { MarkClock } from "./mark-clock.ts";
import type { PointNumbers } from "./point-numbers.ts";
import type { PointQueue } from "./point-queue.ts";

export interface MarkedDisk {
  readonly diskId: string;
  /** undefined while the disk's history is not whole (initial replication, a gap): the point then names it as missing. */
  settleMark(mark: Mark): Promise<SettledMark | undefined>;
}

export interface PointCoordinatorOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly machineId: string;
  readonly marks: MarkClock;
  readonly numbers: PointNumbers;
  readonly queue: PointQueue;
  readonly epoch: () => number;
  readonly disks: () => readonly MarkedDisk[];
}

/**
 * Makes the machine's recovery points: raises the mark, asks each disk where it stands, and queues the point record.
 *
 * One mark at a time: the next number is raised only when every disk has settled the one before, so a disk never has to name a
 * point that is older than its newest mark. A disk that answers late delays the next point, never a write.
 */
export class PointCoordinator {
  readonly #options: PointCoordinatorOptions;
  readonly #alone = new Mutex();
  #timeMicros = 0;
  #last: PointRecord | undefined;

  constructor(options: PointCoordinatorOptions) {
    this.#options = options;
  }

  /** The point of the interval that ends now. When no disk logged anything since the last point, that one's validity is extended. */
  async interval(): Promise<PointRecord | undefined> {
    return this.#alone.hold(async () => {
      const { mark, record } = await this.#raise("auto", "crash");
      const last = this.#last;
      if (last !== undefined && sameMembers(last, record)) {
        this.#last = { ...last, validUntilMicros: mark.timeMicros };
        this.#options.queue.extend(this.#last);
        return this.#last;
      }
      return this.#enqueue(record);
    });
  }

  /** A point of its own that contains every write acknowledged before the call. */
  async create(consistency: Mark["consistency"]): Promise<PointRecord | undefined> {
    return this.#alone.hold(async () => {
      const { record } = await this.#raise("mark", consistency);
      return this.#enqueue(record);
    });
  }

  async #raise(kind: Mark["kind"], consistency: Mark["consistency"]): Promise<{ mark: Mark; record: PointRecord }> {
    const { clock, random, marks, numbers, machineId, epoch } = this.#options;
    const number = await numbers.next();
    const disks = this.#options.disks();
    this.#timeMicros = Math.max(this.#timeMicros + 1, clock.wallMicros());
    const mark: Mark = { pointId: randomId(random), number, timeMicros: this.#timeMicros, kind, consistency };
    marks.raise(mark);
    const settled = await Promise.allSettled(disks.map((disk) => disk.settleMark(mark)));
    const members: PointMember[] = [];
    const missingDiskIds: string[] = [];
    for (const [index, disk] of disks.entries()) {
      const answer = settled[index];
      if (answer?.status === "fulfilled" && answer.value !== undefined) {
        members.push({ diskId: disk.diskId, branch: answer.value.branch, sequence: answer.value.sequence });
      } else missingDiskIds.push(disk.diskId);
    }
    const record: PointRecord = {
      id: mark.pointId,
      machineId,
      number,
      timeMicros: mark.timeMicros,
      validUntilMicros: mark.timeMicros,
      kind,
      consistency,
      epoch: epoch(),
      members,
      missingDiskIds,
    };
    return { mark, record };
  }

  async #enqueue(record: PointRecord): Promise<PointRecord | undefined> {
    if (record.members.length === 0) return undefined;
    await this.#options.queue.add(record);
    this.#last = record;
    return record;
  }
}

function sameMembers(a: PointRecord, b: PointRecord): boolean {
  const place = (record: PointRecord): string =>
    [
      ...record.members.map((member) => `${member.diskId}@${member.branch}:${member.sequence}`),
      ...record.missingDiskIds,
    ]
      .sort()
      .join(" ");
  return place(a) === place(b);
}
