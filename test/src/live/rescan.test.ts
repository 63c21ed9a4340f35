// A mounted disk of which nobody tells what changes: a hook freezes its file system and copies it, and each point is that copy, byte for byte.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, mkdir, open, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { MiB, parseTime } from "@leeward/base";
import { Chain } from "../harness/chain.ts";
import { differenceOf } from "../harness/disk-difference.ts";
import { eventually } from "../harness/eventually.ts";
import { copiedDatabase, liveDisk, savePoint } from "../harness/live-chain.ts";
import { checkFileSystem, LoopDisk, withoutLoopDisks } from "../harness/loop-disk.ts";
import { newestRow, RowWriter } from "../harness/rows.ts";
import { fieldOf, type PointDocument, pointOf, pointsOf } from "../harness/shapes.ts";

const execute = promisify(execFile);
const MACHINE = "live";
const DISK = "data";
const OTHER = "other";
const PLAIN = ["--name", "plain", "--capture", "rescan"];
const SIZE = 24 * MiB;
/** So that a rescan takes long enough to be killed in. */
const RATE = 24 * MiB;
const NANOS_PER_MICRO = 1_000n;

interface Made {
  readonly snapshotId: string;
  /** When it was asked for, microseconds since 1970. */
  readonly micros: number;
}

describe("a mounted disk that is rescanned", { skip: withoutLoopDisks() }, () => {
  let chain: Chain;
  let disk: LoopDisk;
  let rows: RowWriter;
  let snapshots: string;

  before(async () => {
    chain = await Chain.start({ machine: MACHINE, protectable: ["/dev"] });
    disk = await LoopDisk.attach(`${chain.folder}/data.img`, { sizeBytes: SIZE });
    await disk.makeFileSystem("ext4");
    await disk.mount();
    rows = await RowWriter.start(`${disk.mountPoint}/rows.db`);
    snapshots = `${chain.folder}/snapshots`;
    await mkdir(`${snapshots}/removed`, { recursive: true });
    const client = await chain.client();
    // Another disk of the machine, whose points come every two seconds: neither keeps the other from its points.
    const other = `${chain.sourceFolder}/other.img`;
    await writeFile(other, "");
    await truncate(other, MiB);
    await chain.run("disk", "protect", MACHINE, "--path", other, "--name", OTHER, "--timeout", "60");
    const body = { copyBytesPerSecondMax: RATE, trackerPointIntervalSeconds: 86_400 };
    await client.call("setPolicy", { params: { name: "default" }, body });
  });
  after(async () => {
    // Whatever a hook that was killed left: nobody who writes there could end.
    if (disk !== undefined) await execute("fsfreeze", ["-u", disk.mountPoint]).catch(() => undefined);
    await rows?.[Symbol.asyncDispose]();
    await chain?.stop({ keep: true });
    await disk?.[Symbol.asyncDispose]();
    await chain?.stop({ keep: false });
  });

  test("is refused while nothing makes snapshots of it", async () => {
    await assert.rejects(protect(), /snapshot-hook-missing/);
    await chain.run("disk", "unprotect", MACHINE, DISK).catch(() => undefined);
  });

  test("has a point of its first copy, and of each rescan, that is its snapshot and a clean file system", async () => {
    await installHook();
    const first = rows.acknowledged;
    await protect();
    await lookAt(await nextPoint(0), first);
    const document = await liveDisk(chain, DISK);
    assert.equal(fieldOf(document, "capture"), "rescan");
    await eventually("it is told how long that took", async () =>
      Number(fieldOf(fieldOf(await liveDisk(chain, DISK), "rescan"), "tookSeconds")) > 0 ? true : undefined,
    );
    assert.deepEqual(document.faults, []);
    const acknowledged = rows.acknowledged;
    await chain.run("disk", "resync", MACHINE, DISK, "--now", "--yes", "--timeout", "60");
    await lookAt(await nextPoint(1), acknowledged);
  });

  test("and an agent that is killed while it reads leaves no snapshot behind once it runs again, and has missed nothing", async () => {
    // Whoever asks is told nothing any more by an agent that is killed.
    const asked = chain
      .run("disk", "resync", MACHINE, DISK, "--now", "--yes", "--timeout", "60")
      .catch(() => undefined);
    const [left] = await eventually("a snapshot is being read", async () => {
      const names = (await readdir(snapshots)).filter((name) => name.endsWith(".img"));
      return names.length > 0 ? names : undefined;
    });
    await chain.killAgent();
    assert.ok((await readdir(snapshots)).includes(left ?? ""), "it was killed before it had removed it");
    const before = (await points()).length;
    const acknowledged = rows.acknowledged;
    await rows.moreThan(acknowledged + 20);
    await chain.startAgent();
    await lookAt(await nextPoint(before), acknowledged);
    await eventually("no snapshot is left", async () => ((await readdir(snapshots)).length === 1 ? true : undefined));
    assert.ok((await readdir(`${snapshots}/removed`)).includes(left ?? ""));
    await asked;
    const { id } = await liveDisk(chain, DISK);
    const made = pointOf(await chain.run("point", "create", MACHINE, "--timeout", "60"));
    assert.ok(fieldOf(fieldOf(made, "disks"), id) === undefined, "it has no part in a point of others");
    assert.ok(((await liveDisk(chain, OTHER)).rpoSeconds ?? Number.POSITIVE_INFINITY) < 30);
    await assert.rejects(chain.run("disk", "verify", MACHINE, DISK), /disk-not-comparable/);
  });

  test("no snapshot is left of a disk that is not protected any more", async () => {
    await chain.run("disk", "unprotect", MACHINE, DISK);
    await eventually("all is removed", async () =>
      (await readdir(`${chain.agentHome}/disks`)).length === 1 && (await readdir(snapshots)).length === 1
        ? true
        : undefined,
    );
  });

  test("without a hook a disk that others have open has a point while they do not write, and none where they wrote meanwhile", async () => {
    const name = "plain";
    await using plain = await LoopDisk.attach(`${chain.folder}/plain.img`, { sizeBytes: SIZE });
    await using other = await open(plain.device, "r+");
    await other.write(Buffer.alloc(MiB, 3), 0, MiB, MiB);
    await chain.run("disk", "protect", MACHINE, "--path", plain.device, ...PLAIN, "--timeout", "60");
    const { id } = await liveDisk(chain, name);
    const first = await eventually("a point", async () =>
      pointsOf(await chain.run("point", "list", MACHINE)).find(
        (point) => fieldOf(fieldOf(point, "disks"), id) !== undefined,
      ),
    );
    assert.equal(await differenceOf(plain.image, await savePoint(chain, { disk: name, at: first.id })), undefined);
    const asked = chain
      .run("disk", "resync", MACHINE, name, "--now", "--yes", "--timeout", "60")
      .catch(() => undefined);
    await eventually("what is written is seen", async () => {
      await other.write(Buffer.alloc(4_096, 4), 0, 4_096, 2 * MiB);
      const { faults } = await liveDisk(chain, name);
      return faults.some((fault) => fieldOf(fault, "code") === "disk-not-still") ? true : undefined;
    });
    await chain.run("disk", "unprotect", MACHINE, name);
    await asked;
  });

  function protect(): Promise<unknown> {
    const where = ["--path", disk.device, "--name", DISK, "--capture", "rescan"];
    return chain.run("disk", "protect", MACHINE, ...where, "--timeout", "60");
  }

  /** Freezes, copies what lies below, and thaws; what it is to remove is kept aside, to be compared with. */
  async function installHook(): Promise<void> {
    const script = `#!/bin/sh
set -eu
copy=${snapshots}/$LEEWARD_SNAPSHOT_ID.img
case $1 in
--make)
  echo "$LEEWARD_SNAPSHOT_ID $(date +%s%N)" >> ${snapshots}.made
  trap 'fsfreeze -u ${disk.mountPoint} || true' EXIT
  trap 'exit 1' TERM
  fsfreeze -f ${disk.mountPoint}
  cp --sparse=always ${disk.image} $copy.part
  mv $copy.part $copy
  echo '{"path":"'$copy'","consistency":"file-system"}' ;;
--remove)
  rm -f $copy.part
  [ ! -e $copy ] || mv $copy ${snapshots}/removed/ ;;
esac
`;
    const path = `${chain.agentHome}/snapshot-hooks/${DISK}`;
    await writeFile(path, script);
    await chmod(path, 0o755);
  }

  /** Those that the disk has a part in. */
  async function points(): Promise<PointDocument[]> {
    const { id } = await liveDisk(chain, DISK);
    const all = pointsOf(await chain.run("point", "list", MACHINE));
    return all.filter((point) => fieldOf(fieldOf(point, "disks"), id) !== undefined);
  }

  /** The first one after so many. */
  async function nextPoint(count: number): Promise<PointDocument> {
    return eventually(`point ${count + 1}`, async () => {
      const sorted = (await points()).toSorted((a, b) => parseTime(a.time) - parseTime(b.time));
      return sorted[count];
    });
  }

  /** The snapshot that the point is of: the first that was asked for at its time or later. */
  async function snapshotOf(point: PointDocument): Promise<Made> {
    const lines = (await readFile(`${snapshots}.made`, "utf8")).trim().split("\n");
    const made = lines.map((line): Made => {
      const [snapshotId = "", nanos = "0"] = line.split(" ");
      return { snapshotId, micros: Number(BigInt(nanos) / NANOS_PER_MICRO) };
    });
    const found = made.find(({ micros }) => micros >= parseTime(point.time));
    assert.ok(found !== undefined, "a snapshot was asked for at the point's time");
    return found;
  }

  /** `acknowledged` was committed before the point. */
  async function lookAt(point: PointDocument, acknowledged: number): Promise<void> {
    const { snapshotId } = await snapshotOf(point);
    const kept = await eventually("the snapshot is removed", async () => {
      const names = await readdir(`${snapshots}/removed`);
      return names.includes(`${snapshotId}.img`) ? `${snapshots}/removed/${snapshotId}.img` : undefined;
    });
    const image = await savePoint(chain, { disk: DISK, at: point.id });
    assert.equal(await differenceOf(kept, image), undefined);
    assert.equal(fieldOf(point, "consistency"), "file-system");
    await using saved = await LoopDisk.attach(image, "read-only");
    await checkFileSystem(saved, "ext4");
    await saved.mount("ro");
    const newest = newestRow(await copiedDatabase(`${saved.mountPoint}/rows.db`, `${chain.folder}/looked`));
    await saved.unmount();
    assert.ok(newest >= acknowledged && newest <= rows.begun, `${acknowledged} ≤ ${newest} ≤ ${rows.begun}`);
    await rm(kept);
  }
});
