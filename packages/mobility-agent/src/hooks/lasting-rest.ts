import type { Fault } from "@leeward/base";
import type { Consistency } from "@leeward/proto";
import type { PointAsked } from "./quiesce.ts";

/** What applications were brought to. */
export interface RestReached {
  readonly consistency: Consistency;
  /** Why it is no more than that, where something was in the way. */
  readonly fault?: Fault;
}

/**
 * Brings whoever writes on this machine to rest for good: until somebody ends it, also over the end of this process. Nobody is brought to rest for
 * a point meanwhile.
 */
export interface LastingRest {
  /** Settles when all is at rest that can be; what failed is let go, and goes on. When the signal aborts, nothing is at rest. */
  begin(asked: PointAsked, signal: AbortSignal): Promise<RestReached>;
  /** Lets go what `begin` left at rest, also in an earlier process; does nothing where nothing is. */
  end(): Promise<void>;
}

/** There is nobody to bring to rest. */
export const NO_LASTING_REST: LastingRest = { begin: async () => ({ consistency: "crash" }), end: async () => {} };
