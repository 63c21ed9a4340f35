// A disk whose replica has to be made right again, at little cost: a hundredth of it was changed while its agent was away, past a running agent, or is
// damaged at the target. The resync asks the target what it holds, and sends what differs; every point is right, before and after. With --whole it sends all.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { KiB, MiB } from "@leeward/base";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { leeward } from "../harness/leeward-process.ts";
import { readMetric } from "../harness/metrics.ts";
import { type DiskDocument, disksOf, fieldOf, pointOf } from "../harness/shapes.ts";

const MACHINE = "differences";
const DISK = "disk.img";
/** Two windows, the last of them short, and a last block that is short. */
const DISK_BYTES = 96 * MiB + 12 * KiB;
const BLOCK = 64 * KiB;
const LIMIT_MS = 120_000;
const SENT = "leeward_payload_sent_bytes_total";

describe("a resync that sends what differs", () => {
  let chain: Chain;
  let image: string;
  /** Points, and what the disk held at each. */
  const points: { readonly id: string; readonly content: Buffer }[] = [];

  before(async () => {
    chain = await Chain.start({ machine: MACHINE });
    image = `${chain.sourceFolder}/${DISK}`;
    await writeFile(image, randomBytes(DISK_BYTES));
    await chain.run("policy", "set", "default", "verifyDays=0");
    await chain.run("disk", "protect", MACHINE, "--path", image, "--timeout", "60");
    await untilProtected();
    await writeAndPoint();
  });
  after(() => chain.stop({ keep: false }));

  test("after the disk was changed while its agent was away, without anyone asking", async () => {
    await chain.agent?.stop();
    await changeBehind();
    await chain.startAgent();
    await eventually("the agent has found the change", async () => {
      const [disk] = await disks();
      return disk?.state === "resync" || (await sent()) > BLOCK ? true : undefined;
    });
    await untilProtected();
    await writeAndPoint();
    await assertLittleSent(0);
    await assertPoints();
  });

  test("after the disk was changed past its agent, while applications write and the target is killed", async () => {
    await changeBehind();
    const before = await sent();
    const stop = new AbortController();
    const writing = write(stop.signal);
    const killing = chain.killServerDaemon("master-target");
    const stderr = await resync("--now");
    stop.abort();
    const [writtenBytes] = await Promise.all([writing, killing]);
    assert.match(stderr, /Up to 96\.0 MiB will be read, and what differs from the replica is expected to be sent/);
    await writeAndPoint();
    await assertLittleSent(before, writtenBytes);
    await assertPoints();
  });

  test("after the target's files were damaged", async () => {
    const damaged = await damageJournal();
    const before = await sent();
    await resync("--now");
    await writeAndPoint();
    assert.ok((await sent()) - before < damaged + 0.05 * DISK_BYTES, "no more is sent than was damaged");
    const last = points.at(-1);
    assert.ok(last !== undefined);
    await assertPoint(last);
  });

  test("as a whole sends everything, and says so before", async () => {
    const before = await sent();
    const stderr = await resync("--now", "--whole");
    assert.match(stderr, /Up to 96\.0 MiB will be read, and all of that is expected to be sent/);
    assert.ok((await sent()) - before > 0.99 * DISK_BYTES);
    await writeAndPoint();
    const last = points.at(-1);
    assert.ok(last !== undefined);
    await assertPoint(last);
  });

  async function resync(...options: string[]): Promise<string> {
    const args = [
      "disk",
      "resync",
      MACHINE,
      DISK,
      ...options,
      "--timeout",
      "110",
      "--home",
      chain.serverHome,
      "--json",
    ];
    const { code, stdout, stderr } = await leeward(args);
    assert.equal(code, 0, stderr);
    assert.equal(fieldOf(fieldOf(JSON.parse(stdout), "disk"), "state"), "protected");
    return stderr;
  }

  /** By this agent since it was started. */
  async function sent(): Promise<number> {
    return (await readMetric(chain.agentHome, SENT)).value;
  }

  /** What is written meanwhile is sent as it is, and its blocks once more. */
  async function assertLittleSent(before: number, writtenBytes = 0): Promise<void> {
    const bytes = (await sent()) - before;
    assert.ok(bytes < 0.05 * DISK_BYTES + 2 * writtenBytes, `${bytes} of ${DISK_BYTES} bytes were sent`);
    assert.ok(bytes > 0.005 * DISK_BYTES, "what was changed was sent");
  }

  /** A hundredth of the disk, in a few places of both windows. */
  async function changeBehind(): Promise<void> {
    await using file = await open(image, "r+");
    const places = Array.from({ length: 7 }, (_, index) => Math.floor((index * DISK_BYTES) / 7 / BLOCK) * BLOCK);
    for (const at of places) await file.write(randomBytes(2 * BLOCK), 0, 2 * BLOCK, at);
    await file.write(randomBytes(512), 0, 512, DISK_BYTES - 512);
    await file.sync();
  }

  /** Overwrites the middle of the largest file of the disk's journal; how many bytes of the disk that may concern. */
  async function damageJournal(): Promise<number> {
    const largest = await eventually("the journal holds a large file", async () => {
      const root = `${chain.serverHome}/master-target/journal`;
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile() && /\/(segments|base)$/.test(entry.parentPath));
      const paths = files.map((entry) => `${entry.parentPath}/${entry.name}`);
      const sized = await Promise.all(paths.map(async (path) => ({ path, size: (await stat(path)).size })));
      return sized.toSorted((a, b) => b.size - a.size).find(({ size }) => size > 3 * MiB);
    });
    await using file = await open(largest.path, "r+");
    await file.write(randomBytes(MiB), 0, MiB, Math.floor(largest.size / 2));
    await file.sync();
    return 4 * MiB;
  }

  async function disks(): Promise<DiskDocument[]> {
    return disksOf(await chain.run("disk", "status", MACHINE));
  }

  async function untilProtected(): Promise<void> {
    const look = async () => {
      const [disk] = await disks();
      return disk?.state === "protected" && disk.nbdUri !== null ? true : undefined;
    };
    await eventually("the disk is protected", look, LIMIT_MS);
  }

  async function connected() {
    const uri = parseNbdUri((await disks())[0]?.nbdUri ?? "");
    const signal = AbortSignal.timeout(10 * LIMIT_MS);
    return connectNbd(uri.address, { clock: nodeClock, exportName: uri.exportName }, signal);
  }

  /** Writes until told to stop; how many bytes the blocks have. */
  async function write(signal: AbortSignal): Promise<number> {
    await using client = await connected();
    let bytes = 0;
    while (!signal.aborted) {
      const at = Math.floor((Math.random() * (DISK_BYTES - BLOCK)) / (4 * KiB)) * 4 * KiB;
      await client.write(at, randomBytes(4 * KiB), { fua: false });
      bytes += BLOCK;
      await nodeClock.sleep(100, AbortSignal.timeout(LIMIT_MS));
    }
    await client.flush();
    return bytes;
  }

  async function writeAndPoint(): Promise<void> {
    {
      await using client = await connected();
      await client.write(4 * KiB * (points.length + 1), randomBytes(16 * KiB), { fua: false });
      await client.flush();
    }
    const content = await readFile(image);
    const create = () => chain.run("point", "create", MACHINE, "--timeout", "60").catch(() => undefined);
    const point = pointOf(await eventually("a point is made", create, LIMIT_MS));
    points.push({ id: point.id, content });
  }

  async function assertPoints(): Promise<void> {
    for (const point of points) await assertPoint(point);
  }

  async function assertPoint({ id, content }: (typeof points)[number]): Promise<void> {
    const path = `${chain.folder}/saved.img`;
    await chain.run("point", "save", MACHINE, DISK, "--at", id, "--to", path, "--force");
    const was = await readFile(path);
    await rm(path);
    const at = content.findIndex((byte, index) => byte !== was[index]);
    assert.equal(at, -1, `the point ${id} differs from the disk at ${at}`);
  }
});
