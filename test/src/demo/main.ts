// npm run demo -- [--keep] [--json FILE]: the main job, whole, on this machine: protect, replicate, survive kills, lose the source, get two
// moments back, and compare them with what the application knows. No root; nothing is left behind unless --keep is given.
import { rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { type DiskDocument, diskOf, disksOf, openedOf, pointOf, pointsOf } from "../harness/shapes.ts";
import { checkImage } from "./demo-check.ts";
import { keepOriginal, makeImage } from "./demo-image.ts";
import { type DemoFigures, reportOf } from "./demo-report.ts";
import { DemoWriter } from "./demo-writer.ts";

const MACHINE = "web";
const DISK = "web.img";
const WRITE_SECONDS = 5;

const { values } = parseArgs({ options: { keep: { type: "boolean", default: false }, json: { type: "string" } } });
const begun = performance.now();
const chain = await Chain.start({ machine: MACHINE, say });
process.once("SIGINT", () => void chain.stop({ keep: values.keep }).finally(() => process.exit(130)));
try {
  const figures = await demonstrate(chain);
  process.stdout.write(`\n${reportOf(figures)}\n`);
  if (values.json !== undefined) await writeFile(resolve(values.json), `${JSON.stringify(figures, null, 2)}\n`);
} finally {
  say(values.keep ? `stopping; everything stays in ${chain.folder}` : "stopping, leaving nothing behind");
  await chain.stop({ keep: values.keep });
}

async function demonstrate(home: Chain): Promise<DemoFigures> {
  say("making an ext4 image with real files");
  const image = await makeImage(home.sourceFolder);
  const original = await keepOriginal(image, home.folder);

  say("protecting it while an application writes into it");
  const copying = performance.now();
  const { nbdUri } = diskOf(await home.run("disk", "protect", MACHINE, "--path", image.path, "--timeout", "120"));
  if (nbdUri === null) throw new Error("the disk has no NBD address");
  const writer = new DemoWriter(image, nbdUri);
  writer.start();
  await eventually("the disk is protected and has a point", async () => {
    const disk = await theDisk(home);
    // Agent and target tell at different moments how far they are.
    const journaled = disk.sequence.journaled ?? 0;
    const written = Math.max(disk.sequence.written ?? 0, journaled);
    say(`replicating: ${disk.state}, ${journaled} of ${written} records at the target`);
    return disk.state === "protected" && disk.rpoSeconds !== null ? true : undefined;
  });
  const initialReplicationSeconds = secondsSince(copying);
  const rpoSecondsMax = await watchRpo(home, WRITE_SECONDS);

  say("making the older point");
  const older = { versions: await writer.pause(), point: pointOf(await home.run("point", "create", MACHINE)) };
  writer.resume();

  say("killing the mobility agent with SIGKILL, and starting it again");
  const agentKilled = performance.now();
  await home.killAgent();
  await home.startAgent();
  await writesGoOn(writer);
  const agentBackSeconds = secondsSince(agentKilled);

  say("killing the process server with SIGKILL");
  const processServerKilled = performance.now();
  await home.killServerDaemon("process-server");
  const processServerBackSeconds = secondsSince(processServerKilled);
  await writesGoOn(writer);

  say("making the newer point");
  const newer = { versions: await writer.pause(), point: pointOf(await home.run("point", "create", MACHINE)) };
  const { journalBytes } = await theDisk(home);
  const points = pointsOf(await home.run("point", "list", MACHINE)).length;

  say("losing the source: the agent and its disk are gone");
  await writer.stop();
  await home.killAgent();
  await rm(image.path);

  say("opening the newest point as a disk");
  const opening = performance.now();
  const opened = openedOf(await home.run("point", "open", MACHINE, DISK, "--at", "latest"));
  const device = await connectNbd(
    parseNbdUri(opened.nbdUri).address,
    { exportName: "", clock: nodeClock },
    AbortSignal.timeout(60_000),
  );
  await device.read(0, new Uint8Array(4096));
  const pointOpenSeconds = secondsSince(opening);
  await device[Symbol.asyncDispose]();
  await home.run("point", "close", opened.id);

  say("recovering both points and comparing every block");
  const restoring = performance.now();
  await home.run("point", "save", MACHINE, DISK, "--at", "latest", "--to", `${home.folder}/latest.img`);
  const restoreSeconds = secondsSince(restoring);
  await home.run("point", "save", MACHINE, DISK, "--at", older.point.id, "--to", `${home.folder}/older.img`);
  await checkImage(`${home.folder}/older.img`, { image, original, versions: older.versions });
  const verdict = await checkImage(`${home.folder}/latest.img`, { image, original, versions: newer.versions });

  return {
    imageMadeBy: image.madeBy,
    protectedBytes: image.sizeBytes,
    initialReplicationSeconds,
    initialReplicationBytesPerSecond: image.sizeBytes / initialReplicationSeconds,
    writesAcknowledged: writer.acknowledged,
    writesRetried: writer.retried,
    rpoSecondsMax,
    journalBytes: journalBytes ?? 0,
    points,
    agentBackSeconds,
    processServerBackSeconds,
    pointOpenSeconds,
    restoreSeconds,
    restoreBytesPerSecond: image.sizeBytes / restoreSeconds,
    ...verdict,
    totalSeconds: secondsSince(begun),
  };
}

async function theDisk(home: Chain): Promise<DiskDocument> {
  const [disk] = disksOf(await home.run("disk", "status", MACHINE));
  if (disk === undefined) throw new Error("the machine has no disk");
  return disk;
}

async function watchRpo(home: Chain, forSeconds: number): Promise<number> {
  const until = performance.now() + forSeconds * 1_000;
  let worst = 0;
  while (performance.now() < until)
    worst = Math.max(worst, (await theDisk(home)).rpoSeconds ?? Number.POSITIVE_INFINITY);
  return worst;
}

async function writesGoOn(writer: DemoWriter): Promise<void> {
  const before = writer.acknowledged;
  await eventually("the application's writes go on", () => (writer.acknowledged > before + 200 ? true : undefined));
}

function secondsSince(begin: number): number {
  return (performance.now() - begin) / 1_000;
}

function say(text: string): void {
  process.stderr.write(`[${secondsSince(begun).toFixed(1).padStart(6)} s] ${text}\n`);
}
