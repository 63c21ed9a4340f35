import type { Extent, Lock } from "@leeward/block";
import type { RecordDraft } from "@leeward/proto";
import { type Capture, voidDraft } from "./capture.ts";
import { HoldGate } from "./hold-gate.ts";
import { asFault, readBackFailed } from "./splitter-fault.ts";
import type { LoggedWrite, WriteOrder } from "./write-order.ts";

/** A change of the disk: the record that tells of it, and the call that makes it. */
export interface Change {
  readonly extent: Extent;
  readonly draft: RecordDraft;
  readonly issue: () => Promise<void>;
  readonly fua: boolean;
}

/**
 * The way of a write.
 *
 * Invariants:
 * 1. Log order is disk order: a record takes its sequence, and its write goes to the disk, under one lock on its range. So does a copy.
 * 2. What reached the disk can be found again: before a disk write is issued, its region is durably active, and its record is in the
 *    kernel (log) or its bit is (bitmap).
 * 3. An acknowledged FLUSH or FUA is durable on the disk, and in the log or the bitmap.
 * Worst outcome if broken: a replica that differs from its disk, and nobody knows.
 *
 * While the machine's marks are held, a write waits before all of this: it has taken neither lock nor sequence, and comes after the mark.
 *
 * Order: range lock → activity log (durable when the region is new) → sequence → log write → disk write → release → reply. Killed
 * in between, the disk has at most what the log or the bitmap names; after a power loss, at most what lies in active regions.
 * Neither log nor bitmap ever makes a write fail; only the disk does.
 */
export class WritePath {
  readonly #capture: Capture;
  readonly #order: WriteOrder;
  readonly #gate: HoldGate;

  constructor(capture: Capture) {
    this.#capture = capture;
    this.#gate = new HoldGate(capture.parts.marks, capture.parts.world.clock);
    this.#order = capture.log.order;
  }

  /** Makes a change of the disk and notes it. Rejects as the disk does, and for no other reason. */
  async change(change: Change): Promise<void> {
    const { offset, length } = change.extent;
    while (this.#gate.isShut) await this.#gate.opened();
    const lock: Lock =
      this.#capture.ranges.tryAcquire(change.extent) ?? (await this.#capture.ranges.acquire(change.extent));
    try {
      const entered = this.#capture.parts.activity.enter(offset, length) || (await this.#admit(offset, length));
      try {
        await this.#noteAndIssue(change);
      } finally {
        if (entered) this.#capture.parts.activity.leave(offset, length);
        else this.#leaveUnadmitted();
      }
    } finally {
      lock.release();
    }
    this.#capture.tally.writes += 1;
    this.#capture.tally.writtenBytes += length;
    if (change.fua) await this.#settleForReply();
  }

  /** Rejects as the disk does, and for no other reason. */
  async flush(): Promise<void> {
    const [disk] = await Promise.allSettled([this.#capture.flushSource(), this.#settleForReply()]);
    if (disk.status === "rejected") throw disk.reason;
  }

  /** False when the activity log cannot be written: the disk write is then counted by itself. */
  async #admit(offset: number, length: number): Promise<boolean> {
    if (this.#capture.mode !== "untracked") {
      try {
        await this.#capture.parts.activity.admit(offset, length);
        return true;
      } catch (error) {
        // When regions cannot leave because the disk fails its flush, that is what the application has to know.
        if (error === this.#capture.flushFault) throw error;
        this.#capture.untrack(error);
      }
    }
    this.#capture.tally.unadmitted += 1;
    return false;
  }

  #leaveUnadmitted(): void {
    this.#capture.tally.unadmitted -= 1;
    this.#capture.notify();
  }

  async #noteAndIssue({ extent, draft, issue }: Change): Promise<void> {
    let write: LoggedWrite | undefined;
    const appended = this.#capture.append([draft], draft.kind === "write" ? draft.data.length : 0);
    if (appended !== undefined) {
      write = this.#order.begin(extent, appended.from, appended.to);
      this.#capture.parts.touched.add(extent.offset, extent.length);
      try {
        await appended.written;
      } catch (error) {
        this.#capture.leaveLog(asFault(error));
      }
    }
    for (let noted = false; this.#capture.mode === "bitmap" && !noted; ) noted = await this.#noteInBitmap(extent);
    // Nothing is awaited between the look at the mode and the disk write: the change is in the log, in the bitmap, or untracked.
    try {
      await issue();
      if (write !== undefined) this.#order.done(write);
    } catch (error) {
      await this.#refused(extent, write);
      throw error;
    }
  }

  async #noteInBitmap({ offset, length }: Extent): Promise<boolean> {
    this.#capture.changes.setRange(offset, length);
    try {
      await this.#capture.changes.written();
      return true;
    } catch (error) {
      this.#capture.untrack(error);
      return false;
    }
  }

  /** The disk refused a change: what it holds there now is not known, and is logged as found. Under the lock of the change. */
  async #refused(extent: Extent, write: LoggedWrite | undefined): Promise<void> {
    const order = this.#order;
    const known = write !== undefined && write.state !== "lost";
    const appended = known
      ? this.#capture.append([voidDraft(write, this.#capture.parts.world.clock.wallMicros())], 0)
      : undefined;
    if (known && appended === undefined) order.refused(write);
    if (known && appended !== undefined) order.voided(write, appended.from);
    if (appended === undefined) {
      await this.#noteInBitmap(extent);
      return;
    }
    this.#capture.parts.touched.add(extent.offset, extent.length);
    try {
      await appended.written;
      await this.#logAsFound(extent);
    } catch (error) {
      this.#capture.leaveLog(asFault(error));
    }
    if (this.#capture.mode === "bitmap") await this.#noteInBitmap(extent);
  }

  async #logAsFound({ offset, length }: Extent): Promise<void> {
    const buffer = new Uint8Array(Math.min(length, this.#capture.parts.limits.copyChunkBytes));
    for (let done = 0; done < length; done += buffer.length) {
      const data = buffer.subarray(0, Math.min(buffer.length, length - done));
      const at = offset + done;
      try {
        await this.#capture.parts.source.read(at, data);
      } catch (error) {
        throw readBackFailed(at, data.length, asFault(error));
      }
      const timeMicros = this.#capture.parts.world.clock.wallMicros();
      const appended = this.#capture.append([{ kind: "write", timeMicros, offset: at, data }], data.length);
      if (appended === undefined) return;
      this.#capture.parts.touched.add(at, data.length);
      await appended.written;
    }
  }

  /** What cannot be noted durably has put the state to `stopped`; the disk's own promise is kept. */
  async #settleForReply(): Promise<void> {
    try {
      await this.#capture.settleLog();
    } catch (error) {
      asFault(error);
    }
  }
}
