import type { Extent } from "@leeward/block";
import { REGION_BYTES } from "../change-tracker.ts";
import { SECTOR_BYTES, type TrackedDevice } from "../kernel/tracked-device.ts";
import { bitmapWords, noteExtent, PendingRegions } from "../pending-regions.ts";
import { BOOT_TRACE_EVENT } from "./boot-line.ts";

/*
 * A line of the kernel's trace as text (the `trace` files of tracefs), which can be read again and again:
 *
 *    kworker/0:1H-30    [000] d..1.   12.345678: block_rq_complete: 254,16 WS () 2048 + 8 none,0,0 [0]
 *                                                                   disk   what   sector  sectors
 *
 * A task's name stands first and has 15 characters at most: it cannot hold the event's name.
 */
const EVENT = ` ${BOOT_TRACE_EVENT}: `;
const DETAIL = /^(\d+),(\d+) ([A-Z]+) \(.*?\) (\d+) \+ (\d+) /;
const LOST = /^CPU:\d+ \[LOST /;
const EXTENT_BYTES_MAX = 64 * 1_048_576;

/** How much of a disk requests have changed, in sectors, as trace and disk both count it. */
export interface ChangedSectors {
  readonly written: number;
  readonly discarded: number;
}

/** What the lines of a trace say of one device. Whether they are all there, `sectors` shows beside the disk's own count. */
export class TracedChanges {
  readonly #device: TrackedDevice;
  readonly #prefix: string;
  readonly #discardsAreWhole: boolean;
  readonly #regions: Uint32Array;
  #written = 0;
  #discarded = 0;
  #doubt: string | undefined;

  /** `discardsAreWhole`: the disk takes one range in each discard, so that place and length tell all of it. */
  constructor(device: TrackedDevice, { discardsAreWhole }: { readonly discardsAreWhole: boolean }) {
    this.#device = device;
    this.#prefix = `${device.major},${device.minor} `;
    this.#discardsAreWhole = discardsAreWhole;
    this.#regions = new Uint32Array(bitmapWords(device.sectors * SECTOR_BYTES, REGION_BYTES));
  }

  /** Of the whole disk. */
  get sectors(): ChangedSectors {
    return { written: this.#written, discarded: this.#discarded };
  }

  /** Why the lines do not tell all that changed; undefined when they do. */
  get doubt(): string | undefined {
    return this.#doubt;
  }

  take(line: string): void {
    if (LOST.test(line)) this.#doubt ??= "events were lost while the trace was read";
    const at = line.indexOf(EVENT);
    const detail = at < 0 ? "" : line.slice(at + EVENT.length);
    if (!detail.startsWith(this.#prefix)) return;
    const [, , , flags = "", sector = "", count = ""] = DETAIL.exec(detail) ?? [];
    if (flags === "") this.#doubt ??= "a line of the trace is not as known";
    else this.#changed(operationOf(flags), Number(sector), Number(count));
  }

  /** Of the device, whole regions, ascending. */
  *extents(): IterableIterator<Extent> {
    const { sectors } = this.#device;
    const taken = new Uint32Array(this.#regions.length);
    const sizeBytes = sectors * SECTOR_BYTES;
    const pending = new PendingRegions({ waiting: this.#regions.slice(), taken, sizeBytes, regionBytes: REGION_BYTES });
    pending.take();
    yield* pending.taken(EXTENT_BYTES_MAX);
  }

  #changed(operation: string, sector: number, sectors: number): void {
    if (operation === "R" || operation === "F" || sectors === 0) return;
    if (!Number.isSafeInteger(sector)) {
      this.#doubt ??= "a command with data was passed through to the disk";
      return;
    }
    if (operation === "D") this.#discarded += sectors;
    else this.#written += sectors;
    if (operation === "D" && !this.#discardsAreWhole)
      this.#doubt ??= "a discard may have had more ranges than are told";
    const offset = (sector - this.#device.firstSector) * SECTOR_BYTES;
    const from = Math.max(offset, 0);
    const end = offset + sectors * SECTOR_BYTES;
    const sizeBytes = this.#device.sectors * SECTOR_BYTES;
    if (end > from && from < sizeBytes) {
      noteExtent(this.#regions, { offset: from, length: end - from }, { sizeBytes, regionBytes: REGION_BYTES });
    }
  }
}

/** As in `trace-page.ts`: a first F says that a flush comes before, unless it stands alone. */
function operationOf(flags: string): string {
  return /^F(?=[RWDNZ])/.test(flags) ? flags.charAt(1) : flags.charAt(0);
}
