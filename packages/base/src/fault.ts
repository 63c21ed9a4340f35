/**
 * What a fault means for whoever meets it; it alone decides policy.
 *
 * - `transient`: retry on the schedule.
 * - `discontinuity`: the history is broken; resync.
 * - `corruption`: stop and alert.
 * - `protocol`: drop the peer.
 * - `operator`: wait for a person.
 */
export type FaultKind = "transient" | "discontinuity" | "corruption" | "protocol" | "operator";

export type FaultDetail = Readonly<Record<string, string | number | boolean | null>>;

export interface FaultOptions {
  /** Stable, kebab-case, listed in docs/FAULTS.md. */
  readonly code: string;
  readonly kind: FaultKind;
  /** One sentence: what happened, to what. */
  readonly message: string;
  /** What a person should do, where that is more than docs/FAULTS.md says of the code. */
  readonly remedy?: string;
  readonly detail?: FaultDetail;
  readonly cause?: unknown;
}

/** A fact of life (a refused write, a bad frame, a lost peer), told by a stable code. A mistake of ours is an `assert` instead. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly code: string;
  readonly kind: FaultKind;
  readonly detail: FaultDetail;
  readonly remedy: string | null;

  constructor(options: FaultOptions) {
    super(options.message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = options.code;
    this.kind = options.kind;
    this.detail = options.detail ?? {};
    this.remedy = options.remedy ?? null;
  }
}

/** Whether `error` is a Fault, and of one of `codes` when any are given. */
export function isFault(error: unknown, ...codes: readonly string[]): error is Fault {
  return error instanceof Fault && (codes.length === 0 || codes.includes(error.code));
}
