/** Runs a work that covers all callers who came before it began: callers during a run share the next one. */
export class GroupSync {
  readonly #work: () => Promise<void>;
  #running: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | undefined;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** Settles as the first run does that begins after the call. */
  run(): Promise<void> {
    this.#waiting ??= this.#startAfter(this.#running);
    return this.#waiting;
  }

  async #startAfter(running: Promise<void>): Promise<void> {
    await Promise.allSettled([running]);
    this.#running = this.#waiting ?? Promise.resolve();
    this.#waiting = undefined;
    await this.#work();
  }
}
