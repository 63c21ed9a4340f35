import type { Extent } from "@leeward/block";

/** A write that has its sequences. */
export interface LoggedWrite {
  readonly extent: Extent;
  readonly from: number;
  to: number;
  /** `lost`: the log lost its records before they were durable. `refused`: by the disk, and no `void` says so yet. */
  state: "under-way" | "done" | "refused" | "lost";
}

const COMPACT_AT = 1_024;

/**
 * Which logged writes the disk has done: from it follows what may leave the machine.
 *
 * Invariant: `through(durable)` is the highest sequence up to which every record is durable in the log and every write done by the
 * disk, or refused and named by a `void` that lies below it as well. It never falls. Worst outcome if broken: a record is sent
 * that the disk then refuses, and the replica holds what the disk never held; or a record is sent that the log loses.
 *
 * ```
 *   sequence   1  2  3  4  5  6  7  8  9
 *   disk       ✓  ✓  ·  ✓  ✗  ✓  void 5  ✓      3 under way: nothing above 2.  3 done: nothing above 4, unless 7 is durable too
 * ```
 */
export class WriteOrder {
  /** In the order of their sequences; all before `#head` are done. */
  #writes: LoggedWrite[] = [];
  #head = 0;
  /** Refused writes, and the record that says so, until both may leave. */
  #voids: { readonly write: LoggedWrite; readonly by: number }[] = [];
  #through = 0;

  /** Takes note of a write at the moment it takes its sequences. Calls come in the order of sequences. */
  begin(extent: Extent, from: number, to: number): LoggedWrite {
    const write: LoggedWrite = { extent, from, to, state: "under-way" };
    this.#writes.push(write);
    return write;
  }

  /** The disk has done it. */
  done(write: LoggedWrite): void {
    if (write.state === "lost") return;
    write.state = "done";
    this.#advance();
  }

  /** The disk refused it, and the log cannot say so now: nothing from it on leaves before `voided`. */
  refused(write: LoggedWrite): void {
    if (write.state !== "lost") write.state = "refused";
  }

  /** The record `by` says that the disk refused it. */
  voided(write: LoggedWrite, by: number): void {
    this.#voids.push({ write, by });
    this.done(write);
  }

  /** Writes that were refused and wait for a `void`, oldest first. */
  awaitingVoid(): LoggedWrite[] {
    return this.#writes.slice(this.#head).filter((write) => write.state === "refused");
  }

  /** Whether a write has its sequence and has not ended. */
  get underWay(): boolean {
    return this.#head < this.#writes.length;
  }

  /** See the head of the file. */
  through(durable: number): number {
    const first = this.#writes[this.#head];
    let through = first === undefined ? durable : Math.min(durable, first.from - 1);
    for (let lowered = this.#voids.length > 0; lowered; ) {
      lowered = false;
      for (const { write, by } of this.#voids) {
        if (write.from > through || by <= through) continue;
        through = write.from - 1;
        lowered = true;
      }
    }
    if (this.#voids.length > 0) this.#voids = this.#voids.filter(({ by }) => by > through);
    this.#through = Math.max(this.#through, through);
    return this.#through;
  }

  /** The log lost what is above `durable`. Writes whose `void` was among it wait for another. */
  cut(durable: number): void {
    const writes = this.#writes.slice(this.#head);
    for (const { write, by } of this.#voids) {
      if (by <= durable || write.from > durable) continue;
      write.state = "refused";
      if (!writes.includes(write)) writes.push(write);
    }
    this.#voids = this.#voids.filter(({ by }) => by <= durable);
    for (const write of writes) {
      if (write.from > durable) write.state = "lost";
      write.to = Math.min(write.to, durable);
    }
    this.#writes = writes.filter((write) => write.state !== "lost").sort((a, b) => a.from - b.from);
    this.#head = 0;
    this.#advance();
  }

  #advance(): void {
    while (this.#writes[this.#head]?.state === "done") this.#head += 1;
    if (this.#head < COMPACT_AT) return;
    this.#writes.splice(0, this.#head);
    this.#head = 0;
  }
}
