/** Steps that are kept; when there are more, every second one goes. */
const STEPS_MAX = 256;

interface Step {
  readonly sequence: number;
  readonly bytes: number;
}

/** How many bytes of a log lie between two of its sequences, as far as it was told where it stood: exact at the steps, and in even parts between them. */
export class ByteLadder {
  #steps: Step[] = [];

  /** The log had so many bytes up to the sequence. One that counts anew begins the ladder anew. */
  note(sequence: number, bytes: number): void {
    const last = this.#steps.at(-1);
    if (last !== undefined && (bytes < last.bytes || sequence < last.sequence)) this.#steps = [];
    else if (last?.sequence === sequence) return;
    this.#steps.push({ sequence, bytes });
    if (this.#steps.length > STEPS_MAX) {
      this.#steps = this.#steps.filter((_, index) => index % 2 === 0 || index === this.#steps.length - 1);
    }
  }

  /** Bytes above the sequence; undefined while that was never told. What lies before the first step is not counted. */
  above(sequence: number): number | undefined {
    const last = this.#steps.at(-1);
    if (last === undefined) return undefined;
    const index = this.#steps.findIndex((step) => step.sequence >= sequence);
    if (index === -1) return 0;
    const [before, after] = [this.#steps[index - 1], this.#steps[index]];
    if (after === undefined) return 0;
    if (before === undefined || after.sequence === sequence) return last.bytes - after.bytes;
    const part = (sequence - before.sequence) / (after.sequence - before.sequence);
    return last.bytes - (before.bytes + part * (after.bytes - before.bytes));
  }
}
