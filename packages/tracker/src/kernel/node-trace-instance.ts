import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { KiB } from "@leeward/base";
import { mountedAt } from "./node-mounts.ts";
import { type TraceFormat, traceFormat } from "./trace-page.ts";

const PAGE_BYTES = 4 * KiB;
const LOSSES = /^(overrun|commit overrun|dropped events): (\d+)$/gm;

export interface TraceInstanceOptions {
  readonly name: string;
  /** For each processor. */
  readonly bufferKib: number;
  /** Event of the group `block` → its filter, in the kernel's words. */
  readonly events: Readonly<Record<string, string>>;
}

/**
 * Our own buffer of trace events. It never overwrites: what finds no room is dropped and counted. One that a process which died left under the same
 * name is replaced.
 */
export class TraceInstance implements Disposable {
  /** In the order of `events`. */
  readonly formats: readonly TraceFormat[];
  readonly #folder: string;
  readonly #pipes: readonly number[];
  readonly #pagesMax: number;

  private constructor(folder: string, options: TraceInstanceOptions) {
    const write = (file: string, value: string): void => writeFileSync(join(folder, file), value);
    write("buffer_size_kb", String(options.bufferKib));
    write("options/overwrite", "0");
    this.formats = Object.entries(options.events).map(([event, filter]) => {
      const format = traceFormat(readFileSync(join(folder, `events/block/${event}/format`), "utf8"));
      if (format === undefined) throw new Error(`the event ${event} is not as known`);
      write(`events/block/${event}/filter`, filter);
      return format;
    });
    const processors = readdirSync(join(folder, "per_cpu"));
    const flags = constants.O_RDONLY | constants.O_NONBLOCK;
    this.#pipes = processors.map((each) => openSync(join(folder, "per_cpu", each, "trace_pipe_raw"), flags));
    for (const event of Object.keys(options.events)) write(`events/block/${event}/enable`, "1");
    this.#folder = folder;
    this.#pagesMax = (options.bufferKib * KiB) / PAGE_BYTES + 1;
  }

  static async open(options: TraceInstanceOptions): Promise<TraceInstance> {
    const folder = join(await mountedAt("tracefs"), "instances", options.name);
    if (existsSync(folder)) rmdirSync(folder);
    mkdirSync(folder);
    try {
      return new TraceInstance(folder, options);
    } catch (error) {
      rmdirSync(folder);
      throw error;
    }
  }

  /** Hands over all that lies in the buffers at the call; a page is borrowed until `use` returns. */
  drain(use: (page: Uint8Array) => void): void {
    const page = new Uint8Array(PAGE_BYTES);
    for (const pipe of this.#pipes) {
      for (let count = 0; count < this.#pagesMax; count += 1) {
        const length = readSome(pipe, page);
        if (length === 0) break;
        use(page.subarray(0, length));
      }
    }
  }

  /** How many events were lost so far. */
  lost(): number {
    const folders = readdirSync(join(this.#folder, "per_cpu"));
    const stats = folders.map((each) => readFileSync(join(this.#folder, "per_cpu", each, "stats"), "utf8")).join("\n");
    return [...stats.matchAll(LOSSES)].reduce((sum, [, , count]) => sum + Number(count), 0);
  }

  [Symbol.dispose](): void {
    for (const pipe of this.#pipes) closeSync(pipe);
    rmdirSync(this.#folder);
  }
}

function readSome(fd: number, target: Uint8Array): number {
  try {
    return readSync(fd, target, 0, target.length, null);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return 0;
    throw error;
  }
}
