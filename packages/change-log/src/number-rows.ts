/** Rows of numbers without an object each. */
export class NumberRows {
  readonly #width: number;
  #values: Float64Array;
  #length = 0;

  constructor(width: number) {
    this.#width = width;
    this.#values = new Float64Array(width * 64);
  }

  get count(): number {
    return this.#length / this.#width;
  }

  /** Adds a row; `row` has as many numbers as the rows are wide. */
  push(row: readonly number[]): void {
    if (this.#length === this.#values.length) {
      const values = new Float64Array(this.#values.length * 2);
      values.set(this.#values);
      this.#values = values;
    }
    for (let column = 0; column < this.#width; column += 1) this.#values[this.#length + column] = row[column] ?? 0;
    this.#length += this.#width;
  }

  at(row: number, column: number): number {
    return this.#values[row * this.#width + column] ?? 0;
  }
}
