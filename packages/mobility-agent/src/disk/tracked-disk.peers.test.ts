// Real block devices that grow, go and come back, tracked by the running kernel.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, open, realpath, rm, symlink, truncate, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { isFault, MiB, orAborted } from "@leeward/base";
import { LogCursor } from "@leeward/change-log";
import { decodeLogFrames, type EventReport, type LogRecord, type Mark } from "@leeward/proto";
import type { SettledMark } from "@leeward/splitter";
import { replay } from "@leeward/splitter/testing";
import { nodeFreezer } from "@leeward/tracker";
import { nodeClock, nodeFiles } from "@leeward/world";
import { NodeInventory } from "../inventory/node-inventory.ts";
import { FileSystemHold, type HeldDisk, type HoldOutcome } from "../marks/file-system-hold.ts";
import { MarkClock } from "../marks/mark-clock.ts";
import type { DiskFacts } from "./disk-host.ts";
import { DiskKeeper } from "./disk-keeper.ts";
import { WorkerDisk } from "./node-worker-disk.ts";

const SIZE = 16 * MiB;
const LARGER = 24 * MiB;
const ATTEMPTS_MAX = 50;
const LIMIT = AbortSignal.timeout(240_000);
let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "leeward-tracked-"));
});
after(() => rm(folder, { recursive: true, force: true }));

function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: "utf8", stdio: "pipe" }).trim();
}

/** Loop devices are few: one that is taken in between is asked for again. */
function attach(image: string): string {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return run("losetup", "--find", "--show", image);
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error;
      run("sleep", "0.5");
    }
  }
}

/** Whoever looks at all mounts of the machine may have this one open for a moment. */
function unmount(folder: string): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      run("umount", folder);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error;
      run("sleep", "0.5");
    }
  }
}

/** ext4 asks for CAP_SYS_RESOURCE, which root of a container may lack. */
function mayResizeMounted(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return ((BigInt(`0x${effective}`) >> 24n) & 1n) === 1n;
}

function reasonToSkip(): string | false {
  if (process.env["LEEWARD_REQUIRE_PEERS"] === "1") return false;
  if (process.getuid?.() !== 0 || !existsSync("/dev/loop-control")) return "loop devices and tracking need root";
  return ["/sbin", "/usr/sbin"].some((path) => existsSync(`${path}/mkfs.ext4`)) ? false : "mkfs.ext4 is not installed";
}

/** A disk on an image file, found by a link as by /dev/disk/by-id; and its protection. */
class Protected implements AsyncDisposable {
  readonly name: string;
  readonly image: string;
  readonly link: string;
  readonly marks = new MarkClock();
  readonly events: EventReport[] = [];
  readonly keeper: DiskKeeper;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  device: string;

  private constructor(name: string, device: string, inventory: NodeInventory) {
    this.name = name;
    this.device = device;
    this.image = `${folder}/${name}.img`;
    this.link = `${folder}/${name}.link`;
    const settings = {
      diskId: Buffer.from(name.padEnd(16, "x")).toString("hex"),
      machineId: "bb".repeat(16),
      name,
      capture: "tracker" as const,
      folder: `${folder}/disks/${name}`,
      socketPath: "",
      bootId: "cc".repeat(16),
      policy: { logBytesMax: 256 * MiB, copyBytesPerSecondMax: 0 },
    };
    this.keeper = new DiskKeeper(
      {
        clock: nodeClock,
        settle: async () => ({ ...settings, path: await inventory.resolve(this.link, "tracker") }),
        openHost: (found) => new WorkerDisk(found, this.marks.memory),
        onState: () => undefined,
        onResync: () => undefined,
        onEvent: (event) => this.events.push(event),
      },
      { ...settings, path: this.link },
    );
    this.#running = this.keeper.run(this.#stop.signal);
  }

  static async start(name: string, inventory: NodeInventory): Promise<Protected> {
    const image = `${folder}/${name}.img`;
    await writeFile(image, "");
    await truncate(image, SIZE);
    const device = attach(image);
    await symlink(device, `${folder}/${name}.link`);
    return new Protected(name, device, inventory);
  }

  /** Of what was told; but for what a kernel causes that does not run the tracker's programs for every request, which may come at any time. */
  get kinds(): string[] {
    return this.events.map(({ kind }) => kind).filter((kind) => kind !== "tracking-lost");
  }

  async until(holds: (facts: DiskFacts | undefined) => boolean): Promise<void> {
    for (;;) {
      const changed = this.keeper.changed();
      if (holds(this.keeper.facts())) return;
      await orAborted(changed, LIMIT);
    }
  }

  async untilWhole(sizeBytes: number = SIZE): Promise<DiskFacts> {
    await this.until(
      (facts) =>
        facts?.state === "protected" &&
        facts.sizeBytes === sizeBytes &&
        facts.sendableSequence === facts.writtenSequence,
    );
    const facts = this.keeper.facts();
    assert.ok(facts !== undefined);
    return facts;
  }

  /** As a moment of the machine: the disk is held still the whole time, and has the mark. */
  async point(number: number): Promise<SettledMark> {
    const { live } = this.keeper;
    assert.ok(live !== undefined);
    const { diskId, path } = this.keeper.settings;
    await using freezer = nodeFreezer();
    const outcomes: HoldOutcome[] = [];
    const disks = (): HeldDisk[] => [{ diskId, path, live }];
    const hold = new FileSystemHold({ freezer, disks, onOutcome: (outcome) => outcomes.push(outcome) });
    await hold.prepare();
    const held = await hold.begin();
    const mark: Mark = {
      pointId: number.toString(16).padStart(32, "0"),
      number,
      timeMicros: nodeClock.wallMicros(),
      kind: "auto",
      consistency: "crash",
    };
    this.marks.raise(mark);
    const { isWhole } = await held.end();
    const faults = outcomes.flatMap((each) => each.faults.map(({ code }) => code));
    assert.deepEqual(faults, []);
    const settled = await this.keeper.settleMark(mark);
    assert.ok(isWhole && settled !== undefined);
    return settled;
  }

  async records(): Promise<LogRecord[]> {
    const facts = this.keeper.facts();
    const records: LogRecord[] = [];
    const files = nodeFiles({ io: "thread-pool" });
    await using cursor = new LogCursor(files, `${folder}/disks/${this.name}/${facts?.branch}/log`, 1);
    for (;;) {
      const frames = await cursor.next({ through: facts?.sendableSequence ?? 0, bytesMax: MiB });
      if (frames === undefined) return records;
      for (const frame of decodeLogFrames(frames.bytes)) records.push(...frame.records.map(({ record }) => record));
    }
  }

  /** What a target makes of the log is what the disk holds, of which nobody writes any more. */
  async assertHeld(sizeBytes: number): Promise<void> {
    assert.notEqual(await this.keeper.live?.prepare(), undefined);
    await this.untilWhole(sizeBytes);
    run("blockdev", "--flushbufs", this.device);
    await using handle = await open(this.device, "r");
    const { buffer } = await handle.read(Buffer.alloc(sizeBytes), 0, sizeBytes, 0);
    assert.ok(Buffer.from(replay(await this.records(), sizeBytes)).equals(buffer), "the log holds the disk");
  }

  /** The agent does not protect it any more: the kernel stops noting. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.keeper.release();
    await this.#running.catch(() => undefined);
    this.#stop.abort();
    run("losetup", "--detach", this.device);
  }
}

describe("tracked disks that come and go", { skip: reasonToSkip() }, () => {
  let inventory: NodeInventory;
  before(async () => {
    await mkdir(`${folder}/home`);
    await mkdir(`${folder}/disks`);
    inventory = await NodeInventory.open({ home: `${folder}/home`, protectable: () => [] });
  });

  test("a mounted disk that grows sends its tail alone, and points go on, also once its file system has grown", async () => {
    await using disk = await Protected.start("grows", inventory);
    run("mkfs.ext4", "-q", "-E", "nodiscard", disk.device);
    const mounted = `${folder}/mounted`;
    await mkdir(mounted);
    run("mount", disk.device, mounted);
    try {
      await disk.untilWhole();
      await writeFile(`${mounted}/before`, Buffer.alloc(MiB, 1));
      const { branch, sequence: marked } = await disk.point(1);

      await truncate(disk.image, LARGER);
      run("losetup", "--set-capacity", disk.device);
      const grown = await disk.untilWhole(LARGER);
      assert.equal(grown.branch, branch);
      const sent = (await disk.records()).filter(({ sequence }) => sequence > marked);
      const content = sent.flatMap((record) => ("offset" in record ? [record] : []));
      assert.deepEqual(
        content.filter(({ offset }) => offset < SIZE).map(({ offset }) => offset),
        [],
        "nothing of what was there before",
      );
      assert.equal(
        content.reduce((sum, { length }) => sum + length, 0),
        LARGER - SIZE,
      );
      assert.deepEqual(disk.kinds, ["disk-resized"]);
      await disk.point(2);

      if (mayResizeMounted()) run("resize2fs", disk.device);
      else {
        unmount(mounted);
        run("e2fsck", "-f", "-p", disk.device);
        run("resize2fs", disk.device);
        run("mount", disk.device, mounted);
      }
      await writeFile(`${mounted}/behind`, Buffer.alloc(6 * MiB, 2));
      await disk.point(3);
      assert.equal((await disk.untilWhole(LARGER)).branch, branch);
    } finally {
      unmount(mounted);
    }
    await disk.assertHeld(LARGER);
    assert.deepEqual(disk.kinds, ["disk-resized"]);
  });

  test("a disk that has gone stops alone, is told once, and goes on when it is back", async () => {
    await using stays = await Protected.start("stays", inventory);
    await using goes = await Protected.start("goes", inventory);
    await stays.untilWhole();
    const { branch } = await goes.untilWhole();
    // It is open, so that it goes when the agent lets go of it: which it does when its size is another.
    run("losetup", "--detach", goes.device);
    await unlink(goes.link);
    await truncate(goes.image, LARGER);
    run("losetup", "--set-capacity", goes.device);
    await goes.until((facts) => facts === undefined && isFault(goes.keeper.fault, "disk-missing"));
    for (let tried = 1; tried <= 2; tried += 1) {
      goes.keeper.retry();
      await goes.until((facts) => facts === undefined && isFault(goes.keeper.fault, "disk-missing"));
    }
    assert.deepEqual(goes.kinds, ["disk-resized", "disk-missing"]);
    // The other disk has its points.
    await stays.point(1);

    await using image = await open(goes.image, "r+");
    await image.write(Buffer.alloc(MiB, 7), 0, MiB, 3 * MiB);
    await image.datasync();
    goes.device = attach(goes.image);
    await symlink(goes.device, goes.link);
    goes.keeper.retry();
    const back = await goes.untilWhole(LARGER);
    assert.equal(back.branch, branch, "the same history goes on");
    assert.deepEqual(goes.kinds, ["disk-resized", "disk-missing", "disk-returned"]);
    await goes.assertHeld(LARGER);
    assert.deepEqual(stays.kinds, []);
  });

  test("a device with nothing in it is a missing disk, and not one that cannot be tracked", async () => {
    await writeFile(`${folder}/empty.img`, "");
    const device = attach(`${folder}/empty.img`);
    try {
      assert.equal(await realpath(device), device);
      await assert.rejects(inventory.resolve(device, "tracker"), { code: "disk-missing" });
    } finally {
      run("losetup", "--detach", device);
    }
  });
});
