// Snapshot hooks as real processes.
import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { MiB, seededRandom } from "@leeward/base";
import { loopDisk, run, withoutFileSystems } from "@leeward/tracker/testing";
import { nodeFiles } from "@leeward/world";
import type { DiskSnapshots } from "./disk-snapshots.ts";
import { snapshotsOf } from "./node-snapshot-hooks.ts";

const files = nodeFiles({ io: "inline" });
const NEVER = new AbortController().signal;
const LIMIT_MS = 60_000;
const DISK = { diskId: "dd".repeat(16), name: "data", path: "/dev/sdb" };
let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "leeward-snapshots-"));
});
after(() => rm(root, { recursive: true }));

interface Bench {
  readonly folder: string;
  readonly hookFolder: string;
  readonly snapshots: DiskSnapshots;
  /** What hooks wrote down, a line for each. */
  said(): Promise<string[]>;
}

/** A home with the hooks. `$SAY` in a hook is the file that it writes to. */
async function benchWith(hooks: Readonly<Record<string, string>>, limitMs = LIMIT_MS): Promise<Bench> {
  const home = await mkdtemp(`${root}/home-`);
  const [folder, hookFolder, said] = [`${home}/disk`, `${home}/hooks`, `${home}/said`];
  await mkdir(folder);
  await mkdir(hookFolder);
  for (const [name, text] of Object.entries(hooks)) {
    await writeFile(`${hookFolder}/${name}`, `#!/bin/sh\n${text.replaceAll("$SAY", said)}\n`);
    await chmod(`${hookFolder}/${name}`, 0o755);
  }
  const hookWays = { hookFolder, limitMs, machine: "web" };
  const snapshots = snapshotsOf({ files, random: seededRandom(5) }, { folder, ...DISK }, hookWays);
  const linesSaid = async (): Promise<string[]> =>
    (await readFile(said, "utf8").catch(() => "")).split("\n").filter((line) => line !== "");
  return { folder, hookFolder, snapshots, said: linesSaid };
}

async function made({ snapshots }: Bench): ReturnType<DiskSnapshots["make"]> {
  const hook = await snapshots.hook();
  assert.ok(hook !== undefined, "there is a hook");
  return snapshots.make(hook, NEVER);
}

const TELLING = `echo "$1 $LEEWARD_PHASE $LEEWARD_MACHINE $LEEWARD_DISK $LEEWARD_DISK_PATH $LEEWARD_SNAPSHOT_ID $LEEWARD_SNAPSHOT_PATH" >> $SAY`;

describe("a snapshot hook", () => {
  test("is told what is asked for, and what it made when that is to be removed; nothing is noted after it", async () => {
    const bench = await benchWith({
      data: `${TELLING}; echo created; echo '{"path":"/snap/1","consistency":"application"}'`,
    });
    assert.deepEqual(await made(bench), { path: "/snap/1", consistency: "application" });
    await bench.snapshots.remove();
    await bench.snapshots.remove();
    const [make = "", remove = "", ...more] = await bench.said();
    const id = make.split(" ")[5] ?? "";
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.equal(make.trim(), `--make make web data /dev/sdb ${id}`);
    assert.equal(remove, `--remove remove web data /dev/sdb ${id} /snap/1`);
    assert.deepEqual(more, []);
    assert.equal(await files.status(`${bench.folder}/snapshot.json`), undefined);
  });

  test("of the disk's name goes before the one of all disks; without any there is none", async () => {
    const bench = await benchWith({ data: "exit 0", default: "exit 0", other: "exit 0" });
    assert.equal((await bench.snapshots.hook())?.name, "data");
    await rm(`${bench.hookFolder}/data`);
    assert.equal((await bench.snapshots.hook())?.name, "default");
    await rm(`${bench.hookFolder}/default`);
    assert.equal(await bench.snapshots.hook(), undefined);
  });

  test("that others could have written is refused, and not passed over for the one of all disks", async () => {
    const bench = await benchWith({ data: "exit 0", default: "exit 0" });
    await chmod(`${bench.hookFolder}/data`, 0o777);
    await assert.rejects(bench.snapshots.hook(), { code: "hook-refused" });
  });

  test("that takes too long is ended, and what it may have made is removed by name", async () => {
    const bench = await benchWith({ data: `${TELLING}; [ "$1" = --remove ] || sleep 600` }, 200);
    await assert.rejects(made(bench), { code: "snapshot-failed", message: /took longer than 0.2 s/ });
    await bench.snapshots.remove();
    assert.deepEqual(
      (await bench.said()).map((line) => line.split(" ")[0]),
      ["--make", "--remove"],
    );
  });

  test("that is gone, or fails to remove, leaves the note: it is removed once it can be", async () => {
    const bench = await benchWith({
      data: `[ "$1" = --make ] || { echo busy >&2; exit 5; }; echo '{"path":"/snap/1"}'`,
    });
    await made(bench);
    await assert.rejects(bench.snapshots.remove(), { code: "snapshot-left", message: /exited with 5: busy/ });
    const text = await readFile(`${bench.hookFolder}/data`, "utf8");
    await rm(`${bench.hookFolder}/data`);
    await assert.rejects(bench.snapshots.remove(), { code: "snapshot-left", message: /is not there any more/ });
    await writeFile(`${bench.hookFolder}/data`, text.replace("exit 5", "exit 0"), { mode: 0o755 });
    await bench.snapshots.remove();
    assert.equal(await files.status(`${bench.folder}/snapshot.json`), undefined);
  });

  test("whose note cannot be read is not called: a person looks at what is left", async () => {
    const bench = await benchWith({ data: TELLING });
    const noted = {
      hook: "data",
      machine: "web",
      snapshotId: "0a".repeat(16),
      ...{ diskId: "d", diskName: "data", diskPath: "/d" },
    };
    const limits = [undefined, "5", 0, -1, 2 ** 31].map((limitMs) => JSON.stringify({ ...noted, path: "", limitMs }));
    for (const text of ["", "{", "[]", '{"hook":"data"}', JSON.stringify({ ...noted, limitMs: 5 }), ...limits]) {
      await writeFile(`${bench.folder}/snapshot.json`, text);
      await assert.rejects(bench.snapshots.remove(), { code: "snapshot-note-damaged" });
    }
    assert.deepEqual(await bench.said(), []);
  });

  test("that prints something else than a path has made nothing that could be read", async () => {
    for (const printed of ["", "/snap/1", "null", '{"path":""}', '{"path":7}', '{"path":"/a","consistency":"total"}']) {
      const bench = await benchWith({ default: `printf '%s\\n' '${printed}'` });
      await assert.rejects(made(bench), { code: "snapshot-failed", message: /printed no/ });
    }
    const relative = await benchWith({ default: `echo '{"path":"snap/1"}'` });
    await assert.rejects(made(relative), {
      code: "snapshot-failed",
      message: /named snap\/1, which is no absolute path/,
    });
  });

  test("that says more than is kept is refused by that, whatever the kept part says", async () => {
    const talk = `echo '{"path":"/snap/1"}'; head -c 20000 /dev/zero | tr '\\0' ' '`;
    const bench = await benchWith({ default: `[ "$1" = --remove ] || { ${talk}; }` });
    await assert.rejects(made(bench), { code: "snapshot-failed", message: /printed more than 16384 bytes on stdout/ });
    await bench.snapshots.remove();
  });

  test("is called to remove as it was to make, when the machine's name and the limit are others by then", async () => {
    const bench = await benchWith({ data: `${TELLING}; echo '{"path":"/snap/1"}'; [ "$1" = --make ] || sleep 0.3` });
    await made(bench);
    const other = snapshotsOf(
      { files, random: seededRandom(6) },
      { folder: bench.folder, ...DISK },
      { hookFolder: bench.hookFolder, limitMs: 1, machine: "renamed" },
    );
    await other.remove();
    assert.match((await bench.said())[1] ?? "", /^--remove remove web data /);
  });

  test("is not called to remove while a process of an ended call cannot be ended, also one that hides where it comes from", {
    skip: withoutFileSystems("ext4"),
  }, async () => {
    await using disk = await loopDisk(64 * MiB);
    const folder = disk.format("ext4");
    const bench = await benchWith(
      { data: `[ "$1" = --remove ] || { env -i touch ${JSON.stringify(`${folder}/made`)}; }; echo "$1" >> $SAY` },
      200,
    );
    run("fsfreeze", "--freeze", folder);
    await assert.rejects(made(bench), { code: "snapshot-failed", message: /took longer/ });
    await assert.rejects(bench.snapshots.remove(), { code: "snapshot-left", message: /still at work/ });
    assert.deepEqual(await bench.said(), []);
    run("fsfreeze", "--unfreeze", folder);
    await bench.snapshots.remove();
    assert.deepEqual(await bench.said(), ["--remove"]);
  });
});
