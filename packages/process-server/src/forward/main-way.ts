import type { Fault } from "@leeward/base";
import type { DiskOffer } from "@leeward/proto";
import { type Endpoint, WorkMeter } from "@leeward/world";
import type { Damage, HeldBranch } from "../cache/held-branch.ts";
import type { HeldDisk } from "../cache/held-disk.ts";
import type { FaultBoard } from "../fault-board.ts";
import { cutStraddles, targetBehind } from "../faults.ts";
import type { DiskIntake } from "../intake/disk-intake.ts";
import { LIMITS } from "../limits.ts";
import type { TargetPosition } from "./send-cursor.ts";
import type { Goal, Way } from "./way.ts";

/**
 * The way to a disk's main target, which decides where each branch begins, what the agent is told as journaled, and when a branch leaves.
 *
 * The oldest branch goes first. One that is not taken in any more, or that a newer one is to replace, leaves when every target holds all of it, or
 * when the main target will never take the rest. The branch that the agent wants to begin is offered last; the answer says where it begins.
 */
export class MainWay implements Way {
  readonly disk: HeldDisk;
  readonly isMain = true;
  readonly sending: WorkMeter;
  forwardedBytes = 0;
  readonly #intake: DiskIntake;

  constructor(disk: HeldDisk, intake: DiskIntake) {
    this.disk = disk;
    this.sending = new WorkMeter(disk.clock);
    this.#intake = intake;
  }

  get targetId(): string {
    return this.disk.plan.targetId;
  }

  get offerVersion(): number {
    return this.disk.offerVersion;
  }

  get endpoint(): Endpoint {
    return this.disk.plan.targetAddress;
  }

  get faults(): FaultBoard {
    return this.disk.faults;
  }

  async goal(): Promise<Goal | undefined> {
    const { disk } = this;
    if (!disk.isOpen) return undefined;
    const { wanted } = disk;
    for (const branch of disk.branches) {
      const broken = this.#brokenOf(branch);
      if (broken === undefined && !(this.#leaves(branch) && branch.drained)) return { kind: "forward", branch };
      // It stays for a further target, as long as that takes no room from what the main one needs.
      const stays = broken === undefined && !branch.drainedByAll && disk.branches.length < LIMITS.branchesPerDiskMax;
      if (stays) await branch.noteJournaled();
      else await disk.retire(branch, branch.drained ? undefined : broken);
    }
    return wanted && { kind: "ask", offer: wanted };
  }

  offer(goal: Goal): DiskOffer {
    return { ...(goal.kind === "ask" ? goal.offer : goal.branch.offer), heldFrom: 0 };
  }

  async answered(goal: Goal, target: TargetPosition): Promise<boolean> {
    const { disk } = this;
    if (goal.kind === "ask") {
      await disk.begin(goal.offer, target.journaled);
      return false;
    }
    const { branch } = goal;
    if (target.journaled > branch.cached) {
      // Another process server has forwarded more: what is held is of no use, and the agent is asked to go on from there.
      await disk.retire(branch);
      return false;
    }
    const straddled = branch.cuts.cuts.find(({ from, to }) => from <= target.journaled && target.journaled < to);
    if (straddled !== undefined) {
      const { from, to } = straddled;
      await this.giveUp(branch, cutStraddles(disk.id, { target: target.journaled, from, to }));
      return false;
    }
    const held = branch.heldAfter;
    if (Math.max(target.journaled, target.cached) < held) {
      await this.giveUp(branch, targetBehind(disk.id, { target: target.journaled, held }));
      return false;
    }
    if (target.journaled > branch.cutThrough) await branch.skipTo(target.journaled);
    else await branch.acknowledge(target.journaled);
    if (this.#intake.broken?.branch === branch.id) this.#intake.broken = undefined;
    return true;
  }

  async acknowledged(branch: HeldBranch, journaled: number): Promise<void> {
    await branch.acknowledge(journaled);
  }

  /**
   * What is held does not follow where the target stands, and sealed cuts cannot be parted. The agent is asked to go on from there: it
   * keeps what is not journaled, and some of what is; when that does not reach back far enough, it copies the disk again.
   */
  async giveUp(branch: HeldBranch, fault: Fault): Promise<void> {
    await this.disk.retire(branch, fault);
  }

  refused(goal: Goal, fault: Fault): void {
    if (goal.kind === "ask") this.#intake.refuseWanted(fault);
    else if (!goal.branch.drained && (fault.kind === "discontinuity" || fault.code === "epoch-old")) {
      if (this.#intake.broken?.branch !== goal.branch.id) this.disk.reportBroken(fault);
      this.#intake.broken = { branch: goal.branch.id, fault };
    }
  }

  async damaged(branch: HeldBranch, damage: Damage): Promise<void> {
    branch.noteDamage(damage);
  }

  #leaves(branch: HeldBranch): boolean {
    return branch !== this.disk.current || this.disk.wanted !== undefined;
  }

  /** Why the target will not get the rest of the branch. What is whole goes out; what is damaged is asked of the agent again. */
  #brokenOf(branch: HeldBranch): Fault | undefined {
    const { broken } = this.#intake;
    const { damage } = branch;
    if (branch.drained) return undefined;
    if (broken?.branch === branch.id && this.#leaves(branch)) return broken.fault;
    return damage !== undefined && branch.journaled >= damage.after ? damage.fault : undefined;
  }
}
