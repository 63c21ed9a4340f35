/**
 * How one disk's records come in: who may send them, what is taken, and what the agent is told.
 *
 * ```
 *  idle ──offer──► asked ──(branch held, or the target told where it begins)──► taking ──refusal──► refused ──offer──► …
 *                    └───────────────── refusal ─────────────────────────────────────────────────────►
 * ```
 *
 * Only the session that offered last is listened to; an offer that is refused for what it says takes the disk from nobody. After a refusal its records are passed over until it offers anew: what was under way
 * was sent for the position before. A frame is taken only when it begins at the last sequence + 1.
 *
 * What came under an older epoch stays, and goes on to the target as what it is: under the epoch of its branch's last offer.
 *
 * Order: frame checked → appended to the cache → datasync (shared by all disks) → told as cached. What a crash between two of them loses was never
 * told; the agent sends it again from the position that it is answered.
 */
import { type Fault, orAborted } from "@leeward/base";
import { type DecodedLogFrame, type DiskOffer, type DiskPosition, decodeLogFrames, type Records } from "@leeward/proto";
import { reportOfFault } from "@leeward/wire";
import type { Clock } from "@leeward/world";
import type { DiskServices } from "../cache/disk-services.ts";
import type { GroupCommit } from "../cache/group-commit.ts";
import type { HeldBranch } from "../cache/held-branch.ts";
import type { HeldDisk } from "../cache/held-disk.ts";
import type { SpaceGuard } from "../cache/space-guard.ts";
import {
  asFault,
  branchSuperseded,
  cacheFull,
  diskForeign,
  diskNotReady,
  diskUnknown,
  epochOld,
  geometryRefused,
  recordsGap,
  recordsMismatch,
  targetPositionUnknown,
} from "../faults.ts";
import { LIMITS } from "../limits.ts";

/** One agent's session, as its disks see it. */
export interface AgentPort {
  readonly machineId: string;
  /** The highest that it came with. */
  readonly epoch: number;
  /** The disk's position, or why it is not taken, should be told soon. */
  announce(intake: DiskIntake): void;
  /** An offer is not taken, and whoever has the disk keeps it. */
  refuse(offer: Pick<DiskOffer, "diskId" | "branch">, fault: Fault): void;
}

type State =
  | { readonly kind: "idle" }
  /** `isSeen`: the epoch that it comes with is known, durably; it is not answered before. */
  | { readonly kind: "asked"; readonly offer: DiskOffer; readonly isSeen: boolean }
  | { readonly kind: "taking"; readonly offer: DiskOffer }
  | { readonly kind: "refused"; readonly offer: DiskOffer; readonly fault: Fault };

const PHYSICAL_BLOCK_BYTES_MAX = 1 << 20;

export class DiskIntake {
  readonly disk: HeldDisk;
  readonly #clock: Clock;
  readonly #commits: GroupCommit;
  readonly #space: SpaceGuard;
  #owner: AgentPort | undefined;
  #state: State = { kind: "idle" };
  #full = false;
  /** What the target will never take of the present branch. */
  #broken: { readonly branch: string; readonly fault: Fault } | undefined;
  #told: { readonly cached: number; readonly journaled: number } | undefined;
  #receivedBytes = 0;

  constructor(disk: HeldDisk, { world, commits, space }: Pick<DiskServices, "world" | "commits" | "space">) {
    this.disk = disk;
    this.#clock = world.clock;
    this.#commits = commits;
    this.#space = space;
  }

  /** Raw bytes that were taken in since the start. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Follows the disk: tells of progress, and of what stands in the way, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const changed = this.disk.changed();
      this.#weigh();
      await this.#look();
      await orAborted(changed, signal);
    }
  }

  /**
   * An agent offers the disk. The answer is announced, at once or when it is known. Settles when it is; a branch of which the
   * target does not say where it begins is refused after a while, and offered again.
   */
  async offer(port: AgentPort, offer: DiskOffer, signal: AbortSignal): Promise<void> {
    const refusal = this.#refusalOf(port, offer);
    if (refusal !== undefined && port !== this.#owner) return port.refuse(offer, refusal);
    this.#owner = port;
    this.#state = { kind: "asked", offer, isSeen: false };
    this.#told = undefined;
    if (refusal !== undefined) return this.#refuse(refusal);
    if (!(await this.#seeEpoch(offer))) return;
    if (this.disk.current?.id === offer.branch) {
      this.disk.want(undefined);
      return this.#adopt(offer);
    }
    this.disk.want(offer);
    await this.#clock.sleep(LIMITS.targetAnswerMsMax, signal);
    if (this.#state.kind === "asked" && this.#state.offer === offer) this.refuseWanted();
  }

  /** Nobody can say where the wanted branch begins. */
  refuseWanted(fault = targetPositionUnknown(this.disk.id)): void {
    if (this.#state.kind !== "asked") return;
    this.disk.want(undefined);
    this.#refuse(fault);
  }

  get broken(): { readonly branch: string; readonly fault: Fault } | undefined {
    return this.#broken;
  }

  /** The target will not take what is held of the branch, or takes it again after all. */
  set broken(broken: { readonly branch: string; readonly fault: Fault } | undefined) {
    this.#broken = broken;
    const state = this.#state;
    if (broken !== undefined && state.kind === "taking" && state.offer.branch === broken.branch)
      this.#refuse(broken.fault);
  }

  /**
   * Takes records of the session that owns the disk. What it returns settles when they are written, not yet durable, and rejects for no
   * Fault; undefined when they were passed over.
   * @throws Fault `records-mismatch`: the session is dropped
   */
  take(port: AgentPort, head: Records, payload: Uint8Array): Promise<void> | undefined {
    const state = this.#state;
    const branch = this.disk.current;
    if (port !== this.#owner || state.kind !== "taking" || state.offer.branch !== head.branch) return undefined;
    if (branch?.id !== head.branch) return this.#refuse(diskNotReady(this.disk.id));
    if (head.epoch < this.disk.epoch) {
      const isRefused = this.#isShutOut || state.offer.epoch >= this.disk.epoch;
      return isRefused ? this.#refuse(this.#epochOld(head.epoch)) : undefined;
    }
    const stop = this.#stop();
    if (stop !== undefined) return this.#refuse(stop);
    const last = branch.log.lastSequence;
    if (head.to <= last) return undefined;
    if (head.from !== last + 1) return this.#refuse(recordsGap(this.disk.id, { expected: last + 1, from: head.from }));
    return this.#append(branch, payload, framesOf(head, payload));
  }

  async #append(branch: HeldBranch, payload: Uint8Array, frames: readonly DecodedLogFrame[]): Promise<void> {
    try {
      const written = branch.append(payload, frames);
      this.#receivedBytes += payload.length;
      this.disk.stir();
      await written;
    } catch (error) {
      this.disk.fail(asFault(error));
      this.#space.ask();
      this.#refuse(diskNotReady(this.disk.id));
    }
  }

  /** What the owner is to be told now; undefined when it waits for an answer, or is another. */
  positionFor(port: AgentPort): DiskPosition | undefined {
    const state = this.#state;
    if (port !== this.#owner || state.kind === "idle" || state.kind === "asked") return undefined;
    const branch = this.disk.current;
    const held = branch?.id === state.offer.branch ? branch : undefined;
    this.#told = { cached: held?.cached ?? 0, journaled: held?.journaled ?? 0 };
    return {
      diskId: this.disk.id,
      branch: state.offer.branch,
      cachedSequence: this.#told.cached,
      journaledSequence: this.#told.journaled,
      ...(state.kind === "refused" && { refused: reportOfFault(state.fault) }),
    };
  }

  /** The disk has left the plan: whoever sends it is told so. */
  dismiss(): void {
    this.#refuse(diskUnknown(this.disk.id));
  }

  /** The session has ended. */
  leave(port: AgentPort): void {
    if (port !== this.#owner) return;
    this.#owner = undefined;
    this.#state = { kind: "idle" };
    this.disk.want(undefined);
  }

  #weigh(): void {
    const stopped = this.#stop();
    this.disk.pressed = stopped !== undefined;
    if (stopped !== undefined) this.disk.faults.raise("intake", stopped);
    else if (this.#state.kind !== "refused") this.disk.faults.clear("intake");
  }

  /** The branch that was asked for may be held by now, or the disk closed, or something acknowledged. */
  async #look(): Promise<void> {
    const state = this.#state;
    if (state.kind !== "asked" && state.kind !== "taking") return;
    if (state.offer.epoch < this.disk.epoch && this.#isShutOut) {
      this.disk.want(undefined);
      return this.#refuse(this.#epochOld(state.offer.epoch));
    }
    const { current } = this.disk;
    const held = current?.id === state.offer.branch;
    if (state.kind === "asked") {
      if (held && state.isSeen) await this.#settle(state.offer);
      return;
    }
    if (!held) return this.#refuse(diskNotReady(this.disk.id));
    if (this.#told?.cached !== current.cached || this.#told.journaled !== current.journaled) this.#announce();
  }

  /** What the offer comes with is durable before anything rests on it. Whether the offer still stands. */
  async #seeEpoch(offer: DiskOffer): Promise<boolean> {
    const stands = (): boolean => this.#state.kind === "asked" && this.#state.offer === offer;
    try {
      if (offer.epoch > this.disk.epoch) await this.disk.seeEpoch(offer.epoch);
    } catch (error) {
      if (stands()) this.#refuse(asFault(error));
    }
    if (!stands()) return false;
    this.#state = { kind: "asked", offer, isSeen: true };
    return true;
  }

  async #adopt(offer: DiskOffer): Promise<void> {
    try {
      await this.disk.adopt(offer);
    } catch (error) {
      return this.#refuse(asFault(error));
    }
    return this.#settle(offer);
  }

  /** All that was taken is durable before the agent is told where to go on, so that it does not send it twice. */
  async #settle(offer: DiskOffer): Promise<void> {
    const branch = this.disk.current;
    try {
      if (branch !== undefined) await this.#commits.commit(branch);
    } catch (error) {
      if (branch?.isClosed !== true) this.disk.fail(asFault(error));
      return this.#refuse(diskNotReady(this.disk.id));
    }
    if (this.#state.kind !== "asked" || this.#state.offer !== offer) return;
    const stop = this.#stop() ?? (this.#broken?.branch === offer.branch ? this.#broken.fault : undefined);
    if (stop !== undefined) return this.#refuse(stop);
    if (offer.epoch < this.disk.epoch && this.#isShutOut) return this.#refuse(this.#epochOld(offer.epoch));
    this.#state = { kind: "taking", offer };
    this.disk.faults.clear("intake");
    this.#announce();
  }

  #refusalOf(port: AgentPort, offer: DiskOffer): Fault | undefined {
    const { id, plan, epoch, isOpen, branches } = this.disk;
    if (port.machineId !== plan.machineId || offer.machineId !== plan.machineId) return diskForeign(id, port.machineId);
    if (offer.epoch < epoch) return this.#epochOld(offer.epoch);
    if (!isOpen) return diskNotReady(id);
    const { blockBytes, physicalBlockBytes } = offer;
    const knownBlock = blockBytes === 512 || blockBytes === 4096;
    if (!knownBlock || physicalBlockBytes % blockBytes !== 0 || physicalBlockBytes > PHYSICAL_BLOCK_BYTES_MAX) {
      return geometryRefused(id, { block: blockBytes, physicalBlock: physicalBlockBytes });
    }
    const superseded = branches.slice(0, -1).some((branch) => branch.id === offer.branch);
    return superseded ? branchSuperseded(id, offer.branch) : undefined;
  }

  /** Why nothing can be taken at present. A full cache is open again at three quarters of its quota. */
  #stop(): Fault | undefined {
    const { low } = this.#space;
    if (low !== undefined) return low;
    const max = this.disk.plan.cacheBytesMax;
    const used = this.disk.waitingBytes;
    this.#full = max > 0 && used >= (this.#full ? max * 0.75 : max);
    return this.#full ? cacheFull(this.disk.id, { used, max }) : undefined;
  }

  /** Who has another disk offered with the present epoch already is about to offer this one with it, too. */
  get #isShutOut(): boolean {
    return (this.#owner?.epoch ?? 0) < this.disk.epoch;
  }

  #epochOld(offered: number): Fault {
    return epochOld(this.disk.id, { offered, known: this.disk.epoch });
  }

  #refuse(fault: Fault): undefined {
    const state = this.#state;
    if (state.kind === "idle") return;
    this.#state = { kind: "refused", offer: state.offer, fault };
    this.disk.faults.raise("intake", fault);
    this.#announce();
  }

  #announce(): void {
    this.#owner?.announce(this);
  }
}

function framesOf(head: Records, payload: Uint8Array): DecodedLogFrame[] {
  let frames: DecodedLogFrame[];
  try {
    frames = decodeLogFrames(payload);
  } catch (error) {
    throw recordsMismatch(head.diskId, asFault(error));
  }
  if (frames[0]?.from !== head.from || frames.at(-1)?.to !== head.to) throw recordsMismatch(head.diskId);
  return frames;
}
