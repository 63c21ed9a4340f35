import { anySignal, type Fault, MICROS_PER_SECOND, randomId } from "@leeward/base";
import type { SaveStatus } from "@leeward/proto";
import type { World } from "@leeward/world";

interface Progress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

interface Running {
  readonly jobId: string;
  readonly cancel: AbortController;
  readonly cancelled: Fault;
  readonly startedMicros: number;
  readonly ended: Promise<void>;
  progress: Progress;
}

/** What a job's work is given. */
export interface JobTurn {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** Work of the config server's jobs that goes on here: how far it is, and its end when it is cancelled. */
export class RunningJobs {
  readonly #world: Pick<World, "clock" | "random">;
  readonly #running = new Map<string, Running>();

  constructor(world: Pick<World, "clock" | "random">) {
    this.#world = world;
  }

  /** How far each job is. */
  statuses(): SaveStatus[] {
    const nowMicros = this.#world.clock.monotonicMicros();
    return [...this.#running.values()]
      .filter(({ jobId }) => jobId !== "")
      .map(({ jobId, progress, startedMicros }) => {
        const { doneBytes, totalBytes } = progress;
        const seconds = (nowMicros - startedMicros) / MICROS_PER_SECOND;
        const etaSeconds = doneBytes === 0 ? -1 : (seconds * (totalBytes - doneBytes)) / doneBytes;
        return { jobId, progress: { doneBytes, totalBytes, etaSeconds } };
      });
  }

  /** Does the work of a job; one that is cancelled rejects with `cancelled`. */
  async run<T>(
    { jobId, cancelled, signal }: { readonly jobId: string; readonly cancelled: Fault; readonly signal: AbortSignal },
    work: (turn: JobTurn) => Promise<T>,
  ): Promise<T> {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const cancel = new AbortController();
    const startedMicros = this.#world.clock.monotonicMicros();
    const running: Running = {
      jobId,
      cancel,
      cancelled,
      startedMicros,
      ended,
      progress: { doneBytes: 0, totalBytes: 0 },
    };
    const id = randomId(this.#world.random);
    this.#running.set(id, running);
    const onProgress = (progress: Progress): void => {
      running.progress = progress;
    };
    try {
      return await work({ signal: anySignal([signal, cancel.signal]), onProgress });
    } finally {
      this.#running.delete(id);
      resolve();
    }
  }

  /** Settles when nothing is done for the job any more; also when there is none. */
  async cancel(jobId: string): Promise<void> {
    const running = [...this.#running.values()].filter((each) => each.jobId === jobId);
    for (const { cancel, cancelled } of running) cancel.abort(cancelled);
    await Promise.all(running.map(({ ended }) => ended));
  }
}
