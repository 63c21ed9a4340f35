import { type Fault, Mutex } from "@leeward/base";

interface Turn {
  readonly mutex: Mutex;
  /** Of all that has its turn or waits for it. */
  readonly stops: Set<AbortController>;
}

/**
 * One thing at a time for each replica machine. What is begun goes on when whoever asked for it is gone, and the daemon ends after it; what may take
 * long (a guest's grace, gigabytes that become history) heeds its signal.
 */
export class ReplicaTurns {
  readonly #turns = new Map<string, Turn>();
  readonly #underWay = new Set<Promise<void>>();
  #ended: Fault | undefined;

  alone<T>(id: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const turn = this.#turns.get(id) ?? { mutex: new Mutex(), stops: new Set() };
    this.#turns.set(id, turn);
    const stop = new AbortController();
    if (this.#ended !== undefined) stop.abort(this.#ended);
    turn.stops.add(stop);
    const done = turn.mutex.hold(() => work(stop.signal)).finally(() => turn.stops.delete(stop));
    const settled = done.then(
      () => undefined,
      () => undefined,
    );
    this.#underWay.add(settled);
    void settled.then(() => this.#underWay.delete(settled));
    return done;
  }

  /** Cuts short whatever of the machine takes long, and is under way or waits. */
  stop(id: string, reason: Fault): void {
    for (const stop of this.#turns.get(id)?.stops ?? []) stop.abort(reason);
  }

  /** Cuts short everything, also what comes later; settles when all has ended. */
  async end(reason: Fault): Promise<void> {
    this.#ended = reason;
    for (const id of this.#turns.keys()) this.stop(id, reason);
    await Promise.all(this.#underWay);
  }
}
