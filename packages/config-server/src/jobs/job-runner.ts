// Work that outlives a request. Invariant: a job is durable before its first effect, ends once, and after a restart either goes on or has failed with
// the reason; nothing is forgotten. Each kind says whether it can go on, and how what it began is undone when it ends badly.
import {
  type ErrorItem,
  errorBodyOf,
  type JobProgress,
  type JobResult,
  type JobState,
  type Progress,
} from "@leeward/api";
import { anySignal, Fault, isFault, MICROS_PER_SECOND, remedyOnPage, Waiters } from "@leeward/base";
import { fieldsOfThrown, type Trace } from "@leeward/daemon";
import type { Clock } from "@leeward/world";
import { type Actor, type EventLog, SELF } from "../events/event-log.ts";
import { jobCancelled, jobEnded, jobInterrupted, jobUnknown } from "../faults.ts";
import { JOBS_KEPT, JOBS_KEPT_SECONDS, JOBS_PRUNED_MAX } from "../limits.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { Store } from "../store/store.ts";

export interface JobWork {
  /** Whether the work can go on after a restart: it must stand being begun anew. */
  readonly resumable: boolean;
  run(job: JobRow, signal: AbortSignal): Promise<JobResult | null>;
  /** Takes back what a job that failed or was cancelled had begun. */
  undo(job: JobRow): void;
  /** Of what has steps and no bytes, these. */
  progressOf(job: JobRow): Progress | JobProgress | null;
}

export interface JobRunnerOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly trace: Trace;
  readonly works: Readonly<Record<JobRow["kind"], JobWork>>;
  /** Told of each job that failed. */
  readonly onFailed?: (kind: JobRow["kind"]) => void;
}

export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #running = new Map<string, { readonly cancel: AbortController; readonly done: Promise<void> }>();
  readonly #changed = new Waiters();
  #stop: AbortSignal | undefined;
  #untilPrune = 0;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
  }

  /** Takes up what a stop left unfinished, and runs jobs until `signal` aborts; what runs then is taken up at the next start. */
  async run(signal: AbortSignal): Promise<void> {
    this.#stop = signal;
    for (const job of this.#options.store.jobs.unfinished()) {
      if (job.state === "queued" || this.#options.works[job.kind].resumable) this.launch(job.id);
      else this.#end(job, { state: "failed", error: errorBodyOf(jobInterrupted()).error, result: null });
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (!signal.aborted) await promise;
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  /** How many jobs run. */
  get running(): number {
    return this.#running.size;
  }

  /** Begins a job that stands in the store. */
  launch(id: string): void {
    if (this.#stop === undefined || this.#stop.aborted || this.#running.has(id)) return;
    const cancel = new AbortController();
    const done = this.#work(id, anySignal([this.#stop, cancel.signal]), this.#stop).finally(() => {
      this.#running.delete(id);
    });
    this.#running.set(id, { cancel, done });
  }

  /** @throws Fault `job-unknown`, `job-ended` */
  cancel(id: string, actor: Actor): JobRow {
    const job = this.find(id);
    const error = jobCancelled();
    if (!this.#end(job, { state: "cancelled", error: errorBodyOf(error).error, result: null }, actor))
      throw jobEnded(job.state);
    this.#running.get(id)?.cancel.abort(error);
    return this.find(id);
  }

  /** @throws Fault `job-unknown` */
  find(id: string): JobRow {
    const job = this.#options.store.jobs.byId(id);
    if (job === undefined) throw jobUnknown(id);
    return job;
  }

  progressOf(job: JobRow): JobProgress | null {
    const progress = hasEnded(job.state) ? null : this.#options.works[job.kind].progressOf(job);
    return progress === null ? null : { doneSteps: null, totalSteps: null, ...progress };
  }

  /** Resolves when a job's state changes. */
  changed(): Promise<void> {
    return this.#changed.next();
  }

  async #work(id: string, signal: AbortSignal, stop: AbortSignal): Promise<void> {
    const { store, clock, works, trace } = this.#options;
    if (!store.jobs.start(id, clock.wallMicros())) return;
    this.#changed.notify();
    const job = this.find(id);
    try {
      const result = await works[job.kind].run(job, signal);
      this.#end(job, { state: "succeeded", error: null, result });
    } catch (error) {
      // A stop of the server leaves the job as it is: the next start knows what to do with it.
      if (stop.aborted) return;
      if (!isFault(error)) trace.error("A job failed for a mistake of ours.", { job: id, ...fieldsOfThrown(error) });
      this.#end(job, { state: "failed", error: errorBodyOf(error).error, result: null });
    }
  }

  #end(
    job: JobRow,
    end: { state: "succeeded" | "failed" | "cancelled"; error: ErrorItem | null; result: JobResult | null },
    actor: Actor = SELF,
  ): boolean {
    const { store, clock, events, works } = this.#options;
    this.#pruneAtTimes();
    const ended = store.transaction(() => {
      if (!store.jobs.end(job.id, { ...end, nowMicros: clock.wallMicros() })) return false;
      if (end.state !== "succeeded") works[job.kind].undo(job);
      const severity = end.state === "failed" ? "warning" : "info";
      const why = end.error === null ? "" : ` ${end.error.message}`;
      const message = `The job ${job.kind} of ${job.subject} ${ENDS[end.state]}.${why}`;
      const detail = { job: job.id, code: end.error?.code ?? null };
      events.add(actor, { severity, kind: `job-${end.state}`, subject: job.subject, message, detail });
      return true;
    });
    if (ended && end.state === "failed") this.#options.onFailed?.(job.kind);
    if (ended) this.#changed.notify();
    return ended;
  }

  #pruneAtTimes(): void {
    this.#untilPrune -= 1;
    if (this.#untilPrune > 0) return;
    const { store, clock } = this.#options;
    const beforeMicros = clock.wallMicros() - JOBS_KEPT_SECONDS * MICROS_PER_SECOND;
    const isMore = store.jobs.prune({ beforeMicros, kept: JOBS_KEPT, atOnce: JOBS_PRUNED_MAX });
    this.#untilPrune = isMore ? PRUNE_AGAIN_EVERY : PRUNE_EVERY;
  }
}

/** How many jobs end between two looks at how many are kept, and the same while there are more to drop than are dropped at once. */
const PRUNE_EVERY = 100;
const PRUNE_AGAIN_EVERY = 5;

const ENDS = { succeeded: "succeeded", failed: "failed", cancelled: "was cancelled" } as const;

export function hasEnded(state: JobState): boolean {
  return state === "succeeded" || state === "failed" || state === "cancelled";
}

/** A fault that stands in a status, as one of ours. */
export function faultOfStatus(item: { code: string; kind: Fault["kind"]; message: string }): Fault {
  const { code, kind, message } = item;
  return new Fault({ code, kind, message, remedy: remedyOnPage(code) });
}
