// A disk that is changed past Leeward while it is protected: the comparison with its replica finds it, tells it, repairs it, and the next point is the
// disk again; while applications write, and over a kill of the server in the middle. And a resync that a person asks for.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { open, readFile, rm, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { KiB, MiB } from "@leeward/base";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { leeward } from "../harness/leeward-process.ts";
import { type DiskDocument, disksOf, fieldOf, pointOf } from "../harness/shapes.ts";

const MACHINE = "verify";
const DISK = "disk.img";
/** Three windows, the last of them short, and a last block that is short. */
const DISK_BYTES = 2 * 64 * MiB + 5 * MiB + 12 * KiB;
const BLOCK = 64 * KiB;
const LIMIT_MS = 120_000;

describe("a disk and its replica", () => {
  let chain: Chain;
  let image: string;

  before(async () => {
    chain = await Chain.start({ machine: MACHINE });
    image = `${chain.sourceFolder}/${DISK}`;
    const content = Buffer.alloc(DISK_BYTES);
    for (let at = 0; at < DISK_BYTES; at += 3 * MiB) content.set(randomBytes(64 * KiB), at);
    await writeFile(image, content);
    // What is compared in the background comes when it is asked for.
    await chain.run("policy", "set", "default", "verifyDays=0");
    await chain.run("disk", "protect", MACHINE, "--path", image, "--timeout", "60");
    await untilProtected();
  });
  after(() => chain.stop({ keep: false }));

  test("that are equal are found equal, and status shows the pass", async () => {
    const verified = await chain.run("disk", "verify", MACHINE, DISK, "--timeout", "100");
    assert.deepEqual(talliesOf(verified), [DISK_BYTES, 0, 0, 0]);
    assert.equal(fieldOf(fieldOf(verified, "job"), "state"), "succeeded");
    const verify = fieldOf((await disks())[0], "verify");
    assert.notEqual(fieldOf(verify, "lastPassEndedAt"), null);
    assert.deepEqual([fieldOf(verify, "passBegunAt"), fieldOf(verify, "differingBytes")], [null, 0]);
  });

  test("are never found to differ while applications write", async () => {
    const stop = new AbortController();
    const writing = write(stop.signal);
    try {
      for (let round = 0; round < 4; round += 1) {
        const verified = await chain.run("disk", "verify", MACHINE, DISK, "--timeout", "100");
        const [compared = 0, skipped = 0, differing] = talliesOf(verified);
        assert.equal(compared + skipped, DISK_BYTES);
        assert.equal(differing, 0, `a false difference in round ${round}`);
        assert.ok(compared > 0);
      }
    } finally {
      stop.abort();
      await writing;
    }
    assert.deepEqual(await events("replica-differs"), []);
  });

  test("that came to differ are found, told, repaired, and the next point is the disk", async () => {
    await untilQuiet();
    const wrong = [5 * MiB + 512, 64 * MiB, DISK_BYTES - 512];
    await changeBehind(wrong);
    const verified = await chain.run("disk", "verify", MACHINE, DISK, "--timeout", "100");
    const lastBlock = DISK_BYTES % BLOCK;
    const bytes = 2 * BLOCK + lastBlock;
    assert.deepEqual(talliesOf(verified), [DISK_BYTES, 0, bytes, bytes]);
    const told = await events("replica-differs");
    assert.deepEqual(
      told.map((event) => [fieldOf(event, "severity"), fieldOf(fieldOf(event, "detail"), "extents")]),
      [
        ["critical", `${5 * MiB}+${BLOCK}`],
        ["critical", `${64 * MiB}+${BLOCK}`],
        ["critical", `${DISK_BYTES - lastBlock}+${lastBlock}`],
      ],
    );
    assert.match(String(fieldOf(told[0], "message")), /The last pass that compared them.* began at 20/);
    await assertPointIsDisk();
    const again = await chain.run("disk", "verify", MACHINE, DISK, "--timeout", "100");
    assert.deepEqual(talliesOf(again), [DISK_BYTES, 0, 0, 0]);
  });

  test("that somebody goes on making different are not called repaired, and need a person until they are", async () => {
    const stop = new AbortController();
    const changing = (async () => {
      while (!stop.signal.aborted) await changeBehind([10 * MiB]);
    })();
    const args = ["disk", "verify", MACHINE, DISK, "--timeout", "110", "--home", chain.serverHome, "--json"];
    try {
      const { code, stdout, stderr } = await leeward(args);
      assert.equal(code, 7, stderr);
      assert.deepEqual(talliesOf(JSON.parse(stdout)), [DISK_BYTES, 0, BLOCK, 0]);
      assert.deepEqual(await needs(), ["replica-differs"]);
    } finally {
      stop.abort();
      await changing;
    }
    assert.deepEqual(talliesOf(await chain.run(...args.slice(0, 6))), [DISK_BYTES, 0, BLOCK, BLOCK]);
    assert.deepEqual(await needs(), []);
    await assertPointIsDisk();
  });

  test("are compared to the end although the config server is killed in the middle", async () => {
    await changeBehind([100 * MiB]);
    const client = await chain.client();
    const job = await client.call("verifyDisk", { params: { machine: MACHINE, disk: DISK } });
    assert.equal(job.kind, "verify");
    await chain.killServerDaemon("config-server");
    const ended = await chain.run("job", "wait", job.id, "--timeout", "110");
    assert.equal(fieldOf(ended, "state"), "succeeded");
    const result = fieldOf(ended, "result");
    assert.deepEqual(talliesOf(result), [DISK_BYTES, 0, BLOCK, BLOCK]);
    await assertPointIsDisk();
  });

  test("are compared in the background, and a difference is repaired there too", async () => {
    await changeBehind([20 * MiB]);
    const before = fieldOf(fieldOf((await disks())[0], "verify"), "lastPassEndedAt");
    const told = (await events("replica-differs")).length;
    await chain.run("policy", "set", "default", "verifyDays=0.0002");
    await eventually("the difference is told", async () =>
      (await events("replica-differs")).length > told ? true : undefined,
    );
    await eventually("a pass has ended that found nothing any more", async () => {
      const verify = fieldOf((await disks())[0], "verify");
      const ended = fieldOf(verify, "lastPassEndedAt");
      return ended !== before && fieldOf(verify, "passBegunAt") === null && fieldOf(verify, "differingBytes") === 0
        ? true
        : undefined;
    });
    await chain.run("policy", "set", "default", "verifyDays=0");
    await assertPointIsDisk();
  });

  test("are made equal by a resync, which says what it overwrites, and the points before it stay", async () => {
    const point = pointOf(await chain.run("point", "create", MACHINE, "--timeout", "60"));
    const held = await saved(point.id);
    await changeBehind([30 * MiB, 90 * MiB]);
    const args = ["disk", "resync", MACHINE, DISK, "--now", "--timeout", "110", "--home", chain.serverHome, "--json"];
    const { code, stdout, stderr } = await leeward(args);
    assert.equal(code, 0, stderr);
    const guard = `The source ${MACHINE}:${image} (${DISK}) will be copied over its replica at `;
    assert.ok(stderr.startsWith(guard) && stderr.includes(`at most ${DISK_BYTES} bytes`), stderr);
    const document: unknown = JSON.parse(stdout);
    assert.equal(fieldOf(fieldOf(document, "job"), "kind"), "resync");
    assert.equal(fieldOf(fieldOf(document, "disk"), "state"), "protected");
    await assertPointIsDisk();
    assert.ok(held.equals(await saved(point.id)), "a point of before is what it was");
    const verified = await chain.run("disk", "verify", MACHINE, DISK, "--timeout", "100");
    assert.deepEqual(talliesOf(verified), [DISK_BYTES, 0, 0, 0]);
  });

  async function disks(): Promise<DiskDocument[]> {
    return disksOf(await chain.run("disk", "status", MACHINE));
  }

  async function untilProtected(): Promise<void> {
    const look = async () => ((await disks())[0]?.state === "protected" ? true : undefined);
    await eventually("the disk is protected", look, LIMIT_MS);
  }

  /** A new point at the target, behind all that was written. */
  async function untilQuiet(): Promise<void> {
    await eventually("a point is made", () =>
      chain.run("point", "create", MACHINE, "--timeout", "60").catch(() => undefined),
    );
  }

  /** Writes at random places until told to stop. */
  async function write(signal: AbortSignal): Promise<void> {
    const uri = parseNbdUri((await disks())[0]?.nbdUri ?? "");
    await using client = await connectNbd(
      uri.address,
      { clock: nodeClock, exportName: uri.exportName },
      AbortSignal.timeout(10 * LIMIT_MS),
    );
    const blocks = Math.floor(DISK_BYTES / (4 * KiB));
    while (!signal.aborted) {
      const writes = Array.from({ length: 8 }, () => {
        const at = Math.floor(Math.random() * blocks) * 4 * KiB;
        return client.write(at, randomBytes(4 * KiB), { fua: false });
      });
      await Promise.all(writes);
      await client.discard({ offset: 40 * MiB, length: 128 * KiB }, { fua: false });
      await nodeClock.sleep(20, AbortSignal.timeout(LIMIT_MS));
    }
    await client.flush();
  }

  /** Past the agent, which serves the disk. */
  async function changeBehind(places: readonly number[]): Promise<void> {
    await using file = await open(image, "r+");
    for (const at of places) await file.write(randomBytes(512), 0, 512, at);
    await file.sync();
  }

  async function assertPointIsDisk(): Promise<void> {
    const create = () => chain.run("point", "create", MACHINE, "--timeout", "60").catch(() => undefined);
    const point = pointOf(await eventually("a point is made", create, LIMIT_MS));
    const [is, was] = [await readFile(image), await saved(point.id)];
    const at = is.findIndex((byte, index) => byte !== was[index]);
    assert.equal(at, -1, `the newest point differs from the disk at ${at}`);
  }

  async function saved(id: string): Promise<Buffer> {
    const path = `${chain.folder}/saved.img`;
    await chain.run("point", "save", MACHINE, DISK, "--at", id, "--to", path, "--force");
    const content = await readFile(path);
    await rm(path);
    return content;
  }

  /** What of the disk needs a person. */
  async function needs(): Promise<unknown[]> {
    const { stdout } = await leeward(["status", "--home", chain.serverHome, "--json"]);
    const items: unknown = fieldOf(JSON.parse(stdout), "items");
    assert.ok(Array.isArray(items));
    const ofDisk = items.filter((item) => fieldOf(item, "subject") === `${MACHINE}/${DISK}`);
    return ofDisk.map((item) => fieldOf(item, "code"));
  }

  async function events(kind: string): Promise<unknown[]> {
    const items: unknown = fieldOf(await chain.run("events"), "items");
    assert.ok(Array.isArray(items));
    const all: readonly unknown[] = items;
    return all.filter((event) => fieldOf(event, "kind") === kind);
  }
});

/** Compared, skipped, differing, repaired. */
function talliesOf(document: unknown): number[] {
  return ["comparedBytes", "skippedBytes", "differingBytes", "repairedBytes"].map((name) =>
    Number(fieldOf(document, name)),
  );
}
