import type { Random } from "@leeward/base";
import { SparseBytes } from "./sparse-bytes.ts";

/** A disk writes this much at once or not at all. */
const SECTOR_BYTES = 512;

type Change =
  | { readonly kind: "write"; readonly number: number; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: "resize"; readonly number: number; readonly sizeBytes: number };

/** What a loss of power leaves of what was not synced: nothing, everything, or whatever chance leaves. */
export type Survival = "none" | "all" | "random";

/**
 * One file as the running system sees it (`now`), and as the disk holds it (`#durable` and, not yet synced, `#pending`).
 *
 * After a loss of power each sector holds its content as of some moment between the last datasync and the end, each sector as
 * of a moment of its own: the kernel writes pages back whenever it likes. The size is that of one moment too. Only a cut
 * orders: no sector shows what a cut that took effect removed.
 */
export class StoredFile {
  readonly now: SparseBytes;
  readonly #durable: SparseBytes;
  #pending: Change[] = [];
  #changesMade = 0;
  modifiedMicros: number;

  constructor(modifiedMicros: number, content = new SparseBytes()) {
    this.modifiedMicros = modifiedMicros;
    this.now = content;
    this.#durable = content.copy();
  }

  write(bytes: Uint8Array, position: number): void {
    this.now.write(bytes, position);
    this.#changesMade += 1;
    this.#pending.push({ kind: "write", number: this.#changesMade, position, bytes: bytes.slice() });
  }

  resize(sizeBytes: number): void {
    this.now.resize(sizeBytes);
    this.#changesMade += 1;
    this.#pending.push({ kind: "resize", number: this.#changesMade, sizeBytes });
  }

  get changesMade(): number {
    return this.#changesMade;
  }

  /** Makes the changes up to number `through` durable: those that came while the datasync was under way are not promised. */
  datasync(through: number): void {
    for (const change of this.#pending) if (change.number <= through) applyWhole(this.#durable, change);
    this.#pending = this.#pending.filter((change) => change.number > through);
  }

  /** What a failed datasync leaves: any part of the changes has reached the disk, and the rest is forgotten. */
  datasyncFailed(random: Random): void {
    survivors(this.#durable, this.#pending, { survival: "random", random });
    this.#pending = [];
  }

  /** The file after a loss of power. */
  afterPowerLoss(choice: { readonly survival: Survival; readonly random: Random }): StoredFile {
    const content = this.#durable.copy();
    survivors(content, this.#pending, choice);
    return new StoredFile(this.modifiedMicros, content);
  }

  /** Flips one bit where it is stored. */
  flipBit(position: number, bit: number): void {
    for (const stored of new Set([this.now, this.#durable])) {
      const byte = new Uint8Array(1);
      if (stored.read(byte, position) === 0) continue;
      byte[0] = (byte[0] ?? 0) ^ (1 << bit);
      stored.write(byte, position);
    }
  }
}

function applyWhole(content: SparseBytes, change: Change): void {
  if (change.kind === "write") content.write(change.bytes, change.position);
  else content.resize(change.sizeBytes);
}

interface Choice {
  readonly survival: Survival;
  readonly random: Random;
}

function survivors(content: SparseBytes, changes: readonly Change[], { survival, random }: Choice): void {
  // Of four losses by chance, one keeps nothing, one everything, one a moment between, and one tears.
  const way = survival === "random" ? (["none", "all", "moment", "torn"] as const)[random.below(4)] : survival;
  if (way === "none") return;
  const sizeMoment = way === "all" ? changes.length : random.below(changes.length + 1);
  if (way === "torn") tear(content, changes, { sizeMoment, random });
  else for (const change of changes.slice(0, sizeMoment)) applyWhole(content, change);
}

/** A moment k means: after the first k changes. */
function tear(
  content: SparseBytes,
  changes: readonly Change[],
  { sizeMoment, random }: { readonly sizeMoment: number; readonly random: Random },
): void {
  const nextResize = changes.findIndex((change, index) => index >= sizeMoment && change.kind === "resize");
  const momentMax = nextResize === -1 ? changes.length : nextResize;
  const sectorMoments = new Map<number, number>();
  const survives = (sector: number, index: number): boolean => {
    let moment = sectorMoments.get(sector);
    if (moment === undefined) {
      moment = random.below(momentMax + 1);
      sectorMoments.set(sector, moment);
    }
    return index < moment;
  };
  const size = sizeAt(content.sizeBytes, changes.slice(0, sizeMoment));
  for (const [index, change] of changes.slice(0, momentMax).entries()) {
    if (change.kind === "resize") content.resize(change.sizeBytes);
    else
      for (const part of sectorsOf(change)) if (survives(part.sector, index)) content.write(part.bytes, part.position);
  }
  content.resize(size);
}

function sizeAt(sizeBytes: number, changes: readonly Change[]): number {
  let size = sizeBytes;
  for (const change of changes) {
    size = change.kind === "resize" ? change.sizeBytes : Math.max(size, change.position + change.bytes.length);
  }
  return size;
}

interface SectorPart {
  readonly sector: number;
  readonly position: number;
  readonly bytes: Uint8Array;
}

function* sectorsOf(change: Change & { kind: "write" }): Generator<SectorPart> {
  for (let done = 0; done < change.bytes.length; ) {
    const position = change.position + done;
    const length = Math.min(SECTOR_BYTES - (position % SECTOR_BYTES), change.bytes.length - done);
    yield { sector: Math.floor(position / SECTOR_BYTES), position, bytes: change.bytes.subarray(done, done + length) };
    done += length;
  }
}
