import { fillSector, readSector, SECTOR_BYTES } from "./sector.ts";

/** Writes of one life of a disk, on whichever side: their numbers only rise. */
interface Numbers {
  next: number;
}

/** A write: consecutive sectors, all of one number. */
export interface NumberedWrite {
  readonly number: number;
  /** First sector and how many. */
  readonly sector: number;
  readonly sectors: number;
}

/**
 * What a disk has to hold by what its writers were told: in every sector the newest write that was acknowledged. Of a write that was given up before it was
 * answered, each sector may have been written or not; the first look at the disk settles that, and it has to stay so.
 */
export class WrittenDisk {
  readonly sizeBytes: number;
  readonly #numbers: Numbers;
  /** By sector: which write is there. */
  readonly #written: Uint32Array;
  readonly #doubtful = new Map<number, Set<number>>();

  private constructor(written: Uint32Array, numbers: Numbers) {
    this.#written = written;
    this.#numbers = numbers;
    this.sizeBytes = written.length * SECTOR_BYTES;
  }

  /** Wholly written once, by the first write; `content` has that to be put there. */
  static make(sizeBytes: number): WrittenDisk {
    return new WrittenDisk(new Uint32Array(sizeBytes / SECTOR_BYTES).fill(1), { next: 2 });
  }

  /** As it is now; what is written to either is not in the other, and has other numbers. */
  copy(): WrittenDisk {
    const copy = new WrittenDisk(this.#written.slice(), this.#numbers);
    for (const [sector, numbers] of this.#doubtful) copy.#doubtful.set(sector, new Set(numbers));
    return copy;
  }

  /** Begins a write; it is to be acknowledged or doubted. */
  begin(place: Pick<NumberedWrite, "sector" | "sectors">): NumberedWrite {
    const number = this.#numbers.next;
    this.#numbers.next += 1;
    return { number, ...place };
  }

  acknowledge({ number, sector, sectors }: NumberedWrite): void {
    this.#written.fill(number, sector, sector + sectors);
    for (let each = sector; each < sector + sectors; each += 1) this.#doubtful.delete(each);
  }

  /** Nobody will know whether it was done. */
  doubt({ number, sector, sectors }: NumberedWrite): void {
    for (let each = sector; each < sector + sectors; each += 1) {
      const numbers = this.#doubtful.get(each) ?? new Set();
      this.#doubtful.set(each, numbers.add(number));
    }
  }

  /** All that it holds by what is known. */
  content(): Buffer {
    const content = Buffer.alloc(this.sizeBytes);
    for (const [sector, number] of this.#written.entries()) fillInto(content, { sector, at: sector, number });
    return content;
  }

  /** What is not as it has to be, at most a few lines; settles what was doubtful by what was found. */
  differences(content: Buffer): string[] {
    const differences: string[] = [];
    if (content.length !== this.sizeBytes) return [`it has ${content.length} bytes, not ${this.sizeBytes}`];
    for (const [sector, number] of this.#written.entries()) {
      const found = numberAt(content, sector);
      if (found === number) continue;
      if (typeof found === "number" && this.#doubtful.get(sector)?.has(found) === true) this.#written[sector] = found;
      else differences.push(`sector ${sector} holds write ${found}, not ${number}`);
    }
    this.#doubtful.clear();
    return [...differences.slice(0, DIFFERENCES_MAX), ...(differences.length > DIFFERENCES_MAX ? ["and more"] : [])];
  }
}

const DIFFERENCES_MAX = 8;

/** What the write puts there. */
export function bytesOf({ number, sector, sectors }: NumberedWrite): Buffer {
  const bytes = Buffer.alloc(sectors * SECTOR_BYTES);
  for (let each = 0; each < sectors; each += 1) fillInto(bytes, { sector: sector + each, at: each, number });
  return bytes;
}

function fillInto(target: Buffer, { sector, at, number }: { sector: number; at: number; number: number }): void {
  const place = { disk: 0, index: sector, operation: number };
  fillSector(target.subarray(at * SECTOR_BYTES, (at + 1) * SECTOR_BYTES), place);
}

function numberAt(content: Buffer, sector: number): number | string {
  const bytes = content.subarray(sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES);
  const found = readSector(bytes, { disk: 0, index: sector });
  if (found.kind === "written") return found.operation;
  return found.kind === "zero" ? "of zeroes" : `that is broken (${found.why})`;
}
