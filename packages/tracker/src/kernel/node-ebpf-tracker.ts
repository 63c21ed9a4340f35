import { readFileSync } from "node:fs";
import { type Fault, type FaultDetail, isFault, randomId } from "@leeward/base";
import { nodeRandom } from "@leeward/world";
import type { ChangeTracker } from "../change-tracker.ts";
import { type Noting, notingTracker } from "../noting-tracker.ts";
import type { PendingRegions } from "../pending-regions.ts";
import { KernelTypes } from "./btf.ts";
import { type KernelFields, kernelFields } from "./kernel-fields.ts";
import { KernelLacks } from "./kernel-lacks.ts";
import { type Bpf, BpfRefusal, loadBpf } from "./node-bpf.ts";
import { diskSequence, quiet } from "./node-device-facts.ts";
import { KernelNotes, type NotesOptions } from "./node-kernel-notes.ts";
import { movePins, nextOf, pinFolder, removePins } from "./node-pins.ts";
import { SECTOR_BYTES, type TrackedDevice } from "./tracked-device.ts";
import { DISPROVED, incomplete, unsupported } from "./tracking-faults.ts";

/** Far more than file systems have on their way through one device at a time; 1.5 MiB. */
const HELD_MAX = 16_384;
const TYPES_PATH = "/sys/kernel/btf/vmlinux";

export interface EbpfTrackerOptions {
  readonly device: TrackedDevice;
  readonly diskId: string;
  /** How many bios of a device without requests may be on their way; HELD_MAX when not given. */
  readonly heldMax?: number;
}

/** So many times in a row a disk may have counted less than was noted; a request that is being counted at that moment explains one. */
const BEHIND_MAX = 30;
/** So often it is tried to prove what was noted before larger notes take over. */
const GROW_PROOFS_MAX = 100;

let known: KernelFields | undefined;

/**
 * Opens the tracker that an earlier process left in the kernel, or begins a new one.
 * @throws BpfRefusal, KernelLacks and system errors: another backend may do
 */
export async function openEbpfTracker(options: EbpfTrackerOptions): Promise<ChangeTracker> {
  const { device, diskId, heldMax = HELD_MAX } = options;
  const bpf = await loadBpf();
  // A kernel that cannot tell when programs have ended is found out now.
  await bpf.awaitPrograms();
  const folder = await pinFolder(diskId);
  const kept = folder === undefined ? undefined : adopted(bpf, device, folder);
  const plan = { bpf, heldMax, folder };
  if (kept instanceof KernelNotes) {
    kept.pending.giveBack();
    return notingTracker(new EbpfNoting(kept, plan));
  }
  if (folder !== undefined) removePins(folder);
  const notes = KernelNotes.create({ ...plan, device, fields: fieldsOfKernel(), trackingId: randomId(nodeRandom) });
  // Programs on bios do not know what was queued before them: whoever reads the device from here on shall not read before that has landed.
  if (device.byBios === 1) await quiet(device);
  notes.control.complete = true;
  return notingTracker(new EbpfNoting(notes, plan, kept));
}

/** The tracker that an earlier process left in the kernel; undefined when there is none of this device that is whole. */
export async function reopenEbpfTracker({
  device,
  diskId,
  heldMax = HELD_MAX,
}: EbpfTrackerOptions): Promise<ChangeTracker | undefined> {
  const bpf = await loadBpf();
  const folder = await pinFolder(diskId);
  const kept = folder === undefined ? undefined : adopted(bpf, device, folder);
  if (!(kept instanceof KernelNotes)) return undefined;
  kept.pending.giveBack();
  return notingTracker(new EbpfNoting(kept, { bpf, heldMax, folder }));
}

/** What was to take the old one's place, when it was whole, else the old one; or why there is none. */
function adopted(bpf: Bpf, device: TrackedDevice, folder: string): KernelNotes | string | undefined {
  const next = nextOf(folder);
  const newer = KernelNotes.adopt(bpf, device, next);
  if (!(newer instanceof KernelNotes)) {
    removePins(next);
    return KernelNotes.adopt(bpf, device, folder);
  }
  movePins(next, folder);
  return newer;
}

/** The description is of 5 MB: what we need of it is kept, not itself. */
function fieldsOfKernel(): KernelFields {
  if (known !== undefined) return known;
  const types = KernelTypes.decode(readFileSync(TYPES_PATH));
  if (types === undefined) throw new KernelLacks("a description of its types that we can read");
  known = kernelFields(types);
  return known;
}

type Plan = Pick<NotesOptions, "bpf" | "folder" | "heldMax">;

class EbpfNoting implements Noting {
  readonly backend = "ebpf";
  readonly trackingId: string;
  readonly begunAnewBecause: string | undefined;
  readonly #plan: Plan;
  #notes: KernelNotes;
  #missed: number | undefined = 0;
  #behind = 0;

  constructor(notes: KernelNotes, plan: Plan, begunAnewBecause?: string) {
    this.#notes = notes;
    this.#plan = plan;
    this.begunAnewBecause = begunAnewBecause;
    this.trackingId = notes.control.trackingId;
  }

  get pending(): PendingRegions {
    return this.#notes.pending;
  }

  get isProved(): boolean {
    return this.#missed === 0;
  }

  async gather(): Promise<void> {
    await this.#gather(this.#notes);
    this.#prove(this.#notes);
  }

  async end(): Promise<void> {
    this.#notes.control.complete = false;
    if (this.#plan.folder !== undefined) removePins(this.#plan.folder);
    this.#notes[Symbol.dispose]();
  }

  async close(): Promise<void> {
    this.#notes[Symbol.dispose]();
  }

  /**
   * New notes begin while the old ones run; then those end, and what they noted goes over. A process that is killed between the two leaves nothing
   * that is complete, so that the next one begins anew.
   */
  async grow(sizeBytes: number): Promise<void> {
    const old = this.#notes;
    const { folder } = this.#plan;
    const next = folder === undefined ? undefined : nextOf(folder);
    const larger = this.#begin({ ...old.device, sectors: sizeBytes / SECTOR_BYTES }, next);
    try {
      // The count goes on after the old ones have ended. What is missed between the two beginnings of counting is found now, the rest by the new ones.
      for (let tried = 0; tried < GROW_PROOFS_MAX && (tried === 0 || !this.isProved); tried += 1) {
        await this.#gather(old);
        this.#prove(old);
      }
      if (!this.isProved) throw this.#incomplete(old, "it is written to too much to be proved whole when it grew", {});
      if (folder !== undefined) removePins(folder);
      old.stop();
      // The second time for the bitmap that was current until the first: a bio that both knew may have been marked in either.
      await this.#gather(old);
      await this.#gather(old);
      old.pending.carryTo(larger.pending);
      larger.control.complete = true;
      if (folder !== undefined && next !== undefined) movePins(next, folder);
    } catch (error) {
      larger[Symbol.dispose]();
      if (next !== undefined) removePins(next);
      throw isFault(error)
        ? error
        : this.#incomplete(old, "it could not be followed when it grew", { reason: String(error) });
    }
    this.#notes = larger;
    old[Symbol.dispose]();
  }

  /**
   * The other bitmap becomes current, those programs that still mark the old one are waited for, and then it is emptied. Before that, it is looked
   * at once more what came late into the one that becomes current: nothing does, if the kernel waits as it says.
   */
  async #gather(notes: KernelNotes): Promise<void> {
    const { control, live, pending } = notes;
    const before = control.current;
    const after = before === 0 ? 1 : 0;
    pending.absorb(live[after]);
    control.current = after;
    try {
      await this.#plan.bpf.awaitPrograms();
    } catch (error) {
      const detail = { reason: String(error) };
      throw this.#incomplete(notes, "the kernel does not say when its programs have ended", detail);
    }
    pending.absorb(live[before]);
    const losses = control.losses();
    if (losses !== undefined) throw this.#incomplete(notes, "the kernel could not note all of them", losses);
    const { disk, diskSequence: sequence } = notes.device;
    if (diskSequence(disk) !== sequence) throw this.#incomplete(notes, "another disk took its place", {});
  }

  /** The disk counted what was noted, and no more: whatever the reason is for which a program did not run. */
  #prove(notes: KernelNotes): void {
    try {
      this.#missed = notes.missedSectors();
    } catch (error) {
      throw this.#incomplete(notes, "the disk does not tell its count any more", { reason: String(error) });
    }
    const missed = this.#missed ?? 0;
    this.#behind = missed < 0 ? this.#behind + 1 : 0;
    const countsLess = this.#behind > BEHIND_MAX || (missed < 0 && !notes.counts);
    if (missed <= 0 && !countsLess) return;
    const detail = { missedSectors: missed, [DISPROVED]: true };
    const counts = "the disk does not count all that is written to it";
    throw this.#incomplete(notes, countsLess ? counts : "the kernel did not run its programs for all of them", detail);
  }

  /** For good: also for whoever finds what is pinned. */
  #incomplete(notes: KernelNotes, reason: string, detail: FaultDetail): Fault {
    notes.control.complete = false;
    return incomplete(notes.device.path, reason, detail);
  }

  #begin(device: TrackedDevice, folder: string | undefined): KernelNotes {
    const { trackingId } = this;
    const { held } = this.#notes;
    try {
      const shared = held === undefined ? {} : { held };
      return KernelNotes.create({ ...this.#plan, device, fields: fieldsOfKernel(), trackingId, folder, ...shared });
    } catch (error) {
      const detail = error instanceof BpfRefusal ? error.detail : {};
      throw unsupported(device.path, "the kernel refused larger maps", { detail, cause: error });
    }
  }
}
