import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MiB } from "@leeward/base";
import type { Extent } from "@leeward/block";
import { nodeClock } from "@leeward/world";
import { deviceFacts } from "../kernel/node-device-facts.ts";
import { mountedAt } from "../kernel/node-mounts.ts";
import type { TrackedDevice } from "../kernel/tracked-device.ts";
import { BOOT_TRACE_EVENT, bootTraceAsked } from "./boot-line.ts";
import { type ChangedSectors, TracedChanges } from "./traced-changes.ts";

const LOSSES = /^(overrun|commit overrun|dropped events): (\d+)$/gm;
/** What the kernel itself takes for each processor when somebody begins to trace, KiB. */
const DEFAULT_KIB = 1_408;
/** For a disk that is written to without pause. */
const PROOF_TRIES = 50;
const PROOF_PAUSE_MS = 200;
/** An event is told a moment before it is counted, and no more than a moment. */
const DIFFERENCES_MAX = 3;
const CHUNK_BYTES = MiB;

/** What has changed on a device since the kernel's start. */
export type BootChanges =
  | { readonly kind: "proved"; readonly extents: readonly Extent[] }
  | { readonly kind: "unproved"; readonly reason: string };

/** `absent`: the kernel was not told to trace. `released`: it was, and what it had traced is of no use to anybody any more. */
export type BootTraceState = "absent" | "recording" | "released";

/**
 * The kernel's trace of completed requests from its start on.
 *
 * Invariant: what `changesOf` calls proved holds every change of the device since the kernel knows its disk, until some moment after the call. Worst
 * outcome if broken: a block that changed during a boot is never sent, and nobody knows.
 *
 * The proof: nothing was lost or overwritten, as the buffers say; and at a moment at which the disk is still, the events name exactly as many sectors
 * as the disk itself has counted since it is there. So whoever switched the trace off meanwhile, emptied it, or took events out of it, is found out.
 * Nothing is taken out here: each disk reads for itself.
 */
export class BootTrace {
  readonly #folder: string;

  /** Of any instance; that of the kernel's command line is the topmost. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** undefined when there is none, or nothing is traced any more. */
  static async find(): Promise<BootTrace | undefined> {
    return (await bootTraceState()) === "recording" ? new BootTrace(await mountedAt("tracefs")) : undefined;
  }

  /** The tracker that goes on from there was opened before. @throws Fault `tracking-unsupported` */
  async changesOf(path: string): Promise<BootChanges> {
    const device = deviceFacts(path);
    if (device.byBios === 1) return unproved("its requests are those of the disks below");
    let differences = 0;
    for (let tries = 0; tries < PROOF_TRIES; tries += 1) {
      const before = countedSectors(device);
      const traced = this.#read(device);
      const after = countedSectors(device);
      if (traced.doubt !== undefined) return unproved(traced.doubt);
      if (this.lost() > 0) return unproved("the trace had no room for all events");
      if (isSame(before, after)) {
        if (isSame(traced.sectors, after)) return { kind: "proved", extents: [...traced.extents()] };
        const { written, discarded } = traced.sectors;
        differences += 1;
        const reason = `the disk counts ${after.written} written and ${after.discarded} discarded sectors, the trace ${written} and ${discarded}`;
        if (differences === DIFFERENCES_MAX) return unproved(reason);
      }
      await nodeClock.sleep(PROOF_PAUSE_MS, new AbortController().signal);
    }
    return unproved("it was written to without pause");
  }

  /** How many events found no room, or were overwritten. */
  lost(): number {
    const stats = this.#processors().map((each) => readFileSync(join(each, "stats"), "utf8"));
    return [...stats.join("\n").matchAll(LOSSES)].reduce((sum, [, , count]) => sum + Number(count), 0);
  }

  /** Ends the event; when nobody else traces, the buffers become as small as the kernel itself has them. */
  free(): void {
    const write = (file: string, value: string): void => writeFileSync(join(this.#folder, file), value);
    write(`events/block/${BOOT_TRACE_EVENT}/enable`, "0");
    const others = readFileSync(join(this.#folder, "set_event"), "utf8").trim();
    const tracer = readFileSync(join(this.#folder, "current_tracer"), "utf8").trim();
    if (others !== "" || tracer !== "nop") return;
    write("trace", "");
    write("buffer_size_kb", String(DEFAULT_KIB));
  }

  #read(device: TrackedDevice): TracedChanges {
    const traced = new TracedChanges(device, { discardsAreWhole: discardsAreWhole(device) });
    for (const each of this.#processors()) readLines(join(each, "trace"), (line) => traced.take(line));
    return traced;
  }

  #processors(): string[] {
    const folder = join(this.#folder, "per_cpu");
    return readdirSync(folder).map((name) => join(folder, name));
  }
}

/** Of the running kernel. */
export async function bootTraceState(): Promise<BootTraceState> {
  if (bootTraceAsked(readFileSync("/proc/cmdline", "utf8")) !== "ours") return "absent";
  const enabled = join(await mountedAt("tracefs"), `events/block/${BOOT_TRACE_EVENT}/enable`);
  return readFileSync(enabled, "utf8").trim() === "0" ? "released" : "recording";
}

function unproved(reason: string): BootChanges {
  return { kind: "unproved", reason };
}

function isSame(one: ChangedSectors, other: ChangedSectors): boolean {
  return one.written === other.written && one.discarded === other.discarded;
}

/** Of the whole disk since the kernel knows it (Documentation/block/stat.rst): the 7th and the 14th number. */
function countedSectors({ disk }: TrackedDevice): ChangedSectors {
  const numbers = readFileSync(`/sys/block/${disk}/stat`, "utf8").trim().split(/\s+/).map(Number);
  return { written: numbers[6] ?? Number.NaN, discarded: numbers[13] ?? Number.NaN };
}

/** A kernel that does not tell how many ranges a discard may have is believed nothing. */
function discardsAreWhole({ disk }: TrackedDevice): boolean {
  const path = `/sys/block/${disk}/queue/max_discard_segments`;
  return existsSync(path) && readFileSync(path, "utf8").trim() === "1";
}

/** Piece by piece: the text of a full buffer is of tens of megabytes. */
function readLines(path: string, use: (line: string) => void): void {
  const fd = openSync(path, "r");
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let rest = "";
    for (;;) {
      const length = readSync(fd, chunk, 0, chunk.length, null);
      if (length === 0) break;
      const lines = (rest + chunk.toString("latin1", 0, length)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) use(line);
    }
    use(rest);
  } finally {
    closeSync(fd);
  }
}
