import { existsSync, readdirSync, readFileSync } from "node:fs";
import { type Fault, type FaultDetail, randomId } from "@leeward/base";
import type { Extent } from "@leeward/block";
import { nodeClock, nodeRandom } from "@leeward/world";
import { type ChangeTracker, REGION_BYTES } from "../change-tracker.ts";
import { type Noting, notingTracker } from "../noting-tracker.ts";
import { bitmapWords, noteExtent, PendingRegions } from "../pending-regions.ts";
import { DiscardWatch } from "./discard-watch.ts";
import { loadBpf } from "./node-bpf.ts";
import { diskSequence, quiet } from "./node-device-facts.ts";
import { TraceInstance } from "./node-trace-instance.ts";
import { type TracedBlocks, tracedBlocks, tracedEvents } from "./trace-page.ts";
import { SECTOR_BYTES, type TrackedDevice } from "./tracked-device.ts";
import { incomplete, unsupported } from "./tracking-faults.ts";

const BUFFER_KIB = 4_096;
const DRAIN_MS = 20;
const MINOR_BITS = 20;

export interface TracefsTrackerOptions {
  readonly device: TrackedDevice;
  readonly diskId: string;
  /** Room for events that were not read yet, for each processor; BUFFER_KIB when not given. */
  readonly bufferKib?: number;
}

/**
 * Notes by reading the kernel's trace of completed requests, which it keeps in a buffer of our own. It has to be read all the time, and ends with
 * this process: so its id is another at each open. What finds no room in the buffer is counted by the kernel, and makes the tracker incomplete. So
 * does a command that is passed through to the disk with data, since the trace does not say which way they go.
 *
 * @throws system errors, when the kernel refuses
 */
export async function openTracefsTracker(options: TracefsTrackerOptions): Promise<ChangeTracker> {
  const { device, diskId, bufferKib = BUFFER_KIB } = options;
  if (device.byBios === 1) throw unsupported(device.path, "tracefs tells nothing of the completion of its writes");
  const bpf = await loadBpf();
  await bpf.awaitPrograms();
  const trace = await TraceInstance.open({
    name: `leeward-${diskId}`,
    bufferKib,
    events: {
      block_rq_complete: `dev == ${device.major * 2 ** MINOR_BITS + device.minor}`,
      block_bio_queue: 'rwbs ~ "*D*"',
    },
  });
  // A discard that was queued before has unknown ranges: whoever reads the device from here on shall not read before it is done.
  try {
    await quiet(device);
  } catch (error) {
    trace[Symbol.dispose]();
    throw error;
  }
  return notingTracker(new TracefsNoting(device, trace, () => bpf.awaitPrograms()));
}

class TracefsNoting implements Noting {
  readonly backend = "tracefs";
  readonly isProved = true;
  readonly trackingId = randomId(nodeRandom);
  readonly #device: TrackedDevice;
  readonly #trace: TraceInstance;
  readonly #awaitWriters: () => Promise<void>;
  readonly #discards = new DiscardWatch();
  readonly #stop = new AbortController();
  readonly #draining: Promise<void>;
  #noted: Uint32Array;
  #pending: PendingRegions;
  #doubt: { readonly reason: string; readonly detail: FaultDetail } | undefined;

  constructor(device: TrackedDevice, trace: TraceInstance, awaitWriters: () => Promise<void>) {
    this.#device = device;
    this.#trace = trace;
    this.#awaitWriters = awaitWriters;
    const { noted, pending } = emptyBitmaps(device.sectors * SECTOR_BYTES);
    this.#noted = noted;
    this.#pending = pending;
    this.#draining = this.#drainOften();
  }

  get pending(): PendingRegions {
    return this.#pending;
  }

  /** The first pass makes room; the second comes when no event is half written any more, also one that an interrupt wrote on top of another. */
  async gather(): Promise<void> {
    this.#drain();
    await this.#awaitWriters();
    this.#drain();
    this.#pending.absorb(this.#noted);
    const lost = this.#trace.lost();
    if (lost > 0) throw this.#incomplete("the trace had no room for all of them", { lost });
    if (this.#doubt !== undefined) throw this.#incomplete(this.#doubt.reason, this.#doubt.detail);
    if (diskSequence(this.#device.disk) !== this.#device.diskSequence) {
      throw this.#incomplete("another disk took its place", {});
    }
  }

  async grow(sizeBytes: number): Promise<void> {
    await this.gather();
    const { noted, pending } = emptyBitmaps(sizeBytes);
    this.#pending.carryTo(pending);
    // What came since the gathering: the old bitmap is a beginning of the new one.
    noted.set(this.#noted);
    this.#noted = noted;
    this.#pending = pending;
  }

  end(): Promise<void> {
    return this.close();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#draining;
    this.#trace[Symbol.dispose]();
  }

  async #drainOften(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#drain();
      try {
        await nodeClock.sleep(DRAIN_MS, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }

  #drain(): void {
    let own: ReadonlySet<number> | undefined;
    try {
      this.#trace.drain((page) => {
        const events = tracedEvents(page);
        if (events === undefined) this.#doubt ??= { reason: "a page of the trace is not whole", detail: {} };
        for (const at of events ?? []) {
          const traced = tracedBlocks(page, at, this.#trace.formats);
          if (traced === undefined) this.#doubt ??= { reason: "an event of the trace is not as known", detail: {} };
          else if (traced.id === this.#trace.formats[0]?.id) this.#completed(traced);
          else {
            own ??= numbersOf(this.#device);
            if (own.has(traced.dev)) this.#discardQueued(traced);
          }
        }
      });
    } catch (error) {
      this.#doubt ??= { reason: "the trace could not be read", detail: { error: String(error) } };
    }
    this.#discards.endPass();
  }

  #completed(traced: TracedBlocks): void {
    const { operation, sector, sectors } = traced;
    if (operation === "R" || operation === "F" || sectors === 0) return;
    if (sector === undefined) {
      this.#doubt ??= { reason: "a command was passed through to the disk", detail: { sectors } };
      return;
    }
    this.#note(extentOf(sector, sectors));
    if (operation === "D") for (const extent of this.#discards.completed(sectors)) this.#note(extent);
  }

  #discardQueued({ sector, sectors }: TracedBlocks): void {
    if (sector !== undefined && sectors > 0) this.#note(this.#discards.queued(extentOf(sector, sectors), sectors));
  }

  /** The extent is of the whole disk. */
  #note({ offset, length }: Extent): void {
    const start = this.#device.firstSector * SECTOR_BYTES;
    const from = Math.max(offset - start, 0);
    const end = offset + length - start;
    if (end > from) noteExtent(this.#noted, { offset: from, length: end - from }, this.#pending);
  }

  #incomplete(reason: string, detail: FaultDetail): Fault {
    return incomplete(this.#device.path, reason, detail);
  }
}

function extentOf(sector: number, sectors: number): Extent {
  return { offset: sector * SECTOR_BYTES, length: sectors * SECTOR_BYTES };
}

/** The numbers under which the disk's bios are queued: its own and its partitions', as they are now. */
function numbersOf(device: TrackedDevice): ReadonlySet<number> {
  const folder = `/sys/block/${device.disk}`;
  const partitions = existsSync(folder) ? readdirSync(folder).filter((each) => each.startsWith(device.disk)) : [];
  const files = partitions.map((each) => `${folder}/${each}/dev`).filter((each) => existsSync(each));
  const numbers = files.map((file) => readFileSync(file, "utf8").trim().split(":").map(Number));
  return new Set(
    [[device.major, device.minor], ...numbers].map(([major = 0, minor = 0]) => major * 2 ** MINOR_BITS + minor),
  );
}

function emptyBitmaps(sizeBytes: number): { readonly noted: Uint32Array; readonly pending: PendingRegions } {
  const words = bitmapWords(sizeBytes, REGION_BYTES);
  const [noted, waiting, taken] = [new Uint32Array(words), new Uint32Array(words), new Uint32Array(words)];
  return { noted, pending: new PendingRegions({ waiting, taken, sizeBytes, regionBytes: REGION_BYTES }) };
}
