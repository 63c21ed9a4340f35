// A mounted disk that is protected as it is: its file system is held still for each point, and nothing that changes is missed.
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { MiB } from "@leeward/base";
import { PostgresServer, postgres } from "@leeward/config-server/testing";
import { peer } from "@leeward/nbd/testing";
import { Chain } from "../harness/chain.ts";
import { differenceOf } from "../harness/disk-difference.ts";
import {
  copiedDatabase,
  createPoint,
  detachLive,
  liveDisk,
  lookInto,
  protectLive,
  removePins,
  savePoint,
  untilState,
} from "../harness/live-chain.ts";
import { LoopDisk } from "../harness/loop-disk.ts";
import { newestRow, RowWriter } from "../harness/rows.ts";
import { fieldOf } from "../harness/shapes.ts";
import { makeNumbers, NumberWriter, newestNumber } from "./postgres.ts";

const MACHINE = "live";
const DISK = "data";
const SIZE = 192 * MiB;
const POINTS = process.env["LEEWARD_FULL"] === "1" ? 20 : 4;
const fio = peer("fio");
const mkfsXfs = peer("mkfs.xfs");
const SECOND_TRACKER = fileURLToPath(new URL("second-tracker.ts", import.meta.url));
const SECOND_ID = "5ec0".padEnd(32, "0");
const execute = promisify(execFile);

describe("a live disk under SQLite and fio", { skip: fio.skip }, () => {
  let chain: Chain;
  let disk: LoopDisk;
  let rows: RowWriter;
  let load: ChildProcess;
  let second: ChildProcess;

  before(async () => {
    chain = await Chain.start({ machine: MACHINE, protectable: ["/dev"] });
    disk = await LoopDisk.attach(`${chain.folder}/data.img`, { sizeBytes: SIZE });
    await disk.makeFileSystem("ext4");
    await disk.mount();
    rows = await RowWriter.start(`${disk.mountPoint}/rows.db`);
    load = startLoad(disk.mountPoint);
    second = startSecondTracker(disk.device);
    await protectLive(chain, { device: disk.device, name: DISK });
  });
  after(async () => {
    load?.kill("SIGKILL");
    second?.kill("SIGKILL");
    await removePins(SECOND_ID);
    await rows?.[Symbol.asyncDispose]();
    await endLive(chain, [disk]);
  });

  test("each point is a clean file system that holds what was committed before it, and nothing of after it", async () => {
    for (let count = 1; count <= POINTS; count += 1) await comparePoint();
  });

  test("the agent killed and started again has missed nothing", async () => {
    await chain.killAgent();
    await rows.moreThan(rows.acknowledged + 20);
    await chain.startAgent();
    await untilState(chain, DISK, "protected");
    await comparePoint();
  });

  test("unmounted, the disk equals its replica in every byte", async () => {
    load.kill("SIGINT");
    await once(load, "exit");
    const said = second.stdout?.toArray() ?? [];
    second.stdin?.end();
    const told: unknown = JSON.parse((await said).join(""));
    assert.ok(Number(fieldOf(told, "regions")) > 0 && Number(fieldOf(told, "collected")) > 100, JSON.stringify(told));
    await rows[Symbol.asyncDispose]();
    await disk.unmount();
    const image = await savePoint(chain, { disk: DISK, at: await createPoint(chain) });
    assert.equal(await differenceOf(disk.device, image), undefined);
  });

  async function comparePoint(): Promise<void> {
    await rows.moreThan(rows.acknowledged + 5);
    const acknowledged = rows.acknowledged;
    const at = await createPoint(chain);
    const begun = rows.begun;
    const newest = await lookInto(chain, { disk: DISK, at, kind: "ext4" }, async (folder) =>
      newestRow(await copiedDatabase(`${folder}/rows.db`, `${chain.folder}/looked`)),
    );
    assert.ok(newest >= acknowledged && newest <= begun, `${acknowledged} ≤ ${newest} ≤ ${begun}`);
    assert.deepEqual((await liveDisk(chain, DISK)).faults, []);
  }
});

describe("two live disks at once, one of them under PostgreSQL", { skip: postgres.skip || mkfsXfs.skip }, () => {
  const SIZES = { pg: 512 * MiB, other: 256 * MiB };
  let chain: Chain;
  let folder: string;
  let pg: LoopDisk;
  let other: LoopDisk;
  let server: PostgresServer;
  let numbers: NumberWriter;
  let rows: RowWriter;

  before(async () => {
    chain = await Chain.start({ machine: MACHINE, protectable: ["/dev"] });
    folder = await mkdtemp(join(tmpdir(), "leeward-live-"));
    // PostgreSQL has a user of its own, who has to get through.
    await chmod(folder, 0o711);
    pg = await LoopDisk.attach(`${folder}/pg.img`, { sizeBytes: SIZES.pg });
    other = await LoopDisk.attach(`${folder}/other.img`, { sizeBytes: SIZES.other });
    await pg.makeFileSystem("xfs");
    await pg.mount();
    await other.makeFileSystem("ext4");
    await other.mount();
    server = await PostgresServer.create(`${pg.mountPoint}/cluster`);
    await makeNumbers(server);
    numbers = await NumberWriter.start(server.clientArguments());
    rows = await RowWriter.start(`${other.mountPoint}/rows.db`);
    await protectLive(chain, { device: pg.device, name: "pg" });
    await protectLive(chain, { device: other.device, name: "other" });
  });
  after(async () => {
    await numbers?.[Symbol.asyncDispose]();
    await rows?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    await endLive(chain, [pg, other]);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  test("one point holds both as they were at one moment", async () => {
    for (let count = 1; count <= POINTS / 2; count += 1) {
      const acknowledged = { numbers: numbers.acknowledged, rows: rows.acknowledged };
      const at = await createPoint(chain);
      const begun = { numbers: numbers.begun, rows: rows.begun };
      const newestRowThere = await lookInto(chain, { disk: "other", at, kind: "ext4" }, async (mounted) =>
        newestRow(await copiedDatabase(`${mounted}/rows.db`, `${folder}/looked`)),
      );
      assert.ok(newestRowThere >= acknowledged.rows && newestRowThere <= begun.rows);
      const newest = await lookInto(chain, { disk: "pg", at, kind: "xfs" }, async (mounted) => {
        // With its owner, and the socket that lies among the data. The locks are of the server that runs here still.
        await execute("cp", ["--archive", `${mounted}/cluster`, `${folder}/recovered`]);
        for (const lock of ["postmaster.pid", ".s.PGSQL.5432.lock"]) await rm(`${folder}/recovered/${lock}`);
        await using recovered = await PostgresServer.open(`${folder}/recovered`);
        return await newestNumber(recovered);
      });
      await rm(`${folder}/recovered`, { recursive: true });
      assert.ok(
        newest >= acknowledged.numbers && newest <= begun.numbers,
        `${acknowledged.numbers} ≤ ${newest} ≤ ${begun.numbers}`,
      );
    }
  });

  test("unmounted, both equal their replicas in every byte", async () => {
    await numbers[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await rows[Symbol.asyncDispose]();
    await pg.unmount();
    await other.unmount();
    const at = await createPoint(chain);
    for (const [name, { device }] of Object.entries({ pg, other })) {
      assert.equal(await differenceOf(device, await savePoint(chain, { disk: name, at })), undefined, name);
    }
  });
});

/** Whatever of it there is after tests that failed. */
async function endLive(chain: Chain | undefined, disks: readonly (LoopDisk | undefined)[]): Promise<void> {
  await chain?.stop({ keep: true });
  for (const disk of disks) if (disk !== undefined && chain !== undefined) await detachLive(chain, disk);
  await chain?.stop({ keep: false });
}

/** A second set of programs on the same events, whose notes are emptied without pause. */
function startSecondTracker(device: string): ChildProcess {
  return spawn(process.execPath, ["--no-warnings", SECOND_TRACKER, device, SECOND_ID], {
    stdio: ["pipe", "pipe", "inherit"],
  });
}

/** Random writes into a file, and a file that comes and goes, until it is ended. */
function startLoad(folder: string): ChildProcess {
  const job = [
    "--name=load",
    `--directory=${folder}`,
    "--size=48m",
    "--rw=randwrite",
    "--bsrange=4k-64k",
    "--ioengine=psync",
  ];
  return spawn(fio.path, [...job, "--time_based", "--runtime=3600", "--rate=4m", "--fallocate=none"], {
    stdio: "ignore",
  });
}
