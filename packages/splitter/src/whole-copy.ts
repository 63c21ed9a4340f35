import { floorTo, Mutex, randomId } from "@leeward/base";
import type { Extent } from "@leeward/block";
import { DIGEST_BLOCK_BYTES } from "@leeward/proto";
import type { Capture } from "./capture.ts";
import type { CopyPace } from "./copy-pace.ts";
import { copyExtent, copyHole, windowBytes } from "./extent-copy.ts";
import type { LoggedCopy } from "./logged-pieces.ts";
import { PAGE_BYTES } from "./page-digests.ts";
import { asFault, copyUnderWay } from "./splitter-fault.ts";
import type { SurveyedStretch, TargetSurvey } from "./target-survey.ts";

/** How often the position is written down. */
const POSITION_INTERVAL_MICROS = 2_000_000;

/** A place that the copy has reached. */
interface CopiedTo {
  readonly position: number;
  /** Of what lies before it: what the target was not known to hold. */
  readonly differingBytes: number;
}

interface CopiedStep extends LoggedCopy {
  /** How much further the copy is. */
  readonly length: number;
  readonly readBytes: number;
}

const BEGINNING: CopiedTo = { position: 0, differingBytes: 0 };

export type WholeCopyReason = "initial" | "resync";

/** What is left out of a copy. */
export interface WholeCopyOptions {
  /** Nothing, whatever is said or known of what the target holds. */
  readonly whole?: boolean;
}

export interface WholeCopyParts {
  readonly pace: CopyPace;
  readonly makeBuffer: () => Uint8Array;
  /** Asks the target what it holds; undefined where nobody can. */
  readonly survey: TargetSurvey | undefined;
  /** As SplitterIdentity has it. */
  readonly seeded: boolean;
}

/**
 * The copy of the whole disk, from its beginning to its end, while applications go on writing: for a target that holds nothing
 * of the disk (`initial`), or after any doubt (`resync`).
 *
 * Invariant: everything before the position that is written down is durable in the log, inside of the span. A crash goes on from
 * there; when the log is left, what was not durable is copied again. An initial copy leaves out zeroes: its target holds zeroes where
 * nothing was logged, and while the log is entered and nothing is to be caught up with, all that was changed was logged. A resync
 * logs them.
 *
 * Where digests are kept, what they say that the target holds is left out: of a resync, and of the first copy that is begun anew. A later `initial`
 * is for a target of which they say nothing. Zeroes are logged then, since a disk that is tracked was changed before that is logged.
 *
 * Where none are kept, a resync leaves out what the target itself says that it holds (TargetSurvey); what that cannot be told of is copied. So does the first
 * copy of a seeded disk, whose target holds something already; zeroes are logged then. A resync that is begun as `whole` asks neither: it is for a target that
 * is not what it says.
 */
export class WholeCopy {
  readonly #capture: Capture;
  readonly #parts: WholeCopyParts;
  readonly #alone = new Mutex();
  /** What was copied and is not known to be durable: positions and the last sequence before each. */
  #pending: (CopiedTo & { readonly sequence: number })[] = [];
  /** What was copied and is not known to be journaled: the last sequence of each step, and its bytes. */
  #ahead: { readonly sequence: number; readonly bytes: number }[] = [];
  #aheadBytes = 0;
  #durable: CopiedTo = BEGINNING;
  #generation = -1;
  /** Calls under way that take an open copy back to its beginning. */
  #beginnings = 0;
  #writtenDownAt = 0;
  /** Where the disk said that it holds data, so that it need not be asked at each step. */
  #dataFrom = 0;
  #dataUntil = 0;

  constructor(capture: Capture, parts: WholeCopyParts) {
    this.#capture = capture;
    this.#parts = parts;
  }

  /**
   * Begins a span that copies the whole disk; one of the same reason that is open begins anew. Durable when it settles.
   * @throws Fault `copy-under-way`, also while one of the same reason is just ending, and what the state file throws
   */
  async begin(reason: WholeCopyReason, { whole = false }: WholeCopyOptions = {}): Promise<void> {
    const capture = this.#capture;
    const { copy, source, world } = capture.parts;
    if (copy.span !== null) {
      if (copy.span.reason !== reason || copy.span.phase === "ending") throw copyUnderWay(copy.span.reason);
      await this.#beginAnew(whole);
      return;
    }
    this.#parts.survey?.drop();
    // Where an earlier copy had got to says nothing of this one.
    this.#generation = -1;
    const wanted = { spanId: randomId(world.random), reason, totalBytes: source.sizeBytes };
    await copy.intendBegin({ ...wanted, whole }, capture.log.last);
    capture.apply({ kind: "copy-began", copy: { ...wanted, doneBytes: 0 } });
    const draft = copy.beginDraft(world.clock.wallMicros());
    const appended = draft === undefined ? undefined : capture.append([draft], 0);
    // While changes are not logged, the beginning is said when the log is entered.
    if (appended === undefined) return;
    copy.placed(appended.to);
    await capture.syncLog();
    await capture.confirm();
  }

  /** No step is begun meanwhile, and one that is under way writes down no position any more. */
  async #beginAnew(whole: boolean): Promise<void> {
    const { stateFile } = this.#capture.parts;
    this.#parts.survey?.drop();
    this.#generation = -1;
    this.#beginnings += 1;
    try {
      await stateFile.change((state) => ({
        ...state,
        copy: state.copy === null ? null : { ...state.copy, ...BEGINNING, whole },
      }));
    } finally {
      this.#generation = -1;
      this.#beginnings -= 1;
      this.#capture.notify();
    }
  }

  /**
   * Copies until the span has ended; returns at once when none is open. Waits while changes are not logged or are being caught up with.
   * @throws Fault `disk-read-failed`, what the state file throws, or the signal's reason
   */
  async run(signal: AbortSignal): Promise<void> {
    await this.#alone.hold(async () => {
      // Without a span nothing is done, nor told: who calls this at every change would cause the next one.
      if (this.#capture.parts.copy.span === null) return;
      const buffer = this.#parts.makeBuffer();
      await this.#capture.confirm();
      for (;;) {
        await this.#mayGoOn(signal);
        const { copy } = this.#capture.parts;
        if (copy.span === null) return;
        const from = this.#reached().position;
        if (from < this.#capture.parts.source.sizeBytes) await this.#step(from, buffer, signal);
        else if (await this.#end()) return;
      }
    });
  }

  async #mayGoOn(signal: AbortSignal): Promise<void> {
    const capture = this.#capture;
    const { copy, catchUp } = capture.parts;
    const ready = (): boolean =>
      copy.span === null ||
      (this.#beginnings === 0 &&
        capture.mode === "logging" &&
        catchUp.span === null &&
        !capture.log.isHalfFull &&
        !this.#isFarAhead());
    await capture.until(ready, signal);
    signal.throwIfAborted();
  }

  #isFarAhead(): boolean {
    const { log, parts } = this.#capture;
    while ((this.#ahead[0]?.sequence ?? Number.POSITIVE_INFINITY) <= log.journaledSequence) {
      this.#aheadBytes -= this.#ahead.shift()?.bytes ?? 0;
    }
    return this.#aheadBytes >= parts.limits.copyAheadBytesMax;
  }

  /** What a copy has found so far that the target was not known to hold, in bytes; undefined when none is open, or nothing is left out of it. */
  get differingBytes(): number | undefined {
    const { digests, stateFile } = this.#capture.parts;
    const { copy } = stateFile.state;
    if (copy === null || (digests === undefined && !this.#asksTarget)) return undefined;
    return this.#generation === this.#capture.generation ? this.#reached().differingBytes : copy.differingBytes;
  }

  /** Where to go on: after what was copied; or, when the log was left since, after what is written down. */
  #reached(): CopiedTo {
    const capture = this.#capture;
    const stored = capture.parts.stateFile.state.copy ?? BEGINNING;
    if (this.#generation !== capture.generation) {
      this.#generation = capture.generation;
      this.#pending = [];
      this.#ahead = [];
      this.#aheadBytes = 0;
      this.#durable = stored;
    }
    while ((this.#pending[0]?.sequence ?? Number.POSITIVE_INFINITY) <= capture.log.durable) {
      this.#durable = this.#pending.shift() ?? this.#durable;
    }
    return this.#pending.at(-1) ?? this.#durable;
  }

  async #step(from: number, buffer: Uint8Array, signal: AbortSignal): Promise<void> {
    const capture = this.#capture;
    this.#parts.pace.beginStep();
    const step = await this.#copyFrom(from, buffer, signal);
    if (step === undefined || this.#generation !== capture.generation) return;
    const differingBytes = this.#reached().differingBytes + step.differingBytes;
    this.#pending.push({ position: from + step.length, differingBytes, sequence: step.sequence });
    this.#ahead.push({ sequence: step.sequence, bytes: step.payloadBytes });
    this.#aheadBytes += step.payloadBytes;
    capture.apply({ kind: "copy-advanced", doneBytes: from + step.length });
    await this.#writeDown();
    await this.#parts.pace.endStep(step.readBytes, signal);
  }

  async #copyFrom(from: number, buffer: Uint8Array, signal: AbortSignal): Promise<CopiedStep | undefined> {
    const capture = this.#capture;
    const { copy: stored, complete } = capture.parts.stateFile.state;
    const zeroes = stored?.logZeroes === false ? "skip" : "log";
    const all = stored?.whole === true || (stored?.reason === "initial" && complete);
    const equal = all ? "log" : "leave-out";
    if (this.#parts.survey?.known(from) === undefined) {
      const hole = await this.#holeAt(from);
      if (hole !== undefined) {
        const copy = await copyHole(capture, hole, { zeroes, equal });
        if (copy === undefined) return undefined;
        if (copy !== "data") return { length: hole.length, readBytes: 0, ...copy };
      }
    }
    const stretch = await this.#stretchAt(from, signal);
    if (stretch === undefined) return undefined;
    if (stretch.kind === "equal") return this.#leftOut(stretch.length);
    const length = Math.min(windowBytes(capture, buffer), stretch.length);
    const copy = await copyExtent(capture, { offset: from, length }, { buffer, zeroes, equal });
    return copy && { length, readBytes: length, ...copy };
  }

  /** Whether the copy that is open leaves out what its target says that it holds. */
  get #asksTarget(): boolean {
    const { digests, stateFile } = this.#capture.parts;
    const { copy, complete } = stateFile.state;
    if (this.#parts.survey === undefined || digests !== undefined || copy === null || copy.whole) return false;
    return copy.reason === "resync" || (this.#parts.seeded && !complete);
  }

  /** What to do from here on; undefined when that is to be asked again. */
  async #stretchAt(from: number, signal: AbortSignal): Promise<SurveyedStretch | undefined> {
    const { survey } = this.#parts;
    if (survey === undefined || !this.#asksTarget)
      return { kind: "copy", length: this.#capture.parts.source.sizeBytes - from };
    return survey.known(from) ?? ((await survey.look(from, signal)) ? survey.known(from) : undefined);
  }

  /** What the target holds once it has all that is logged now. */
  #leftOut(length: number): CopiedStep {
    return { length, readBytes: 0, sequence: this.#capture.log.last, payloadBytes: 0, differingBytes: 0 };
  }

  /** The hole that the disk has at `from`, when it says so. A guess: whoever uses it asks again under the lock. */
  async #holeAt(from: number): Promise<Extent | undefined> {
    const { source, limits } = this.#capture.parts;
    if (from < this.#dataUntil && from >= this.#dataFrom) return undefined;
    const length = Math.min(limits.holeWindowBytes, source.sizeBytes - from);
    let first: { readonly kind: "data" | "zero"; readonly length: number } | undefined;
    try {
      [first] = await source.allocation({ offset: from, length });
    } catch (error) {
      // Holes are a saving, not a need: what cannot be told is read.
      asFault(error);
    }
    const hole = first?.kind === "zero" ? this.#holeOf(from, first.length) : undefined;
    if (hole !== undefined) return hole;
    this.#dataFrom = from;
    this.#dataUntil = from + (first?.length ?? length);
    return undefined;
  }

  /** What is behind it is compared in whole pages where digests are kept, and in whole blocks where the target is asked: it ends with one. */
  #holeOf(offset: number, length: number): Extent | undefined {
    const { digests, source } = this.#capture.parts;
    if (offset + length === source.sizeBytes) return { offset, length };
    if (digests === undefined && !this.#asksTarget) return { offset, length };
    const end = floorTo(offset + length, digests === undefined ? DIGEST_BLOCK_BYTES : PAGE_BYTES);
    return end <= offset ? undefined : { offset, length: end - offset };
  }

  async #writeDown(): Promise<void> {
    const { world, stateFile } = this.#capture.parts;
    const now = world.clock.monotonicMicros();
    if (now - this.#writtenDownAt < POSITION_INTERVAL_MICROS) return;
    this.#writtenDownAt = now;
    this.#reached();
    const { position, differingBytes } = this.#durable;
    await this.#capture.rely();
    if (this.#beginnings > 0 || this.#generation === -1) return;
    await stateFile.change((state) => ({
      ...state,
      copy: state.copy === null ? null : { ...state.copy, position, differingBytes },
    }));
  }

  /** Whether the span has ended; false when the log was left meanwhile. */
  async #end(): Promise<boolean> {
    const capture = this.#capture;
    const { copy, world } = capture.parts;
    if (!copy.endedBy(capture.log.durable)) {
      await copy.intendEnd(capture.log.last);
      const stays = capture.mode === "logging" && this.#generation === capture.generation;
      const draft = copy.endDraft(world.clock.wallMicros());
      const appended = draft === undefined || !stays ? undefined : capture.append([draft], 0);
      if (appended === undefined) {
        await copy.goOn(capture.log.last);
        return false;
      }
      copy.placed(appended.to);
      capture.apply({ kind: "copy-ended" });
      await capture.syncLog();
      // When the log was left, its end may be lost with it: whoever enters the log again finds out.
      if (!copy.endedBy(capture.log.durable)) return false;
    }
    await capture.confirm();
    return copy.span === null;
  }
}
