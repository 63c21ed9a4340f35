import { Fault, Mutex, Waiters } from "@leeward/base";
import type { DataKey } from "@leeward/change-log";
import type { World } from "@leeward/world";
import { type HistoryInterval, historyOf } from "../history/interval.ts";
import { choosePoint } from "../history/point-choice.ts";
import { type JournalParts, stateOf } from "../journal-parts.ts";
import { DEFAULT_LIMITS, type JournalLimits } from "../limits.ts";
import { Manifest } from "../manifest/manifest.ts";
import { listPoints, shownPoint } from "../points/shown-point.ts";
import type { JournalPoint, PointAt, TimeRange } from "../recovery-point.ts";
import { type SavedImage, type SaveProgress, saveDevice } from "../save/save-device.ts";
import type { SaveSink } from "../save/save-sink.ts";
import { FileLibrary } from "../view/file-library.ts";
import { openView } from "../view/opened-point.ts";
import type { PointDevice } from "../view/point-device.ts";
import { ReadGate } from "../view/read-gate.ts";

/** One disk's journal opened without its server: it is only read, so nothing in its folder changes. */
export class OfflineDisk implements AsyncDisposable {
  readonly folder: string;
  readonly machineId: string;
  readonly diskId: string;
  /** As people call it; its id when nothing beside the journal says it. */
  readonly name: string;
  readonly #parts: JournalParts;

  private constructor(parts: JournalParts, name: string | undefined) {
    this.#parts = parts;
    this.folder = parts.folder;
    this.machineId = parts.manifest.identity.machineId;
    this.diskId = parts.manifest.identity.diskId;
    this.name = name ?? this.diskId;
  }

  /** @throws Fault `journal-missing`, `key-mismatch`, and those of a manifest */
  static async open(
    world: World,
    options: { readonly folder: string; readonly dataKey: DataKey; readonly name?: string | undefined; readonly limits?: Partial<JournalLimits> },
  ): Promise<OfflineDisk> {
    const { folder, dataKey } = options;
    const manifest = await Manifest.open(world, { folder, dataKey });
    if (manifest === undefined) {
      throw new Fault({ code: "journal-missing", kind: "operator", message: `${folder} holds no journal.`, detail: { folder } });
    }
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const { openFilesMax, cacheBytesMax } = limits;
    const library = new FileLibrary(world, { folder, dataKey, openFilesMax, cacheBytesMax });
    const shared = { gate: new ReadGate(), maintenance: new Mutex(), decisions: new Mutex(), changed: new Waiters() };
    return new OfflineDisk({ world, folder, dataKey, limits, manifest, library, ...shared }, options.name);
  }

  /** Points that can be opened, oldest first. */
  points(range: TimeRange = {}): JournalPoint[] {
    return listPoints(stateOf(this.#parts), range);
  }

  point(id: string): JournalPoint | undefined {
    const state = stateOf(this.#parts);
    const held = state.points.byId(id);
    return held === undefined || held.withdrawn ? undefined : shownPoint(state, held);
  }

  /** As choosePoint. */
  resolve(at: PointAt): JournalPoint {
    const state = stateOf(this.#parts);
    return shownPoint(state, choosePoint(state, at));
  }

  history(range: TimeRange = {}): HistoryInterval[] {
    const { continuousMicrosMax } = this.#parts.limits;
    return historyOf(stateOf(this.#parts), { ...range, continuousMicrosMax });
  }

  /** The disk as it was at the point, read-only. @throws Fault `point-missing`, `point-withdrawn`; reads `disk-read-failed` */
  openPoint(id: string): PointDevice {
    const point = choosePoint(stateOf(this.#parts), { kind: "id", id });
    return openView(this.#parts, point, async () => {
      // Nothing was pinned: nobody removes anything.
    });
  }

  /** Copies a point to a sink, holes as holes. */
  async save(
    id: string,
    sink: SaveSink,
    options: { readonly signal: AbortSignal; readonly onProgress?: (progress: SaveProgress) => void },
  ): Promise<SavedImage> {
    await using device = this.openPoint(id);
    return await saveDevice(device, sink, options);
  }

  async close(): Promise<void> {
    await this.#parts.library.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
