import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isFault, MiB } from "@leeward/base";
import type { MountedFileSystem } from "../freezer.ts";
import { attempt, loopDisk, run, withoutFileSystems } from "../testing/loop-disk.ts";
import type { HoldEnd } from "./freeze-messages.ts";
import { openPipe } from "./node-file-system-calls.ts";
import { FreezeThread } from "./node-freeze-thread.ts";
import { nodeFreezer } from "./node-freezer.ts";
import { mountsNow } from "./node-open-mount.ts";
import { startWatchdog } from "./node-watchdog.ts";

/** Far more than anything here takes. */
const LIMIT_MS = 30_000;
const LONG_MS = 60_000;
const SIZE_BYTES = 64 * MiB;

interface Writer {
  readonly path: string;
  readonly child: ChildProcess;
  readonly done: Promise<unknown>;
}

/** Another program that makes a file. */
function write(folder: string, name: string): Writer {
  const path = join(folder, name);
  const child = spawn("sh", ["-c", 'echo written > "$1"', "sh", path], { stdio: "ignore" });
  return { path, child, done: once(child, "exit") };
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!condition()) {
    assert.ok(performance.now() < end, `not in time: ${what}`);
    await sleep(10);
  }
}

/** Waits until the writer sleeps in the kernel where it waits for a thaw. */
async function isHeld({ child, path }: Writer): Promise<void> {
  await until("the writer waits", () =>
    /percpu|freeze|__sb_start/.test(readFileSync(`/proc/${child.pid}/wchan`, "utf8")),
  );
  assert.equal(child.exitCode, null);
  assert.equal(existsSync(path), false);
}

async function goesOn({ done, path }: Writer): Promise<void> {
  const late = AbortSignal.timeout(LIMIT_MS);
  await Promise.race([done, once(late, "abort").then(() => assert.fail("the writer did not go on"))]);
  assert.equal(readFileSync(path, "utf8"), "written\n");
}

interface Holder extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Its next line. */
  said(): Promise<string>;
}

/** A process that holds what is mounted there frozen. */
async function holder(
  how: "word" | "stand",
  mountPoint: string,
  boundMs: number,
  group = "/dev/null",
): Promise<Holder> {
  const file = fileURLToPath(new URL("../testing/hold.ts", import.meta.url));
  const inGroup = 'echo 0 > "$0" && exec "$@"';
  const child = spawn("sh", ["-c", inGroup, group, process.execPath, file, how, mountPoint, String(boundMs)], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  });
  const said = async (): Promise<string> => String((await once(child.stdout, "data"))[0]).trim();
  assert.equal(await said(), "frozen");
  return {
    child,
    said,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** As systemd makes one for a service. */
function controlGroup(): Disposable & { readonly folder: string } {
  const unified = mountsNow("/proc").find(({ kind }) => kind === "cgroup2") ?? assert.fail("no unified control groups");
  const folder = mkdtempSync(join(unified.mountPoint, "leeward-test-"));
  return { folder, [Symbol.dispose]: () => rmdirSync(folder) };
}

async function onlyUse(path: string): Promise<MountedFileSystem> {
  await using freezer = nodeFreezer();
  const { fileSystems } = await freezer.usesOf([path]);
  const [found] = fileSystems;
  assert.ok(found !== undefined && fileSystems.length === 1, JSON.stringify(fileSystems));
  return found;
}

for (const kind of ["ext4", "xfs", "btrfs"]) {
  test(`who writes to a frozen ${kind} waits, and goes on after the thaw`, {
    skip: withoutFileSystems(kind),
  }, async () => {
    await using disk = await loopDisk(kind === "ext4" ? SIZE_BYTES : 320 * MiB);
    const mountPoint = disk.format(kind);
    await using freezer = nodeFreezer();
    const { fileSystems, unfreezable } = await freezer.usesOf([disk.path]);
    // That alone: what this test itself stands on goes on.
    assert.deepEqual(
      fileSystems.map((each) => [each.mountPoint, each.kind]),
      [[mountPoint, kind]],
    );
    assert.deepEqual(unfreezable, []);
    writeFileSync(join(mountPoint, "dirty"), new Uint8Array(MiB).fill(7));
    assert.ok((await freezer.sync(fileSystems)) >= 0);
    for (const name of ["first", "second"]) {
      const held = await freezer.freeze(fileSystems, LONG_MS);
      const writer = write(mountPoint, name);
      await isHeld(writer);
      const thawed = await held.thaw();
      assert.equal(thawed.heldWhole, true);
      assert.ok(thawed.stallMs > 0 && thawed.stallMs < LONG_MS);
      await goesOn(writer);
      assert.deepEqual(await held.thaw(), thawed);
    }
  });
}

describe("whoever froze", { skip: withoutFileSystems("ext4") }, () => {
  test("is killed with its whole group: writers go on", async () => {
    await using disk = await loopDisk(SIZE_BYTES);
    const mountPoint = disk.format("ext4");
    await using held = await holder("word", mountPoint, LONG_MS);
    const writer = write(mountPoint, "file");
    await isHeld(writer);
    const begunMs = performance.now();
    process.kill(-(held.child.pid ?? assert.fail()), "SIGKILL");
    await goesOn(writer);
    // Far before the bound: it was the end of the process that was noticed.
    assert.ok(performance.now() - begunMs < LONG_MS / 2);
    assert.equal(attempt("fsfreeze", "--unfreeze", mountPoint), false, "it is frozen still");
  });

  test("is killed with the whole control group of its service: writers go on", async () => {
    await using disk = await loopDisk(SIZE_BYTES);
    const mountPoint = disk.format("ext4");
    using group = controlGroup();
    await using held = await holder("word", mountPoint, LONG_MS, join(group.folder, "cgroup.procs"));
    const members = readFileSync(join(group.folder, "cgroup.procs"), "utf8").trim().split("\n");
    assert.deepEqual(members, [String(held.child.pid)]);
    const writer = write(mountPoint, "file");
    await isHeld(writer);
    const begunMs = performance.now();
    writeFileSync(join(group.folder, "cgroup.kill"), "1");
    await goesOn(writer);
    assert.ok(performance.now() - begunMs < LONG_MS / 2);
  });

  test("has a main thread that stands still: its other thread thaws at the bound", async () => {
    await using disk = await loopDisk(SIZE_BYTES);
    const mountPoint = disk.format("ext4");
    await using held = await holder("stand", mountPoint, 500);
    await goesOn(write(mountPoint, "file"));
    assert.equal(held.child.exitCode, null);
  });

  test("is stopped as a whole: the watchdog thaws, and whoever froze is told when it goes on", async () => {
    await using disk = await loopDisk(SIZE_BYTES);
    const mountPoint = disk.format("ext4");
    await using held = await holder("word", mountPoint, 2_000);
    held.child.kill("SIGSTOP");
    await goesOn(write(mountPoint, "file"));
    held.child.kill("SIGCONT");
    held.child.stdin?.write("thaw\n");
    assert.match(await held.said(), /"heldWhole":false/);
  });

  test("calls thaw after the bound: it was not held whole", async () => {
    await using disk = await loopDisk(SIZE_BYTES);
    const mountPoint = disk.format("ext4");
    await using freezer = nodeFreezer();
    const held = await freezer.freeze([await onlyUse(disk.path)], 200);
    await goesOn(write(mountPoint, "file"));
    assert.equal((await held.thaw()).heldWhole, false);
  });

  test("finds it thawed by hand: it was not held whole", async () => {
    await using disk = await loopDisk(SIZE_BYTES);
    const mountPoint = disk.format("ext4");
    await using freezer = nodeFreezer();
    const held = await freezer.freeze([await onlyUse(disk.path)], LONG_MS);
    run("fsfreeze", "--unfreeze", mountPoint);
    assert.equal((await held.thaw()).heldWhole, false);
  });

  test("is disposed of while it holds: all is thawed", async () => {
    await using disk = await loopDisk(SIZE_BYTES);
    const mountPoint = disk.format("ext4");
    {
      await using freezer = nodeFreezer();
      await freezer.freeze([await onlyUse(disk.path)], LONG_MS);
    }
    assert.equal(attempt("fsfreeze", "--unfreeze", mountPoint), false, "it is frozen still");
  });
});

describe("freezing several", { skip: withoutFileSystems("ext4") }, () => {
  test("all or none are frozen, and what somebody else froze stays frozen", async () => {
    await using one = await loopDisk(SIZE_BYTES);
    await using other = await loopDisk(SIZE_BYTES);
    const [free, taken] = [one.format("ext4"), other.format("ext4")];
    await using freezer = nodeFreezer();
    const { fileSystems } = await freezer.usesOf([one.path, other.path]);
    assert.deepEqual(
      fileSystems.map((each) => each.mountPoint),
      [free, taken],
    );
    run("fsfreeze", "--freeze", taken);
    await assert.rejects(
      freezer.freeze(fileSystems, LONG_MS),
      (error) =>
        isFault(error, "freeze-failed") && error.detail["where"] === taken && /somebody else/.test(error.message),
    );
    await goesOn(write(free, "file"));
    const writer = write(taken, "file");
    await isHeld(writer);
    run("fsfreeze", "--unfreeze", taken);
    await goesOn(writer);
    const held = await freezer.freeze(fileSystems, LONG_MS);
    assert.equal((await held.thaw()).heldWhole, true);
  });

  test("an image in a file of another is frozen before that other, in whichever order they are named", async () => {
    await using lower = await loopDisk(128 * MiB);
    const below = lower.format("ext4");
    await using upper = await loopDisk(SIZE_BYTES, join(below, "image"));
    const above = upper.format("ext4");
    await using freezer = nodeFreezer();
    const { fileSystems } = await freezer.usesOf([lower.path]);
    assert.deepEqual(fileSystems.map((each) => each.mountPoint).toSorted(), [above, below].toSorted());
    for (const order of [fileSystems, fileSystems.toReversed()]) {
      writeFileSync(join(above, "dirty"), new Uint8Array(4 * MiB).fill(1));
      const held = await freezer.freeze([...order, ...order], LONG_MS);
      const writer = write(above, "file");
      await isHeld(writer);
      assert.equal((await held.thaw()).heldWhole, true);
      await goesOn(writer);
      run("rm", join(above, "file"));
    }
  });

  test("one that is not mounted there any more is not frozen through what is", async () => {
    await using disk = await loopDisk(SIZE_BYTES);
    disk.format("ext4");
    await using freezer = nodeFreezer();
    const found = await onlyUse(disk.path);
    await assert.rejects(freezer.freeze([{ ...found, device: "0:0" }], LONG_MS), (error) =>
      isFault(error, "freeze-failed"),
    );
  });
});

describe("a kernel that does not answer", { skip: withoutFileSystems("ext4") }, () => {
  /** A file system whose freeze waits for as long as the one that it lies in is frozen by hand, since its dirty pages are writes there. */
  async function stuck(): Promise<{ disks: AsyncDisposableStack; below: string; above: string }> {
    const disks = new AsyncDisposableStack();
    const lower = disks.use(await loopDisk(128 * MiB));
    const below = lower.format("ext4");
    const upper = disks.use(await loopDisk(SIZE_BYTES, join(below, "image")));
    const above = upper.format("ext4");
    run("sync", "--file-system", above);
    run("fsfreeze", "--freeze", below);
    // In the other order, unmounting would wait for ever when a test failed.
    disks.defer(() => void attempt("fsfreeze", "--unfreeze", below));
    writeFileSync(join(above, "dirty"), new Uint8Array(MiB).fill(1));
    return { disks, below, above };
  }

  test("those before it are thawed at the bound, and it as soon as it is frozen", async () => {
    await using quick = await loopDisk(SIZE_BYTES);
    const free = quick.format("ext4");
    const { disks, below, above } = await stuck();
    await using _ = disks;
    const fds = [free, above].map((path) => openSync(path, "r"));
    disks.defer(() => {
      for (const fd of fds) closeSync(fd);
    });
    const thread = new FreezeThread();
    {
      using watchdog = await startWatchdog(fds, 300);
      const order = { fds, watchdog: watchdog.pipe, boundMs: 300, word: new SharedArrayBuffer(4) };
      let end: HoldEnd | undefined;
      const holding = thread.hold(order, () => assert.fail("it is not frozen")).then((each) => (end = each));
      const writer = await whenHeld(above);
      await goesOn(write(free, "file"));
      assert.equal(end, undefined);
      run("fsfreeze", "--unfreeze", below);
      await goesOn(writer);
      assert.deepEqual((await holding).how, { kind: "too-slow", index: 1 });
      await watchdog.end();
    }
    await thread.end();
    assert.equal(attempt("fsfreeze", "--unfreeze", above), false, "it is frozen still");
  });

  test("whoever asked is killed meanwhile: it is thawed as soon as it is frozen", async () => {
    const { disks, below, above } = await stuck();
    await using _ = disks;
    const file = fileURLToPath(new URL("../testing/hold.ts", import.meta.url));
    const child = spawn(process.execPath, [file, "word", above, String(LONG_MS)], { stdio: "ignore", detached: true });
    const ended = once(child, "exit");
    const writer = await whenHeld(above);
    process.kill(-(child.pid ?? assert.fail()), "SIGKILL");
    run("fsfreeze", "--unfreeze", below);
    await ended;
    await goesOn(writer);
  });
});

/** A writer that is held: the freeze has begun. Those before it were done too early. */
async function whenHeld(folder: string): Promise<Writer> {
  const end = performance.now() + LIMIT_MS;
  for (let count = 0; performance.now() < end; count += 1) {
    const writer = write(folder, `file-${count}`);
    const isDone = writer.done.then(() => "done");
    const isWaiting = isHeld(writer).then(
      () => "held",
      () => isDone,
    );
    if ((await Promise.race([isDone, isWaiting])) === "held") return writer;
  }
  return assert.fail("no writer was held");
}

test("without a watchdog nothing is frozen", { skip: withoutFileSystems("ext4") }, async () => {
  await using disk = await loopDisk(SIZE_BYTES);
  const fd = openSync(disk.format("ext4"), "r");
  const pipe = openPipe() ?? assert.fail();
  closeSync(pipe.reader);
  const thread = new FreezeThread();
  const order = { fds: [fd], watchdog: pipe.writer, boundMs: LONG_MS, word: new SharedArrayBuffer(4) };
  const { how } = await thread.hold(order, () => assert.fail("it is not frozen"));
  assert.deepEqual(how, { kind: "unwatched" });
  await thread.end();
  for (const each of [fd, pipe.writer]) closeSync(each);
});
