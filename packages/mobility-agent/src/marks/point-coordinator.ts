import { MICROS_PER_SECOND, Mutex, type Random, randomId } from "@leeward/base";
import type { Consistency, Mark, PointMember, PointRecord } from "@leeward/proto";
import type { SettledMark } from "@leeward/splitter";
import type { Clock } from "@leeward/world";
import { clockBehindPoints, machineFenced } from "../faults.ts";
import { atNoRest, type PointAsked, type Quiesce, type Quiesced } from "../hooks/quiesce.ts";
import type { ShownFault } from "../inventory/machine-faults.ts";
import type { FileSystemHold, HeldOutcome } from "./file-system-hold.ts";
import type { MarkClock } from "./mark-clock.ts";
import type { PointNumbers } from "./point-numbers.ts";
import type { PointQueue } from "./point-queue.ts";

const NEVER = new AbortController().signal;
/** A clock that is set back by less is not worth a word: points catch up before anybody chooses one of them. */
const CLOCK_BEHIND_MICROS = MICROS_PER_SECOND;

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
  /** Holds the disks still that others write to; undefined while there are none. */
  readonly hold: () => FileSystemHold | undefined;
}

/** A mark that was raised in a turn of its own. */
export interface RaisedMark {
  readonly mark: Mark;
  /**
   * Asks every disk where the mark stands, and queues the record; undefined when no disk could take part. `held` is how the hold of disks that
   * others write to went, which has ended. Called at most once, in the turn.
   */
  record(held?: HeldOutcome): Promise<PointRecord | undefined>;
}

/**
 * Makes the machine's recovery points: raises the mark, asks each disk where it stands, and queues the point record.
 *
 * One mark at a time: the next number is raised only when every disk has settled the one before, so a disk never has to name a
 * point that is older than its newest mark. A disk that answers late delays the next point, never a write.
 *
 * Applications are brought to rest before it is this point's turn, and let go as soon as the mark is raised: what is written after that comes
 * after the point, so nobody is held while disks answer.
 *
 * While the machine is fenced no points are made but `last`: of what disks hold then, other machines may know something else.
 */
export class PointCoordinator {
  readonly #options: PointCoordinatorOptions;
  readonly #alone = new Mutex();
  /** Whose turn it is to have disks prepared and held still. */
  readonly #preparing = new Mutex();
  /** Of the newest mark; a point's time never runs backwards. */
  #timeMicros: number;
  #last: PointRecord | undefined;
  #clockFault: ShownFault | undefined;

  constructor(options: PointCoordinatorOptions) {
    this.#options = options;
    this.#timeMicros = options.queue.newestMicros;
  }

  /** Shown while the newest point's time is one that the clock has not come to yet. */
  get clockFault(): ShownFault | undefined {
    return this.#clockFault;
  }

  /** The point of the interval that ends now; none on a fenced machine. When no disk logged anything since the last point, that one's validity is extended. */
  interval(): Promise<PointRecord | undefined> {
    return this.#extendOrAdd(undefined);
  }

  /** As `interval`, with the disks that have to be held still for it. */
  async heldInterval(): Promise<PointRecord | undefined> {
    return this.#prepared((hold) => this.#extendOrAdd(hold));
  }

  async #extendOrAdd(hold: FileSystemHold | undefined): Promise<PointRecord | undefined> {
    return this.#alone.hold(async () => {
      if (this.#options.marks.fenced()) return undefined;
      const pointId = randomId(this.#options.random);
      const { mark, record } = await this.#raise({ pointId, kind: "auto" }, { rest: atNoRest(), hold });
      const last = this.#last;
      // One of an older epoch holds for no longer: its target refuses that.
      if (last !== undefined && last.epoch === record.epoch && sameMembers(last, record)) {
        this.#last = { ...last, validUntilMicros: mark.timeMicros };
        this.#options.queue.extend(this.#last);
        return this.#last;
      }
      return this.#enqueue(record);
    });
  }

  /**
   * A point of its own that contains every write acknowledged before the call. Its consistency is at most the one asked for: what was reached
   * stands in the record. @throws Fault `machine-fenced`
   */
  async create(
    consistency: Mark["consistency"],
    kind: Mark["kind"] = "mark",
    signal: AbortSignal = NEVER,
  ): Promise<PointRecord | undefined> {
    this.#refuseFenced();
    return this.#prepared(async (hold) => {
      const pointId = randomId(this.#options.random);
      const rest = await this.#rest({ pointId, kind, consistency }, hold, signal);
      try {
        return await this.#alone.hold(async () => {
          this.#refuseFenced();
          const { record } = await this.#raise({ pointId, kind }, { rest, hold });
          return this.#enqueue(record);
        });
      } finally {
        await rest.after("failed");
      }
    });
  }

  /**
   * The last point before the machine is another one's: every write that was acknowledged is in it, since none gets in any more. It is queued when all
   * disks have a part in it, and none otherwise. `reached` is what applications were brought to, who stay so.
   */
  last(reached: Consistency): Promise<PointRecord> {
    const rest: Quiesced = { consistency: () => reached, after: async () => reached };
    return this.#prepared((hold) =>
      this.#alone.hold(async () => {
        const pointId = randomId(this.#options.random);
        const { record } = await this.#raise({ pointId, kind: "mark" }, { rest, hold });
        if (record.missingDiskIds.length === 0) await this.#enqueue(record);
        return record;
      }),
    );
  }

  #refuseFenced(): void {
    const { marks, machineId } = this.#options;
    if (marks.fenced()) throw machineFenced(machineId);
  }

  /** Another point's passes would keep this one's disks busy while their file systems are held still: so these come one after the other. */
  async #prepared<T>(work: (hold: FileSystemHold | undefined) => Promise<T>): Promise<T> {
    const hold = this.#options.hold();
    if (hold === undefined) return work(undefined);
    return this.#preparing.hold(async () => {
      await hold.prepare();
      return work(hold);
    });
  }

  /**
   * A turn for a mark that is raised at a moment which several machines agree on: none other is raised until `work` has ended. What `work`
   * is given raises it, at the call itself, at most once; a mark whose record is not asked for is no point. @throws Fault `machine-fenced`
   */
  async inTurn<T>(
    work: (raise: (mark: Pick<Mark, "pointId" | "consistency">) => RaisedMark) => Promise<T>,
  ): Promise<T> {
    return this.#alone.hold(async () => {
      this.#refuseFenced();
      const number = await this.#options.numbers.next();
      return work((of) => {
        const disks = this.#options.disks();
        const mark = this.#raiseNow({ ...of, number, kind: "group" });
        const record = async (held?: HeldOutcome): Promise<PointRecord | undefined> => {
          const settled = await this.#settle(mark, disks);
          return this.#enqueue(withConsistency(settled, mark.consistency, held));
        };
        return { mark, record };
      });
    });
  }

  /** File systems that are held still need no hook to be consistent. */
  async #rest(asked: PointAsked, hold: FileSystemHold | undefined, signal: AbortSignal): Promise<Quiesced> {
    const isHeld = hold !== undefined && asked.consistency === "file-system";
    return isHeld ? atNoRest() : this.#options.quiesce.before(asked, signal);
  }

  async #raise(
    { pointId, kind }: { readonly pointId: string; readonly kind: Mark["kind"] },
    { rest, hold }: { readonly rest: Quiesced; readonly hold: FileSystemHold | undefined },
  ): Promise<{ mark: Mark; record: PointRecord }> {
    const { numbers } = this.#options;
    // Written before anything stands still: the file system that holds it may be among that.
    const number = await numbers.next();
    const held = await hold?.begin();
    const disks = this.#options.disks();
    const mark = this.#raiseNow({ pointId, number, kind, consistency: rest.consistency() });
    const heldUntilNow = await held?.end();
    // The log's mark says what was held at its moment. Whether it held turns out now, and the record has the last word.
    const reached = rest.after("made");
    reached.catch(() => undefined);
    const record = await this.#settle(mark, disks);
    return { mark, record: withConsistency(record, await reached, heldUntilNow) };
  }

  /** The machine's time now, for a point that is made of what is read from now on: later than that of any point before, and no other gets it. */
  moment(): number {
    const nowMicros = this.#options.clock.wallMicros();
    this.#timeMicros = Math.max(this.#timeMicros + 1, nowMicros);
    if (this.#timeMicros - nowMicros < CLOCK_BEHIND_MICROS) this.#clockFault = undefined;
    else this.#clockFault ??= { fault: clockBehindPoints(this.#timeMicros, nowMicros), sinceMicros: nowMicros };
    return this.#timeMicros;
  }

  /**
   * A point of one disk alone, of a time that `moment` gave: the others are missing in it. It is asked for at its own disk alone. undefined when the disk has no part in it after all, or the machine is fenced.
   */
  async ofDisk(
    diskId: string,
    { timeMicros, consistency }: Pick<Mark, "timeMicros" | "consistency">,
  ): Promise<PointRecord | undefined> {
    return this.#alone.hold(async () => {
      const { marks, random, numbers, queue } = this.#options;
      if (marks.fenced()) return undefined;
      const pointId = randomId(random);
      const number = await numbers.next();
      const mark: Mark = { pointId, number, kind: "auto", timeMicros, consistency };
      const disks = this.#options
        .disks()
        .map((disk) => (disk.diskId === diskId ? disk : { ...disk, settleMark: async () => undefined }));
      const record = await this.#settle(mark, disks);
      if (record.members.length === 0) return undefined;
      await queue.add(record);
      // What is sent behind this one is of a later number: the next point of the interval is one of its own, also when nothing was logged.
      this.#last = undefined;
      return record;
    });
  }

  /** Points that are made from now on are later: another side has made one of that time. */
  after(timeMicros: number): void {
    this.#timeMicros = Math.max(this.#timeMicros, timeMicros);
  }

  #raiseNow(of: Omit<Mark, "timeMicros">): Mark {
    const mark: Mark = { ...of, timeMicros: this.moment() };
    this.#options.marks.raise(mark);
    return mark;
  }

  async #settle(mark: Mark, disks: readonly MarkedDisk[]): Promise<PointRecord> {
    const { machineId, epoch } = this.#options;
    const settled = await Promise.allSettled(disks.map((disk) => disk.settleMark(mark)));
    const members: PointMember[] = [];
    const missingDiskIds: string[] = [];
    for (const [index, disk] of disks.entries()) {
      const answer = settled[index];
      if (answer?.status === "fulfilled" && answer.value !== undefined) {
        members.push({ diskId: disk.diskId, branch: answer.value.branch, sequence: answer.value.sequence });
      } else missingDiskIds.push(disk.diskId);
    }
    return {
      id: mark.pointId,
      machineId,
      number: mark.number,
      timeMicros: mark.timeMicros,
      validUntilMicros: mark.timeMicros,
      kind: mark.kind,
      consistency: mark.consistency,
      epoch: epoch(),
      members,
      missingDiskIds,
    };
  }

  async #enqueue(record: PointRecord): Promise<PointRecord | undefined> {
    if (record.members.length === 0) return undefined;
    await this.#options.queue.add(record);
    this.#last = record;
    return record;
  }
}

/**
 * Applications at rest are worth no more than the disks below them. Frozen file systems make a point that needs no repair, when each member of it
 * was held with them; a disk that has no part in it (a copy, a gap, a rescan that waits) takes nothing from the others.
 */
function withConsistency(record: PointRecord, reached: Consistency, held: HeldOutcome | undefined): PointRecord {
  if (held === undefined) return { ...record, consistency: reached };
  if (!held.isWhole) return { ...record, consistency: "crash" };
  if (reached === "application") return { ...record, consistency: reached };
  const allHeld = held.fileSystems > 0 && record.members.every(({ diskId }) => held.diskIds.includes(diskId));
  return { ...record, consistency: allHeld ? "file-system" : "crash" };
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
