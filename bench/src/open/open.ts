// How long it takes to look at a disk of 1 TiB as it was at a moment of a busy day, when the master target has just been started, and what
// memory that needs.
import { open, readdir, readFile, rm } from "node:fs/promises";
import { KeyStore } from "@leeward/identity";
import { nodeClock, nodeFiles } from "@leeward/world";
import { eventually } from "../../../test/src/harness/eventually.ts";
import { SplitChain } from "../../../test/src/harness/split-chain.ts";
import type { BenchContext } from "../run/bench-context.ts";
import { mayDropCaches } from "../run/file-caches.ts";
import type { Row } from "../run/row.ts";
import { median } from "../run/statistics.ts";
import { type ColdOpen, openCold } from "./cold-open.ts";
import { type DayHistory, DISK_BYTES, makeDay } from "./day-history.ts";

const SUITE = "open";
const DAY_POINTS = 43_200;
const POINTS_QUICK = 2_700;
const SECONDS_BELOW = 2;
const MEGABYTES_BELOW = 512;
/** The day must not be over before it is opened. */
const RETENTION_SECONDS = 7 * 86_400;
const POLICY = "a-week";
const MICROS_PER_MS = 1_000;

export async function openSuite(context: BenchContext): Promise<readonly Row[]> {
  const { place, say } = context;
  const { thing: chain, end } = await place.take(SplitChain.start(), (started) => started.stop());
  const disk = await protectHugeDisk(chain);
  for (const name of ["agent", "process-server", "master-target"] as const) await chain.kill(name);
  const history = await replaceHistory(context, chain);
  say(`a history of ${history.points} points and ${history.extents} extents`);
  const opened: ColdOpen[] = [];
  for (let run = 1; run <= context.runs; run += 1) {
    opened.push(await openCold(chain, history, disk));
    await chain.kill("master-target");
    say(`run ${run}: ${opened.at(-1)?.seconds.toFixed(2)} s`);
  }
  await end();
  return rowsOf(opened, history, await mayDropCaches());
}

/** A disk without any content; it gives the journal its place and its keys. Its name. */
async function protectHugeDisk(chain: SplitChain): Promise<string> {
  const path = `${chain.sourceFolder}/huge.img`;
  {
    await using handle = await open(path, "wx");
    await handle.truncate(DISK_BYTES);
  }
  const client = await chain.client();
  await client.call("setPolicy", { params: { name: POLICY }, body: { retentionSeconds: RETENTION_SECONDS } });
  const { machine } = chain;
  await eventually("the machine is online", async () => {
    const { state } = await client.call("showMachine", { params: { machine } });
    return state === "online" ? true : undefined;
  });
  const { disk } = await client.call("protectDisk", { params: { machine }, body: { path, policy: POLICY } });
  await eventually("the disk is protected", async () => {
    const { items } = await client.call("listDisks", { query: { machine } });
    return items[0]?.state === "protected" ? true : undefined;
  });
  client.close();
  return disk.name;
}

/** Puts the day in the place of the disk's own journal, under the same identity and key. */
async function replaceHistory({ isQuick, say }: BenchContext, chain: SplitChain): Promise<DayHistory> {
  const above = `${chain.targetHome}/journal`;
  const machineId = await onlyEntry(above);
  const diskId = await onlyEntry(`${above}/${machineId}`);
  const folder = `${above}/${machineId}/${diskId}`;
  const dataKey = await dataKeyOf(chain, `${folder}/keys.json`);
  for (const name of await readdir(folder))
    if (name !== "keys.json") await rm(`${folder}/${name}`, { recursive: true });
  // What the master target remembers of the journal that was here before, so that nobody replaces it unseen.
  await rm(`${chain.targetHome}/anchors`, { recursive: true, force: true });
  const points = isQuick ? POINTS_QUICK : DAY_POINTS;
  return makeDay({ folder, machineId, diskId, dataKey, points, endMicros: Date.now() * MICROS_PER_MS, say });
}

async function onlyEntry(folder: string): Promise<string> {
  const [name, ...others] = await readdir(folder);
  if (name === undefined || others.length > 0) throw new Error(`${folder} does not hold exactly one folder`);
  return name;
}

/** The disk's key, as the master target itself opens it. */
async function dataKeyOf(chain: SplitChain, keysFile: string): Promise<{ keyId: string; bytes: Uint8Array }> {
  const files = nodeFiles({ io: "thread-pool" });
  const keyStore = await KeyStore.open({ clock: nodeClock, files }, `${chain.targetHome}/identity`);
  const document: unknown = JSON.parse(await readFile(keysFile, "utf8"));
  const keyId = String(property(document, "keyId"));
  const wrapped = property(document, "wrappedKeys");
  const keys: readonly unknown[] = Array.isArray(wrapped) ? wrapped : [];
  const own = keys.find((key) => property(key, "recipient") === keyStore.identity?.id);
  return { keyId, bytes: await keyStore.unwrap(String(property(own, "jwe")), keyId) };
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function rowsOf(opened: readonly ColdOpen[], { points, extents }: DayHistory, cachesDropped: boolean): Row[] {
  const middle = (of: (each: ColdOpen) => number): number => median(opened.map(of));
  const most = (of: (each: ColdOpen) => number): number => Math.max(...opened.map(of)) / 1e6;
  const history = `${points.toLocaleString("en-US")} points, ${(extents / 1e6).toFixed(1)} million extents`;
  const seconds = (name: string, of: (each: ColdOpen) => number): Row => ({
    suite: SUITE,
    name,
    measured: { value: middle(of), unit: "s" },
  });
  return [
    {
      ...seconds("a cold point of a 1 TiB disk: start, open, read", (each) => each.seconds),
      goal: { of: "measured", below: SECONDS_BELOW },
      note: `${history}; the system's caches ${cachesDropped ? "were dropped" : "were warm"}`,
    },
    seconds("of it, until the process was ready", (each) => each.readySeconds),
    seconds("of it, from asking for the point on", (each) => each.openSeconds),
    {
      suite: SUITE,
      name: "master-target memory, peak, point open",
      measured: { value: most((each) => each.residentBytes), unit: "MB" },
      goal: { of: "measured", below: MEGABYTES_BELOW },
    },
    {
      suite: SUITE,
      name: "the same after 1,000 random reads",
      measured: { value: most((each) => each.residentBytesAfterReads), unit: "MB" },
      goal: { of: "measured", below: MEGABYTES_BELOW },
    },
    {
      suite: SUITE,
      name: "random reads of 4 KiB",
      measured: { value: middle((each) => each.readsPerSecond), unit: "IOPS" },
    },
  ];
}
