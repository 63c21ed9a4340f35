/**
 * Reads every file of the journal and compares its digest, at a bounded rate, so that damage is found while the source still has
 * what is missing.
 *
 * Invariant: a point that needs damaged bytes is withdrawn before the pass goes on, and none is taken until they were written again. A
 * damaged index run costs nothing but its rebuilding. Worst outcome: damage shows when a machine is started from it.
 */
import { createHash } from "node:crypto";
import { isFault, MiB } from "@leeward/base";
import type { Extent } from "@leeward/block";
import type { Branch } from "../history/branch.ts";
import type { JournalState } from "../history/journal-state.ts";
import { type JournalParts, record, stateOf } from "../journal-parts.ts";
import type { PlacedFile } from "../view/file-library.ts";
import { removeFiles } from "../view/file-removal.ts";
import { followDamage } from "./damage-spread.ts";
import { damagedExtents } from "./damaged-extents.ts";

const READ_BYTES = MiB;
/** Ids in one entry. */
const IDS_MAX = 16_384;

/** A file whose bytes are not what they were, and what that means. */
export interface DamageFound {
  readonly path: string;
  readonly folder: PlacedFile["folder"];
  /** What of the disk is lost from it; nothing for an index run, which is built anew. */
  readonly extents: readonly Extent[];
  readonly pointsWithdrawn: readonly string[];
}

export interface ScrubReport {
  readonly files: number;
  readonly bytes: number;
  readonly damaged: readonly DamageFound[];
}

export class Scrub {
  readonly #parts: JournalParts;

  constructor(parts: JournalParts) {
    this.#parts = parts;
  }

  /** One pass over all files that there are when it begins. @throws what reading throws but damage, `journal-full` */
  async run(onDamage: (found: DamageFound) => void, signal: AbortSignal): Promise<ScrubReport> {
    const { clock } = this.#parts.world;
    const startedMicros = clock.wallMicros();
    const damaged: DamageFound[] = [];
    let [files, bytes] = [0, 0];
    for (const placed of [...stateOf(this.#parts).files()]) {
      if (stateOf(this.#parts).damagedFiles.has(placed.file.fileId)) continue;
      const isWhole = await this.#verify(placed, signal);
      files += 1;
      bytes += placed.file.bytes;
      if (isWhole) continue;
      const found = await this.#parts.maintenance.hold(() => this.#withdraw(placed));
      if (found === undefined) continue;
      damaged.push(found);
      onDamage(found);
    }
    const endedMicros = clock.wallMicros();
    await record(this.#parts, [
      { type: "scrub", startedMicros, endedMicros, files, bytes, damagedFiles: damaged.length },
    ]);
    return { files, bytes, damaged };
  }

  /** Whether the file is what the manifest says. */
  async #verify(placed: PlacedFile, signal: AbortSignal): Promise<boolean> {
    const { world, gate, library, limits } = this.#parts;
    const leave = gate.enter();
    try {
      await using handle = await world.files.open(library.pathOf(placed), "read", { anew: true });
      const hash = createHash("sha256");
      const buffer = new Uint8Array(READ_BYTES);
      for (let at = 0; ; at += buffer.length) {
        signal.throwIfAborted();
        const began = world.clock.monotonicMicros();
        const got = await handle.read(buffer, at);
        hash.update(buffer.subarray(0, got));
        if (got < buffer.length) break;
        const tookMs = (world.clock.monotonicMicros() - began) / 1_000;
        const restMs = (got / limits.scrubBytesPerSecond) * 1_000 - tookMs;
        if (restMs >= 1) await world.clock.sleep(restMs, signal);
      }
      return hash.digest("hex") === placed.file.sha256;
    } catch (error) {
      if (isFault(error, "file-missing")) return false;
      throw error;
    } finally {
      leave();
    }
  }

  async #withdraw(placed: PlacedFile): Promise<DamageFound | undefined> {
    const path = this.#parts.library.pathOf(placed);
    if (!isHeld(stateOf(this.#parts), placed)) return undefined;
    if (placed.folder === "runs") {
      await this.#dropRun(placed);
      return { path, folder: placed.folder, extents: [], pointsWithdrawn: [] };
    }
    const { world, dataKey, decisions, library } = this.#parts;
    const told = await damagedExtents(world, path, dataKey);
    return decisions.hold(async () => {
      const state = stateOf(this.#parts);
      const place = placeOf(state, placed);
      if (place === undefined) return undefined;
      const extents = told ?? place.whole;
      const { entries, pointIds } = await followDamage({ state, library }, { ...place, extents });
      // In this order: cut off anywhere, nothing wrong is served, and the next pass finds the file again.
      for (const ids of chunksOf(pointIds, IDS_MAX)) await record(this.#parts, [{ type: "points-withdrawn", ids }]);
      for (const entry of entries) await record(this.#parts, [entry]);
      await record(this.#parts, [{ type: "file-damaged", fileId: placed.file.fileId }]);
      return { path, folder: placed.folder, extents, pointsWithdrawn: pointIds };
    });
  }

  async #dropRun(placed: PlacedFile): Promise<void> {
    for (const branch of stateOf(this.#parts).branches) {
      for (const { level, first, file } of branch.runs) {
        if (file.fileId !== placed.file.fileId) continue;
        await record(this.#parts, [{ type: "run-dropped", branch: branch.id, level, first }]);
        await removeFiles(this.#parts, [placed]);
        return;
      }
    }
  }
}

/** Whether the file is still one of the journal's. */
function isHeld(state: JournalState, { file }: PlacedFile): boolean {
  for (const each of state.files()) if (each.file.fileId === file.fileId) return true;
  return false;
}

/** From where on the file's damage shows, and what is lost when the file does not say what it holds. */
function placeOf(
  state: JournalState,
  { folder, file }: PlacedFile,
): { readonly branch: Branch; readonly number: number; readonly whole: readonly Extent[] } | undefined {
  if (folder === "base") {
    const range = [...state.ranges].find(([, each]) => each.fileId === file.fileId)?.[0];
    const branch = state.base === undefined ? undefined : state.branch(state.base.branch);
    const rangeBytes = state.genesis?.rangeBytes ?? 0;
    if (range === undefined || branch === undefined) return undefined;
    return { branch, number: branch.start.number - 1, whole: [{ offset: range * rangeBytes, length: rangeBytes }] };
  }
  for (const branch of state.branches) {
    const segment = branch.segments.find((each) => each.file.fileId === file.fileId);
    if (segment === undefined) continue;
    const resizes = segment.type === "segment" ? segment.resizes : [];
    const most = Math.max(segment.diskBytes, ...resizes.map(({ diskBytes }) => diskBytes), 1);
    return { branch, number: segment.number, whole: [{ offset: 0, length: most }] };
  }
  return undefined;
}

function* chunksOf<T>(items: readonly T[], countMax: number): IterableIterator<readonly T[]> {
  for (let at = 0; at < items.length; at += countMax) yield items.slice(at, at + countMax);
}
