// A tracker that may have missed something: the disk is read anew, differences alone are sent, and each point is right all the time.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { appendFile } from "node:fs/promises";
import { afterEach, describe, test } from "node:test";
import { promisify } from "node:util";
import { MiB } from "@leeward/base";
import { peer } from "@leeward/nbd/testing";
import { Chain } from "../harness/chain.ts";
import { differenceOf } from "../harness/disk-difference.ts";
import { eventually } from "../harness/eventually.ts";
import {
  copiedDatabase,
  createPoint,
  liveDisk,
  lookInto,
  lossesTold,
  notesOf,
  protectLive,
  removePins,
  savePoint,
  stopLive,
  untilState,
} from "../harness/live-chain.ts";
import { LoopDisk } from "../harness/loop-disk.ts";
import { newestRow, RowWriter } from "../harness/rows.ts";

const DISK = "data";
const SIZE = 192 * MiB;
/** Random bytes that no compression makes smaller, and nobody changes: what a rescan that sent everything would send. */
const LYING_MIB = 64;
/** What changed while the tracker was blind is less. */
const DIFFERENCES_MAX = 32 * MiB;
const fio = peer("fio");
const execute = promisify(execFile);

interface Kept {
  readonly at: string;
  readonly atLeast: number;
  readonly atMost: number;
}

describe("a tracked disk whose tracker lost sight of it", { skip: fio.skip }, () => {
  let chain: Chain;
  let disk: LoopDisk;
  let rows: RowWriter;
  let kept: Kept[] = [];

  const begin = async (backend: "ebpf" | "tracefs"): Promise<void> => {
    kept = [];
    chain = await Chain.start({ machine: "live", protectable: ["/dev"] });
    // The least room that there can be.
    await appendFile(`${chain.agentHome}/config.yaml`, `trackerBackend: ${backend}\ntrackerBufferKib: 64\n`);
    await chain.killAgent();
    await chain.startAgent();
    disk = await LoopDisk.attach(`${chain.folder}/data.img`, { sizeBytes: SIZE });
    await disk.makeFileSystem("ext4");
    await disk.mount();
    await execute("dd", ["if=/dev/urandom", `of=${disk.mountPoint}/lies`, "bs=1M", `count=${LYING_MIB}`]);
    rows = await RowWriter.start(`${disk.mountPoint}/rows.db`);
    await protectLive(chain, { device: disk.device, name: DISK });
    await keepPoint();
  };
  const end = async (): Promise<void> => {
    await rows?.[Symbol.asyncDispose]();
    await disk?.[Symbol.asyncDispose]();
    if (chain !== undefined) await stopLive(chain);
  };
  afterEach(end);

  test("tracefs without room: it is told, and the disk is whole again", async () => {
    await begin("tracefs");
    const before = await sent();
    const pid = chain.agent?.pid ?? 0;
    assert.ok(pid > 0);
    // What it does not read finds no room.
    process.kill(pid, "SIGSTOP");
    try {
      await manyWrites(disk.mountPoint);
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await eventually("the loss is told", async () => ((await lossesTold(chain)) > 0 ? true : undefined));
    await untilState(chain, DISK, "protected");
    await keepPoint();
    assert.ok((await sent()) - before < DIFFERENCES_MAX, `${(await sent()) - before} bytes were sent`);
    await checkAll();
  });

  test("eBPF without what the kernel kept: the disk is whole again", async () => {
    await begin("ebpf");
    const { id } = await liveDisk(chain, DISK);
    const before = await sent();
    await chain.killAgent();
    await removePins(id);
    await rows.moreThan(rows.acknowledged + 20);
    await chain.startAgent();
    await untilState(chain, DISK, "protected");
    await keepPoint();
    assert.ok((await sent()) - before < DIFFERENCES_MAX, `${(await sent()) - before} bytes were sent`);

    // Another disk in its place, under the same name.
    const notes = await notesOf(id);
    await chain.killAgent();
    await rows[Symbol.asyncDispose]();
    await disk.unmount();
    await disk.reattach();
    await disk.mount();
    rows = await RowWriter.start(`${disk.mountPoint}/rows.db`);
    await rows.moreThan(rows.acknowledged + 20);
    await chain.startAgent();
    await untilState(chain, DISK, "protected");
    assert.notEqual(await notesOf(id), notes);
    await keepPoint();
    assert.ok((await sent()) - before < 2 * DIFFERENCES_MAX, `${(await sent()) - before} bytes were sent`);
    await checkAll();
  });

  async function keepPoint(): Promise<void> {
    await rows.moreThan(rows.acknowledged + 5);
    const atLeast = rows.acknowledged;
    const at = await createPoint(chain);
    kept.push({ at, atLeast, atMost: rows.begun });
  }

  /** Each point that was made, and at last the disk itself. */
  async function checkAll(): Promise<void> {
    for (const { at, atLeast, atMost } of kept) {
      const newest = await lookInto(chain, { disk: DISK, at, kind: "ext4" }, async (folder) =>
        newestRow(await copiedDatabase(`${folder}/rows.db`, `${chain.folder}/looked`)),
      );
      assert.ok(newest >= atLeast && newest <= atMost, `${atLeast} ≤ ${newest} ≤ ${atMost}`);
    }
    await rows[Symbol.asyncDispose]();
    await disk.unmount();
    const image = await savePoint(chain, { disk: DISK, at: await createPoint(chain) });
    assert.equal(await differenceOf(disk.device, image), undefined);
  }

  async function sent(): Promise<number> {
    return Number((await liveDisk(chain, DISK)).journalBytes);
  }
});

/** Far more requests than the least buffer has room for. */
async function manyWrites(folder: string): Promise<void> {
  const job = ["--name=many", `--directory=${folder}`, "--size=8m", "--rw=randwrite", "--bs=4k", "--direct=1"];
  await execute(fio.path, [...job, "--ioengine=psync", "--loops=8", "--fallocate=none"]);
}
