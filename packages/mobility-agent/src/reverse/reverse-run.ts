// Makes one disk what its replica machine's disk is, round by round, while that runs and until it is halted.
//
// ```
//   (begun) ─► comparing ─► bringing ─► round, round, … ─► complete
//                 │            └── record with `written`, durable ── before the first byte
//                 │                         ▲                    └── the machine runs again ─┐
//                 │                         └────────────────────────────────────────────────┘
//                 └── only where the failback set cannot be proved; nothing is written meanwhile
// ```
//
// Invariant: what the replica machine's disk has other than this one is in the record's `left`, or was changed behind its `told`. So whatever was left is
// brought, then what was changed meanwhile, and so on; when the machine was halted before it told its last sequence, and nothing is left, both are the same.
// A machine that was halted may be let run again, when its failback was given up: so it is asked on, and a disk that was complete is so no more.
// Worst outcome if broken: a disk is said to be complete, and protected on without a copy, that is not what its target holds.
//
// Order of a step: content read from the replica machine ─► written ─► disk flushed ─► record without it, durable. A crash anywhere in between leaves a
// record by which the step is done again. What is read may be newer than what was told; it is brought once more then, since it was changed behind that.
import { assert, Fault, isFault, randomId, type Waiters } from "@leeward/base";
import { type BlockDevice, type Extent, ExtentSet } from "@leeward/block";
import type { PlannedReverse, ReverseStatus } from "@leeward/proto";
import type { World } from "@leeward/world";
import { REVERSE_BUSY_BYTES, REVERSE_COMPARE_STEP_BYTES, REVERSE_ROUND_MS, REVERSE_STEP_BYTES } from "../limits.ts";
import { bringContent } from "./content-bringer.ts";
import { differingIn } from "./disk-comparison.ts";
import type { JournaledPlace } from "./failback-set.ts";
import type { NotedChanges } from "./noted-changes.ts";
import type { ReplicaPeer } from "./replica-peer.ts";
import { boundedSet, type ReverseRecord, readReverseRecord, writeReverseRecord } from "./reverse-record.ts";

/** The disk that is written. Nobody else has it open. */
export interface ReverseTarget {
  readonly device: BlockDevice;
  /** What tells it from another, also from itself after something may have been written to it unseen. */
  readonly identity: string;
  readonly witness: () => Promise<string>;
  /** What tells it from another also after a restart of the machine, as far as there is such a thing; empty where that is not asked. */
  readonly lasting: string;
  /** What it holds, as `DeviceLook` has it. */
  readonly seen: () => Promise<string>;
}

export interface ReverseRunOptions {
  readonly world: World;
  /** Of the disk; it exists. */
  readonly folder: string;
  readonly plan: PlannedReverse;
  readonly target: ReverseTarget;
  readonly peer: ReplicaPeer;
  /** The source's part of the failback set; undefined when it cannot be proved. */
  readonly changedSince: (place: JournaledPlace) => Promise<ExtentSet | undefined>;
  readonly noted: NotedChanges;
  readonly changed: Waiters;
  /** What is brought between two flushes, bytes; REVERSE_STEP_BYTES unless told. */
  readonly stepBytes?: number;
}

export class ReverseRun {
  readonly #options: ReverseRunOptions;
  #record: ReverseRecord | undefined;

  constructor(options: ReverseRunOptions) {
    this.#options = options;
  }

  /** What is durable of it; undefined until something is. */
  get record(): ReverseRecord | undefined {
    return this.#record;
  }

  status(): ReverseStatus {
    const { failoverId, place } = this.#options.plan;
    const about = { failoverId, placeId: place?.placeId ?? "" };
    const record = this.#record;
    const nothing = { setBytes: 0, broughtBytes: 0, sequence: 0, complete: false, following: false };
    if (record === undefined) return { ...about, method: place === undefined ? "set" : "compared", ...nothing };
    const { method, broughtBytes, left, sequence, complete, written } = record;
    const following = written && (sequence > 0 || left.count === 0);
    return {
      ...about,
      method,
      setBytes: broughtBytes + left.totalBytes,
      broughtBytes,
      sequence,
      complete,
      following,
    };
  }

  /** Works until the signal aborts. @throws Fault `reverse-size-differs`, `device-not-as-seen`, `tracking-incomplete`, and what disk and files throw */
  async run(signal: AbortSignal): Promise<never> {
    const left = await this.#left();
    let record = (await this.#resumed(left)) ?? (await this.#begun(left, signal));
    for (;;) {
      const complete = record.complete
        ? record
        : await this.#completed(await this.#bringing(await this.#compared(record, signal)), signal);
      record = await this.#outlived(complete, signal);
    }
  }

  /** Notes how the disk is left, so that the next run knows when somebody else wrote to it in between. `run` has ended, and nothing of it is under way. */
  async close(): Promise<void> {
    const record = this.#record;
    if (record === undefined || record.complete) return;
    await this.#put({ ...record, witness: await this.#options.target.witness() });
  }

  /** A record that cannot be read may stand for a disk that was written to. */
  async #left(): Promise<ReverseRecord | "damaged" | undefined> {
    try {
      return await readReverseRecord(this.#options.world.files, this.#options.folder);
    } catch (error) {
      if (!isFault(error, "reverse-record-damaged", "file-too-large")) throw error;
      return "damaged";
    }
  }

  /** What an earlier run left, when it can be gone on with. */
  async #resumed(left: ReverseRecord | "damaged" | undefined): Promise<ReverseRecord | undefined> {
    const { target, plan, folder, world } = this.#options;
    if (left === "damaged") return undefined;
    if (left === undefined || !isSamePlan(left.plan, plan) || left.identity !== target.identity) return undefined;
    if (plan.whole && left.method === "set") return undefined;
    if (left.lasting !== target.lasting || (!left.written && !(await this.#isAsSeen()))) return undefined;
    if (left.diskBytes !== target.device.sizeBytes) return undefined;
    if (left.witness !== null && left.witness !== (await target.witness())) return undefined;
    const record = left.complete ? left : { ...left, witness: null };
    // What was read may not be durable: whoever wrote it may have been killed before it was.
    await writeReverseRecord(world.files, folder, record);
    this.#show(record);
    return record;
  }

  /** Begins anew. A disk that was written to, for whatever failover, can prove nothing. */
  async #begun(before: ReverseRecord | "damaged" | undefined, signal: AbortSignal): Promise<ReverseRecord> {
    const { peer, plan, target, changedSince, world } = this.#options;
    if (!(await this.#isAsSeen())) throw notAsSeen(plan);
    const written = before === "damaged" || before?.written === true;
    const { sequence, journaledSequence, halted, extents } = await peer.changes(0, signal);
    const place = { branch: plan.branch, sequence: journaledSequence };
    const own = written || plan.whole ? undefined : await changedSince(place);
    const { sizeBytes } = target.device;
    const left = own ?? new ExtentSet();
    // What is compared is compared with what the replica machine has by then, which is newer than what it told.
    if (own !== undefined) left.addAll(extents);
    const record: ReverseRecord = {
      id: randomId(world.random),
      plan,
      method: own === undefined ? "compared" : "set",
      written,
      identity: target.identity,
      lasting: target.lasting,
      diskBytes: sizeBytes,
      witness: null,
      comparedBytes: own === undefined ? 0 : sizeBytes,
      told: sequence,
      halted,
      sequence: 0,
      complete: false,
      broughtBytes: 0,
      left,
    };
    return this.#put(record);
  }

  /** Whether a device that was named holds what was seen of it then. */
  async #isAsSeen(): Promise<boolean> {
    const { plan, target } = this.#options;
    return plan.place === undefined || plan.place.seen === (await target.seen());
  }

  async #compared(begun: ReverseRecord, signal: AbortSignal): Promise<ReverseRecord> {
    const { target, peer } = this.#options;
    let record = begun;
    while (record.comparedBytes < record.diskBytes) {
      const offset = record.comparedBytes;
      const length = Math.min(REVERSE_COMPARE_STEP_BYTES, record.diskBytes - offset);
      const left = ExtentSet.of(record.left);
      left.addAll(await differingIn({ device: target.device, peer }, { offset, length }, signal));
      record = await this.#put({ ...record, comparedBytes: offset + length, left });
    }
    return record;
  }

  /** From here on the disk is none of what it was. What the kernel noted of others' writes belongs to the set. */
  async #bringing(record: ReverseRecord): Promise<ReverseRecord> {
    const { noted } = this.#options;
    const left = ExtentSet.of(record.left);
    left.addAll(await noted.take());
    const bringing = await this.#put({ ...record, left, written: true });
    noted.settle();
    return bringing;
  }

  async #completed(begun: ReverseRecord, signal: AbortSignal): Promise<ReverseRecord> {
    const { target, noted } = this.#options;
    for (let record = begun; ; ) {
      const before = record.broughtBytes;
      while (record.left.count > 0) record = await this.#step(record, signal);
      // Nothing is left of what was told: it is on the disk, durably.
      if (record.sequence !== record.told) record = await this.#put({ ...record, sequence: record.told });
      const left = record.halted ? await noted.take() : new ExtentSet();
      if (record.halted && left.count === 0 && noted.isProved) {
        const complete = await this.#put({ ...record, complete: true, witness: await target.witness() });
        noted.settle();
        return complete;
      }
      if (record.halted) record = await this.#put({ ...record, left });
      else {
        await this.#rest(record.broughtBytes - before, signal);
        record = await this.#told(record, signal);
      }
    }
  }

  /** Settles when the machine has been let run again, or has written since: the disk is what it was, and not what that has. */
  async #outlived(complete: ReverseRecord, signal: AbortSignal): Promise<ReverseRecord> {
    for (;;) {
      await this.#options.world.clock.sleep(REVERSE_ROUND_MS, signal);
      const told = await this.#told(complete, signal);
      if (told !== complete) return this.#put({ ...told, complete: false, witness: null });
    }
  }

  async #step(record: ReverseRecord, signal: AbortSignal): Promise<ReverseRecord> {
    assert(record.written, "a disk is written to only when that is on record");
    const { target, peer, noted, stepBytes = REVERSE_STEP_BYTES } = this.#options;
    const { device } = target;
    const step = firstOfSet(record.left, stepBytes);
    await bringContent({ peer, device }, step, signal);
    await device.flush();
    const left = ExtentSet.of(record.left);
    for (const extent of step) left.remove(extent);
    // What somebody else wrote meanwhile is brought once more.
    left.addAll(await noted.takeBut(step));
    const stepped = step.reduce((sum, { length }) => sum + length, 0);
    const after = await this.#put({ ...record, left, broughtBytes: record.broughtBytes + stepped });
    noted.settle();
    return after;
  }

  /** What was changed meanwhile. A sequence that fell is another overlay's: then nothing is known any more. */
  async #told(record: ReverseRecord, signal: AbortSignal): Promise<ReverseRecord> {
    const { peer, plan, world } = this.#options;
    const { sequence, halted, extents } = await peer.changes(record.told, signal);
    if (sequence < record.told) {
      const anew = { id: randomId(world.random), method: "compared", comparedBytes: 0, told: 0, sequence: 0 } as const;
      const nothing = { complete: false, witness: null, halted: false, broughtBytes: 0, left: new ExtentSet() };
      await this.#put({ ...record, ...anew, ...nothing, plan });
      throw overlayReplaced(plan);
    }
    if (sequence === record.told && halted === record.halted && extents.count === 0) return record;
    const left = ExtentSet.of(record.left);
    left.addAll(extents);
    return { ...record, told: sequence, halted, left };
  }

  async #rest(broughtBytes: number, signal: AbortSignal): Promise<void> {
    if (broughtBytes < REVERSE_BUSY_BYTES) await this.#options.world.clock.sleep(REVERSE_ROUND_MS, signal);
  }

  /** Durable when it settles. */
  async #put(record: ReverseRecord): Promise<ReverseRecord> {
    const { world, folder } = this.#options;
    const bounded = { ...record, left: boundedSet(record.left, record.diskBytes) };
    await writeReverseRecord(world.files, folder, bounded);
    this.#show(bounded);
    return bounded;
  }

  #show(record: ReverseRecord): void {
    this.#record = record;
    this.#options.changed.notify();
  }
}

function isSamePlan(one: PlannedReverse, other: PlannedReverse): boolean {
  if (one.failoverId !== other.failoverId || one.place?.placeId !== other.place?.placeId) return false;
  return one.branch === other.branch && one.sequence === other.sequence;
}

function notAsSeen({ failoverId }: PlannedReverse): Fault {
  return new Fault({
    code: "device-not-as-seen",
    kind: "operator",
    message:
      "The device does not hold what was seen on it when it was named to be the disk; nothing was written to it.",
    remedy:
      "Look which device has that path now, and name it again: `leeward reprotect MACHINE --disk DISK=PATH`. After a restart of the machine in the middle, that is asked for too where devices have no serial number.",
    detail: { failover: failoverId },
  });
}

function overlayReplaced({ failoverId }: PlannedReverse): Fault {
  return new Fault({
    code: "reverse-set-back",
    kind: "transient",
    message: "The replica machine's disk was set back; all of it is compared before anything more is brought.",
    detail: { failover: failoverId },
  });
}

/** The set's first extents, so many bytes of them. */
function firstOfSet(set: ExtentSet, bytesMax: number): Extent[] {
  const first: Extent[] = [];
  let room = bytesMax;
  for (const { offset, length } of set) {
    if (room <= 0) break;
    first.push({ offset, length: Math.min(length, room) });
    room -= length;
  }
  return first;
}
