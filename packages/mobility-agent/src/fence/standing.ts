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
}

/**
 * Whether the machine is fenced: while its plan says so, and while it has heard of an epoch as another's that is higher than its own. A plan of before
 * lifts nothing; one that comes with at least that epoch, and no fence, does.
 */
export function standingOf(
  { epoch, fence }: Pick<AgentPlan, "epoch" | "fence">,
  { heardEpoch, refusedEpoch }: FenceNote,
): Standing | undefined {
  if (fence === undefined) {
    return heardEpoch > epoch ? { failoverId: "", epoch: heardEpoch, orderly: false } : undefined;
  }
  // Once a peer refuses what the machine has to send, no last point of it is taken any more.
  const orderly = fence.orderly && refusedEpoch < fence.epoch;
  return { failoverId: fence.failoverId, epoch: fence.epoch, orderly };
}
