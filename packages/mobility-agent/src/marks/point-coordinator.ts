import { Mutex, type Random, randomId } from "@leeward/base";
import type { Mark, PointMember, PointRecord } from "@leeward/proto";
import type { SettledMark } from "@leeward/splitter";
import type { Clock } from "@leeward/world";
import { atNoRest, type Quiesce, type Quiesced } from "../hooks/quiesce.ts";
import type { MarkClock } from "./mark-clock.ts";
import type { PointNumbers } from "./point-numbers.ts";
import type { PointQueue } from "./point-queue.ts";

const NEVER = new AbortController().signal;

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
  /** Brings what writes to the disks to rest for points that are to be more than crash-consistent. */
  readonly quiesce: Quiesce;
  readonly disks: () => readonly MarkedDisk[];
}

/**
 * Makes the machine's recovery points: raises the mark, asks each disk where it stands, and queues the point record.
 *
 * One mark at a time: the next number is raised only when every disk has settled the one before, so a disk never has to name a
 * point that is older than its newest mark. A disk that answers late delays the next point, never a write.
 *
 * Applications are brought to rest before it is this point's turn, and let go as soon as the mark is raised: what is written after that comes
 * after the point, so nobody is held while disks answer.
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
      const pointId = randomId(this.#options.random);
      const { mark, record } = await this.#raise({ pointId, kind: "auto" }, atNoRest());
      const last = this.#last;
      if (last !== undefined && sameMembers(last, record)) {
        this.#last = { ...last, validUntilMicros: mark.timeMicros };
        this.#options.queue.extend(this.#last);
        return this.#last;
      }
      return this.#enqueue(record);
    });
  }

  /**
   * A point of its own that contains every write acknowledged before the call. Its consistency is at most the one asked for: what was reached
   * stands in the record.
   */
  async create(
    consistency: Mark["consistency"],
    kind: Mark["kind"] = "mark",
    signal: AbortSignal = NEVER,
  ): Promise<PointRecord | undefined> {
    const pointId = randomId(this.#options.random);
    const rest = await this.#options.quiesce.before({ pointId, kind, consistency }, signal);
    try {
      return await this.#alone.hold(async () => {
        const { record } = await this.#raise({ pointId, kind }, rest);
        return this.#enqueue(record);
      });
    } finally {
      await rest.after("failed");
    }
  }

  async #raise(
    { pointId, kind }: { readonly pointId: string; readonly kind: Mark["kind"] },
    rest: Quiesced,
  ): Promise<{ mark: Mark; record: PointRecord }> {
    const { clock, marks, numbers, machineId, epoch } = this.#options;
    const number = await numbers.next();
    const disks = this.#options.disks();
    this.#timeMicros = Math.max(this.#timeMicros + 1, clock.wallMicros());
    const mark: Mark = { pointId, number, timeMicros: this.#timeMicros, kind, consistency: rest.consistency() };
    marks.raise(mark);
    // The log's mark says what was held at its moment. Whether it held turns out now, and the record has the last word.
    const reached = rest.after("made");
    reached.catch(() => undefined);
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
      consistency: await reached,
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
