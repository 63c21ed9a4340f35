import { Fault, isFault } from "@leeward/base";
import type { Extent } from "@leeward/block";
import type { DeviceUse, Freezer, FrozenFileSystems } from "@leeward/tracker";
import type { LiveDisk } from "../disk/disk-host.ts";
import { HOLD_FROM_BYTES, HOLD_FROM_SYNC_MS, HOLD_MS_MAX, PREPARE_ROUNDS_MAX } from "../limits.ts";

const NONE: readonly Extent[] = [];

/** A disk that others write to, as a point needs it. */
export interface HeldDisk {
  readonly diskId: string;
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
  /** Proves of each disk that nothing but what was read has changed until now, then writers go on. A disk without that has no part in the point. */
  end(): Promise<HeldOutcome>;
  /** There is no point to be made: what was read is forgotten, and writers go on. */
  cancel(): Promise<void>;
}

export interface HeldOutcome {
  /** All was held the whole time until `end`, and every disk was read; else some disks have no part in the point. */
  readonly isWhole: boolean;
  /** The disks that were to be held. */
  readonly diskIds: readonly string[];
  readonly fileSystems: number;
}

const NOTHING_HELD: HeldOutcome = { isWhole: false, diskIds: [], fileSystems: 0 };

/**
 * Holds all file systems of all live disks still at once, and has each disk read meanwhile what is left to be copied.
 *
 * Invariant: what a disk keeps for the mark was read while all file systems of all of them were frozen, or is dropped. Worst outcome if
 * broken: a point whose files are of different moments.
 *
 * ```
 *   copy what changed, sync, … until little is left ─► freeze all ─► read the rest, prove that nothing changed ─► (mark) ─► prove it, thaw all
 *   └─────────────── prepare ───────────────────────┘ └──────────────────────── begin ───────────────────────┘            └─────── end ───────┘
 * ```
 *
 * It is proved again after the mark, since what is not written through a file system is not held by a freeze, and the moment of the point is that
 * of the mark for whoever else has a part in it.
 *
 * Nothing is written between begin and end: the agent's home may lie on what is frozen. Logs are neither sealed nor trimmed meanwhile. The freezer
 * thaws after its bound whatever happens here; a hold that did not last until the mark was raised counts for nothing.
 */
export class FileSystemHold {
  readonly #options: FileSystemHoldOptions;

  constructor(options: FileSystemHoldOptions) {
    this.#options = options;
  }

  /**
   * May take long, and holds nobody: while much is left, holding file systems still would hold their writers for long. Whoever does not want it
   * any more aborts the signal; what was copied until then is copied.
   */
  async prepare(signal?: AbortSignal): Promise<void> {
    const { freezer } = this.#options;
    for (let round = 0; round < PREPARE_ROUNDS_MAX && signal?.aborted !== true; round += 1) {
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
      // A disk that cannot says so again when it is to be held.
      await ofEach(disks, ({ live }) => live.pauseUpkeep());
      frozen = await this.#options.freezer.freeze(use.fileSystems, HOLD_MS_MAX);
    } catch (error) {
      if (!isFault(error)) throw error;
      resumeAll(disks);
      this.#options.onOutcome({ stallMs: 0, faults: [error] });
      return { end: async () => NOTHING_HELD, cancel: async () => {} };
    }
    const faults = await ofEach(disks, ({ path, live }) => live.hold(use.swap.get(path) ?? NONE));
    const what = { diskIds: disks.map(({ diskId }) => diskId), fileSystems: use.fileSystems.length };
    return {
      end: async () => {
        const changed = await ofEach(disks, ({ live }) => live.confirm());
        return { ...what, isWhole: await this.#letGo(disks, { frozen, faults: [...faults, ...changed] }) };
      },
      cancel: async () => {
        for (const { live } of disks) live.drop();
        await this.#letGo(disks, { frozen, faults });
      },
    };
  }

  async #letGo(
    disks: readonly HeldDisk[],
    { frozen, faults }: { readonly frozen: FrozenFileSystems; readonly faults: readonly Fault[] },
  ): Promise<boolean> {
    const { heldWhole, stallMs, lost } = await thawed(frozen);
    resumeAll(disks);
    if (heldWhole) {
      this.#options.onOutcome({ stallMs, faults });
      return faults.length === 0;
    }
    // Nothing of it may be left for a later mark.
    for (const { live } of disks) live.drop();
    this.#options.onOutcome({ stallMs, faults: [...faults, lost ?? heldTooLong(stallMs)] });
    return false;
  }
}

function resumeAll(disks: readonly HeldDisk[]): void {
  for (const { live } of disks) live.resumeUpkeep();
}

/** Side by side, since all stand still meanwhile. */
async function ofEach(disks: readonly HeldDisk[], work: (disk: HeldDisk) => Promise<void>): Promise<Fault[]> {
  const outcomes = await Promise.allSettled(disks.map(work));
  return outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [asFault(outcome.reason)] : []));
}

function asFault(error: unknown): Fault {
  if (isFault(error)) return error;
  throw error;
}

/** What could not be thawed was not held for a known time: nothing that was read counts. */
async function thawed(
  frozen: FrozenFileSystems,
): Promise<{ readonly heldWhole: boolean; readonly stallMs: number; readonly lost?: Fault }> {
  try {
    return await frozen.thaw();
  } catch (error) {
    return { heldWhole: false, stallMs: HOLD_MS_MAX, lost: asFault(error) };
  }
}

function heldTooLong(stallMs: number): Fault {
  return new Fault({
    code: "freeze-lost",
    kind: "transient",
    message: `File systems could not be held still until all was read: they went on after ${Math.round(stallMs)} ms. The point was given up.`,
    detail: { stallMs: Math.round(stallMs) },
  });
}
