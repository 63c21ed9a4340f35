/**
 * The way to one further target of a disk: it gets the cuts that are there for the main target, and holds nothing of that back.
 *
 * ```
 *  following ──share used up, or what it lacks is not here──► left behind
 *      ▲                                                          │ offered again, on the schedule
 *      └── it may go on from what is held by then ◄───────────────┘
 * ```
 *
 * Cuts stay for a target that follows until it has journaled them. What is here for it alone may take a share of the cache's room and no more: past
 * that, and whenever the cache's file system is short of room, it is left behind, and its cuts go. Worst outcome of a fault here: that target has a
 * gap which nobody was told of; so its own position decides, at each offer, whether it follows.
 */
import type { Fault } from "@leeward/base";
import type { DiskOffer, FurtherStatus, FurtherTarget } from "@leeward/proto";
import { type Endpoint, WorkMeter } from "@leeward/world";
import type { DiskServices } from "../cache/disk-services.ts";
import type { Damage, HeldBranch } from "../cache/held-branch.ts";
import type { HeldDisk } from "../cache/held-disk.ts";
import { FaultBoard } from "../fault-board.ts";
import { targetLeftBehind } from "../faults.ts";
import { LIMITS } from "../limits.ts";
import type { TargetPosition } from "./send-cursor.ts";
import type { Goal, Way } from "./way.ts";

export class FurtherWay implements Way {
  readonly disk: HeldDisk;
  readonly faults: FaultBoard;
  readonly isMain = false;
  readonly sending: WorkMeter;
  forwardedBytes = 0;
  readonly #services: DiskServices;
  #target: FurtherTarget;
  /** Where it was left behind: what it lacked there, of which branch. */
  #leftAt: { readonly branch: string; readonly lacked: number } | undefined;
  #leaves = 0;
  #hasEnded = false;
  /** What the target will never take the rest of. */
  #brokenBranch: string | undefined;

  constructor(disk: HeldDisk, target: FurtherTarget, services: DiskServices) {
    this.disk = disk;
    this.sending = new WorkMeter(services.world.clock);
    this.#target = target;
    this.#services = services;
    this.faults = new FaultBoard(services.world.clock);
  }

  get targetId(): string {
    return this.#target.targetId;
  }

  get endpoint(): Endpoint {
    return this.#target.address;
  }

  replan(target: FurtherTarget): void {
    this.#target = target;
  }

  /** What it was told of before it was left is no offer any more: it may lack what came between. */
  get offerVersion(): number {
    return this.disk.offerVersion + this.#leaves;
  }

  /** The plan does not name the target any more. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    for (const branch of this.disk.branches) await branch.leave(this.targetId);
  }

  status(): FurtherStatus {
    return {
      targetId: this.targetId,
      journaledSequence: this.disk.current?.journaledBy(this.targetId) ?? 0,
      state: this.#leftAt === undefined ? "following" : "left-behind",
      heldBytes: this.#heldBytes,
      forwardedBytes: this.forwardedBytes,
      faults: this.faults.items(),
    };
  }

  /** The oldest branch of which it lacks something; the present one also when it was left behind there. */
  async goal(): Promise<Goal | undefined> {
    if (this.#hasEnded) return undefined;
    const { branches, current } = this.disk;
    const branch = branches.find((each) => each === current || !this.#isDone(each));
    return branch && { kind: "forward", branch };
  }

  /** What follows what is held now stays until the answer says whether the target goes on from there. */
  offer(goal: Goal): DiskOffer {
    if (goal.kind === "ask") return goal.offer;
    const { branch } = goal;
    if (!this.#hasEnded) branch.follow(this.targetId);
    return { ...branch.offer, heldFrom: branch.heldAfter + 1 };
  }

  async answered(goal: Goal, target: TargetPosition): Promise<boolean> {
    if (goal.kind === "ask") return false;
    const { branch } = goal;
    if (Math.max(target.journaled, target.cached) < branch.heldAfter) {
      throw await this.#leave(branch, { target: target.journaled, held: branch.heldAfter });
    }
    await branch.acknowledgeBy(this.targetId, target.journaled);
    if (branch === this.disk.current) this.#caughtUp(branch, target.journaled);
    if (branch.id === this.#brokenBranch) this.#brokenBranch = undefined;
    return true;
  }

  async acknowledged(branch: HeldBranch, journaled: number): Promise<void> {
    this.#caughtUp(branch, journaled);
    await branch.acknowledgeBy(this.targetId, journaled);
  }

  async giveUp(branch: HeldBranch): Promise<void> {
    throw await this.#leave(branch, { target: branch.journaledBy(this.targetId) ?? 0, held: branch.heldAfter });
  }

  /** Said in the status; the main target, and so the agent, has nothing to do with it. */
  refused(goal: Goal, fault: Fault): void {
    const isForGood = fault.kind === "discontinuity" || fault.code === "epoch-old";
    if (goal.kind === "forward" && isForGood) this.#brokenBranch = goal.branch.id;
  }

  async damaged(branch: HeldBranch, damage: Damage): Promise<void> {
    // What the main target lacks as well comes from the agent again.
    if (branch.journaled <= damage.after) branch.noteDamage(damage);
    else await this.#leave(branch, { target: damage.after, held: branch.journaled });
  }

  /** Leaves the target behind when it has to be, and says so once. */
  async weigh(): Promise<void> {
    const { space } = this.#services;
    await this.#leaveBroken();
    const held = this.#heldBytes;
    if (held === 0) return;
    const { cacheBytesMax } = this.disk.plan;
    const roomBytes = cacheBytesMax > 0 ? cacheBytesMax : space.space.totalBytes;
    if (space.low === undefined && held <= roomBytes * LIMITS.furtherShareMax) return;
    for (const branch of this.disk.branches) {
      const journaled = branch.journaledBy(this.targetId);
      if (journaled === undefined || branch.heldBytesFor(this.targetId) === 0) continue;
      const fault = await this.#leave(branch, { target: journaled, held: branch.journaled });
      this.faults.raise("forward", fault);
    }
  }

  /** A branch that it will not take holds up no later one. */
  async #leaveBroken(): Promise<void> {
    const { branches, current } = this.disk;
    const broken = branches.find(({ id }) => id === this.#brokenBranch);
    const journaled = broken?.journaledBy(this.targetId);
    if (broken === undefined || broken === current || journaled === undefined) return;
    await this.#leave(broken, { target: journaled, held: broken.journaled });
    this.disk.notify();
  }

  get #heldBytes(): number {
    return this.disk.branches.reduce((sum, branch) => sum + branch.heldBytesFor(this.targetId), 0);
  }

  /** All of it is there, or it was left behind on it. */
  #isDone(branch: HeldBranch): boolean {
    return (branch.journaledBy(this.targetId) ?? Number.POSITIVE_INFINITY) >= branch.log.lastSequence;
  }

  /** It is left behind until it has what it lacked then, or goes on on another branch. */
  #caughtUp(branch: HeldBranch, journaled: number): void {
    if (this.#leftAt === undefined) return;
    if (this.#leftAt.branch !== branch.id || journaled >= this.#leftAt.lacked) this.#leftAt = undefined;
  }

  async #leave(branch: HeldBranch, sequence: { readonly target: number; readonly held: number }): Promise<Fault> {
    const { disk, targetId } = this;
    const fault = targetLeftBehind(disk.id, { targetId, ...sequence });
    await branch.leave(targetId);
    this.#leaves += 1;
    const wasLeft = this.#leftAt !== undefined;
    this.#leftAt = { branch: branch.id, lacked: Math.max(sequence.held, branch.journaled) };
    if (wasLeft) return fault;
    const detail = { disk: disk.id, target: targetId, branch: branch.id, journaled: String(sequence.target) };
    this.#services.trace.warn("A further target of a disk was left behind.", detail);
    const message = `Disk ${disk.id} goes on without master target ${targetId}: ${fault.message}`;
    this.#services.report({ kind: "target-left-behind", subject: disk.id, message, detail, severity: "warning" });
    return fault;
  }
}
