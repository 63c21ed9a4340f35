/**
 * The time of the machine's newest point, durable: a later point has a later time, whatever the clock says and however often the agent starts.
 *
 * Invariant: what `keep` resolved for is what the next open finds, or something later. Journals order points by time, so the worst outcome if broken is
 * that after a clock was set back, an earlier point is taken for the newest one, and a machine is started from it.
 *
 *   `time`:  two slots, written in place by turns, so that a full file system stops no point and a torn write leaves the other slot
 *
 *   slot (4,096 bytes):   time in microseconds as u64, CRC-32C of that as u32, little-endian; zeroes
 *
 * A clock that ran far ahead, and was set back, is waited for: until it has come there again, each point is a microsecond after the one before. When neither slot
 * can be read, which no crash explains, the clock is believed.
 */
import { assert, viewOf } from "@leeward/base";
import { type FileHandle, type Files, replaceFile } from "@leeward/world";
import { crc32c } from "@node-rs/crc32";

const FILE = "time";
const SLOT_BYTES = 4_096;
const TIME_BYTES = 8;

export class PointTime {
  readonly #handle: FileHandle;
  #micros: number;
  /** The slot that does not hold the newest time. */
  #next: number;

  private constructor(handle: FileHandle, { micros, next }: { readonly micros: number; readonly next: number }) {
    this.#handle = handle;
    this.#micros = micros;
    this.#next = next;
  }

  /** The folder exists. @throws what the files throw */
  static async open(files: Files, folder: string): Promise<PointTime> {
    const path = `${folder}/${FILE}`;
    if ((await files.status(path)) === undefined)
      await replaceFile(files, folder, FILE, new Uint8Array(2 * SLOT_BYTES));
    const handle = await files.open(path, "update");
    try {
      const bytes = new Uint8Array(2 * SLOT_BYTES);
      await handle.read(bytes, 0);
      const [first, second] = [timeIn(bytes.subarray(0, SLOT_BYTES)), timeIn(bytes.subarray(SLOT_BYTES))];
      const newest = (second ?? 0) > (first ?? 0) ? 1 : 0;
      const micros = Math.max(first ?? 0, second ?? 0);
      // What was read may not be on the disk, and the other slot is written next: so this one has to be certain.
      await handle.write([slotOf(micros)], newest * SLOT_BYTES);
      await handle.datasync();
      return new PointTime(handle, { micros, next: 1 - newest });
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Microseconds since 1970; 0 before the first point. */
  get micros(): number {
    return this.#micros;
  }

  /** Durable when it settles; one call at a time, each with a later time. @throws what the files throw */
  async keep(micros: number): Promise<void> {
    assert(micros > this.#micros, "points' times rise");
    await this.#handle.write([slotOf(micros)], this.#next * SLOT_BYTES);
    await this.#handle.datasync();
    this.#micros = micros;
    this.#next = 1 - this.#next;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

function slotOf(micros: number): Uint8Array {
  const slot = new Uint8Array(SLOT_BYTES);
  const view = viewOf(slot);
  view.setBigUint64(0, BigInt(micros), true);
  view.setUint32(TIME_BYTES, crc32c(slot.subarray(0, TIME_BYTES)), true);
  return slot;
}

/** undefined when the slot is torn, or was never written. */
function timeIn(slot: Uint8Array): number | undefined {
  const view = viewOf(slot);
  if (view.getUint32(TIME_BYTES, true) !== crc32c(slot.subarray(0, TIME_BYTES))) return undefined;
  const micros = Number(view.getBigUint64(0, true));
  return Number.isSafeInteger(micros) ? micros : undefined;
}
