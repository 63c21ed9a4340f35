// A server with one disk: the agent's own home lies on the file system that it holds still, and on the disk that it copies.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { MiB } from "@leeward/base";
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
  savePoint,
  stopLive,
  untilState,
} from "../harness/live-chain.ts";
import { LoopDisk, withoutLoopDisks } from "../harness/loop-disk.ts";
import { newestRow, RowWriter } from "../harness/rows.ts";
import { killAgentWhileHeld, wasFrozen } from "./held-moment.ts";

const execute = promisify(execFile);
const DISK = "system";
const SIZE = 512 * MiB;
const POINTS = process.env["LEEWARD_FULL"] === "1" ? 20 : 3;
const KILLS = process.env["LEEWARD_FULL"] === "1" ? 10 : 1;
/** Writers may be held for 2 s; the rest is the machine's own slowness. */
const STALL_MS_MAX = 5_000;
/** In the journal: what changes of the file system's own blocks because the agent writes there. */
const QUIET_POINT_BYTES_MAX = MiB;

describe("a machine whose only disk holds the agent's home too", { skip: withoutLoopDisks() }, () => {
  let folder: string;
  let home: string;
  let chain: Chain;
  let disk: LoopDisk;
  let rows: RowWriter;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "leeward-live-"));
    disk = await LoopDisk.attach(`${folder}/system.img`, { sizeBytes: SIZE });
    await disk.makeFileSystem("ext4");
    await disk.mount();
    home = `${folder}/home`;
    await mkdir(`${disk.mountPoint}/agent`, { mode: 0o700 });
    await symlink(`${disk.mountPoint}/agent`, home);
    chain = await Chain.start({ machine: "single", protectable: ["/dev"], agentHome: home });
    rows = await RowWriter.start(`${disk.mountPoint}/rows.db`);
    await protectLive(chain, { device: disk.device, name: DISK });
  });
  after(async () => {
    await rows?.[Symbol.asyncDispose]();
    if (chain !== undefined) await stopLive(chain);
    await disk?.[Symbol.asyncDispose]();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  test("its points are clean, and hold what was committed before them", async () => {
    for (let count = 1; count <= POINTS; count += 1) await comparePoint();
  });

  test("an agent that is killed while all is held still leaves nobody frozen, and the next one has missed nothing", async () => {
    const { id } = await liveDisk(chain, DISK);
    for (let round = 1; round <= KILLS; round += 1) {
      rows.pauseMsMax = 0;
      const notes = await notesOf(id);
      await killAgentWhileHeld(chain, rows);
      await rows.moreThan(rows.acknowledged + 20);
      assert.ok(rows.pauseMsMax < STALL_MS_MAX, `writers waited ${rows.pauseMsMax} ms`);
      assert.ok(!(await wasFrozen(disk.mountPoint)));
      await chain.startAgent();
      await untilState(chain, DISK, "protected");
      await comparePoint();
      // The same that noted while no agent ran: nothing has to be read anew, unless the kernel did not note all.
      const same = notes === undefined || (await notesOf(id)) === notes;
      assert.ok(same || (await lossesTold(chain)) > 0, "the kernel's notes go on");
    }
  });

  test("a hook that hangs holds no writer, also when the agent is killed meanwhile", async () => {
    const began = `${folder}/began`;
    const hook = `${home}/hooks/hangs`;
    await writeFile(hook, `#!/bin/sh\ncase $1 in --pre) echo $$ > ${began}; exec sleep 600 ;; esac\n`, { mode: 0o755 });
    rows.pauseMsMax = 0;
    const point = chain.run("point", "create", "single", "--consistency", "application").catch(() => undefined);
    const pid = await eventually("the hook runs", async () =>
      existsSync(began) ? Number(await readFile(began, "utf8")) || undefined : undefined,
    );
    await rows.moreThan(rows.acknowledged + 50);
    await chain.killAgent();
    await point;
    await rows.moreThan(rows.acknowledged + 20);
    assert.ok(rows.pauseMsMax < STALL_MS_MAX, `writers waited ${rows.pauseMsMax} ms`);
    process.kill(pid, "SIGKILL");
    await rm(hook);
    assert.ok(!(await wasFrozen(disk.mountPoint)));
    await chain.startAgent();
    await untilState(chain, DISK, "protected");
    await comparePoint();
  });

  test("while nobody else writes, the log's own blocks do not feed themselves", async () => {
    await rows[Symbol.asyncDispose]();
    await createPoint(chain);
    const { journalBytes: before } = await liveDisk(chain, DISK);
    for (let count = 1; count <= POINTS; count += 1) await createPoint(chain);
    const { journalBytes: after } = await liveDisk(chain, DISK);
    const bytes = Number(after) - Number(before);
    assert.ok(bytes < POINTS * QUIET_POINT_BYTES_MAX, `${bytes} bytes for ${POINTS} points`);
  });

  test("with its home elsewhere, all that was left out is copied, and the replica equals the disk in every byte", async () => {
    await chain.killAgent();
    await rm(home);
    await execute("cp", ["--archive", `${disk.mountPoint}/agent`, home]);
    await disk.unmount();
    await chain.startAgent();
    await untilState(chain, DISK, "protected");
    const image = await savePoint(chain, { disk: DISK, at: await createPoint(chain) });
    assert.equal(await differenceOf(disk.device, image), undefined);
  });

  async function comparePoint(): Promise<void> {
    await rows.moreThan(rows.acknowledged + 5);
    const acknowledged = rows.acknowledged;
    const at = await createPoint(chain);
    const begun = rows.begun;
    const newest = await lookInto(chain, { disk: DISK, at, kind: "ext4" }, async (mounted) =>
      newestRow(await copiedDatabase(`${mounted}/rows.db`, `${chain.folder}/looked`)),
    );
    assert.ok(newest >= acknowledged && newest <= begun, `${acknowledged} ≤ ${newest} ≤ ${begun}`);
    assert.deepEqual((await liveDisk(chain, DISK)).faults, []);
  }
});
