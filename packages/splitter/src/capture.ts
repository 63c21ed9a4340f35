import { assert, type Fault, Waiters } from "@leeward/base";
import { type BlockDevice, RangeLock } from "@leeward/block";
import type { Appended } from "@leeward/change-log";
import type { Mark, RecordDraft } from "@leeward/proto";
import { WorkMeter, type World } from "@leeward/world";
import type { ActivityLog } from "./activity-log.ts";
import type { CaptureLog } from "./capture-log.ts";
import type { DurableBitmap } from "./durable-bitmap.ts";
import type { KeptDigests } from "./kept-digests.ts";
import { PointMarks } from "./point-marks.ts";
import { findSpanRecord } from "./span-search.ts";
import type { SpanSlot } from "./span-slot.ts";
import { asFault, trackingFailed } from "./splitter-fault.ts";
import type { SplitterLimits } from "./splitter-limits.ts";
import type { MarkSource, SettledMark } from "./splitter-options.ts";
import { type OpenSpan, type SplitterEvent, type SplitterState, transition } from "./splitter-state.ts";
import type { StateFile } from "./state-file.ts";
import type { StoredSpan } from "./stored-state.ts";
import type { TouchedRegions } from "./touched-regions.ts";
import type { LoggedWrite } from "./write-order.ts";

export interface CaptureParts {
  readonly world: World;
  readonly folder: string;
  readonly branch: string;
  readonly source: BlockDevice;
  readonly limits: SplitterLimits;
  readonly marks: MarkSource;
  readonly log: CaptureLog;
  readonly activity: ActivityLog;
  readonly changes: DurableBitmap;
  readonly touched: TouchedRegions;
  readonly stateFile: StateFile;
  /** Of what the target holds; then nobody writes through this splitter. */
  readonly digests: KeptDigests | undefined;
  readonly copy: SpanSlot;
  readonly catchUp: SpanSlot;
  readonly state: SplitterState;
}

/** Where a change of the disk is noted: with its bytes in the log; as a bit; or nowhere, because neither can be written. */
export type CaptureMode = "logging" | "bitmap" | "untracked";

/**
 * Where changes are noted: in the log while it is whole, else in the bitmap; and the way between the two.
 *
 * Invariant: a change is in the log, or its bit is set until a copy that was read afterwards is durable in the log. Worst outcome if
 * broken: a replica that differs from its disk, and nobody knows. A bit may also be set while changes are logged, for what is to be
 * copied once more; it costs a copy, and is never cleared for less.
 *
 * ```
 *   logging ──leaveLog──► bitmap ──enterLog──► logging        leaving puts into the bitmap what was appended and is not durable
 *      └──────untrack───────┴──► untracked ──retrack──► bitmap, and the whole disk is copied again
 * ```
 *
 * The log keeps what it has when it is left: its last mark is the last point before the gap, and its sequences go on after it.
 * While changes are untracked nothing durable says so, since nothing can be written: a stop then is found out by no one here.
 * Whoever watches the state (`stopped`, with a fault) has to have the disk copied again.
 */
export class Capture {
  readonly parts: CaptureParts;
  readonly log: CaptureLog;
  readonly changes: DurableBitmap;
  readonly ranges = new RangeLock();
  /** What applications did since the disk was opened, and how many of their disk writes are under way without an active region. */
  readonly tally = { writes: 0, writtenBytes: 0, unadmitted: 0 };
  /** Reading of what is copied. */
  readonly reads: WorkMeter;
  readonly #activity: ActivityLog;
  readonly #source: BlockDevice;
  readonly #touched: TouchedRegions;
  readonly #marks: PointMarks;
  readonly #waiters = new Waiters();
  #mode: CaptureMode = "bitmap";
  #state: SplitterState;
  #generation = 0;
  #interruptions = 0;
  #spansResolved = false;
  #resizeAt: number | undefined;
  #unsyncedBytes = 0;
  #flushFault: unknown;

  constructor(parts: CaptureParts) {
    this.parts = parts;
    this.reads = new WorkMeter(parts.world.clock);
    this.log = parts.log;
    this.changes = parts.changes;
    this.#activity = parts.activity;
    this.#source = parts.source;
    this.#touched = parts.touched;
    this.#marks = new PointMarks(parts.marks);
    this.#state = parts.state;
  }

  get mode(): CaptureMode {
    return this.#mode;
  }

  get state(): SplitterState {
    return this.#state;
  }

  /** Rises each time the log is left: what was appended before may be lost, and changes after it are not logged. */
  get generation(): number {
    return this.#generation;
  }

  /** Rises each time a copy or a gap begins to keep points from being made. */
  get interruptions(): number {
    return this.#interruptions;
  }

  /** Appended since the last background sync. */
  get unsyncedBytes(): number {
    return this.#unsyncedBytes;
  }

  /** What the disk's last failed flush rejected with. */
  get flushFault(): unknown {
    return this.#flushFault;
  }

  /** Resolves at the next change of what can be asked here. */
  changed(): Promise<void> {
    return this.#waiters.next();
  }

  notify(): void {
    this.#waiters.notify();
  }

  until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    return this.#waiters.until(condition, signal);
  }

  apply(event: SplitterEvent): void {
    this.#state = transition(this.#state, event);
    const { kind } = this.#state;
    const possible = kind === "protected" || (kind === "initial" && this.parts.stateFile.state.complete);
    if (!possible && this.#marks.possible) this.#interruptions += 1;
    this.#marks.possible = possible;
    this.#waiters.notify();
  }

  /** A disk that fails a flush may have lost anything that was not durable on it: all of that is in doubt. */
  async flushSource(): Promise<void> {
    try {
      await this.#source.flush();
    } catch (error) {
      this.#flushFault = error;
      for (const { offset, length } of this.#activity.leftActive()) this.markChanged(offset, length);
      this.leaveLog(asFault(error));
      throw error;
    }
  }

  /** What was acknowledged before the call is durable on the disk, and in the log or the bitmap, when it settles. */
  async settle(): Promise<void> {
    await Promise.all([this.flushSource(), this.settleLog()]);
  }

  /** @throws Fault `tracking-failed` */
  async settleLog(): Promise<void> {
    await this.syncLog();
    if (this.#mode === "untracked") throw trackingFailed(this.parts.folder, undefined);
    if (!this.changes.unsynced) return;
    try {
      await this.changes.sync();
    } catch (error) {
      throw this.untrack(error);
    }
  }

  /** Makes the log durable, or leaves it. Never rejects. */
  async syncLog(): Promise<void> {
    this.#unsyncedBytes = 0;
    try {
      await this.log.sync();
    } catch (error) {
      this.leaveLog(asFault(error));
      return;
    }
    this.#waiters.notify();
  }

  /**
   * Before anyone relies on what is durable now. The digests of what the target will hold by it are noted, for a later copy.
   * @throws what the state file throws
   */
  async rely(): Promise<void> {
    await this.log.rely();
    await this.parts.digests?.note({ sequence: this.log.relied, generation: this.#generation });
  }

  /** Takes sequences for records that no application asked for; undefined when changes are not logged now. */
  append(drafts: readonly RecordDraft[], payloadBytes: number): Appended | undefined {
    if (this.#mode !== "logging") return undefined;
    const mark = this.#marks.raised();
    if (mark !== undefined) this.#putMark(mark);
    return this.#append(drafts, payloadBytes);
  }

  /** Sets the bits of a range, in memory. */
  markChanged(offset: number, length: number): void {
    const end = Math.min(offset + length, this.#source.sizeBytes);
    if (end > offset) this.changes.setRange(offset, end - offset);
  }

  /**
   * From now on changes go to the bitmap. What was appended and is not durable goes there as well, since it may be lost. The log
   * keeps what it has; its last mark is the last point before the gap.
   */
  leaveLog(fault: Fault): void {
    if (this.#mode !== "logging") return;
    this.#mode = "bitmap";
    this.#generation += 1;
    this.#touched.moveToBitmap();
    this.apply({ kind: "log-lost", fault });
  }

  /** An attempt to enter the log failed, or what it began did. */
  stayOut(fault: Fault): void {
    if (this.#mode === "bitmap") this.apply({ kind: "log-lost", fault });
    else this.#waiters.notify();
  }

  /** The log was opened again, and goes to `durable`. */
  cut(durable: number): void {
    this.log.order.cut(durable);
    this.#marks.cut(durable);
    this.parts.copy.cut(durable);
    this.parts.catchUp.cut(durable);
    if (this.#resizeAt !== undefined && this.#resizeAt > durable) this.#resizeAt = undefined;
  }

  /** From now on changes are logged again, behind what has to be said first. The span of the catch-up is intended or open. */
  enterLog(): void {
    assert(this.#mode === "bitmap", "the log is entered from the bitmap");
    const { catchUp, copy, stateFile } = this.parts;
    const timeMicros = this.parts.world.clock.wallMicros();
    this.#mode = "logging";
    const { span } = catchUp;
    if (copy.span !== null)
      this.apply({ kind: "copy-began", copy: openSpan(copy.span, stateFile.state.copy?.position) });
    this.apply(span === null ? { kind: "log-regained" } : { kind: "catch-up-began", catchUp: openSpan(span) });
    const steps: { readonly draft: RecordDraft; readonly placed: (sequence: number) => void }[] = [];
    for (const write of this.log.order.awaitingVoid()) {
      steps.push({ draft: voidDraft(write, timeMicros), placed: (by) => this.log.order.voided(write, by) });
    }
    if (stateFile.state.sizeBytes !== this.#source.sizeBytes && this.#resizeAt === undefined) {
      const placed = (at: number): void => void (this.#resizeAt = at);
      steps.push({ draft: { kind: "resize", timeMicros, sizeBytes: this.#source.sizeBytes }, placed });
    }
    for (const slot of [catchUp, copy]) {
      const draft = slot.beginDraft(timeMicros);
      if (draft !== undefined) steps.push({ draft, placed: (at) => slot.placed(at) });
    }
    if (steps.length === 0) return;
    const appended = this.#append(
      steps.map(({ draft }) => draft),
      0,
    );
    for (const [index, step] of steps.entries()) if (appended !== undefined) step.placed(appended.from + index);
  }

  /** Once after a crash: whether what was intended last is in the log. */
  async resolveSpans(): Promise<void> {
    const { log } = this.log;
    if (this.#spansResolved || log === undefined) return;
    for (const slot of [this.parts.copy, this.parts.catchUp]) {
      const { span } = slot;
      if (span !== null && span.phase !== "open") await slot.resolve(await findSpanRecord(log, span));
    }
    this.#spansResolved = true;
  }

  /** Writes down what the log has made certain. */
  async confirm(): Promise<void> {
    const { copy, catchUp, stateFile } = this.parts;
    const { durable } = this.log;
    await this.rely();
    await copy.confirm(durable);
    await catchUp.confirm(durable);
    if (this.#resizeAt !== undefined && this.#resizeAt <= durable) {
      const { sizeBytes } = this.#source;
      await stateFile.change((state) => ({ ...state, sizeBytes }));
      this.#resizeAt = undefined;
    }
    if (copy.span === null) this.apply({ kind: "copy-ended" });
    if (catchUp.span === null) this.apply({ kind: "catch-up-ended" });
    this.#waiters.notify();
  }

  /** Changes cannot be noted any more. */
  untrack(cause: unknown): Fault {
    const fault = trackingFailed(this.parts.folder, asFault(cause));
    if (this.#mode === "untracked") return fault;
    this.#touched.moveToBitmap();
    this.#mode = "untracked";
    this.#generation += 1;
    this.apply({ kind: "tracking-lost", fault });
    return fault;
  }

  /** Every region counts as changed; durable when it settles. @throws what the files throw */
  async noteDoubt(): Promise<void> {
    this.changes.setAll();
    await this.changes.sync();
  }

  /** Notes changes again; those in between are not known, so every region counts as changed. @throws what the files throw */
  async retrack(signal: AbortSignal): Promise<void> {
    await this.noteDoubt();
    await this.#activity.sync();
    if (this.#mode !== "untracked") return;
    this.#mode = "bitmap";
    this.apply({ kind: "tracking-regained", fault: trackingFailed(this.parts.folder, undefined) });
    // Whatever is not active has ended before the disk is flushed, and is copied only after that.
    await this.until(() => this.tally.unadmitted === 0, signal);
  }

  /** See Splitter.settleMark. */
  async settleMark(mark: Mark): Promise<SettledMark | undefined> {
    const placed = this.#marks.placeOf(mark, this.log.last);
    const sequence = placed === "unplaced" && this.#mode === "logging" ? this.#putMark(mark) : placed;
    if (typeof sequence !== "number") return undefined;
    if (this.log.durable < sequence) await this.syncLog();
    await this.log.rely();
    this.#waiters.notify();
    const stands = this.log.durable >= sequence && this.#marks.placeOf(mark, this.log.last) === sequence;
    return stands ? { branch: this.parts.branch, sequence } : undefined;
  }

  #putMark(mark: Mark): number | undefined {
    const appended = this.#append([{ kind: "mark", timeMicros: this.parts.world.clock.wallMicros(), mark }], 0);
    if (appended !== undefined) this.#marks.place(mark.number, appended.from);
    return appended?.from;
  }

  #append(drafts: readonly RecordDraft[], payloadBytes: number): Appended | undefined {
    if (this.#mode !== "logging") return undefined;
    try {
      const appended = this.log.append(drafts, payloadBytes);
      const idle = this.#unsyncedBytes === 0;
      const before = this.#unsyncedBytes;
      this.#unsyncedBytes += payloadBytes + 1;
      const { syncBytes } = this.parts.limits;
      if (idle || (before < syncBytes && this.#unsyncedBytes >= syncBytes)) this.#waiters.notify();
      return appended;
    } catch (error) {
      this.leaveLog(asFault(error));
      return undefined;
    }
  }
}

/** The record that says of a write that the disk refused it. */
export function voidDraft(write: LoggedWrite, timeMicros: number): RecordDraft {
  const { from, to, extent } = write;
  return { kind: "void", timeMicros, offset: extent.offset, length: extent.length, refusedFrom: from, refusedTo: to };
}

/** A stored span as the state shows it. */
export function openSpan(span: StoredSpan, doneBytes = 0): OpenSpan {
  const { spanId, reason, totalBytes } = span;
  return { spanId, reason, doneBytes, totalBytes };
}
