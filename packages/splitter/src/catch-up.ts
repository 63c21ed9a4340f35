import { type Fault, firstOf, randomId } from "@leeward/base";
import type { SpanReason } from "@leeward/proto";
import { type Capture, openSpan } from "./capture.ts";
import type { CopyPace } from "./copy-pace.ts";
import { copyExtent } from "./extent-copy.ts";
import { asFault, logFull } from "./splitter-fault.ts";

const RETRY_MS_MAX = 60_000;
const NO_BYTES = new Uint8Array(0);

interface CopiedRegion {
  readonly region: number;
  /** The last sequence of its copy. */
  readonly sequence: number;
}

/**
 * The way back from the bitmap to the log: what was changed and not logged is copied as a span, region by region, under the
 * range lock, while applications go on writing. So is what is to be copied once more (`Splitter.recopy`), whose bits are set while the
 * log is whole: it is not left for that, and only the span is begun.
 *
 * Invariant: a bit is cleared only when a copy of its region, read after the log was entered, is durable in the log, and the log was not
 * left in between. Worst outcome if broken: a change is neither in the log nor in the bitmap.
 *
 * ```
 *   disk flushed ─► bits durable ─► log usable ─► intent durable ─► logging: voids, resize, span-begin
 *        ─► copy regions ─► log durable ─► bits clear ─► … none left ─► intent durable ─► span-end ─► log durable ─► no span
 *
 *   while logging: bits durable ─► intent durable ─► span-begin ─► log durable ─► copy regions, and on as above
 * ```
 *
 * A crash anywhere leaves bits, and a span that is open or not; the next open goes on with both. When the log is left again, the
 * span stays open and its copied regions that are not durable keep their bits.
 */
export class CatchUp {
  readonly #capture: Capture;
  readonly #pace: CopyPace;
  readonly #makeBuffer: () => Uint8Array;
  #reason: SpanReason = "catch-up";
  #buffer: Uint8Array = NO_BYTES;
  #impatient = false;
  #doneBytes = 0;
  #fault: Fault | undefined;
  #retryMs: number;

  constructor(capture: Capture, pace: CopyPace, makeBuffer: () => Uint8Array) {
    this.#capture = capture;
    this.#pace = pace;
    this.#makeBuffer = makeBuffer;
    this.#retryMs = capture.parts.limits.retryMs;
  }

  /** Why the last attempt did not come to its end. */
  get fault(): Fault | undefined {
    return this.#fault;
  }

  /** Whether there is nothing to catch up with. */
  get isDone(): boolean {
    const { mode, changes, parts } = this.#capture;
    return mode === "logging" && parts.catchUp.span === null && changes.setCount === 0;
  }

  /** Catches up whenever there is something, and tries again after faults, until the signal aborts. */
  async run(signal: AbortSignal): Promise<never> {
    for (;;) {
      await this.#capture.until(() => !this.isDone, signal);
      if (!(await this.#attempt(signal))) await this.#retryLater(signal);
    }
  }

  /** One attempt before the disk is served: it does not wait for the target to take anything. A span has the reason `recovery`. */
  async recover(signal: AbortSignal): Promise<void> {
    this.#reason = "recovery";
    this.#impatient = true;
    await this.#attempt(signal);
    this.#reason = "catch-up";
    this.#impatient = false;
  }

  /** False when it did not come to its end. */
  async #attempt(signal: AbortSignal): Promise<boolean> {
    try {
      await this.#once(signal);
      this.#fault = undefined;
      this.#retryMs = this.#capture.parts.limits.retryMs;
      return true;
    } catch (error) {
      signal.throwIfAborted();
      this.#fault = asFault(error);
      this.#capture.stayOut(this.#fault);
      return false;
    }
  }

  /** Ends early when the target has taken something: the log may have room again. */
  async #retryLater(signal: AbortSignal): Promise<void> {
    const delayMs = this.#retryMs;
    this.#retryMs = Math.min(RETRY_MS_MAX, 2 * delayMs);
    const { journaledSequence } = this.#capture.log;
    await firstOf(signal, [
      (either) => this.#capture.until(() => this.#capture.log.journaledSequence > journaledSequence, either),
      (either) => this.#capture.parts.world.clock.sleep(delayMs, either),
    ]);
  }

  async #once(signal: AbortSignal): Promise<void> {
    const capture = this.#capture;
    if (capture.mode === "untracked") await capture.retrack(signal);
    if (capture.mode === "bitmap") await this.#enter();
    else await this.#goOn();
    while (capture.changes.setCount > 0) {
      await this.#copyAll(signal);
      this.#refuseLeft();
    }
    await this.#end();
  }

  async #enter(): Promise<void> {
    const capture = this.#capture;
    const { log } = capture;
    const { catchUp, copy } = capture.parts;
    await capture.flushSource();
    await capture.changes.sync();
    if (await log.reopen()) capture.cut(log.durable);
    await capture.syncLog();
    // Spans first: while it is open whether one has begun or ended, the log keeps what tells.
    await capture.resolveSpans();
    await capture.confirm();
    await catchUp.goOn(log.last);
    await copy.goOn(log.last);
    await log.makeRoom();
    const something = capture.changes.setCount > 0 || log.order.awaitingVoid().length > 0;
    if (catchUp.span === null ? something : !catchUp.begun) {
      const totalBytes = capture.changes.setCount * capture.changes.regionBytes;
      const spanId = catchUp.span?.spanId ?? randomId(capture.parts.world.random);
      await catchUp.intendBegin({ spanId, reason: this.#reason, totalBytes }, log.last);
    }
    if (copy.span !== null && !copy.begun) await copy.intendBegin(copy.span, log.last);
    this.#doneBytes = 0;
    // While all that was awaited, the bitmap may have failed.
    if (capture.mode !== "bitmap") this.#refuseLeft();
    capture.enterLog();
    await capture.syncLog();
    this.#refuseLeft();
    await capture.confirm();
  }

  /** While changes are logged: a span that is open goes on; for bits without one it is begun. */
  async #goOn(): Promise<void> {
    const capture = this.#capture;
    const { catchUp, world } = capture.parts;
    await capture.confirm();
    if (catchUp.span !== null || capture.changes.setCount === 0) return;
    await capture.changes.sync();
    const totalBytes = capture.changes.setCount * capture.changes.regionBytes;
    const wanted = { spanId: randomId(world.random), reason: this.#reason, totalBytes };
    await catchUp.intendBegin(wanted, capture.log.last);
    // Left meanwhile, the log is entered again with the beginning that is intended now.
    this.#refuseLeft();
    this.#doneBytes = 0;
    const draft = catchUp.beginDraft(world.clock.wallMicros());
    capture.apply({ kind: "catch-up-began", catchUp: openSpan({ ...wanted, phase: "beginning", after: 0 }) });
    const appended = draft === undefined ? undefined : capture.append([draft], 0);
    this.#refuseLeft();
    if (appended !== undefined) catchUp.placed(appended.to);
    await capture.syncLog();
    this.#refuseLeft();
    await capture.confirm();
  }

  async #copyAll(signal: AbortSignal): Promise<void> {
    const capture = this.#capture;
    const { changes } = capture;
    const { generation } = capture;
    if (this.#buffer.length === 0) this.#buffer = this.#makeBuffer();
    const copied: CopiedRegion[] = [];
    let failed: Fault | undefined;
    for (let region = changes.nextSet(0); region !== undefined; ) {
      if (capture.log.isHalfFull && this.#impatient) throw logFull(capture.parts.folder, capture.log.bytesMax);
      await capture.until(() => capture.mode !== "logging" || !capture.log.isHalfFull, signal);
      const count = this.#runFrom(region);
      this.#pace.beginStep();
      try {
        const sequence = await this.#copyRegions(region, count);
        if (sequence === undefined) return;
        for (let each = region; each < region + count; each += 1) copied.push({ region: each, sequence });
      } catch (error) {
        // One region that cannot be read keeps its bit, and no other from being copied.
        failed = asFault(error);
      }
      if (copied.length >= COPIED_MAX) await this.#clearDurable(copied, generation);
      await this.#pace.endStep(count * changes.regionBytes, signal);
      region = changes.nextSet(region + count);
    }
    await this.#clearDurable(copied, generation);
    if (failed !== undefined) throw failed;
  }

  /** How many regions from this one on are set, one after another, and fit into one chunk. */
  #runFrom(region: number): number {
    const { changes } = this.#capture;
    const most = Math.max(1, Math.floor(this.#buffer.length / changes.regionBytes));
    let count = 1;
    while (count < most && changes.has(region + count)) count += 1;
    return count;
  }

  /** A region may be larger than a chunk on a very large disk. */
  async #copyRegions(region: number, count: number): Promise<number | undefined> {
    const { changes, parts } = this.#capture;
    const end = Math.min(parts.source.sizeBytes, (region + count) * changes.regionBytes);
    let sequence: number | undefined;
    for (let offset = region * changes.regionBytes; offset < end; offset += this.#buffer.length) {
      const extent = { offset, length: Math.min(this.#buffer.length, end - offset) };
      const copy = await copyExtent(this.#capture, extent, {
        buffer: this.#buffer,
        zeroes: "log",
        equal: "leave-out",
      });
      if (copy === undefined) return undefined;
      sequence = copy.sequence;
    }
    return sequence;
  }

  /** Clears the bits of what is durable, unless the log was left since it was copied. */
  async #clearDurable(copied: CopiedRegion[], generation: number): Promise<void> {
    const capture = this.#capture;
    await capture.syncLog();
    await capture.rely();
    if (capture.generation !== generation) return;
    for (const { region, sequence } of copied.splice(0)) {
      if (sequence > capture.log.durable) continue;
      capture.changes.clear(region);
      this.#doneBytes += capture.changes.regionBytes;
    }
    const doneBytes = this.#doneBytes;
    const totalBytes = doneBytes + capture.changes.setCount * capture.changes.regionBytes;
    capture.apply({ kind: "catch-up-advanced", doneBytes, totalBytes });
    await capture.changes.written();
  }

  async #end(): Promise<void> {
    const capture = this.#capture;
    const { catchUp } = capture.parts;
    if (catchUp.span !== null && !catchUp.endedBy(capture.log.durable)) {
      await catchUp.intendEnd(capture.log.last);
      this.#refuseLeft();
      const draft = catchUp.endDraft(capture.parts.world.clock.wallMicros());
      const appended = draft === undefined ? undefined : capture.append([draft], 0);
      this.#refuseLeft();
      if (appended !== undefined) catchUp.placed(appended.to);
      capture.apply({ kind: "catch-up-ended" });
      await capture.syncLog();
      this.#refuseLeft();
    }
    await capture.confirm();
  }

  #refuseLeft(): void {
    const { state, mode, parts } = this.#capture;
    if (mode === "logging") return;
    throw "fault" in state && state.fault !== undefined
      ? state.fault
      : logFull(parts.folder, this.#capture.log.bytesMax);
  }
}

/** How many copied regions wait for one sync. */
const COPIED_MAX = 1_024;
