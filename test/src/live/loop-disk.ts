import { execFile } from "node:child_process";
import { mkdir, open, rm, truncate } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { MiB } from "@leeward/base";

const run = promisify(execFile);
const LOOPS_TRIED_MAX = 50;

export type FileSystemKind = "ext4" | "xfs";

/** A real block device on an image file, with a file system that is mounted and unmounted like any other. */
export class LoopDisk implements AsyncDisposable {
  readonly image: string;
  readonly device: string;
  readonly mountPoint: string;
  #isMounted = false;

  private constructor(image: string, device: string) {
    this.image = image;
    this.device = device;
    this.mountPoint = `${image}.mounted`;
  }

  /** A new image of zeroes; or one that exists, for reading alone. */
  static async attach(image: string, how: { readonly sizeBytes: number } | "read-only"): Promise<LoopDisk> {
    if (how !== "read-only") {
      await (await open(image, "wx")).close();
      await truncate(image, how.sizeBytes);
    }
    const readOnly = how === "read-only" ? ["--read-only"] : ["--direct-io=on"];
    // Devices are few, and whoever else uses them may take the one that was free.
    for (let tried = 1; ; tried += 1) {
      try {
        const { stdout } = await run("losetup", ["--find", "--show", ...readOnly, image]);
        return new LoopDisk(image, stdout.trim());
      } catch (error) {
        if (tried === LOOPS_TRIED_MAX) throw error;
        await delay(500);
      }
    }
  }

  async makeFileSystem(kind: FileSystemKind): Promise<void> {
    const quiet = kind === "ext4" ? ["-q", "-E", "nodiscard"] : ["-q", "-K"];
    await run(`mkfs.${kind}`, [...quiet, this.device]);
  }

  async mount(options = "defaults"): Promise<void> {
    await mkdir(this.mountPoint, { recursive: true });
    await run("mount", ["-o", options, this.device, this.mountPoint]);
    this.#isMounted = true;
  }

  async unmount(): Promise<void> {
    if (!this.#isMounted) return;
    await run("umount", [this.mountPoint]);
    this.#isMounted = false;
  }

  /** Detaches the device; the image stays. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isMounted) await run("umount", ["--lazy", this.mountPoint]).catch(() => undefined);
    await run("losetup", ["--detach", this.device]);
    await rm(this.mountPoint, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Whether the file system of an image is whole, as its own checker says it without changing anything. */
export async function checkFileSystem(device: string, kind: FileSystemKind): Promise<void> {
  if (kind === "ext4") await run("e2fsck", ["-f", "-n", device]);
  else await run("xfs_repair", ["-n", device]);
}

/** Where two images of the same size differ first; undefined when they are equal. Past the page cache where the first is a device. */
export async function firstDifference(device: string, image: string): Promise<number | undefined> {
  await run("sync", ["-f", image]);
  const direct = await open(device, "r");
  const other = await open(image, "r");
  try {
    // What the device's page cache holds may be older than what a file system that was mounted wrote.
    await run("blockdev", ["--flushbufs", device]);
    for (let at = 0; ; at += MiB) {
      const [a, b] = await Promise.all([
        direct.read(Buffer.alloc(MiB), 0, MiB, at),
        other.read(Buffer.alloc(MiB), 0, MiB, at),
      ]);
      if (a.bytesRead !== b.bytesRead) return at + Math.min(a.bytesRead, b.bytesRead);
      if (a.bytesRead === 0) return undefined;
      if (!a.buffer.equals(b.buffer)) return at + a.buffer.findIndex((byte, index) => byte !== b.buffer[index]);
    }
  } finally {
    await direct.close();
    await other.close();
  }
}
