// Points are thinned while a disk is written, on real processes and files: of each step behind the any-point window one is left, what was locked is there
// and reads as before its neighbours were merged, and the journal's files become fewer.
// A limit in bytes is told of before it cuts history, and cuts it about as told.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { KiB, MiB } from "@leeward/base";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { disksOf, fieldOf, pointOf } from "../harness/shapes.ts";

const MACHINE = "thin";
const DISK = "disk.img";
const DISK_BYTES = 4 * MiB;
const STEP_MS = 10_000;
const ALL_MS = 60_000;
const LIMIT_MS = 300_000;

interface Listed {
  readonly id: string;
  readonly timeMs: number;
  readonly locked: boolean;
}

describe("the points of a disk that is written", () => {
  let chain: Chain;
  const stop = new AbortController();
  let writing: Promise<void> = Promise.resolve();

  before(async () => {
    chain = await Chain.start({ machine: MACHINE });
    const image = `${chain.sourceFolder}/${DISK}`;
    await writeFile(image, randomBytes(DISK_BYTES));
    await chain.run("policy", "set", "default", "retention=60s:all,10m:10s", "pointIntervalSeconds=1", "verifyDays=0");
    await chain.run("disk", "protect", MACHINE, "--path", image, "--timeout", "60");
    await eventually("the disk is protected", async () =>
      disksOf(await chain.run("disk", "status"))[0]?.state === "protected" ? true : undefined,
    );
    writing = write(chain, { stop: stop.signal, everyMs: 50 });
  });
  after(async () => {
    stop.abort();
    await writing;
    await chain.stop({ keep: false });
  });

  test("are thinned and merged, and what stays reads as it did", async () => {
    const marks = [await marked(chain), await marked(chain), await marked(chain)];
    const [first] = marks;
    assert.ok(first !== undefined);
    await chain.run("point", "lock", MACHINE, first.id, "--forever", "--reason", "compared");
    const made = new Set<string>();
    const thinned = await eventually(
      "two steps are thinned",
      async () => {
        const points = await list(chain);
        for (const { id } of points) made.add(id);
        await delay(1_000);
        // As long as the newest is not so far, the steps after the first mark are in the any-point window.
        if ((points.at(-1)?.timeMs ?? 0) < first.timeMs + ALL_MS + 4 * STEP_MS) return undefined;
        const old = points.filter(({ timeMs }) => timeMs < first.timeMs + 3 * STEP_MS && timeMs > first.timeMs);
        const left = old.filter(({ locked }) => !locked).map(({ timeMs }) => Math.floor(timeMs / STEP_MS));
        return left.length > 0 && new Set(left).size === left.length ? points : undefined;
      },
      LIMIT_MS,
    );
    assert.ok(thinned.some(({ id, locked }) => id === first.id && locked));
    for (const { id, sha256 } of marks) {
      if (!thinned.some((point) => point.id === id)) continue;
      assert.equal(await digestOf(chain, id), sha256, "a point reads as it did before");
    }
    const folder = `${chain.serverHome}/master-target/journal`;
    const names = await readdir(folder, { recursive: true });
    const segments = names.filter((name) => name.includes("/segments/")).length;
    assert.ok(segments < made.size, `${made.size} points were made, and ${segments} segments are left`);
  });
});

const BYTES_MAX = 24 * MiB;

/** What is told of a disk's history. */
interface Told {
  readonly atMs: number;
  readonly reachLeftSeconds: number;
}

describe("a journal that grows towards its limit in bytes", () => {
  let chain: Chain;
  const stop = new AbortController();
  let writing: Promise<void> = Promise.resolve();

  before(async () => {
    chain = await Chain.start({ machine: MACHINE });
    const image = `${chain.sourceFolder}/${DISK}`;
    await writeFile(image, randomBytes(DISK_BYTES));
    const settings = ["retention=24h:all", `retentionBytesMax=${BYTES_MAX}`, "pointIntervalSeconds=1", "verifyDays=0"];
    await chain.run("policy", "set", "default", ...settings);
    await chain.run("disk", "protect", MACHINE, "--path", image, "--timeout", "60");
    await eventually("the disk is protected", async () =>
      disksOf(await chain.run("disk", "status"))[0]?.state === "protected" ? true : undefined,
    );
    writing = write(chain, { stop: stop.signal, everyMs: 350 });
  });
  after(async () => {
    stop.abort();
    await writing;
    await chain.stop({ keep: false });
  });

  test("says so before history is cut, is cut about as it said, and keeps what is locked", async () => {
    const locked = await marked(chain);
    await chain.run("point", "lock", MACHINE, locked.id, "--forever", "--reason", "compared");
    let told: Told | undefined;
    const cut = await eventually(
      "history is cut",
      async () => {
        await delay(1_000);
        const isCut = (await kindsOf(chain)).includes("history-cut");
        if (!isCut) told = toldOf(await chain.run("disk", "status")) ?? told;
        return isCut ? { atMs: Date.now(), points: await list(chain) } : undefined;
      },
      2 * LIMIT_MS,
    );
    assert.ok(told !== undefined, "it was told before");
    const kinds = await kindsOf(chain);
    assert.ok(kinds.includes("history-forecast") && kinds.indexOf("history-forecast") < kinds.indexOf("history-cut"));
    // Retention looks every 30 s, and this test now and then.
    assert.ok(Math.abs(cut.atMs - told.atMs) < 90_000, `told for ${told.atMs}, cut at ${cut.atMs}`);
    const free = cut.points.filter((point) => !point.locked);
    const leftSeconds = ((free.at(-1)?.timeMs ?? 0) - (free[0]?.timeMs ?? 0)) / 1_000;
    const tolerance = Math.max(30, told.reachLeftSeconds * 0.3);
    assert.ok(
      Math.abs(leftSeconds - told.reachLeftSeconds) < tolerance,
      `${leftSeconds}, told ${told.reachLeftSeconds}`,
    );
    assert.ok(cut.points.some((point) => point.id === locked.id && point.locked));
    assert.equal(await digestOf(chain, locked.id), locked.sha256);
  });
});

/** Every kind of event that there was, the oldest first. */
/** What happened: of an alert that was opened, its rule. */
async function kindsOf(chain: Chain): Promise<string[]> {
  const items = [fieldOf(await chain.run("events"), "items")].flat();
  return items.map((item) => {
    const kind = String(fieldOf(item, "kind"));
    return kind === "alert-opened" ? String(fieldOf(fieldOf(item, "detail"), "rule")) : kind;
  });
}

function toldOf(document: unknown): Told | undefined {
  const [disk] = disksOf(document);
  const forecast = fieldOf(disk, "historyForecast");
  if (forecast === null) return undefined;
  return {
    atMs: Date.parse(String(fieldOf(forecast, "at"))),
    reachLeftSeconds: Number(fieldOf(forecast, "reachLeftSeconds")),
  };
}

async function marked(
  chain: Chain,
): Promise<{ readonly id: string; readonly timeMs: number; readonly sha256: string }> {
  const { id, time } = pointOf(await chain.run("point", "create", MACHINE));
  return { id, timeMs: Date.parse(time), sha256: await digestOf(chain, id) };
}

async function digestOf(chain: Chain, id: string): Promise<string> {
  const to = `${chain.folder}/${id}-${randomBytes(4).toString("hex")}.img`;
  const saved = await chain.run("point", "save", MACHINE, DISK, "--at", id, "--to", to, "--timeout", "60");
  return String(fieldOf(saved, "sha256"));
}

async function list(chain: Chain): Promise<Listed[]> {
  const items = [fieldOf(await chain.run("point", "list", MACHINE), "items")].flat();
  return items.map((item) => ({
    id: String(fieldOf(item, "id")),
    timeMs: Date.parse(String(fieldOf(item, "time"))),
    locked: fieldOf(item, "locked") === true,
  }));
}

/** The same half of the disk over and over. */
async function write(chain: Chain, { stop, everyMs }: { stop: AbortSignal; everyMs: number }): Promise<void> {
  const uri = disksOf(await chain.run("disk", "status"))[0]?.nbdUri ?? "";
  const { address, exportName } = parseNbdUri(uri);
  await using client = await connectNbd(address, { clock: nodeClock, exportName }, AbortSignal.timeout(4 * LIMIT_MS));
  for (let at = 0; !stop.aborted; at = (at + 64 * KiB) % (DISK_BYTES / 2)) {
    await client.write(at, randomBytes(64 * KiB), { fua: false });
    await delay(everyMs);
  }
}
