// Devices of the running kernel, and image files, that are to be disks.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, open, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { isFault, MiB } from "@leeward/base";
import { openFileDevice } from "@leeward/block";
import { type LookOptions, lookAt } from "./node-device-look.ts";

const SIZE = 16 * MiB;
const ATTEMPTS_MAX = 50;
let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "leeward-look-"));
});
after(() => rm(folder, { recursive: true, force: true }));

function reasonToSkip(): string | false {
  if (process.env["LEEWARD_REQUIRE_PEERS"] === "1") return false;
  if (process.getuid?.() !== 0 || !existsSync("/dev/loop-control")) return "loop devices need root";
  return ["/sbin", "/usr/sbin"].some((path) => existsSync(`${path}/mkfs.ext4`)) ? false : "mkfs.ext4 is not installed";
}

function run(program: string, ...args: readonly string[]): string {
  const env = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };
  return execFileSync(program, args, { encoding: "utf8", stdio: "pipe", env }).trim();
}

async function image(name: string): Promise<string> {
  const path = join(folder, name);
  await (await open(path, "wx")).close();
  await truncate(path, SIZE);
  return path;
}

/** Loop devices are few: one that is taken in between is asked for again. */
function attach(file: string, ...how: readonly string[]): Disposable & { readonly path: string } {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const path = run("losetup", "--find", "--show", ...how, file);
      return { path, [Symbol.dispose]: () => void run("losetup", "--detach", path) };
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error;
      run("sleep", "0.5");
    }
  }
}

function look(path: string, more: Partial<LookOptions> = {}): ReturnType<typeof lookAt> {
  return lookAt({ path, capture: "splitter", otherPaths: [], isOwn: false, ...more });
}

test("an image file is looked at; one that is another disk, or is to be tracked, is refused", async () => {
  const path = await image("file");
  assert.partialDeepStrictEqual(await look(path), { sizeBytes: SIZE, refusal: "", content: "" });
  await writeFile(path, Buffer.alloc(SIZE, 3));
  assert.match((await look(path)).content, /not known/);
  assert.match((await look(path, { otherPaths: [path] })).refusal, /another protected disk/);
  assert.match((await look(path, { capture: "tracker" })).refusal, /is a file/);
  await assert.rejects(look(join(folder, "none")), (error) => isFault(error, "disk-missing"));
});

describe("devices that are to be disks", { skip: reasonToSkip() }, () => {
  test("a device with a file system is told from a blank one, and from one that is mounted or belongs to somebody", async () => {
    const file = await image("device");
    using loop = attach(file);
    const blank = await look(loop.path, { capture: "tracker" });
    assert.partialDeepStrictEqual(blank, { sizeBytes: SIZE, refusal: "", content: "" });
    assert.match((await look(file)).refusal, new RegExp(`in use as ${loop.path}`));
    run("mkfs.ext4", "-q", loop.path);
    const found = await look(loop.path);
    assert.equal(found.content, "a file system (ext)");
    assert.notEqual(found.seen, blank.seen);

    const mountPoint = join(folder, "mounted");
    await mkdir(mountPoint);
    run("mount", loop.path, mountPoint);
    try {
      assert.match((await look(loop.path, { capture: "tracker" })).refusal, /mounted or in other use/);
    } finally {
      run("umount", mountPoint);
    }
    // Mounting it has changed it.
    const unmounted = await look(loop.path);
    await using held = await openFileDevice({
      path: loop.path,
      readOnly: true,
      io: "inline",
      direct: false,
      exclusive: true,
    });
    assert.match((await look(loop.path)).refusal, /in other use/);
    assert.equal((await look(loop.path, { isOwn: true })).seen, unmounted.seen, `as ${held.path} is this agent's own`);
  });

  test("a device that takes no writes is refused", async () => {
    using loop = attach(await image("read-only"), "--read-only");
    assert.match((await look(loop.path)).refusal, /takes no writes/);
  });
});
