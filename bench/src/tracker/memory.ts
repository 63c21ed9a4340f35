import { mkdir, readdir, readFile, readlink, rm } from "node:fs/promises";
import { Session } from "node:inspector/promises";
import { KiB, MiB, randomId, TiB } from "@leeward/base";
import { openFileDevice } from "@leeward/block";
import { Splitter } from "@leeward/splitter";
import { nodeClock, nodeCompute, nodeFiles, nodeRandom } from "@leeward/world";
import { takeLoopDisk } from "../load/loop-devices.ts";
import type { BenchContext } from "../run/bench-context.ts";
import type { BenchPlace } from "../run/bench-place.ts";
import { type Row, skippedRow } from "../run/row.ts";
import { BACKENDS, type Backend, refusalsOf, SUITE, takeTracker } from "./tracked.ts";

const SMALL_BYTES = 16 * MiB;
const LARGE_BYTES = TiB;
const MEBIBYTES_BELOW = 12;

const PARTS = ["kernel", "tracker", "splitter"] as const;
const INSTANCES = "/sys/kernel/tracing/instances";

/** What a tracked disk takes while it is open, bytes. */
interface Memory {
  /** Of the kernel's maps and trace buffers, as the kernel counts them. */
  readonly kernel: number;
  /** Of this process, by the tracker and by the splitter that logs what it finds. */
  readonly tracker: number;
  readonly splitter: number;
}

/** What an empty disk of 1 TiB takes beyond a small one: the rest is the same for every disk. */
export async function memoryRows(context: BenchContext): Promise<Row[]> {
  const { place, say } = context;
  const [small, large] = [`${place.folder}/small.img`, `${place.folder}/large.img`];
  // The first time, what all disks share is made as well.
  const { refusals } = await memoriesOf(place, { image: small, sizeBytes: SMALL_BYTES });
  const { memories: least } = await memoriesOf(place, { image: small, sizeBytes: SMALL_BYTES });
  const { memories: most } = await memoriesOf(place, { image: large, sizeBytes: LARGE_BYTES });
  return BACKENDS.map((backend) => {
    const [first, second] = [least.get(backend), most.get(backend)];
    const name = `kernel maps and agent, for each TiB: ${backend}`;
    if (first === undefined || second === undefined) return skippedRow(SUITE, name, refusals.get(backend) ?? "");
    say(`${backend}: ${JSON.stringify(second)} for 1 TiB, ${JSON.stringify(first)} for ${SMALL_BYTES / MiB} MiB`);
    return rowOf(name, first, second);
  });
}

/** Of each backend that the kernel does not refuse. */
async function memoriesOf(
  place: BenchPlace,
  options: { readonly image: string; readonly sizeBytes: number },
): Promise<{ readonly memories: ReadonlyMap<Backend, Memory>; readonly refusals: ReadonlyMap<Backend, string> }> {
  const { disk, end } = await takeLoopDisk(place, options);
  const refusals = await refusalsOf(place, disk.device);
  const memories = new Map<Backend, Memory>();
  for (const backend of BACKENDS) {
    if (!refusals.has(backend)) memories.set(backend, await memoryOf(place, disk.device, backend));
  }
  await end();
  await rm(options.image);
  return { memories, refusals };
}

async function memoryOf(place: BenchPlace, path: string, backend: Backend): Promise<Memory> {
  const mapsBefore = await mapBytes();
  const ownBefore = await ownBytes();
  const { tracker, diskId, end } = await takeTracker(place, { path, backend });
  // Once through all of it, so that whatever is made at the first use is there.
  await tracker.collect();
  tracker.take();
  tracker.settle();
  const kernel = (await mapBytes()) - mapsBefore + (backend === "tracefs" ? await traceBytes(diskId) : 0);
  const own = await ownBytes();
  const { splitter, end: close } = await takeSplitter(place, path);
  const withSplitter = await ownBytes();
  const isWhole = splitter.sizeBytes === tracker.sizeBytes;
  await close();
  await end();
  if (!isWhole) throw new Error(`${path} is not as large for its splitter as for its tracker`);
  return { kernel, tracker: own - ownBefore, splitter: withSplitter - own };
}

/** As the agent opens it for a tracked disk, in a folder of its own. */
async function takeSplitter(
  place: BenchPlace,
  path: string,
): Promise<{ readonly splitter: Splitter; readonly end: () => Promise<void> }> {
  const folder = `${place.folder}/splitter`;
  await mkdir(folder);
  const source = await openFileDevice({ path, readOnly: true, io: "thread-pool", direct: true });
  const files = nodeFiles({ io: "thread-pool" });
  const opening = Splitter.open({
    world: { clock: nodeClock, random: nodeRandom, files, compute: nodeCompute() },
    source,
    folder: `${folder}/branch`,
    identity: { ...someIds(), physicalBlockBytes: source.physicalBlockBytes, source: path },
    marks: { number: () => 0, current: () => undefined, held: () => false, expireHold: () => undefined },
    keepDigests: true,
  });
  const { thing: splitter, end } = await place.take(opening, async (opened) => {
    await opened.close();
    await rm(folder, { recursive: true });
  });
  return { splitter, end };
}

function someIds(): { machineId: string; diskId: string; branch: string; bootId: string } {
  const id = (): string => randomId(nodeRandom);
  return { machineId: id(), diskId: id(), branch: id(), bootId: id() };
}

/** What this process's kernel maps take, as the kernel says for each of their descriptors. */
async function mapBytes(): Promise<number> {
  let bytes = 0;
  for (const fd of await readdir("/proc/self/fd")) {
    const name = await readlink(`/proc/self/fd/${fd}`).catch(() => "");
    if (!name.includes("bpf-map")) continue;
    const said = /^memlock:\s*(\d+)$/m.exec(await readFile(`/proc/self/fdinfo/${fd}`, "utf8"));
    if (said === null) throw new Error("this kernel does not say what a map takes");
    bytes += Number(said[1]);
  }
  return bytes;
}

/** What the disk's trace instance takes, of all processors together. */
async function traceBytes(diskId: string): Promise<number> {
  const said = await readFile(`${INSTANCES}/leeward-${diskId}/buffer_total_size_kb`, "utf8");
  return Number.parseInt(said, 10) * KiB;
}

/** Of arrays, once what nobody holds any more is gone; mapped memory of the kernel is not among it. */
async function ownBytes(): Promise<number> {
  const session = new Session();
  session.connect();
  // What the first collection finds is freed beside this thread, and is counted until the second.
  for (let count = 0; count < 2; count += 1) await session.post("HeapProfiler.collectGarbage");
  session.disconnect();
  return process.memoryUsage().arrayBuffers;
}

function rowOf(name: string, small: Memory, large: Memory): Row {
  const perTebibyte = (part: keyof Memory): number => ((large[part] - small[part]) / (LARGE_BYTES - SMALL_BYTES)) * TiB;
  const parts = PARTS.map((part) => [part, perTebibyte(part) / MiB] as const);
  const anySize = PARTS.reduce((sum, part) => sum + small[part], 0) / MiB;
  return {
    suite: SUITE,
    name,
    measured: { value: parts.reduce((sum, [, value]) => sum + value, 0), unit: "MiB" },
    goal: { of: "measured", below: MEBIBYTES_BELOW },
    note: `${parts.map(([part, value]) => `${part} ${value.toFixed(1)}`).join(", ")}; and ${anySize.toFixed(1)} for a disk of any size`,
  };
}
