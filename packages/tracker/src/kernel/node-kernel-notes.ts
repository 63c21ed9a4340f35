import { existsSync } from "node:fs";
import { join } from "node:path";
import { REGION_BYTES } from "../change-tracker.ts";
import { bitmapWords, PendingRegions } from "../pending-regions.ts";
import { bioCompletedProgram, bioQueuedProgram, HELD_KEY_BYTES, HELD_VALUE_BYTES } from "./bio-programs.ts";
import { CONTROL_BYTES, ControlPage } from "./control-page.ts";
import type { KernelFields, Lacking } from "./kernel-fields.ts";
import { KernelLacks } from "./kernel-lacks.ts";
import { type Bpf, BpfRefusal, closeFd, type MappedMap } from "./node-bpf.ts";
import { DiskCount } from "./node-disk-count.ts";
import { makePinFolder, removePins } from "./node-pins.ts";
import { COPIES, type EventProgram, LOCAL_BYTES, type NoteTarget } from "./note-code.ts";
import { countedBefore, missedSectors, type SectorCounts } from "./noted-whole.ts";
import { requestProgram } from "./request-program.ts";
import { SECTOR_BYTES, type TrackedDevice } from "./tracked-device.ts";

/** Each entry of an array has 64 bits, so that no kernel finds a bitmap too large for one value. */
const WORD_BYTES = 8;

export interface NotesOptions {
  readonly bpf: Bpf;
  readonly fields: KernelFields;
  readonly device: TrackedDevice;
  readonly trackingId: string;
  /** Where to pin; undefined for nothing that outlives the process. */
  readonly folder: string | undefined;
  /** How many bios may be on their way at a time. */
  readonly heldMax: number;
  /** The bios on their way of the notes that these follow: both use it until the older end. */
  readonly held?: number;
}

/**
 * What the kernel keeps for one tracked disk: programs, the two live bitmaps, what waits and what was taken, the control value. It is pinned in this
 * order, and `complete` written last, so that a process that dies while it makes them leaves nothing that could be taken for the whole:
 *
 * ```
 *   control, live, pending, local (, held) ──► link-0 … link-N ──► complete
 * ```
 *
 * Memory, in bits per region: 2 live, 1 waiting, 1 taken.
 */
export class KernelNotes implements Disposable {
  readonly device: TrackedDevice;
  readonly control: ControlPage;
  /** The two that the programs mark, one at a time. */
  readonly live: readonly [Uint32Array, Uint32Array];
  readonly pending: PendingRegions;
  /** The map of bios on their way; undefined for a disk with requests. */
  readonly held: number | undefined;
  /** What the disk itself counts; undefined for a device without requests, whose count is not of what its bios say. */
  readonly #count: DiskCount | undefined;
  readonly #maps: readonly MappedMap[];
  readonly #fds: number[];
  readonly #links: number[];

  private constructor(device: TrackedDevice, parts: NoteParts) {
    const { bpf, fds, links, count } = parts;
    const words = bitmapWords(device.sectors * SECTOR_BYTES, REGION_BYTES);
    const mapped: MappedMap[] = [];
    try {
      mapped.push(bpf.mapMemory(fds.control, CONTROL_BYTES));
      for (const fd of [fds.live, fds.pending])
        mapped.push(bpf.mapMemory(fd, 2 * words * Uint32Array.BYTES_PER_ELEMENT));
    } catch (error) {
      for (const each of mapped) each[Symbol.dispose]();
      throw error;
    }
    const [control = new ArrayBuffer(), live = new ArrayBuffer(), pending = new ArrayBuffer()] = mapped.map(
      ({ memory }) => memory,
    );
    const half = words * Uint32Array.BYTES_PER_ELEMENT;
    this.device = device;
    this.control = new ControlPage(control);
    this.live = [new Uint32Array(live, 0, words), new Uint32Array(live, half, words)];
    this.pending = new PendingRegions({
      waiting: new Uint32Array(pending, 0, words),
      taken: new Uint32Array(pending, half, words),
      sizeBytes: device.sectors * SECTOR_BYTES,
      regionBytes: REGION_BYTES,
    });
    this.held = fds.held;
    this.#count = count;
    this.#maps = mapped;
    this.#fds = Object.values(fds);
    this.#links = links;
  }

  /** Begins to note. Not complete yet: what is pinned is taken for nothing before that is set. @throws BpfRefusal, KernelLacks */
  static create(options: NotesOptions): KernelNotes {
    const { bpf, device, folder } = options;
    const opened: number[] = [];
    const open = (fd: number): number => {
      opened.push(fd);
      return fd;
    };
    const count = device.byBios === 1 ? undefined : DiskCount.open(device.disk);
    try {
      const fds = createMaps(options, open);
      if (folder !== undefined) {
        makePinFolder(folder);
        for (const [name, fd] of Object.entries(fds)) bpf.pin(fd, join(folder, name));
      }
      const links = attachAll(options, fds, open);
      if (folder !== undefined)
        for (const [index, link] of links.entries()) bpf.pin(link, join(folder, `link-${index}`));
      const notes = new KernelNotes(device, { bpf, fds, links, count });
      notes.control.begin(device, options.trackingId);
      const counts = notes.#counts();
      if (counts !== undefined) notes.control.countedBefore = countedBefore(counts);
      return notes;
    } catch (error) {
      count?.[Symbol.dispose]();
      for (const fd of opened) closeFd(fd);
      if (folder !== undefined) removePins(folder);
      throw error;
    }
  }

  /**
   * What an earlier process left there, when it is whole, of this device as it is now, and nothing was lost since; or why it is not. undefined when there is nothing.
   * @throws KernelLacks when the disk does not count any more
   */
  static adopt(bpf: Bpf, device: TrackedDevice, folder: string): KernelNotes | string | undefined {
    if (!existsSync(folder)) return undefined;
    const opened: number[] = [];
    const get = (name: string): number => {
      const fd = bpf.get(join(folder, name));
      opened.push(fd);
      return fd;
    };
    const count = device.byBios === 1 ? undefined : DiskCount.open(device.disk);
    const abandon = (): void => {
      count?.[Symbol.dispose]();
      for (const fd of opened) closeFd(fd);
    };
    try {
      const control = get("control");
      const lacking = lackingOf(bpf, control, device);
      if (lacking !== undefined) {
        abandon();
        return lacking;
      }
      const maps = { control, live: get("live"), pending: get("pending"), local: get("local") };
      const fds = device.byBios === 1 ? { ...maps, held: get("held") } : maps;
      const linkCount = COPIES * (device.byBios === 1 ? 2 : 1);
      const links = Array.from({ length: linkCount }, (_, index) => get(`link-${index}`));
      return new KernelNotes(device, { bpf, fds, links, count });
    } catch (error) {
      abandon();
      if (error instanceof BpfRefusal) return "what the kernel noted of it is not all there";
      throw error;
    }
  }

  /** See there. Of a device without requests 0. */
  missedSectors(): number | undefined {
    const counts = this.#counts();
    return counts === undefined ? 0 : missedSectors(counts);
  }

  /** Whether the disk counts still. */
  get counts(): boolean {
    return this.#count?.isOn ?? true;
  }

  /** The programs run no more once their pins are gone as well. */
  stop(): void {
    for (const link of this.#links.splice(0)) closeFd(link);
  }

  [Symbol.dispose](): void {
    this.stop();
    this.pending.detach();
    for (const map of this.#maps) map[Symbol.dispose]();
    for (const fd of this.#fds.splice(0)) closeFd(fd);
    this.#count?.[Symbol.dispose]();
  }

  #counts(): SectorCounts | undefined {
    const count = this.#count;
    if (count === undefined) return undefined;
    const { control } = this;
    return { countedBefore: control.countedBefore, noted: () => control.sectors, counted: () => count.read() };
  }
}

// Not an interface, since its values are walked by name.
type MapFds = {
  readonly control: number;
  readonly live: number;
  readonly pending: number;
  readonly local: number;
  readonly held?: number;
};

interface NoteParts {
  readonly bpf: Bpf;
  readonly fds: MapFds;
  readonly links: number[];
  readonly count: DiskCount | undefined;
}

function createMaps({ bpf, device, heldMax, held }: NotesOptions, open: (fd: number) => number): MapFds {
  const words = bitmapWords(device.sectors * SECTOR_BYTES, REGION_BYTES) / 2;
  const bitmaps = { kind: "array", valueBytes: WORD_BYTES, entries: 2 * words, mapped: true } as const;
  const fds = {
    control: open(bpf.createMap({ kind: "array", valueBytes: CONTROL_BYTES, entries: 1, mapped: true })),
    live: open(bpf.createMap(bitmaps)),
    pending: open(bpf.createMap(bitmaps)),
    local: open(bpf.createMap({ kind: "percpuArray", valueBytes: LOCAL_BYTES, entries: 2 })),
  };
  if (device.byBios === 0) return fds;
  const shape = { kind: "hash", keyBytes: HELD_KEY_BYTES, valueBytes: HELD_VALUE_BYTES, entries: heldMax } as const;
  return { ...fds, held: open(held === undefined ? bpf.createMap(shape) : bpf.duplicate(held)) };
}

/** The completions' programs first: what is held has somebody who takes it out. */
function attachAll(options: NotesOptions, fds: MapFds, open: (fd: number) => number): number[] {
  const { bpf, device } = options;
  const words = bitmapWords(device.sectors * SECTOR_BYTES, REGION_BYTES) / 2;
  const target: NoteTarget = { ...fds, ...device, words };
  const attached: number[] = [];
  for (const each of programsOf(options, target, fds.held)) {
    for (let copy = 0; copy < COPIES; copy += 1) {
      const program = bpf.loadProgram(each, each.typedefId);
      try {
        if (bpf.recursionMisses(program) === undefined) throw new KernelLacks("a count of programs that it skips");
        attached.push(open(bpf.attach(program)));
      } finally {
        closeFd(program);
      }
    }
  }
  return attached;
}

function programsOf(
  { fields, device }: NotesOptions,
  target: NoteTarget,
  held: number | undefined,
): readonly (EventProgram & { readonly typedefId: number })[] {
  if (device.byBios === 0 || held === undefined) {
    const requests = present(fields.requests);
    return [{ typedefId: requests.completed, ...requestProgram(requests, target) }];
  }
  const bios = present(fields.bios);
  const both = { ...target, held };
  return [
    { typedefId: bios.completed, ...bioCompletedProgram(both) },
    { typedefId: bios.queued, ...bioQueuedProgram(bios, both) },
  ];
}

function present<T extends object>(fields: T | Lacking): T {
  if ("lacking" in fields) throw new KernelLacks(fields.lacking);
  return fields;
}

/** Why the notes cannot be gone on with. */
function lackingOf(bpf: Bpf, fd: number, device: TrackedDevice): string | undefined {
  using mapped = bpf.mapMemory(fd, CONTROL_BYTES);
  const control = new ControlPage(mapped.memory);
  if (!control.complete) return "what the kernel noted of it is not whole, or is of another release";
  if (!control.isOf(device)) return "what the kernel noted was of another disk, or of another size";
  return control.losses() === undefined ? undefined : "the kernel could not note all that was written to it";
}
