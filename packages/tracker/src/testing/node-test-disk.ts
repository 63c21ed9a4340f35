import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ATTEMPTS = 20;
const FIRST_OWN_LOOP = 32;
const OWN_LOOPS = 32;

/** A block device of the kernel for one test. */
export interface TestDisk extends AsyncDisposable {
  /** Another one after `replace`, perhaps. */
  readonly path: string;
  grow?(sizeBytes: number): void;
  /** Another disk stands in its place, of the same size. */
  replace(): void;
}

/** A loop device over a file of zeroes; its requests pass a queue. */
export function loopDisk(sizeBytes: number): TestDisk {
  const folder = mkdtempSync(join(tmpdir(), "leeward-tracker-"));
  const file = join(folder, "disk");
  writeFileSync(file, "");
  truncateSync(file, sizeBytes);
  const path = attached(file);
  return {
    path,
    grow(larger) {
      truncateSync(file, larger);
      execFileSync("losetup", ["--set-capacity", path]);
    },
    replace() {
      execFileSync("losetup", ["--detach", path]);
      execFileSync("losetup", [path, file]);
    },
    async [Symbol.asyncDispose]() {
      execFileSync("losetup", ["--detach", path]);
      rmSync(folder, { recursive: true });
    },
  };
}

/**
 * Others take loop devices at the same time, always the first that is free. One far behind those stays ours by its name, also between a detach and
 * the next attach; the kernel makes it when it is not there.
 */
function attached(file: string): string {
  for (let attempt = 1; ; attempt += 1) {
    const path = `/dev/loop${FIRST_OWN_LOOP + randomInt(OWN_LOOPS)}`;
    try {
      execFileSync("losetup", [path, file], { stdio: "pipe" });
      return path;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

const ZRAM = "/sys/class/zram-control";

/** A disk in compressed memory; it has no queue, only bios. */
export function zramDisk(sizeBytes: number): TestDisk {
  let number = zramAdded(sizeBytes);
  return {
    get path() {
      return `/dev/zram${number}`;
    },
    replace() {
      removeZram(number);
      number = zramAdded(sizeBytes);
    },
    async [Symbol.asyncDispose]() {
      removeZram(number);
    },
  };
}

function zramAdded(sizeBytes: number): string {
  const number = readFileSync(`${ZRAM}/hot_add`, "utf8").trim();
  writeFileSync(`/sys/block/zram${number}/disksize`, String(sizeBytes));
  return number;
}

/** Whoever looks at new disks (udev) may have it open for a moment. */
function removeZram(number: string): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      writeFileSync(`${ZRAM}/hot_remove`, number);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof Error && "code" in error && error.code === "EBUSY")) throw error;
      execFileSync("sleep", ["0.1"]);
    }
  }
}

/** Why there can be no such disk here, or false: for the `skip` option of a test; with LEEWARD_REQUIRE_PEERS=1 it runs, and fails. */
export function reasonToSkip(kind: "loop" | "zram"): string | false {
  if (process.env["LEEWARD_REQUIRE_PEERS"] === "1") return false;
  try {
    const disk = kind === "loop" ? loopDisk(1 << 20) : zramDisk(1 << 20);
    void disk[Symbol.asyncDispose]();
    return false;
  } catch {
    return `${kind} devices need root and a kernel that has them`;
  }
}

const FIRST_FRESH_LOOP = 128;
const FRESH_LOOPS = 4_096;
const LOOP_CTL_REMOVE = 0x4c81;

/** A loop device that the kernel makes for this test, so that it has counted nothing yet, and forgets afterwards. */
export async function freshLoopDisk(sizeBytes: number): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = mkdtempSync(join(tmpdir(), "leeward-tracker-"));
  const file = join(folder, "disk");
  writeFileSync(file, "");
  truncateSync(file, sizeBytes);
  const number = attachedFresh(file);
  const path = `/dev/loop${number}`;
  return {
    path,
    async [Symbol.asyncDispose]() {
      execFileSync("losetup", ["--detach", path]);
      rmSync(folder, { recursive: true });
      const gone = (): boolean => !existsSync(`/sys/block/loop${number}/loop`);
      for (let tries = 0; tries < ATTEMPTS && !gone(); tries += 1) await sleep(100);
      await removeLoop(number);
    },
  };
}

function attachedFresh(file: string): number {
  for (let attempt = 1; ; attempt += 1) {
    const number = FIRST_FRESH_LOOP + randomInt(FRESH_LOOPS);
    if (existsSync(`/sys/block/loop${number}`)) continue;
    try {
      execFileSync("losetup", [`/dev/loop${number}`, file], { stdio: "pipe" });
      return number;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function removeLoop(number: number): Promise<void> {
  const { default: koffi } = await import("koffi");
  const ioctl = koffi.load("libc.so.6").func("ioctl", "int", ["int", "unsigned long", "long"]);
  const control = openSync("/dev/loop-control", "r+");
  try {
    ioctl(control, LOOP_CTL_REMOVE, number);
  } finally {
    closeSync(control);
  }
}
