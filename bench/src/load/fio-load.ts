import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import type { BenchPlace } from "../run/bench-place.ts";
import { runTool } from "../run/tool-run.ts";

export interface FioLoad {
  /** The NBD disk. */
  readonly uri: string;
  readonly blockBytes: number;
  /** Writes under way at once. */
  readonly depth: number;
  readonly seconds: number;
  /** Not counted, before `seconds` begin. */
  readonly warmSeconds?: number;
  /** Held to at most this; as fast as it goes when left out. */
  readonly bytesPerSecond?: number;
}

export interface FioFigures {
  /** With the flush at the end. */
  readonly writesPerSecond: number;
  readonly bytesPerSecond: number;
  readonly p99Milliseconds: number;
  readonly flushSeconds: number;
}

const SEED = 20_261_121;
const FLUSH_LIMIT_MS = 600_000;
const PERCENTILE = "99.000000";

/** Random writes over a whole NBD disk, half of each compressible, by fio; then a flush, whose time counts. */
export async function runFio(place: BenchPlace, load: FioLoad): Promise<FioFigures> {
  const document = await fioDocument(place, [
    "--ioengine=nbd",
    `--uri=${load.uri}`,
    ...mixedContent(load),
    ...loadOf(load),
  ]);
  const begun = performance.now();
  await flush(load.uri);
  return figuresOf(document, (performance.now() - begun) / 1_000);
}

/** Random writes over a whole block device, past the page cache; the same content again and again, so that fio itself costs little. */
export async function runDeviceFio(place: BenchPlace, path: string, load: Omit<FioLoad, "uri">): Promise<FioFigures> {
  const device = ["--ioengine=libaio", "--direct=1", `--filename=${path}`];
  return figuresOf(await fioDocument(place, [...device, ...loadOf(load)]), 0);
}

async function fioDocument(place: BenchPlace, args: readonly string[]): Promise<unknown> {
  const text = await runTool(place, "fio", ["--name=load", ...args, "--output-format=json"]);
  return JSON.parse(text.slice(text.indexOf("{")));
}

function mixedContent({ blockBytes }: FioLoad): string[] {
  return ["--refill_buffers=1", "--buffer_compress_percentage=50", `--buffer_compress_chunk=${blockBytes}`];
}

function loadOf(load: Omit<FioLoad, "uri">): string[] {
  const { blockBytes, depth, seconds, warmSeconds, bytesPerSecond } = load;
  return [
    "--rw=randwrite",
    "--norandommap=1",
    `--bs=${blockBytes}`,
    `--iodepth=${depth}`,
    "--time_based=1",
    `--runtime=${seconds}`,
    `--ramp_time=${warmSeconds ?? 0}`,
    `--randseed=${SEED}`,
    "--clat_percentiles=0",
    "--lat_percentiles=1",
    "--percentile_list=99",
    ...(bytesPerSecond === undefined ? [] : [`--rate=,${Math.floor(bytesPerSecond)}`]),
  ];
}

async function flush(uri: string): Promise<void> {
  const { address, exportName } = parseNbdUri(uri);
  await using client = await connectNbd(address, { exportName, clock: nodeClock }, AbortSignal.timeout(FLUSH_LIMIT_MS));
  await client.flush();
}

function figuresOf(document: unknown, flushSeconds: number): FioFigures {
  const write = property(first(property(document, "jobs")), "write");
  const seconds = numberOf(property(write, "runtime")) / 1_000 + flushSeconds;
  return {
    writesPerSecond: numberOf(property(write, "total_ios")) / seconds,
    bytesPerSecond: numberOf(property(write, "io_bytes")) / seconds,
    p99Milliseconds: numberOf(property(property(property(write, "lat_ns"), "percentile"), PERCENTILE)) / 1e6,
    flushSeconds,
  };
}

function first(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  throw new Error("fio's report has another form than expected");
}
