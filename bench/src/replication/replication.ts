// How fast a whole disk gets to the target, beside what people use otherwise for the same bytes on the same machine, and what each
// daemon pays for it. The three take turns, so that a slow minute of the machine meets all of them.
import { mkdir } from "node:fs/promises";
import { formatBytes, GiB, MiB } from "@leeward/base";
import type { BenchContext } from "../run/bench-context.ts";
import { DAEMONS, type DaemonName } from "../run/daemon-usage.ts";
import type { Quantity, Row } from "../run/row.ts";
import { skippedRow } from "../run/row.ts";
import { median } from "../run/statistics.ts";
import { missingTool, runTool } from "../run/tool-run.ts";
import { copyByLeeward, type LeewardCopy } from "./leeward-copy.ts";
import { copyByRestic, copyByRsync } from "./peer-copy.ts";
import { makeSourceImage, type SourceImage } from "./source-image.ts";
import { startSshServer } from "./ssh-server.ts";

const SUITE = "replication";
const RSYNC_RATIO = 1;
const RESTIC_RATIO = 2;
const AGENT_BYTES_BELOW = 256;

interface Peer {
  readonly name: string;
  readonly ratioGoal: number;
  readonly missing: string | undefined;
  readonly copy: () => Promise<number>;
}

export async function replicationSuite(context: BenchContext): Promise<readonly Row[]> {
  const noImage = missingTool("mke2fs");
  if (noImage !== undefined) return [skippedRow(SUITE, "initial replication", noImage)];
  const { place, say } = context;
  await mkdir(`${place.folder}/source`);
  const image = await makeSourceImage(place, `${place.folder}/source`, context.isQuick ? 256 * MiB : 2 * GiB);
  say(`the image: ${describe(image)}`);
  const peers = await startPeers(context, image);
  const present = peers.filter(({ missing }) => missing === undefined);
  const copies: LeewardCopy[] = [];
  const peerSeconds = new Map<Peer, number[]>(present.map((peer) => [peer, []]));
  for (let run = 1; run <= context.runs; run += 1) {
    await runTool(place, "sync", []);
    const copy = await copyByLeeward(context, image);
    copies.push(copy);
    say(`run ${run}: leeward ${copy.seconds.toFixed(2)} s`);
    for (const [peer, seconds] of peerSeconds) {
      await runTool(place, "sync", []);
      seconds.push(await peer.copy());
      say(`run ${run}: ${peer.name} ${seconds.at(-1)?.toFixed(2)} s`);
    }
  }
  return [
    ...peers.map((peer) => peerRow(image, copies, { peer, seconds: peerSeconds.get(peer) ?? [] })),
    ...DAEMONS.flatMap((name) => usageRows(image, copies, name)),
  ];
}

async function startPeers({ place }: BenchContext, image: SourceImage): Promise<Peer[]> {
  const restic: Peer = {
    name: "restic",
    ratioGoal: RESTIC_RATIO,
    missing: missingTool("restic"),
    copy: () => copyByRestic(place, image),
  };
  const missing = missingTool("rsync", "ssh", "sshd", "ssh-keygen");
  const rsync = { name: "rsync", ratioGoal: RSYNC_RATIO, missing };
  if (missing !== undefined) return [{ ...rsync, copy: () => Promise.reject(new Error(missing)) }, restic];
  const server = await startSshServer(place);
  return [{ ...rsync, copy: () => copyByRsync(place, image, server) }, restic];
}

function peerRow(
  image: SourceImage,
  copies: readonly LeewardCopy[],
  { peer, seconds }: { peer: Peer; seconds: readonly number[] },
): Row {
  const own = median(copies.map((copy) => copy.seconds));
  const name = `initial replication, ${formatBytes(image.sizeBytes)}`;
  const measured = perSecond(image, own);
  if (peer.missing !== undefined) return { suite: SUITE, name, measured, skipped: peer.missing };
  const other = median(seconds);
  return {
    suite: SUITE,
    name,
    measured,
    against: { name: peer.name, ...perSecond(image, other) },
    ratio: other / own,
    goal: { of: "ratio", atLeast: peer.ratioGoal },
  };
}

function usageRows(image: SourceImage, copies: readonly LeewardCopy[], name: DaemonName): Row[] {
  const usages = copies.flatMap((copy) => copy.usages.get(name) ?? []);
  const cpuSeconds = median(usages.map((usage) => usage.cpuSeconds)) / (image.sizeBytes / 1e9);
  const residentBytes = Math.max(...usages.map((usage) => usage.residentBytesMax));
  const memory = { suite: SUITE, name: `${name} memory, peak`, measured: { value: residentBytes / 1e6, unit: "MB" } };
  return [
    { suite: SUITE, name: `${name} CPU`, measured: { value: cpuSeconds, unit: "s/GB" } },
    name === "agent" ? { ...memory, goal: { of: "measured", below: AGENT_BYTES_BELOW } } : memory,
  ];
}

function perSecond(image: SourceImage, seconds: number): Quantity {
  return { value: image.sizeBytes / 1e6 / seconds, unit: "MB/s" };
}

function describe({ sizeBytes, realFileBytes, randomBytes, allocatedBytes }: SourceImage): string {
  const [size, files, random] = [sizeBytes, realFileBytes, randomBytes].map(formatBytes);
  return `${size} of ext4, ${files} real files, ${random} that do not compress, ${formatBytes(allocatedBytes)} allocated`;
}
