// What the demo does, in its order. What it claims is checked where it is shown: one that ends has shown everything.
import { rm } from "node:fs/promises";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import type { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { liveDisk as diskNamed } from "../harness/live-chain.ts";
import { diskOf, fieldOf, openedOf, pointOf, pointsOf } from "../harness/shapes.ts";
import { checkImage, type Verdict } from "./demo-check.ts";
import { type DemoImage, keepOriginal, makeImage } from "./demo-image.ts";
import { LIVE_DISK, type LiveFigures, LiveSource, type NotShown, type RowsAtPoint } from "./demo-live.ts";
import type { DemoFigures } from "./demo-report.ts";
import { DemoWriter, type Versions } from "./demo-writer.ts";

const DISK = "web.img";
const WRITE_SECONDS = 5;
const POINTS_ASKED_MAX = 5;

export interface Stage {
  readonly chain: Chain;
  readonly live: LiveSource | NotShown;
  /** What is waited for ends with it. */
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

interface Served {
  readonly image: DemoImage;
  readonly original: string;
  readonly writer: DemoWriter;
}

interface MadePoint {
  readonly id: string;
  /** What each block of the image holds in it. */
  readonly versions: Versions;
}

export async function demonstrate(stage: Stage): Promise<Omit<DemoFigures, "totalSeconds">> {
  const { chain, live, say } = stage;
  say("making an ext4 image with real files");
  const image = await makeImage(chain.sourceFolder);
  const original = await keepOriginal(image, chain.folder);
  const { served, ...copied } = await protect(stage, { image, original });
  const { writer } = served;
  const rpoSecondsMax = await watchRpo(chain, WRITE_SECONDS);

  say("making the older point");
  const older = await atRest(writer, async () => pointOf(await chain.run("point", "create", chain.machine)).id);
  writer.resume();
  const back = await surviveKills(stage, writer);

  say("making the newer point");
  const { made: newer, rows } = await makeNewer(stage, writer);
  const { journalBytes } = await diskNamed(chain, DISK);
  const points = pointsOf(await chain.run("point", "list", chain.machine)).length;

  await loseSource(stage, served);
  const recovered = await recover(stage, served, { older, newer });
  return {
    imageMadeBy: image.madeBy,
    protectedBytes: image.sizeBytes,
    ...copied,
    writesAcknowledged: writer.acknowledged,
    writesRetried: writer.retried,
    rpoSecondsMax,
    journalBytes: journalBytes ?? 0,
    points,
    ...back,
    ...recovered,
    live: live instanceof LiveSource ? await recoverRows(stage, live, rows) : live,
  };
}

async function protect(
  { chain, live, signal, say }: Stage,
  { image, original }: Pick<Served, "image" | "original">,
): Promise<{ served: Served } & Pick<DemoFigures, "initialReplicationSeconds" | "initialReplicationBytesPerSecond">> {
  say("protecting it while an application writes into it");
  const copying = performance.now();
  const { nbdUri } = diskOf(
    await chain.run("disk", "protect", chain.machine, "--path", image.path, "--timeout", "120"),
  );
  if (nbdUri === null) throw new Error("the disk has no NBD address");
  const writer = new DemoWriter(image, nbdUri);
  writer.start();
  signal.addEventListener("abort", () => void writer.stop());
  await eventually("the disk is protected and has a point", async () => {
    signal.throwIfAborted();
    const disk = await diskNamed(chain, DISK);
    // Agent and target tell at different moments how far they are.
    const journaled = disk.sequence.journaled ?? 0;
    const written = Math.max(disk.sequence.written ?? 0, journaled);
    say(`replicating: ${disk.state}, ${journaled} of ${written} records at the target`);
    return disk.state === "protected" && disk.rpoSeconds !== null ? true : undefined;
  });
  const initialReplicationSeconds = secondsSince(copying);
  if (live instanceof LiveSource) {
    say(`protecting ${live.device} as it is: mounted, with a database that is being written`);
    await live.protect(chain);
  }
  return {
    served: { image, original, writer },
    initialReplicationSeconds,
    initialReplicationBytesPerSecond: image.sizeBytes / initialReplicationSeconds,
  };
}

async function surviveKills(
  { chain, live, signal, say }: Stage,
  writer: DemoWriter,
): Promise<Pick<DemoFigures, "agentBackSeconds" | "processServerBackSeconds">> {
  say("killing the mobility agent with SIGKILL, and starting it again");
  const agentKilled = performance.now();
  await chain.killAgent();
  await chain.startAgent();
  await writesGoOn(writer, signal);
  const agentBackSeconds = secondsSince(agentKilled);

  say("killing the process server with SIGKILL");
  const processServerKilled = performance.now();
  await chain.killServerDaemon("process-server");
  const processServerBackSeconds = secondsSince(processServerKilled);
  await writesGoOn(writer, signal);
  if (live instanceof LiveSource) {
    await eventually(`${LIVE_DISK} is protected`, async () => {
      signal.throwIfAborted();
      return (await diskNamed(chain, LIVE_DISK)).state === "protected" ? true : undefined;
    });
  }
  return { agentBackSeconds, processServerBackSeconds };
}

/**
 * One point, of both disks at one moment: the image's writer rests for it, so that what it holds is known, and for the rest of the demo, since
 * the latest point is to hold the same. The database is written on.
 */
async function makeNewer(
  stage: Stage,
  writer: DemoWriter,
): Promise<{ made: MadePoint; rows: RowsAtPoint | undefined }> {
  const { chain, live } = stage;
  if (!(live instanceof LiveSource)) {
    const made = await atRest(writer, async () => pointOf(await chain.run("point", "create", chain.machine)).id);
    return { made, rows: undefined };
  }
  for (let asked = 1; ; asked += 1) {
    let isWhole = false;
    let rows: RowsAtPoint | undefined;
    const made = await atRest(writer, async () => {
      rows = await live.atPoint(async () => {
        const document = await chain.run("point", "create", chain.machine, "--timeout", "60");
        isWhole = await holdsLive(chain, document);
        return pointOf(document).id;
      });
      return rows.pointId;
    });
    if (isWhole) return { made, rows };
    // A machine that is too busy to hold a file system still for two seconds gives a point up, and says so.
    const { faults } = await diskNamed(chain, LIVE_DISK);
    const why = faults.map(({ message }) => message).join(" ");
    if (asked === POINTS_ASKED_MAX) throw new Error(`no point holds the live disk: ${why}`);
    stage.say(`the point is without the live disk, and asked for again: ${why}`);
  }
}

async function holdsLive(chain: Chain, point: unknown): Promise<boolean> {
  const { id } = await diskNamed(chain, LIVE_DISK);
  return fieldOf(fieldOf(point, "disks"), id) !== undefined;
}

async function atRest(writer: DemoWriter, make: () => Promise<string>): Promise<MadePoint> {
  const versions = await writer.pause();
  return { id: await make(), versions };
}

async function loseSource({ chain, live, say }: Stage, { writer, image }: Served): Promise<void> {
  say(
    live instanceof LiveSource
      ? "losing the source: the agent, the application, its disk and the image are gone"
      : "losing the source: the agent and its disk are gone",
  );
  await writer.stop();
  await chain.killAgent();
  await rm(image.path);
  if (live instanceof LiveSource) await live.lose(chain);
}

async function recover(
  { chain, say }: Stage,
  { image, original }: Served,
  { older, newer }: { readonly older: MadePoint; readonly newer: MadePoint },
): Promise<Verdict & Pick<DemoFigures, "pointOpenSeconds" | "restoreSeconds" | "restoreBytesPerSecond">> {
  say("opening the newest point as a disk");
  const opening = performance.now();
  const opened = openedOf(await chain.run("point", "open", chain.machine, DISK, "--at", "latest"));
  const device = await connectNbd(
    parseNbdUri(opened.nbdUri).address,
    { exportName: "", clock: nodeClock },
    AbortSignal.timeout(60_000),
  );
  await device.read(0, new Uint8Array(4096));
  const pointOpenSeconds = secondsSince(opening);
  await device[Symbol.asyncDispose]();
  await chain.run("point", "close", opened.id);

  say("recovering both points and comparing every block");
  const save = (at: string, to: string): Promise<unknown> =>
    chain.run("point", "save", chain.machine, DISK, "--at", at, "--to", to);
  const restoring = performance.now();
  await save("latest", `${chain.folder}/latest.img`);
  const restoreSeconds = secondsSince(restoring);
  await save(older.id, `${chain.folder}/older.img`);
  await checkImage(`${chain.folder}/older.img`, { image, original, versions: older.versions });
  const verdict = await checkImage(`${chain.folder}/latest.img`, { image, original, versions: newer.versions });
  return { ...verdict, pointOpenSeconds, restoreSeconds, restoreBytesPerSecond: image.sizeBytes / restoreSeconds };
}

async function recoverRows(
  { chain, say }: Stage,
  live: LiveSource,
  rows: RowsAtPoint | undefined,
): Promise<LiveFigures> {
  if (rows === undefined) throw new Error("no point was made of the live disk");
  say("recovering the live disk and looking for every row that was committed before its point");
  return live.compare(chain, rows);
}

async function watchRpo(chain: Chain, forSeconds: number): Promise<number> {
  const until = performance.now() + forSeconds * 1_000;
  let worst = 0;
  while (performance.now() < until)
    worst = Math.max(worst, (await diskNamed(chain, DISK)).rpoSeconds ?? Number.POSITIVE_INFINITY);
  return worst;
}

async function writesGoOn(writer: DemoWriter, signal: AbortSignal): Promise<void> {
  const before = writer.acknowledged;
  await eventually("the application's writes go on", () => {
    signal.throwIfAborted();
    return writer.acknowledged > before + 200 ? true : undefined;
  });
}

function secondsSince(begin: number): number {
  return (performance.now() - begin) / 1_000;
}
