// What it costs to be sure again: a live disk changed in one part of a hundred while nobody noted changes. The agent reads all of it, sends
// what differs, and a point of it can be recovered; beside rsync of the same two files on the same machine. Both read from storage.
import { mkdir, rm } from "node:fs/promises";
import { formatBytes, GiB, MiB, type Random, seededRandom } from "@leeward/base";
import { differenceOf } from "../../../test/src/harness/disk-difference.ts";
import { createPoint, savePoint } from "../../../test/src/harness/live-chain.ts";
import { takeLoopDisk, withoutLoopDevices } from "../load/loop-devices.ts";
import { waitUntilDelivered } from "../load/served-disk.ts";
import { makeSourceImage } from "../replication/source-image.ts";
import { type BenchChain, protectDisk, startChain, theDisk, waitUntilProtected } from "../run/bench-chain.ts";
import type { BenchContext } from "../run/bench-context.ts";
import { dropCaches } from "../run/file-caches.ts";
import { type Row, skippedRow } from "../run/row.ts";
import { median } from "../run/statistics.ts";
import { missingTool, runTool } from "../run/tool-run.ts";
import { type ChangePattern, changedExtents, overwrite, PATTERNS } from "./changes.ts";
import { type Rescan, rescanAfter } from "./lost-tracking.ts";
import { copyDelta, type DeltaCopy } from "./rsync-delta.ts";

const SUITE = "rescan";
const CHANGED_SHARE = 0.01;
const SENT_PERCENT_BELOW = 2;
const SEED = 20_261_121;

interface Measured {
  readonly own: Rescan[];
  readonly peer: DeltaCopy[];
}

/** The disk, and the file that rsync keeps equal to it. */
interface Pair {
  readonly bench: BenchChain;
  readonly device: string;
  readonly image: string;
  readonly replica: string;
  readonly sizeBytes: number;
}

export async function rescanSuite(context: BenchContext): Promise<readonly Row[]> {
  const missing = withoutLoopDevices() ?? missingTool("mke2fs", "rsync", "dd");
  if (missing !== undefined) return [skippedRow(SUITE, "rescan after lost tracking", missing)];
  const pair = await protectPair(context);
  const random = seededRandom(SEED);
  const measured = new Map<ChangePattern, Measured>(PATTERNS.map((pattern) => [pattern, { own: [], peer: [] }]));
  for (let run = 1; run <= context.runs; run += 1) {
    for (const [pattern, { own, peer }] of measured) {
      const { rescan, delta } = await measureBoth(context, pair, { pattern, random });
      own.push(rescan);
      peer.push(delta);
      const [sent, rsyncSent] = [rescan.sentBytes, delta.sentBytes].map(formatBytes);
      const figures = `leeward ${rescan.seconds.toFixed(2)} s, ${sent}; rsync ${delta.seconds.toFixed(2)} s, ${rsyncSent}`;
      context.say(`run ${run}, ${pattern}: ${figures}`);
    }
  }
  await compareReplica(pair);
  await pair.bench.end();
  return [...measured].flatMap(([pattern, figures]) => rowsOf(pair, pattern, figures));
}

async function protectPair(context: BenchContext): Promise<Pair> {
  const { place, say } = context;
  const sizeBytes = context.isQuick ? 256 * MiB : 2 * GiB;
  await mkdir(`${place.folder}/source`);
  const { path: replica } = await makeSourceImage(place, `${place.folder}/source`, sizeBytes);
  const { disk } = await takeLoopDisk(place, { image: `${place.folder}/live.img`, sizeBytes });
  await runTool(place, "dd", [`if=${replica}`, `of=${disk.device}`, "bs=1M", "oflag=direct", "conv=fsync"]);
  const bench = await startChain(context, ["/dev"]);
  // The rescan is what is measured: it shall not wait for the end of working hours.
  await bench.client.call("setPolicy", { params: { name: "default" }, body: { resyncWindow: "always" } });
  await protectDisk(bench, disk.device, "tracker");
  await waitUntilProtected(bench, say);
  return { bench, device: disk.device, image: disk.image, replica, sizeBytes };
}

async function measureBoth(
  { place }: BenchContext,
  { bench, device, image, replica, sizeBytes }: Pair,
  { pattern, random }: { readonly pattern: ChangePattern; readonly random: Random },
): Promise<{ rescan: Rescan; delta: DeltaCopy }> {
  const extents = changedExtents(pattern, { sizeBytes, changedBytes: sizeBytes * CHANGED_SHARE }, random);
  await waitUntilDelivered(bench);
  const rescan = await rescanAfter(bench, async () => {
    await overwrite(device, extents);
    await dropCaches();
  });
  await waitUntilDelivered(bench);
  await runTool(place, "sync", []);
  await dropCaches();
  return { rescan, delta: await copyDelta(place, image, replica) };
}

/** A figure of what ended in a wrong replica would be worth nothing. */
async function compareReplica({ bench, device }: Pair): Promise<void> {
  const { name } = await theDisk(bench);
  const saved = await savePoint(bench.chain, { disk: name, at: await createPoint(bench.chain) });
  const difference = await differenceOf(device, saved);
  if (difference !== undefined) throw new Error(`the replica differs from the disk: ${difference}`);
  await rm(saved);
}

function rowsOf({ sizeBytes }: Pair, pattern: ChangePattern, { own, peer }: Measured): Row[] {
  const percent = (each: { readonly sentBytes: number }): number => (100 * each.sentBytes) / sizeBytes;
  const [seconds, peerSeconds] = [median(own.map((each) => each.seconds)), median(peer.map((each) => each.seconds))];
  const [sent, peerSent] = [median(own.map(percent)), median(peer.map(percent))];
  const cpuSeconds = median(own.map((each) => each.cpuSeconds));
  return [
    {
      suite: SUITE,
      name: `${formatBytes(sizeBytes)}, 1 % changed ${pattern}: until protected`,
      measured: { value: seconds, unit: "s" },
      against: { name: "rsync", value: peerSeconds, unit: "s" },
      ratio: peerSeconds / seconds,
      note: `agent CPU ${cpuSeconds.toFixed(1)} s`,
    },
    {
      suite: SUITE,
      name: "of the disk, sent",
      measured: { value: sent, unit: "%" },
      against: { name: "rsync", value: peerSent, unit: "%" },
      ratio: peerSent / sent,
      goal: { of: "measured", below: SENT_PERCENT_BELOW },
    },
  ];
}
