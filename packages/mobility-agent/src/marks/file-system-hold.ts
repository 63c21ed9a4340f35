import { Fault, isFault } from "@leeward/base";
import type { Extent } from "@leeward/block";
import type { DeviceUse, Freezer, FrozenFileSystems } from "@leeward/tracker";
import type { LiveDisk } from "../disk/disk-host.ts";
import { HOLD_FROM_BYTES, HOLD_FROM_SYNC_MS, HOLD_MS_MAX, PREPARE_ROUNDS_MAX } from "../limits.ts";

/** A disk that others write to, as a point needs it. */
export interface HeldDisk {
  readonly path: string;
  readonly live: LiveDisk;
}

/** What came of one hold. */
export interface HoldOutcome {
  /** How long writers were held, ms. */
  readonly stallMs: number;
  /** Why some disks have no part in the point, or none has. */
  readonly faults: readonly Fault[];
}

export interface FileSystemHoldOptions {
  readonly freezer: Freezer;
  readonly disks: () => readonly HeldDisk[];
  readonly onOutcome: (outcome: HoldOutcome) => void;
}

/** All is still, until `end`. */
export interface HeldMoment {
  /** Writers go on. */
  end(): Promise<HeldOutcome>;
}

export interface HeldOutcome {
  /** All was held the whole time until `end`, and every disk was read; else some disks have no part in the point. */
  readonly isWhole: boolean;
  readonly disks: number;
  readonly fileSystems: number;
}

/**
 * Holds all file systems of all live disks still at once, and has each disk read meanwhile what is left to be copied.
 *
 * Invariant: what a disk keeps for the mark was read while all file systems of all of them were frozen, or is dropped. Worst outcome if
 * broken: a point whose files are of different moments.
 *
 * ```
 *   copy what changed, sync, … until little is left ─► freeze all ─► read the rest, prove that nothing changed ─► (mark) ─► thaw all
 *   └─────────────── prepare ───────────────────────┘ └──────────────────────── begin ───────────────────────┘            └─ end ─┘
 * ```
 *
 * Nothing is written between begin and end: the agent's home may lie on what is frozen. The freezer thaws after its bound whatever happens
 * here; a hold that did not last until the mark was raised counts for nothing.
 */
export class FileSystemHold {
  readonly #options: FileSystemHoldOptions;

  constructor(options: FileSystemHoldOptions) {
    this.#options = options;
  }

  /** May take long, and holds nobody: while much is left, holding file systems still would hold their writers for long. */
  async prepare(): Promise<void> {
    const { freezer } = this.#options;
    for (let round = 0; round < PREPARE_ROUNDS_MAX; round += 1) {
      const disks = this.#options.disks();
      let bytes = 0;
      let syncMs = 0;
      try {
        const { fileSystems, unfreezable } = await freezer.usesOf(disks.map(({ path }) => path));
        syncMs = await freezer.sync([...fileSystems, ...unfreezable]);
        for (const { live } of disks) bytes += (await live.prepare()) ?? 0;
      } catch (error) {
        // The hold meets it again, and tells it.
        if (!isFault(error)) throw error;
        return;
      }
      if (bytes <= HOLD_FROM_BYTES && syncMs <= HOLD_FROM_SYNC_MS) return;
    }
  }

  async begin(): Promise<HeldMoment> {
    const disks = this.#options.disks();
    let frozen: FrozenFileSystems;
    let use: DeviceUse;
    try {
      use = await this.#options.freezer.usesOf(disks.map(({ path }) => path));
      frozen = await this.#options.freezer.freeze(use.fileSystems, HOLD_MS_MAX);
    } catch (error) {
      if (!isFault(error)) throw error;
      this.#options.onOutcome({ stallMs: 0, faults: [error] });
      return { end: async () => ({ isWhole: false, disks: 0, fileSystems: 0 }) };
    }
    const faults = await holdAll(disks, use);
    const counts = { disks: disks.length, fileSystems: use.fileSystems.length };
    return { end: async () => ({ ...counts, isWhole: await this.#letGo(disks, { frozen, faults }) }) };
  }

  async #letGo(
    disks: readonly HeldDisk[],
    { frozen, faults }: { readonly frozen: FrozenFileSystems; readonly faults: readonly Fault[] },
  ): Promise<boolean> {
    let stallMs = 0;
    let lost: Fault;
    try {
      const thawed = await frozen.thaw();
      ({ stallMs } = thawed);
      if (thawed.heldWhole) {
        this.#options.onOutcome({ stallMs, faults });
        return faults.length === 0;
      }
      lost = heldTooLong(stallMs);
    } catch (error) {
      lost = asFault(error);
    }
    // Nothing of it may be left for a later mark.
    for (const { live } of disks) live.drop();
    this.#options.onOutcome({ stallMs, faults: [...faults, lost] });
    return false;
  }
}

/** Side by side, since all stand still meanwhile. */
async function holdAll(disks: readonly HeldDisk[], { swap }: DeviceUse): Promise<Fault[]> {
  const none: readonly Extent[] = [];
  const outcomes = await Promise.allSettled(disks.map(({ path, live }) => live.hold(swap.get(path) ?? none)));
  return outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [asFault(outcome.reason)] : []));
}

function asFault(error: unknown): Fault {
  if (isFault(error)) return error;
  throw error;
}

function heldTooLong(stallMs: number): Fault {
  return new Fault({
    code: "freeze-lost",
    kind: "transient",
    message: `File systems could not be held still until all was read: they went on after ${Math.round(stallMs)} ms. The point was given up.`,
    detail: { stallMs: Math.round(stallMs) },
  });
}
