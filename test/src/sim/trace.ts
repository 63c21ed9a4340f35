import { createHash, type Hash } from "node:crypto";

/** All that happened in a run, as one hash: two runs of one seed must have the same. */
export class Trace {
  readonly #hash: Hash = createHash("sha256");
  readonly #counts = new Map<string, number>();
  readonly #echo: boolean;

  constructor(options: { readonly echo: boolean }) {
    this.#echo = options.echo;
  }

  add(kind: string, ...facts: readonly (string | number)[]): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    this.#hash.update(`${kind} ${facts.join(" ")}\n`);
    if (this.#echo) process.stderr.write(`${kind} ${facts.join(" ")}\n`);
  }

  counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  digest(): string {
    return this.#hash.copy().digest("hex");
  }
}
