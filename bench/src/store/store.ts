// What it costs to keep a journal in an object store, beside the store's own library with the same amount of bytes: Azurite on this machine, over TLS.
import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { seededRandom } from "@leeward/base";
import { Journal, OfflineJournal, type StagedSegment, StoredFiles } from "@leeward/journal";
import { HistoryMaker, type MadeSegment } from "@leeward/journal/testing";
import { openStore, requestsPerGb } from "@leeward/object-store";
import { PeerStore, peerStoreSkip } from "@leeward/object-store/testing";
import { nodeClock, nodeCompute, nodeFiles, nodeRandom, type World } from "@leeward/world";
import type { BenchContext } from "../run/bench-context.ts";
import { type Row, skippedRow } from "../run/row.ts";
import { median } from "../run/statistics.ts";

const SUITE = "store";
const SEGMENT_BYTES = 32 * 1024 * 1024;
const WRITE_BYTES = 1024 * 1024;
/** As a process server cuts it. */
const framePayloadBytes = 256 * 1024;
const SEGMENTS = 12;
const SEGMENTS_QUICK = 3;
const READ_BYTES = 4 * 1024 * 1024;
const RATIO_AT_LEAST = 0.8;
/** What the library's users take for files of this size. */
const PARALLEL = { blockSize: 8 * 1024 * 1024, concurrency: 4 };

interface Run {
  readonly putRate: number;
  readonly libraryPutRate: number;
  readonly readRate: number;
  readonly libraryReadRate: number;
  readonly openSeconds: number;
  readonly requestsPerGb: number;
}

export async function storeSuite(context: BenchContext): Promise<readonly Row[]> {
  if (peerStoreSkip !== false) return [skippedRow(SUITE, "a journal in Azure Blob", peerStoreSkip)];
  const world: World = {
    clock: nodeClock,
    random: nodeRandom,
    files: nodeFiles({ io: "thread-pool" }),
    compute: nodeCompute(),
  };
  const runs: Run[] = [];
  for (let run = 1; run <= context.runs; run += 1) {
    runs.push(await measure(context, world, run));
    context.say(`run ${run}: ${runs.at(-1)?.putRate.toFixed(0)} MB/s`);
  }
  return rowsOf(runs);
}

async function measure({ place, isQuick }: BenchContext, world: World, run: number): Promise<Run> {
  const folder = `${place.folder}/store-${run}`;
  await mkdir(folder);
  const { thing: peer, end } = await place.take(PeerStore.azurite(), (started) => started[Symbol.asyncDispose]());
  await using store = await openStore(peer.place("bench"), world);
  const journals = "/journals-in-the-store";
  const writing = { spool: `${folder}/spool`, keptBytesMax: 0 };
  const files = await StoredFiles.open({ ...world, store, folder: journals, blockBytesMax: 1 << 26, writing });
  const count = isQuick ? SEGMENTS_QUICK : SEGMENTS;
  const maker = new HistoryMaker(seededRandom(run), count * SEGMENT_BYTES);
  const { machineId, diskId } = maker.identity;
  const at = `${journals}/${machineId}/${diskId}`;
  await files.claim(at);
  const stored = { ...world, files };
  const limits = { reserveBytes: 0 };
  const journal = await Journal.create(stored, { folder: at, dataKey: maker.dataKey, limits, ...maker.identity });
  const { made, point } = history(maker, count);
  const staged: StagedSegment[] = [];
  for (const segment of made)
    staged.push(await maker.stage(stored, journal.stagingPath(`s-${segment.from}`), { ...segment, framePayloadBytes }));
  const bytes = count * SEGMENT_BYTES;
  const before = store.requests;

  const putSeconds = await secondsOf(async () => {
    for (const segment of staged) await journal.accept(segment);
    await journal.addPoint(point);
  });
  const { puts, gets, lists, removes, sentBytes } = store.requests;
  const sent = {
    ...store.requests,
    puts: puts - before.puts,
    gets: gets - before.gets,
    lists: lists - before.lists,
    removes: removes - before.removes,
    sentBytes: sentBytes - before.sentBytes,
  };
  await journal.close();
  const library = await viaLibrary(peer, count);

  const reading = await StoredFiles.open({ ...world, store, folder: journals, blockBytesMax: 1 << 26 });
  let openSeconds = 0;
  const readSeconds = await secondsOf(async () => {
    const begun = performance.now();
    await using offline = await OfflineJournal.open(
      { ...world, files: reading },
      { folder: at, dataKey: maker.dataKey },
    );
    await using device = offline.openPoint(point.id);
    const target = new Uint8Array(READ_BYTES);
    await device.read(0, target.subarray(0, 4_096));
    openSeconds = (performance.now() - begun) / 1_000;
    for (let offset = 0; offset < bytes; offset += READ_BYTES) await device.read(offset, target);
    if (Buffer.compare(target, maker.image.subarray(bytes - READ_BYTES)) !== 0)
      throw new Error("the point reads wrong");
  });
  await end();
  return {
    putRate: bytes / putSeconds / 1e6,
    libraryPutRate: bytes / library.putSeconds / 1e6,
    readRate: bytes / readSeconds / 1e6,
    libraryReadRate: bytes / library.getSeconds / 1e6,
    openSeconds,
    requestsPerGb: requestsPerGb(sent) ?? 0,
  };
}

/** The first copy of a disk that holds what compresses to nothing less. */
function history(maker: HistoryMaker, count: number) {
  const made: MadeSegment[] = [];
  const span = maker.beginSpan("initial");
  for (let segment = 0; segment < count; segment += 1) {
    for (let done = 0; done < SEGMENT_BYTES; done += WRITE_BYTES)
      maker.writeBytes(segment * SEGMENT_BYTES + done, randomBytes(WRITE_BYTES));
    if (segment < count - 1) made.push(maker.cut());
  }
  maker.endSpan(span);
  const { record: point } = maker.mark();
  made.push(maker.cut());
  return { made, point };
}

/** As many bytes by the store's own library: one object after another, each in parallel parts. */
async function viaLibrary(peer: PeerStore, count: number): Promise<{ putSeconds: number; getSeconds: number }> {
  await using library = await peer.library();
  const objects = Array.from({ length: count }, () => randomBytes(SEGMENT_BYTES));
  const blobOf = (index: number) => library.container.getBlockBlobClient(`library/${index}`);
  const putSeconds = await secondsOf(async () => {
    for (const [index, bytes] of objects.entries()) await blobOf(index).uploadData(bytes, PARALLEL);
  });
  const getSeconds = await secondsOf(async () => {
    for (const index of objects.keys()) await blobOf(index).downloadToBuffer(0, SEGMENT_BYTES, PARALLEL);
  });
  return { putSeconds, getSeconds };
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1_000;
}

function rowsOf(runs: readonly Run[]): Row[] {
  const middle = (of: (run: Run) => number): number => median(runs.map(of));
  const beside = (name: string, own: (run: Run) => number, library: (run: Run) => number): Row => ({
    suite: SUITE,
    name,
    measured: { value: middle(own), unit: "MB/s" },
    against: { name: "the service's own library, parts in parallel", value: middle(library), unit: "MB/s" },
    ratio: middle((run) => own(run) / library(run)),
    goal: { of: "ratio", atLeast: RATIO_AT_LEAST },
  });
  return [
    beside(
      "segments of 32 MiB into a journal in Azure Blob (Azurite, TLS)",
      (run) => run.putRate,
      (run) => run.libraryPutRate,
    ),
    beside(
      "all of a point read out of it",
      (run) => run.readRate,
      (run) => run.libraryReadRate,
    ),
    {
      suite: SUITE,
      name: "a point is open, and its first bytes are read",
      measured: { value: middle((run) => run.openSeconds), unit: "s" },
    },
    {
      suite: SUITE,
      name: "requests for a gigabyte of a first copy",
      measured: { value: middle((run) => run.requestsPerGb), unit: "requests" },
    },
  ];
}
