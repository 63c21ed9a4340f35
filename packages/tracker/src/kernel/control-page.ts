import { assert, readUint64, writeUint64 } from "@leeward/base";

/*
 * The control value of a tracked disk: what its programs read and count, and whose it is. 64-bit numbers, little-endian:
 *
 *     0 current live bitmap (0, 1)    8 events noted
 *    16 ranges too long to note      24 bios that found no room     32 passed-through writes     40 too deeply nested     48 outside of the bitmap
 *    56 sectors noted of the whole disk
 *    64 complete                     72 version of layout and programs
 *    80 major  88 minor  96 first sector  104 sectors  112 disk sequence  120 by bios (0, 1)  128 tracking id (16 bytes)
 *   144 sectors that the disk had counted when none was noted
 *
 * `complete` is written last, when every pin stands: without it what is pinned is of no use.
 */
export const CONTROL_BYTES = 256;
export const CURRENT_AT = 0;
export const EVENTS_AT = 8;
export const TOO_LONG_AT = 16;
export const UNHELD_AT = 24;
export const PASSED_THROUGH_AT = 32;
export const TOO_DEEP_AT = 40;
export const OUTSIDE_AT = 48;
export const SECTORS_AT = 56;
const COMPLETE_AT = 64;
const VERSION_AT = 72;
const IDENTITY_AT = 80;
const TRACKING_ID_AT = 128;
const TRACKING_ID_BYTES = 16;
const COUNTED_BEFORE_AT = 144;
const VERSION = 2;

const LOSSES = {
  tooLong: TOO_LONG_AT,
  unheld: UNHELD_AT,
  passedThrough: PASSED_THROUGH_AT,
  tooDeep: TOO_DEEP_AT,
  outside: OUTSIDE_AT,
} as const;

/** What must be the same for pinned state to be of this disk: in this order in the control value. */
export interface TrackedIdentity {
  readonly major: number;
  readonly minor: number;
  /** Of a partition on its disk, in sectors of 512 bytes. */
  readonly firstSector: number;
  readonly sectors: number;
  /** Rises whenever the disk behind the numbers is another one; 0 where the kernel has none. */
  readonly diskSequence: number;
  /** 1 when the disk is seen by its bios, 0 by its requests. */
  readonly byBios: 0 | 1;
}

/** The control value, mapped. */
export class ControlPage {
  readonly #view: DataView;
  /** Read at once: its halves may change between two readings. */
  readonly #sectors: BigUint64Array;

  constructor(memory: ArrayBuffer) {
    assert(memory.byteLength >= CONTROL_BYTES, "the whole control value is mapped");
    this.#view = new DataView(memory);
    this.#sectors = new BigUint64Array(memory, SECTORS_AT, 1);
  }

  get current(): 0 | 1 {
    return this.#view.getUint32(CURRENT_AT, true) === 0 ? 0 : 1;
  }

  set current(which: 0 | 1) {
    this.#view.setUint32(CURRENT_AT, which, true);
  }

  get events(): number {
    return readUint64(this.#view, EVENTS_AT) ?? 0;
  }

  /** Of all that was written to the disk and discarded, in sectors. */
  get sectors(): number {
    return Number(Atomics.load(this.#sectors, 0));
  }

  /** What the disk itself had counted when none was noted, in sectors. */
  get countedBefore(): number {
    return readUint64(this.#view, COUNTED_BEFORE_AT) ?? 0;
  }

  set countedBefore(sectors: number) {
    writeUint64(this.#view, COUNTED_BEFORE_AT, sectors);
  }

  get complete(): boolean {
    return this.#view.getUint32(COMPLETE_AT, true) === 1 && this.#view.getUint32(VERSION_AT, true) === VERSION;
  }

  set complete(value: boolean) {
    this.#view.setUint32(VERSION_AT, VERSION, true);
    this.#view.setUint32(COMPLETE_AT, value ? 1 : 0, true);
  }

  /** What was lost so far, by kind; undefined when nothing was. */
  losses(): Readonly<Record<string, number>> | undefined {
    const lost = Object.entries(LOSSES).map(([name, at]) => [name, this.#view.getUint32(at, true)] as const);
    const found = lost.filter(([, count]) => count > 0);
    return found.length === 0 ? undefined : Object.fromEntries(found);
  }

  begin(identity: TrackedIdentity, trackingId: string): void {
    for (const [index, value] of numbersOf(identity).entries()) {
      writeUint64(this.#view, IDENTITY_AT + 8 * index, value);
    }
    for (let index = 0; index < TRACKING_ID_BYTES; index += 1) {
      this.#view.setUint8(TRACKING_ID_AT + index, Number.parseInt(trackingId.slice(2 * index, 2 * index + 2), 16));
    }
  }

  isOf(identity: TrackedIdentity): boolean {
    return numbersOf(identity).every((value, index) => readUint64(this.#view, IDENTITY_AT + 8 * index) === value);
  }

  get trackingId(): string {
    return Array.from({ length: TRACKING_ID_BYTES }, (_, index) =>
      this.#view
        .getUint8(TRACKING_ID_AT + index)
        .toString(16)
        .padStart(2, "0"),
    ).join("");
  }
}

function numbersOf(identity: TrackedIdentity): readonly number[] {
  const { major, minor, firstSector, sectors, diskSequence, byBios } = identity;
  return [major, minor, firstSector, sectors, diskSequence, byBios];
}
