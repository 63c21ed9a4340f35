import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isFault } from "@leeward/base";
import { type BlockDevice, memoryDevice } from "@leeward/block";
import type { LogRecord } from "@leeward/proto";
import type { Splitter } from "./splitter.ts";
import type { SplitterOptions } from "./splitter-options.ts";
import {
  contentOf,
  firstDifference,
  RIG_FOLDER,
  readLog,
  replay,
  SplitterRig,
  untilSendable,
} from "./testing/index.ts";

const NEVER = new AbortController().signal;
const PLAIN = { fua: false } as const;
const PARENT = { branch: "0f".repeat(16), sequence: 1 };
const SIZE = 256 << 10;

function kindsAfter(records: readonly LogRecord[], sequence: number): string[] {
  return records.filter((record) => record.sequence > sequence).map(({ kind }) => kind);
}

/** A captured disk in memory that has 4 KiB of data, closed cleanly. */
async function closedDisk(rig: SplitterRig, more: Partial<SplitterOptions> = {}): Promise<BlockDevice> {
  const disk = memoryDevice(SIZE);
  const splitter = await rig.open({ source: disk, ...more });
  await splitter.write(4_096, Buffer.alloc(4_096, 5), PLAIN);
  await splitter.close();
  return disk;
}

async function larger(disk: BlockDevice, sizeBytes: number): Promise<BlockDevice> {
  const grown = memoryDevice(sizeBytes);
  const bytes = Buffer.alloc(Math.min(sizeBytes, disk.sizeBytes));
  await disk.read(0, bytes);
  await grown.write(0, bytes, PLAIN);
  if (sizeBytes > disk.sizeBytes) await grown.write(disk.sizeBytes, Buffer.alloc(4_096, 8), PLAIN);
  return grown;
}

async function recordsOf(rig: SplitterRig, splitter: Splitter): Promise<LogRecord[]> {
  await splitter.flush();
  await untilSendable(splitter);
  return await readLog(rig.files, RIG_FOLDER, splitter.facts().sendableSequence);
}

describe("opened again", () => {
  test("a disk that has grown says so, and its tail alone is copied", async () => {
    const rig = new SplitterRig({ seed: 1, parent: PARENT });
    await rig.clock.run(async () => {
      const grown = await larger(await closedDisk(rig), SIZE + (64 << 10));
      const splitter = await rig.open({ source: grown });
      assert.equal(splitter.state.kind, "protected");
      const records = await recordsOf(rig, splitter);
      assert.deepEqual([...new Set(kindsAfter(records, 1))], ["resize", "span-begin", "write", "zero", "span-end"]);
      for (const record of records) {
        if ("offset" in record && record.sequence > 1)
          assert.ok(record.offset >= SIZE, `${record.kind} at ${record.offset}`);
      }
      assert.equal(firstDifference(replay(records, grown.sizeBytes), await contentOf(grown)), undefined);
      await splitter.close();
      const again = await rig.open({ source: grown });
      assert.equal(again.facts().writtenSequence, records.length, "it is said once");
      await again.close();
    });
  });

  test("a smaller disk, and another one in its place, are copied again as a whole", async () => {
    const changes: ((disk: BlockDevice) => Promise<Partial<SplitterOptions>>)[] = [
      async (disk) => ({ source: await larger(disk, SIZE / 2) }),
      async (disk) => ({ source: await larger(disk, SIZE), identity: identityOf("another disk") }),
    ];
    for (const change of changes) {
      const rig = new SplitterRig({ seed: 1, parent: PARENT });
      await rig.clock.run(async () => {
        const options = await change(await closedDisk(rig));
        const splitter = await rig.open(options);
        assert.equal(splitter.state.kind, "resync");
        assert.deepEqual(
          splitter.facts().faults.map(({ code }) => code),
          ["disk-changed"],
        );
        assert.equal(await splitter.settleMark(rig.marks.raise()), undefined);
        await splitter.copy(NEVER);
        assert.deepEqual([splitter.facts().state.kind, splitter.facts().faults], ["protected", []]);
        const records = await recordsOf(rig, splitter);
        const content = await contentOf(options.source ?? rig.disk);
        assert.equal(firstDifference(replay(records, splitter.sizeBytes), content), undefined);
        await splitter.close();
      });
    }
  });

  test("a disk that someone else wrote to since is copied again, as its witness says", async () => {
    let says = "written at noon";
    const witness = async (): Promise<string> => says;
    const rig = new SplitterRig({ seed: 1, parent: PARENT });
    await rig.clock.run(async () => {
      const disk = await closedDisk(rig, { witness });
      const same = await rig.open({ source: disk, witness });
      assert.equal(same.state.kind, "protected");
      await same.close();
      await disk.write(0, Buffer.alloc(512, 1), PLAIN);
      says = "written at one";
      const changed = await rig.open({ source: disk, witness });
      assert.equal(changed.state.kind, "resync");
      await changed.close();
      const waiting = await rig.open({ source: disk, witness });
      assert.equal(waiting.state.kind, "resync", "it is not forgotten");
      await waiting.copy(NEVER);
      await waiting.close();
    });
  });

  test("the folder of another machine, disk or branch is refused", async () => {
    const rig = new SplitterRig({ seed: 1, parent: PARENT });
    await rig.clock.run(async () => {
      await closedDisk(rig);
      for (const other of ["machineId", "diskId", "branch"] as const) {
        const identity = { ...identityOf("test disk"), [other]: "aa".repeat(16) };
        await assert.rejects(rig.open({ identity }), (error) => isFault(error, "splitter-foreign"));
      }
    });
  });

  test("a state that is damaged in one slot is the one before; in both it is refused", async () => {
    const rig = new SplitterRig({ seed: 1, parent: PARENT });
    await rig.clock.run(async () => {
      const disk = await closedDisk(rig);
      rig.files.rot(`${RIG_FOLDER}/state.json`, 10);
      const splitter = await rig.open({ source: disk });
      assert.equal(splitter.state.kind, "protected");
      await splitter.close();
      rig.files.rot(`${RIG_FOLDER}/state.json`, 10);
      rig.files.rot(`${RIG_FOLDER}/state.json`, 4_096 + 10);
      await assert.rejects(rig.open({ source: disk }), (error) => isFault(error, "splitter-state-damaged"));
    });
  });

  test("without its activity log or its bitmap, everything is read again", async () => {
    for (const name of ["activity", "bitmap"]) {
      const rig = new SplitterRig({ seed: 1, parent: PARENT });
      await rig.clock.run(async () => {
        const disk = await closedDisk(rig);
        await rig.files.remove(`${RIG_FOLDER}/${name}`);
        rig.bootId = "cc".repeat(16);
        const splitter = await rig.open({ source: disk });
        const records = await recordsOf(rig, splitter);
        const covered = records
          .filter(({ sequence }) => sequence > 1)
          .reduce((sum, each) => sum + ("length" in each ? each.length : 0), 0);
        assert.equal(covered, SIZE);
        await splitter.close();
      });
    }
  });

  test("a log that has no room does not keep the disk from being served, and what is in doubt stands in the bitmap", async () => {
    const rig = new SplitterRig({ seed: 1, parent: PARENT });
    await rig.clock.run(async () => {
      const first = await rig.open();
      await first.write(0, Buffer.alloc(8_192, 3), PLAIN);
      rig.stop("crash");
      await rig.restart("crash");
      rig.files.capacityBytes = 0;
      const splitter = await rig.open();
      assert.equal(splitter.state.kind, "gap");
      await splitter.write(16_384, Buffer.alloc(512, 4), { fua: true });
      const content = Buffer.alloc(512);
      await splitter.read(16_384, content);
      assert.equal(content[0], 4);
      rig.files.capacityBytes = Number.MAX_SAFE_INTEGER;
      while (splitter.facts().state.kind !== "protected") await rig.clock.sleep(100, NEVER);
      await splitter.flush();
      const records = await recordsOf(rig, splitter);
      assert.equal(firstDifference(replay(records, SIZE), await rig.content()), undefined);
      await splitter.close();
    });
  });

  test("a log whose end rotted is not taken for one whose end a crash tore, and is left as it is", async () => {
    for (const how of ["kill", "crash"] as const) {
      const rig = new SplitterRig({ seed: 1, parent: PARENT });
      await rig.clock.run(async () => {
        const splitter = await rig.open();
        for (let count = 1; count <= 4; count += 1)
          await splitter.write(count * 4_096, Buffer.alloc(512, count), PLAIN);
        await splitter.flush();
        await untilSendable(splitter);
        rig.stop(how);
        await rig.restart(how);
        const path = await rotLog(rig);
        const bytes = (await rig.files.status(path))?.sizeBytes;
        for (let attempt = 1; attempt <= 2; attempt += 1)
          await assert.rejects(rig.open(), (error) => isFault(error, "log-damaged"), `attempt ${attempt}`);
        assert.equal((await rig.files.status(path))?.sizeBytes, bytes);
      });
    }
  });

  test("an open that is interrupted after it cut the log's end leaves no less in doubt", async () => {
    const rig = new SplitterRig({ seed: 1, parent: PARENT });
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      for (let count = 1; count <= 4; count += 1) await splitter.write(count * 4_096, Buffer.alloc(512, count), PLAIN);
      rig.stop("kill");
      await rotLog(rig);
      rig.onOperation = ({ path, kind }) => {
        if (kind === "write" && path.endsWith("/bitmap")) rig.stop("kill");
      };
      void rig.open();
      await rig.clock.sleep(1_000, NEVER);
      rig.onOperation = undefined;
      const again = await rig.open();
      const records = await recordsOf(rig, again);
      assert.equal(firstDifference(replay(records, SIZE), await rig.content()), undefined);
      await again.close();
    });
  });

  test("after a kill in the same boot only what the unsealed log names is read again", async () => {
    const rig = new SplitterRig({ seed: 1, parent: PARENT });
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      await splitter.write(40_960, Buffer.alloc(512, 3), PLAIN);
      rig.stop("kill");
      await rig.restart("kill");
      const again = await rig.open();
      const records = (await recordsOf(rig, again)).filter(({ sequence }) => sequence > 1);
      assert.deepEqual(
        records.map((record) => [record.kind, "offset" in record ? record.offset : 0]),
        [
          ["span-begin", 0],
          ["write", 40_960],
          ["span-end", 0],
        ],
      );
      const covered = records.reduce((sum, each) => sum + ("length" in each ? each.length : 0), 0);
      assert.equal(covered, 4_096, "a region of the bitmap, not of the activity log");
      await again.close();
    });
  });
});

/** One bit of the log's newest file, in the middle of its frames, is another. */
async function rotLog(rig: SplitterRig): Promise<string> {
  const names = await rig.files.list(`${RIG_FOLDER}/log`);
  const path = `${RIG_FOLDER}/log/${names.sort().at(-1)}`;
  const bytes = (await rig.files.status(path))?.sizeBytes ?? 0;
  rig.files.rot(path, bytes - 700);
  return path;
}

function identityOf(source: string): SplitterOptions["identity"] {
  return {
    machineId: "01".repeat(16),
    diskId: "02".repeat(16),
    branch: "03".repeat(16),
    bootId: "b0".repeat(16),
    physicalBlockBytes: 4096,
    source,
    parent: PARENT,
  };
}
