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

interface FaultFacts {
  /** Stable, kebab-case, listed in docs/FAULTS.md. */
  readonly code: string;
  /** One sentence: what happened, to what. */
  readonly message: string;
  readonly detail?: FaultDetail;
  readonly cause?: unknown;
}

/** Where a fault waits for a person it says what the person should do; elsewhere the page of faults may be enough. */
export type FaultOptions = FaultFacts &
  (
    | { readonly kind: "operator"; readonly remedy: string }
    | { readonly kind: Exclude<FaultKind, "operator">; readonly remedy?: string }
  );

/** A fact of life (a refused write, a bad frame, a lost peer), told by a stable code. A mistake of ours is an `assert` instead. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly code: string;
  readonly kind: FaultKind;
  readonly detail: FaultDetail;
  /** What a person should do. */
  readonly remedy: string;

  constructor(options: FaultOptions) {
    super(options.message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = options.code;
    this.kind = options.kind;
    this.detail = options.detail ?? {};
    this.remedy = options.remedy ?? remedyOnPage(options.code);
  }
}

/** The remedy of a fault that says none itself: where the page is that is made of docs/FAULTS.md, on a machine that has a package alone. */
export function remedyOnPage(code: string): string {
  return `See \`${code}\` in the manual's page of faults: \`man leeward-faults\`.`;
}

/** Whether `error` is a Fault, and of one of `codes` when any are given. */
export function isFault(error: unknown, ...codes: readonly string[]): error is Fault {
  return error instanceof Fault && (codes.length === 0 || codes.includes(error.code));
}
