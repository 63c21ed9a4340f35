import type { AgentPlan } from "@leeward/proto";
import type { FenceNote } from "./fence-note.ts";

/** A fence that is in force. */
export interface Standing {
  /** Empty where the machine learned of it by a refusal alone. */
  readonly failoverId: string;
  /** That the other side has, or gets. */
  readonly epoch: number;
  /** A last point is to be made, and can still be delivered. */
  readonly orderly: boolean;
  /** Nobody has said that another copy took over: that nobody did is what is waited for. */
  readonly asks: boolean;
}

/**
 * Whether the machine is fenced: while its plan says so, and while it has heard of an epoch as another's that is higher than its own. A plan of before
 * lifts nothing; one that comes with at least that epoch, and no fence, does. `isTold` is whether the config server said, since the agent started, that
 * this plan is in force, where the agent is to ask for that.
 */
export function standingOf(
  { epoch, fence }: Pick<AgentPlan, "epoch" | "fence">,
  { heardEpoch, refusedEpoch }: FenceNote,
  isTold: boolean,
): Standing | undefined {
  if (fence === undefined) {
    if (heardEpoch > epoch) return { failoverId: "", epoch: heardEpoch, orderly: false, asks: false };
    return isTold ? undefined : { failoverId: "", epoch, orderly: false, asks: true };
  }
  // Once a peer refuses what the machine has to send, no last point of it is taken any more.
  const orderly = fence.orderly && refusedEpoch < fence.epoch;
  return { failoverId: fence.failoverId, epoch: fence.epoch, orderly, asks: false };
}
