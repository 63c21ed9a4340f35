import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A loop device over a file of zeroes. Disposing of it unmounts and detaches, whatever state a test left it in. */
export interface LoopDisk extends AsyncDisposable {
  readonly path: string;
  /** "major:minor". */
  readonly device: string;
  /** Makes a file system on the disk, or on a partition of it, and mounts it; returns where. */
  format(kind: string, partition?: number): string;
  /** Has a partition told to the kernel; returns its path. */
  addPartition(number: number, place: { readonly startBytes: number; readonly sizeBytes: number }): string;
  /** Unmounts before what was done before is undone. */
  before(undo: () => void): void;
}

const SECTOR_BYTES = 512;
const TRIES_MAX = 100;
const RETRY_MS = 100;
const OPTIONS: Readonly<Record<string, readonly string[]>> = { ext4: ["-q"], xfs: ["-q"], btrfs: ["-q"], vfat: [] };

/** Over a file of its own, or over `file`. */
export async function loopDisk(sizeBytes: number, file?: string): Promise<LoopDisk> {
  const folder = mkdtempSync(join(tmpdir(), "leeward-freeze-"));
  const image = file ?? join(folder, "image");
  writeFileSync(image, "");
  truncateSync(image, sizeBytes);
  const path = await attached(image);
  const undone: (() => void)[] = [() => run("losetup", "--detach", path)];
  const name = basename(path);
  return {
    path,
    device: readFileSync(`/sys/class/block/${name}/dev`, "utf8").trim(),
    format(kind, partition) {
      const device = partition === undefined ? path : `${path}p${partition}`;
      run(`mkfs.${kind}`, ...(OPTIONS[kind] ?? []), device);
      const mountPoint = join(folder, `a mount ${basename(device)}`);
      mkdirSync(mountPoint);
      run("mount", "-t", kind, device, mountPoint);
      undone.push(() => {
        // What a failing test left frozen could not be unmounted.
        if (kind !== "vfat") attempt("fsfreeze", "--unfreeze", mountPoint);
        unmount(mountPoint);
      });
      return mountPoint;
    },
    addPartition(number, { startBytes, sizeBytes: length }) {
      run("addpart", path, String(number), String(startBytes / SECTOR_BYTES), String(length / SECTOR_BYTES));
      undone.push(() => run("delpart", path, String(number)));
      return `${path}p${number}`;
    },
    before(undo) {
      undone.push(undo);
    },
    async [Symbol.asyncDispose]() {
      // Each, whatever becomes of the others: loop devices are few.
      const failed = undone.toReversed().flatMap(failureOf);
      if (failed.length > 0) throw new AggregateError(failed, `${path} was not left as it was found`);
      rmSync(folder, { recursive: true });
    },
  };
}

/** What thaws in the place of a process that was killed ends a moment after it, and holds the file system open until then. */
function unmount(mountPoint: string): void {
  for (let tries = 1; !attempt("umount", mountPoint); tries += 1) {
    if (tries === TRIES_MAX) run("umount", mountPoint);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
  }
}

function failureOf(undo: () => void): unknown[] {
  try {
    undo();
    return [];
  } catch (error) {
    return [error];
  }
}

/** Loop devices are few, and between finding a free one and taking it another may have. */
async function attached(image: string): Promise<string> {
  for (let tries = 0; ; tries += 1) {
    try {
      return run("losetup", "--find", "--show", image);
    } catch (error) {
      if (tries === TRIES_MAX) throw error;
      await sleep(RETRY_MS);
    }
  }
}

export function run(program: string, ...args: readonly string[]): string {
  const path = { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` };
  return execFileSync(program, args, { encoding: "utf8", env: path, stdio: ["ignore", "pipe", "pipe"] }).trim();
}

/** Whether it succeeded. */
export function attempt(program: string, ...args: readonly string[]): boolean {
  try {
    run(program, ...args);
    return true;
  } catch {
    // That is the answer.
    return false;
  }
}

/** Why tests with file systems of these kinds cannot run here, or false. */
export function withoutFileSystems(...kinds: readonly string[]): string | false {
  if (process.env["LEEWARD_REQUIRE_PEERS"] === "1") return false;
  if (process.getuid?.() !== 0 || !existsSync("/dev/loop-control")) return "loop devices and freezing need root";
  const missing = kinds.find((kind) => !attempt("sh", "-c", `command -v mkfs.${kind}`));
  return missing === undefined ? false : `mkfs.${missing} is not installed`;
}
