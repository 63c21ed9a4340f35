// Takes in one disk's sealed segments.
//
// Invariant: the journal gets each sequence once, in order, from 1 on, from whoever holds the lease; everything else is answered with where
// the journal stands. A further target of the disk goes on behind a hole, where its sender says that what is missing is held nowhere any more: the hole is
// durable with the first segment behind it, and until then nothing is different from before. Worst outcome: what was never taken in is told as journaled, and its sender lets go of it. Order: staged file whole → journal's own order → "journaled". One segment of a disk is under way at a time.
import { type ByteBudget, Fault, isFault, Mutex } from "@leeward/base";
import { Passages } from "@leeward/daemon";
import type { Journal } from "@leeward/journal";
import type { DiskOffer, DiskPosition, SegmentPart, StageStatus, TargetDisk } from "@leeward/proto";
import { reportOfFault } from "@leeward/wire";
import { type Clock, type Files, WorkMeter } from "@leeward/world";
import type { EpochBook } from "./epoch-book.ts";
import { IncomingSegment } from "./incoming-segment.ts";

export interface DiskIntakeOptions {
  readonly clock: Clock;
  readonly files: Files;
  /** For segments that are coming in, of all disks. */
  readonly memory: ByteBudget;
  readonly epochs: EpochBook;
  readonly journal: Journal;
}

export class DiskIntake {
  readonly #options: DiskIntakeOptions;
  /** Taking in: staging, checking, making durable. */
  readonly work: WorkMeter;
  /** When which records were staged and journaled. */
  readonly passages: Passages<"staged" | "journaled">;
  #beganMicros = 0;
  readonly #alone = new Mutex();
  #plan: TargetDisk;
  #term = 0;
  #incoming: IncomingSegment | undefined;
  /** Where a branch goes on behind a hole, by the last offer. */
  #hole: { readonly branch: string; readonly through: number } | undefined;
  /** Of parts that came, and wait for those before them, or are being taken. */
  #waitingBytes = 0;
  #fault: Fault | undefined;

  constructor(options: DiskIntakeOptions, plan: TargetDisk) {
    this.#options = options;
    this.work = new WorkMeter(options.clock);
    this.passages = new Passages(options.clock);
    this.#plan = plan;
    this.#term = plan.term;
  }

  get plan(): TargetDisk {
    return this.#plan;
  }

  get stage(): StageStatus {
    return { stage: "apply", ...this.work.rates(), waitingBytes: this.#waitingBytes };
  }

  /** Why nothing is taken in at present, when something is wrong. */
  get fault(): Fault | undefined {
    return this.#fault;
  }

  setPlan(plan: TargetDisk): void {
    this.#plan = plan;
    this.#term = Math.max(this.#term, plan.term);
  }

  /** Says where the journal stands on the branch, or why the disk is not taken. */
  offer(offer: DiskOffer, peerId: string): Promise<DiskPosition> {
    return this.#answered(peerId, offer.branch, async () => {
      await this.#admit(peerId, offer);
      await this.#dropIncoming();
      this.#hole = this.#holeBefore(offer);
    });
  }

  /** Takes one part; the position when a segment was journaled or is not wanted, undefined in the middle of one. */
  async part(part: SegmentPart, payload: Uint8Array, peerId: string): Promise<DiskPosition | undefined> {
    let finished = true;
    this.#waitingBytes += payload.length;
    const position = await this.#answered(peerId, part.branch, async () => {
      await this.#admit(peerId, part);
      const { epochs } = this.#options;
      finished = await this.work.during(() =>
        epochs.under(this.#plan.machineId, part.epoch, () => this.#take(part, payload)),
      );
      this.work.pass(payload.length);
    }).finally(() => {
      this.#waitingBytes -= payload.length;
    });
    return finished || position.refused !== undefined ? position : undefined;
  }

  /** @throws Fault `lease-elsewhere` when the peer does not hold the disk's forwarding lease */
  refuseOthers(peerId: string): void {
    if (peerId !== this.#plan.processServerId) throw this.#leaseElsewhere(peerId, this.#term);
  }

  async close(): Promise<void> {
    await this.#alone.hold(() => this.#dropIncoming());
  }

  async #take(part: SegmentPart, payload: Uint8Array): Promise<boolean> {
    const { journal } = this.#options;
    // A branch of which nothing is held begins with 1, also in an empty journal: the sender takes a position for the word that all before it is here. What
    // follows a segment that could not be taken in may be under way already.
    const last = this.#last(part.branch);
    if (part.from !== last + 1) {
      await this.#dropIncoming();
      return true;
    }
    if (part.position === 0) {
      await this.#dropIncoming();
      this.#beganMicros = this.#options.clock.monotonicMicros();
      this.#incoming = await IncomingSegment.begin(this.#options, journal.stagingPath(`${part.from}-${part.to}`), part);
    }
    const incoming = this.#incoming;
    if (incoming === undefined || !incoming.continues(part)) {
      await this.#dropIncoming();
      return true;
    }
    await incoming.add(payload);
    if (!incoming.isWhole) return false;
    this.#incoming = undefined;
    const skips = this.#hole?.branch === part.branch;
    const { clock } = this.#options;
    const staged = clock.monotonicMicros();
    this.passages.note("staged", part, { tookMicros: staged - this.#beganMicros });
    try {
      await journal.accept({ ...(await incoming.finish()), skips });
      if (skips) this.#hole = undefined;
      this.passages.note("journaled", part, { tookMicros: clock.monotonicMicros() - staged });
    } finally {
      incoming.forget();
    }
    return true;
  }

  /** What a further target lacks before that, nobody has. */
  #holeBefore({ branch, parent, heldFrom }: DiskOffer): { branch: string; through: number } | undefined {
    if (heldFrom === 0) return undefined;
    const follows = this.#options.journal.follows({ branch, parent, from: heldFrom });
    return follows ? undefined : { branch, through: heldFrom - 1 };
  }

  #last(branch: string): number {
    return this.#hole?.branch === branch ? this.#hole.through : (this.#options.journal.position(branch) ?? 0);
  }

  async #admit(peerId: string, frame: { readonly epoch: number; readonly term: number }): Promise<void> {
    const { machineId, diskId, intake, processServerId } = this.#plan;
    if (!intake) {
      throw new Fault({
        code: "intake-stopped",
        kind: "operator",
        message: `Disk ${diskId} is not protected any more; its recovery points are kept.`,
        remedy:
          "None: its points are kept, and the sender stops with its next plan. If it stays, check that the process server has its session to the config server.",
        detail: { disk: diskId },
      });
    }
    if (peerId !== processServerId || frame.term < this.#term) throw this.#leaseElsewhere(peerId, frame.term);
    this.#term = frame.term;
    await this.#options.epochs.see(machineId, frame.epoch);
  }

  #leaseElsewhere(peerId: string, term: number): Fault {
    const { diskId } = this.#plan;
    return new Fault({
      code: "lease-elsewhere",
      kind: "transient",
      message: `The forwarding lease of disk ${diskId} is not held by ${peerId} in term ${term}.`,
      detail: { disk: diskId, term, known: this.#term },
    });
  }

  /** Runs one step alone; whatever fault it meets becomes the answer's refusal. */
  #answered(peerId: string, branch: string, step: () => Promise<void>): Promise<DiskPosition> {
    return this.#alone.hold(async () => {
      try {
        await step();
        this.#fault = undefined;
        return this.#position(branch);
      } catch (error) {
        if (!isFault(error)) throw error;
        // What somebody else asked for stops nothing of what the lease's holder sends.
        if (peerId === this.#plan.processServerId) {
          this.#fault = error;
          await this.#dropIncoming();
        }
        return { ...this.#position(branch), refused: reportOfFault(error) };
      }
    });
  }

  #position(branch: string): DiskPosition {
    const sequence = this.#last(branch);
    return { diskId: this.#plan.diskId, branch, cachedSequence: sequence, journaledSequence: sequence };
  }

  async #dropIncoming(): Promise<void> {
    const incoming = this.#incoming;
    this.#incoming = undefined;
    await incoming?.drop(this.#options.files);
  }
}
