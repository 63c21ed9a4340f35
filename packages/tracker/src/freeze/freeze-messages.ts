/** What the thread that freezes is told once per hold. */
export interface HoldOrder {
  /** Of each file system in the order of freezing. */
  readonly fds: readonly number[];
  /** Where the watchdog hears what is frozen. */
  readonly watchdog: number;
  readonly boundMs: number;
  /** One 32-bit word: 0, and THAW (with a notify) when the hold is to end. */
  readonly word: SharedArrayBuffer;
}

export const THAW = 1;

/** What it answers: `frozen` and then `ended`, or `ended` alone. */
export type FromHolder = { readonly kind: "frozen" } | HoldEnd;

export interface HoldEnd {
  readonly kind: "ended";
  readonly how:
    | { readonly kind: "thawed"; readonly heldWhole: boolean }
    /** `index` of those in the order; `errno` as EBUSY. */
    | { readonly kind: "refused"; readonly index: number; readonly errno: string }
    | { readonly kind: "too-slow"; readonly index: number }
    | { readonly kind: "unwatched" };
  readonly stallMs: number;
  readonly notThawed: readonly { readonly index: number; readonly errno: string }[];
}

/**
 * What the watchdog is told of each file system, by its index, as a line like "?3": `?` the kernel is being asked to freeze it, `+` it is
 * frozen by us, `-` it is not, or not any more. The end of the pipe is the end of whoever held it.
 */
export type WatchdogSign = "?" | "+" | "-";
