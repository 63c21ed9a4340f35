/**
 * What is held of one branch of a disk: the cache, the cuts that were made of it, and how far each is.
 *
 * ```
 *   first held        journaled             cut through                  cached            written
 *  ─────┤━━━━━━ cuts ━━━━━┤━━━━━━━━━ cuts ━━━━━━━━┤━━━━━━━━━ cache ━━━━━━━━━┤─ ─ ─ ─ ─ ─ ─ ─┤
 *        (acknowledged)     (sealed, on the way)     (durable, acknowledged   (not durable: may be lost,
 *                                                     as cached)               never told of)
 * ```
 *
 * Invariant: every sequence that was acknowledged as cached and not as journaled is in the cache or in a cut. Worst outcome if broken: the
 * agent has dropped what nobody holds.
 *
 * After a restart the main target counts as having what is not here any more, and as much as `journaled` beside the offer says: that is written when a
 * branch which the main target has whole stays for others.
 *
 * Order when a branch begins: folders, log (whose first sequence follows the target's position), then `offer`, which says that the branch
 * is held. Order when it ends: `offer`, then the rest. A crash in between leaves a folder without `offer`, which is removed at the next start.
 */
import { type ByteBudget, type Fault, Mutex } from "@leeward/base";
import { ChangeLog, type LogIdentity } from "@leeward/change-log";
import type { DecodedLogFrame, DiskOffer } from "@leeward/proto";
import { makeDurableFolder, pastPageCache, type World } from "@leeward/world";
import { recordBytes } from "../cut/cut-draft.ts";
import { CutFolder } from "../cut/cut-folder.ts";
import { diskNotReady } from "../faults.ts";
import { LIMITS } from "../limits.ts";
import { hasOffer, readOffer, removeOffer, writeOffer } from "./branch-offer.ts";
import { readJournaled, writeJournaled } from "./journaled-note.ts";
import { RecentRecords } from "./recent-records.ts";

/** The log's records were written under boots of the agent's machine, of which this server knows nothing. */
const NO_BOOT = "0".repeat(32);

export interface BranchPlace {
  /** Exists, and is durable. */
  readonly above: string;
  readonly name: string;
  /** For what was taken in and cut lately, of all branches. */
  readonly memory: ByteBudget;
}

export interface Damage {
  readonly fault: Fault;
  /** What is held up to this sequence is whole. */
  readonly after: number;
}

interface Opened {
  readonly offer: DiskOffer;
  readonly log: ChangeLog;
  readonly cuts: CutFolder;
  readonly noted: number;
}

export class HeldBranch {
  readonly name: string;
  readonly log: ChangeLog;
  readonly cuts: CutFolder;
  /** What of the log is also in memory. */
  readonly recent: RecentRecords;
  readonly memory: ByteBudget;
  /** Held while cuts are added, skipped or removed. */
  readonly order = new Mutex();
  readonly #world: World;
  readonly #above: string;
  #offer: DiskOffer;
  #journaled: number;
  /** What of that is written down. */
  #noted: number;
  /** Further targets for which cuts are held, with what each has journaled. */
  readonly #followers = new Map<string, number>();
  /** Whether the cutter has looked through what an earlier run left. */
  #scanned = false;
  /** Marks that were taken in since, and are not cut. */
  readonly #marks: number[] = [];
  #uncutBytes = 0;
  #appendedBytes = 0;
  #syncedBytes = 0;
  #closed = false;
  #damage: Damage | undefined;

  private constructor(world: World, place: BranchPlace, held: Opened) {
    this.#world = world;
    this.#above = place.above;
    this.name = place.name;
    this.memory = place.memory;
    this.recent = new RecentRecords(place.memory);
    this.#offer = held.offer;
    this.log = held.log;
    this.cuts = held.cuts;
    // What is not here any more was acknowledged, or held by the target when the branch began.
    this.#noted = held.noted;
    this.#journaled = Math.max(this.heldAfter, held.noted);
  }

  /** Begins to hold a branch of which the target holds everything up to `after`. */
  static async create(
    world: World,
    place: BranchPlace,
    held: { offer: DiskOffer; after: number },
  ): Promise<HeldBranch> {
    const folder = `${place.above}/${place.name}`;
    await world.files.removeFolder(folder);
    await makeDurableFolder(world.files, place.above, folder);
    const branch = await HeldBranch.#open(world, place, held);
    await writeOffer(world.files, folder, held.offer);
    return branch;
  }

  /** Takes up what a folder holds; removes one that was begun or ended halfway, and gives undefined. */
  static async open(world: World, place: BranchPlace): Promise<HeldBranch | undefined> {
    const folder = `${place.above}/${place.name}`;
    if (await hasOffer(world.files, folder)) {
      return HeldBranch.#open(world, place, { offer: await readOffer(world.files, folder), after: 0 });
    }
    await world.files.removeFolder(folder);
    return undefined;
  }

  static async #open(world: World, place: BranchPlace, held: { offer: DiskOffer; after: number }): Promise<HeldBranch> {
    const folder = `${place.above}/${place.name}`;
    await makeDurableFolder(world.files, folder, `${folder}/cuts`);
    const cuts = await CutFolder.open(world.files, `${folder}/cuts`);
    const log = await ChangeLog.open(
      { ...world, files: pastPageCache(world.files) },
      {
        folder: `${folder}/cache`,
        identity: identityOf(held.offer),
        segmentBytesMax: LIMITS.cacheFileBytesMax,
        seal: "at-once",
        after: held.after,
      },
    );
    const noted = Math.min(await readJournaled(world.files, folder), log.lastSequence);
    return new HeldBranch(world, place, { offer: held.offer, log, cuts, noted });
  }

  get id(): string {
    return this.#offer.branch;
  }

  /** Whether its files were let go: it is not used any more. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** What does not read back as it was written. The agent has it as long as it is not journaled. */
  get damage(): Damage | undefined {
    return this.#damage;
  }

  noteDamage(damage: Damage): void {
    if (this.#damage === undefined || damage.after < this.#damage.after) this.#damage = damage;
  }

  get offer(): DiskOffer {
    return this.#offer;
  }

  /** Durable here or beyond: what may be acknowledged as cached. */
  get cached(): number {
    return this.log.durableSequence;
  }

  /** What the main target said that it holds durably. */
  get journaled(): number {
    return this.#journaled;
  }

  /** All that is here of the branch comes after this sequence. */
  get heldAfter(): number {
    return (this.cuts.cuts[0]?.from ?? this.cutThrough + 1) - 1;
  }

  /** What a further target holds durably, as far as it was heard of; undefined for one for which nothing is held. */
  journaledBy(targetId: string): number | undefined {
    return this.#followers.get(targetId);
  }

  /** Bytes of cuts that the main target holds, and that are here for that further one. */
  heldBytesFor(targetId: string): number {
    const journaled = Math.min(this.#followers.get(targetId) ?? Number.POSITIVE_INFINITY, this.#journaled);
    return this.cuts.bytesThrough(this.#journaled) - this.cuts.bytesThrough(journaled);
  }

  /** The end of what is in cuts, or needs none. */
  get cutThrough(): number {
    return this.cuts.through ?? this.log.firstSequence - 1;
  }

  get storedBytes(): number {
    return this.log.storedBytes + this.cuts.sizeBytes;
  }

  /**
   * What is stored for the main target: without a cache that is wholly cut, and cuts that it has acknowledged, which stay for their end or for
   * further targets.
   */
  get waitingBytes(): number {
    const acknowledged = this.cuts.bytesThrough(this.#journaled);
    const cut = this.cutThrough >= this.log.lastSequence ? this.log.storedBytes : 0;
    return this.storedBytes - acknowledged - cut;
  }

  /** Whether all that was taken in is with the main target. */
  get drained(): boolean {
    return this.#journaled >= this.log.lastSequence;
  }

  /** Whether all that was taken in is with every target for which it is held. */
  get drainedByAll(): boolean {
    return this.#needed >= this.log.lastSequence;
  }

  /** Taken in and not durable. */
  get unsyncedBytes(): number {
    return this.#appendedBytes - this.#syncedBytes;
  }

  /** Of records that are in no cut, as far as they were looked at. */
  get uncutBytes(): number {
    return this.#uncutBytes;
  }

  /** Of cuts that the main target does not hold. */
  get unsentBytes(): number {
    return this.cuts.sizeBytes - this.cuts.bytesThrough(this.#journaled);
  }

  /** Whether the cutter should look: a mark or enough for a cut of its own is durable, or it does not know yet. */
  get cutDue(): boolean {
    if (this.cached <= this.cutThrough) return false;
    const [mark = Number.POSITIVE_INFINITY] = this.#marks;
    return !this.#scanned || mark <= this.cached || this.#uncutBytes >= LIMITS.cutBytesMax;
  }

  /** Appends frames that were decoded from `bytes`, which nobody changes any more. @throws Fault `log-failed` */
  async append(bytes: Uint8Array, frames: readonly DecodedLogFrame[]): Promise<void> {
    const { written } = this.log.appendFrames(bytes);
    this.recent.note(bytes.length, frames);
    this.#appendedBytes += bytes.length;
    for (const { records } of frames) {
      for (const { record } of records) {
        this.#uncutBytes += recordBytes(record);
        if (record.kind === "mark") this.#marks.push(record.sequence);
      }
    }
    await written;
  }

  /** All that was appended before the call is durable when it settles. @throws Fault `log-failed`, `disk-not-ready` once it is closed */
  async sync(): Promise<void> {
    if (this.#closed) throw diskNotReady(this.#offer.diskId);
    const appended = this.#appendedBytes;
    await this.log.sync();
    this.#syncedBytes = Math.max(this.#syncedBytes, appended);
  }

  /** A cut of so many bytes of records was made. */
  noteCut(bytes: number): void {
    this.recent.forgetThrough(this.cutThrough);
    this.#uncutBytes = Math.max(0, this.#uncutBytes - bytes);
    for (let [mark] = this.#marks; mark !== undefined && mark <= this.cutThrough; [mark] = this.#marks)
      this.#marks.shift();
  }

  /** The cutter looked through all that is durable and not cut: so many bytes of records, and no end of a cut. */
  noteScanned(bytes: number): void {
    this.#scanned = true;
    this.#uncutBytes = bytes;
  }

  /** The agent offers the branch anew, perhaps grown or with a higher epoch. Durable when it settles. */
  async adopt(offer: DiskOffer): Promise<boolean> {
    const { epoch, sizeBytes } = this.#offer;
    if (offer.epoch === epoch && offer.sizeBytes === sizeBytes) return false;
    await writeOffer(this.#world.files, this.#folder, offer);
    this.#offer = offer;
    return true;
  }

  /** Takes the main target's acknowledgement: what every target holds leaves. */
  async acknowledge(journaled: number): Promise<void> {
    this.#journaled = Math.max(this.#journaled, journaled);
    await this.#release();
  }

  /** What the main target holds is known after a restart, too. Durable when it settles. */
  async noteJournaled(): Promise<void> {
    if (this.#noted >= this.#journaled) return;
    const journaled = this.#journaled;
    await writeJournaled(this.#world.files, this.#folder, journaled);
    this.#noted = journaled;
  }

  /** Holds cuts for a further target, too, from what is here on. */
  follow(targetId: string): void {
    if (!this.#followers.has(targetId)) this.#followers.set(targetId, this.heldAfter);
  }

  /** Holds nothing for that further target any more. */
  async leave(targetId: string): Promise<void> {
    if (this.#followers.delete(targetId)) await this.#release();
  }

  /** As `acknowledge`, of a further target; one for which nothing is held is passed over. */
  async acknowledgeBy(targetId: string, journaled: number): Promise<void> {
    const before = this.#followers.get(targetId);
    if (before === undefined) return;
    this.#followers.set(targetId, Math.max(before, journaled));
    await this.#release();
  }

  /** The target holds more than was cut here: the rest of that is not cut any more. */
  async skipTo(sequence: number): Promise<void> {
    this.#journaled = Math.max(this.#journaled, sequence);
    await this.order.hold(() => this.cuts.skipTo(sequence));
    this.recent.forgetThrough(this.cutThrough);
    await this.trim();
  }

  /** Gives back what the cache needs not to keep, which is in cuts or with the target. */
  async trim(): Promise<void> {
    if (this.#closed) return;
    const idle = this.cutThrough === this.log.lastSequence && this.log.lastSequence >= this.log.firstSequence;
    // Whole files leave; the one that is appended ends early when it is worth it.
    if (idle && this.log.storedBytes >= LIMITS.cacheIdleBytesMax) await this.log.cut();
    await this.log.trim(this.cutThrough);
  }

  /** Lets go of the files; everything that is durable can be opened again. */
  async close(): Promise<void> {
    this.#end();
    await this.log.abandon();
  }

  /** Closes the branch and removes all that is held of it. */
  async remove(): Promise<void> {
    this.#end();
    await removeOffer(this.#world.files, this.#folder);
    await this.log.abandon();
    await this.#world.files.removeFolder(this.#folder);
    await this.#world.files.syncFolder(this.#above);
  }

  /** Up to where every target has what is held. */
  get #needed(): number {
    return Math.min(this.#journaled, ...this.#followers.values());
  }

  async #release(): Promise<void> {
    await this.order.hold(() => this.cuts.removeThrough(this.#needed));
  }

  #end(): void {
    this.#closed = true;
    this.recent.forgetThrough(Number.POSITIVE_INFINITY);
    this.cuts.forgetBytes();
  }

  get #folder(): string {
    return `${this.#above}/${this.name}`;
  }
}

function identityOf(offer: DiskOffer): LogIdentity {
  const { machineId, diskId, branch, parent, sizeBytes, blockBytes, physicalBlockBytes } = offer;
  return {
    machineId,
    diskId,
    branch,
    ...(parent !== undefined && { parent }),
    bootId: NO_BOOT,
    diskBytes: sizeBytes,
    blockBytes,
    physicalBlockBytes,
  };
}
