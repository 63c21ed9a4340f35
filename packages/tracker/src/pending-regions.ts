import { assert } from "@leeward/base";
import { type Extent, endOf } from "@leeward/block";

/**
 * The regions that wait and those that were taken, as two bitmaps that may lie in memory that outlives this process: lowest bit first, one bit
 * per region.
 *
 * Invariant: whatever moves is set where it goes before it is cleared where it was. So a process that dies in between leaves a region in both
 * places and never in none; whoever opens them next gives back what was taken, so that both wait.
 */
export class PendingRegions {
  readonly sizeBytes: number;
  readonly regionBytes: number;
  #waiting: Uint32Array;
  #taken: Uint32Array;
  #waitingCount = 0;
  #takenCount = 0;

  constructor(options: {
    readonly waiting: Uint32Array;
    readonly taken: Uint32Array;
    readonly sizeBytes: number;
    readonly regionBytes: number;
  }) {
    this.sizeBytes = options.sizeBytes;
    this.regionBytes = options.regionBytes;
    this.#waiting = options.waiting;
    this.#taken = options.taken;
    assert(options.waiting.length === options.taken.length, "both bitmaps are of one device");
    assert(options.waiting.length * 32 * options.regionBytes >= options.sizeBytes, "every region has a bit");
    this.#waitingCount = countOf(this.#waiting);
    this.#takenCount = countOf(this.#taken);
  }

  get waitingCount(): number {
    return this.#waitingCount;
  }

  get takenCount(): number {
    return this.#takenCount;
  }

  /** Makes wait what is set in `noted`, and clears it there. Others may set bits of `noted` meanwhile: those stay, or are taken along. */
  absorb(noted: Uint32Array): void {
    assert(noted.length <= this.#waiting.length, "what is noted is of this device");
    for (let index = 0; index < noted.length; index += 1) {
      const bits = noted[index] ?? 0;
      if (bits === 0) continue;
      this.#makeWait(index, bits);
      Atomics.and(noted, index, ~bits);
    }
  }

  /** Makes wait what is set in `other`, which stays as it is. */
  include(other: Uint32Array): void {
    for (let index = 0; index < other.length; index += 1) this.#makeWait(index, other[index] ?? 0);
  }

  take(): number {
    assert(this.#takenCount === 0, "what was taken before is settled or given back first");
    this.#taken.set(this.#waiting);
    this.#takenCount = this.#waitingCount;
    this.#waiting.fill(0);
    this.#waitingCount = 0;
    return this.#takenCount;
  }

  *taken(bytesMax: number): IterableIterator<Extent> {
    assert(bytesMax >= this.regionBytes, "an extent has room for a region");
    const regionsMax = Math.floor(bytesMax / this.regionBytes);
    for (let region = this.#nextTaken(0); region !== undefined; ) {
      let after = region + 1;
      while (after - region < regionsMax && has(this.#taken, after)) after += 1;
      const offset = region * this.regionBytes;
      yield { offset, length: Math.min(after * this.regionBytes, this.sizeBytes) - offset };
      region = this.#nextTaken(after);
    }
  }

  waitsWithin(extent: Extent): boolean {
    const { first, last } = this.#regionsOf(extent);
    for (let region = first; region <= last; ) {
      if (region % 32 === 0 && region + 31 <= last) {
        if (this.#waiting[region / 32] !== 0) return true;
        region += 32;
      } else {
        if (has(this.#waiting, region)) return true;
        region += 1;
      }
    }
    return false;
  }

  settle(): void {
    this.#taken.fill(0);
    this.#takenCount = 0;
  }

  giveBack(): void {
    this.include(this.#taken);
    this.settle();
  }

  wait(extent: Extent): void {
    const { first, last } = this.#regionsOf(extent);
    for (let region = first; region <= last; region += 1) this.#makeWait(Math.floor(region / 32), 1 << (region % 32));
  }

  /** A copy with room for a device of another size, in the bitmaps given, which hold nothing or what was noted there already. */
  carryTo(larger: PendingRegions): void {
    larger.include(this.#waiting);
    for (let index = 0; index < this.#taken.length; index += 1) {
      larger.#taken[index] = (larger.#taken[index] ?? 0) | (this.#taken[index] ?? 0);
    }
    larger.#takenCount = countOf(larger.#taken);
  }

  /** Lets go of the bitmaps' memory: from here on nothing waits and nothing is taken. */
  detach(): void {
    this.#waiting = new Uint32Array();
    this.#taken = new Uint32Array();
    this.#waitingCount = 0;
    this.#takenCount = 0;
  }

  #makeWait(index: number, bits: number): void {
    const before = this.#waiting[index] ?? 0;
    this.#waiting[index] = before | bits;
    this.#waitingCount += bitsIn(bits & ~before);
  }

  #nextTaken(from: number): number | undefined {
    for (let index = Math.floor(from / 32); index < this.#taken.length; index += 1) {
      const floor = index * 32;
      const bits = (this.#taken[index] ?? 0) & (from > floor ? -1 << (from - floor) : -1);
      if (bits !== 0) return floor + 31 - Math.clz32(bits & -bits);
    }
    return undefined;
  }

  #regionsOf(extent: Extent): { readonly first: number; readonly last: number } {
    assert(extent.length > 0 && extent.offset >= 0, "an extent is not empty");
    assert(endOf(extent) <= this.sizeBytes, "an extent lies within the device");
    return {
      first: Math.floor(extent.offset / this.regionBytes),
      last: Math.floor((endOf(extent) - 1) / this.regionBytes),
    };
  }
}

/** How many 32-bit words a bitmap of the device has: whole words of 64 bits. */
export function bitmapWords(sizeBytes: number, regionBytes: number): number {
  return Math.ceil(sizeBytes / regionBytes / 64) * 2;
}

/** Sets the bits of the regions of a device that the extent touches; what lies behind its end is left out. */
export function noteExtent(
  bits: Uint32Array,
  extent: Extent,
  device: { readonly sizeBytes: number; readonly regionBytes: number },
): void {
  const end = Math.min(endOf(extent), device.sizeBytes);
  const after = Math.ceil(end / device.regionBytes);
  for (let region = Math.floor(extent.offset / device.regionBytes); region < after; region += 1) {
    const index = Math.floor(region / 32);
    bits[index] = (bits[index] ?? 0) | (1 << (region % 32));
  }
}

function has(bits: Uint32Array, region: number): boolean {
  return (((bits[Math.floor(region / 32)] ?? 0) >>> (region % 32)) & 1) === 1;
}

function countOf(bits: Uint32Array): number {
  let count = 0;
  for (const word of bits) if (word !== 0) count += bitsIn(word);
  return count;
}

function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return (((fours + (fours >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
