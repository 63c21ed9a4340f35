import { Fault, isFault } from "@leeward/base";
import {
  type Allocation,
  assertFits,
  type BlockDevice,
  diskClosed,
  diskReadOnly,
  type Extent,
  endOf,
} from "@leeward/block";
import type { Branch } from "../history/branch.ts";
import { type JournalParts, stateOf } from "../journal-parts.ts";
import type { BranchPosition } from "../recovery-point.ts";
import type { Piece } from "./located.ts";
import { PointView } from "./point-view.ts";

const NAME = "the recovery point";
/** How much of the disk is looked up at once. */
const LOOKUP_BYTES = 16 * 1024 * 1024;
/** A stretch without data is looked up in steps that grow up to this. */
const LOOKUP_BYTES_MAX = 64 * 1024 * 1024 * 1024;
/** Pieces in one look-up above which the next step is smaller. */
const PIECES_WANTED = 4_096;

/**
 * One place of a disk's history as a read-only disk.
 *
 * Invariant: it reads the same bytes however the journal is merged meanwhile: its view is built anew when files were replaced, and no
 * file is removed while a read is under way. Its owner holds a pin, so that the base never passes it.
 */
export class PointDevice implements BlockDevice {
  readonly sizeBytes: number;
  readonly blockBytes: number;
  readonly readOnly = true;
  /** Where it stands in the disk's history. */
  readonly place: BranchPosition;
  readonly #parts: JournalParts;
  readonly #onClose: () => Promise<void>;
  #view: { readonly layout: number; readonly view: PointView } | undefined;
  #closed = false;

  constructor(
    parts: JournalParts,
    place: { readonly branch: Branch; readonly sequence: number; readonly diskBytes: number },
    onClose: () => Promise<void>,
  ) {
    this.#parts = parts;
    this.place = { branch: place.branch.name, sequence: place.sequence };
    this.sizeBytes = place.diskBytes;
    this.blockBytes = place.branch.blockBytes;
    this.#onClose = onClose;
  }

  async read(offset: number, target: Uint8Array): Promise<void> {
    assertFits(this, offset, target.length);
    const leave = this.#parts.gate.enter();
    try {
      for (let done = 0; done < target.length; done += LOOKUP_BYTES) {
        const length = Math.min(LOOKUP_BYTES, target.length - done);
        const pieces = await this.#viewNow().pieces({ offset: offset + done, length });
        await this.#fill(target, offset, pieces);
      }
    } catch (error) {
      throw readFailed(error, offset);
    } finally {
      leave();
    }
  }

  async allocation(extent: Extent): Promise<readonly Allocation[]> {
    const runs: Allocation[] = [];
    let step = LOOKUP_BYTES;
    for (let at = extent.offset; at < endOf(extent); ) {
      const length = Math.min(step, endOf(extent) - at);
      const pieces = await this.#piecesOf({ offset: at, length });
      for (const { kind, offset, length: pieceLength } of pieces) join(runs, { kind, offset, length: pieceLength });
      at += length;
      step = pieces.length > PIECES_WANTED ? Math.max(LOOKUP_BYTES, step / 2) : Math.min(LOOKUP_BYTES_MAX, step * 2);
    }
    return runs;
  }

  async write(offset: number, data: Uint8Array): Promise<void> {
    throw diskReadOnly({ disk: NAME, operation: "write", extent: { offset, length: data.length } });
  }

  async zero(extent: Extent): Promise<void> {
    throw diskReadOnly({ disk: NAME, operation: "zero", extent });
  }

  async discard(extent: Extent): Promise<void> {
    throw diskReadOnly({ disk: NAME, operation: "discard", extent });
  }

  async flush(): Promise<void> {
    // Nothing is ever written.
  }

  /** Ends it and its pin; reads that are under way end first. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#onClose();
  }

  async #piecesOf(extent: Extent): Promise<Piece[]> {
    const leave = this.#parts.gate.enter();
    try {
      return await this.#viewNow().pieces(extent);
    } catch (error) {
      throw readFailed(error, extent.offset);
    } finally {
      leave();
    }
  }

  #viewNow(): PointView {
    if (this.#closed) throw diskClosed({ disk: NAME, operation: "read" });
    const state = stateOf(this.#parts);
    const { layout } = state;
    if (this.#view?.layout !== layout) {
      this.#view = {
        layout,
        view: new PointView(this.#parts.library, state, state.pathTo(this.place.branch, this.place.sequence)),
      };
    }
    return this.#view.view;
  }

  async #fill(target: Uint8Array, origin: number, pieces: readonly Piece[]): Promise<void> {
    const { library, limits } = this.#parts;
    const inFlight = new Set<Promise<void>>();
    const failures: unknown[] = [];
    for (const piece of pieces) {
      const into = target.subarray(piece.offset - origin, endOf(piece) - origin);
      if (piece.kind === "zero") {
        into.fill(0);
        continue;
      }
      const { file, entry } = piece.data;
      // A failure is kept for the end: the target is borrowed until all that fill it have settled.
      const reading = library
        .use(file, (reader) => reader.read(entry, into))
        .catch((error: unknown) => void failures.push(error))
        .finally(() => inFlight.delete(reading));
      inFlight.add(reading);
      if (inFlight.size >= limits.readsInFlight) await Promise.race(inFlight);
    }
    await Promise.all(inFlight);
    if (failures.length > 0) throw failures[0];
  }
}

function join(runs: Allocation[], next: Allocation): void {
  const last = runs.at(-1);
  if (last !== undefined && last.kind === next.kind && endOf(last) === next.offset) {
    runs[runs.length - 1] = { ...last, length: last.length + next.length };
  } else runs.push(next);
}

function readFailed(error: unknown, offset: number): unknown {
  if (isFault(error, "disk-closed")) return error;
  return new Fault({
    code: "disk-read-failed",
    kind: error instanceof Fault ? error.kind : "transient",
    message: `The recovery point could not be read at ${offset}.`,
    remedy: error instanceof Fault ? error.remedy : "Look into the trace, and report it.",
    detail: { offset, why: error instanceof Fault ? error.code : "unknown" },
    cause: error,
  });
}
