import type { Fault } from "@leeward/base";
import type { DiskOffer } from "@leeward/proto";
import type { Endpoint, WorkMeter } from "@leeward/world";
import type { Damage, HeldBranch } from "../cache/held-branch.ts";
import type { HeldDisk } from "../cache/held-disk.ts";
import type { FaultBoard } from "../fault-board.ts";
import type { TargetPosition } from "./send-cursor.ts";

/** What is to be brought to a target: a branch that is held, or the question where one begins that is not. */
export type Goal =
  | { readonly kind: "forward"; readonly branch: HeldBranch }
  | { readonly kind: "ask"; readonly offer: DiskOffer };

/** What a disk's sender asks of its target's role: which branch goes out, and what follows from what the target says. */
export interface Way {
  readonly disk: HeldDisk;
  readonly targetId: string;
  /** Whether it is the way to the main target. */
  readonly isMain: boolean;
  readonly endpoint: Endpoint;
  /** Rises whenever the target should be offered the disk anew. */
  readonly offerVersion: number;
  /** What stands in the way to this target. */
  readonly faults: FaultBoard;
  /** Reading and sending, which waits for credit where the target is slow. */
  readonly sending: WorkMeter;
  /** Sealed bytes that were sent since the start. */
  forwardedBytes: number;
  goal(): Promise<Goal | undefined>;
  /** The offer that tells the target of the goal. */
  offer(goal: Goal): DiskOffer;
  /** Takes the answer to an offer. Whether the branch goes on from there. @throws Fault why the target cannot be brought what it lacks */
  answered(goal: Goal, target: TargetPosition): Promise<boolean>;
  acknowledged(branch: HeldBranch, journaled: number): Promise<void>;
  /** What the target lacks is not here. @throws Fault when the target is left waiting for it */
  giveUp(branch: HeldBranch, fault: Fault): Promise<void>;
  /** The target does not take the goal. */
  refused(goal: Goal, fault: Fault): void;
  /** What is held after some sequence does not read back. */
  damaged(branch: HeldBranch, damage: Damage): Promise<void>;
}
