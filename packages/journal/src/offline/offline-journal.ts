/**
 * One disk's journal as it lies, without whoever owns it: for recovery with nothing but the folder and the key.
 *
 * Invariant: nothing is written, so that a read-only copy opens, and a folder whose owner runs is not disturbed. What is read is what
 * the manifest names, checked as ever. No pin holds a point: an owner that runs may merge its files away, and a read then fails with a
 * Fault, never with other bytes. Worst outcome: a person starts a machine from bytes that it never had.
 */
import { Fault, isFault } from "@leeward/base";
import type { World } from "@leeward/world";
import { type HistoryInterval, historyOf } from "../history/interval.ts";
import { choosePoint } from "../history/point-choice.ts";
import type { JournalOptions } from "../journal.ts";
import { type JournalParts, partsOf, stateOf } from "../journal-parts.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { readPointer } from "../manifest/current-pointer.ts";
import { Manifest } from "../manifest/manifest.ts";
import { listPoints, shownPoint } from "../points/shown-point.ts";
import type { JournalPoint, PointAt, TimeRange } from "../recovery-point.ts";
import { openView } from "../view/opened-point.ts";
import type { PointDevice } from "../view/point-device.ts";

/** An owner that runs replaces its manifest now and then; seldom more often than this while it is being read. */
const ATTEMPTS_MAX = 5;

export class OfflineJournal implements AsyncDisposable {
  readonly folder: string;
  readonly machineId: string;
  readonly diskId: string;
  readonly #parts: JournalParts;

  private constructor(parts: JournalParts) {
    this.#parts = parts;
    this.folder = parts.folder;
    this.machineId = parts.manifest.identity.machineId;
    this.diskId = parts.manifest.identity.diskId;
  }

  /** @throws Fault `journal-missing`, those of `Manifest.open`, `key-mismatch`, and what the files throw */
  static async open(world: World, options: JournalOptions): Promise<OfflineJournal> {
    const { folder, dataKey, limits: given } = options;
    const limits = { ...DEFAULT_LIMITS, ...given };
    const manifest = await openManifest(world, { folder, dataKey });
    return new OfflineJournal(partsOf(world, { ...options, limits, manifest }));
  }

  /** Points that can be opened, oldest first. */
  points(range: TimeRange = {}): JournalPoint[] {
    return listPoints(stateOf(this.#parts), { ...range, nowMicros: this.#nowMicros });
  }

  /** The point when it is listed. */
  point(id: string): JournalPoint | undefined {
    const state = stateOf(this.#parts);
    const held = state.points.byId(id);
    return held === undefined || held.withdrawn ? undefined : shownPoint(state, held, this.#nowMicros);
  }

  /** As choosePoint: the point that `at` means. */
  resolve(at: PointAt): JournalPoint {
    const state = stateOf(this.#parts);
    return shownPoint(state, choosePoint(state, at), this.#nowMicros);
  }

  /** The disk as it was at the point, read-only. @throws Fault `point-missing`, `point-withdrawn`; reads throw `disk-read-failed` */
  openPoint(id: string): PointDevice {
    const point = choosePoint(stateOf(this.#parts), { kind: "id", id });
    return openView(this.#parts, point, async () => undefined);
  }

  /** How well each stretch of time can be recovered. */
  history(range: TimeRange = {}): HistoryInterval[] {
    const { continuousMicrosMax } = this.#parts.limits;
    return historyOf(stateOf(this.#parts), { ...range, continuousMicrosMax });
  }

  get #nowMicros(): number {
    return this.#parts.world.clock.wallMicros();
  }

  async close(): Promise<void> {
    await this.#parts.library.close();
    await this.#parts.manifest.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** The manifest that CURRENT names; read again when its owner replaced it meanwhile. */
async function openManifest(world: World, options: JournalOptions): Promise<Manifest> {
  const { folder } = options;
  for (let attempt = 1; ; attempt += 1) {
    const before = await readPointer(world.files, folder);
    try {
      const manifest = await Manifest.open(world, options);
      if (manifest !== undefined) return manifest;
      throw missing(folder);
    } catch (error) {
      const replaced = before !== undefined && (await readPointer(world.files, folder)) !== before;
      if (!replaced || attempt === ATTEMPTS_MAX || !isFault(error)) throw error;
    }
  }
}

function missing(folder: string): Fault {
  return new Fault({
    code: "journal-missing",
    kind: "operator",
    message: `${folder} holds no journal.`,
    remedy: "Name the folder HOME/journal of a master target, one machine's folder in it, or one disk's.",
    detail: { folder },
  });
}
