import { execFile } from "node:child_process";
import { constants, existsSync } from "node:fs";
import { mkdir, open, rmdir, truncate } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { randomId } from "@leeward/base";
import { openChangeTracker } from "@leeward/tracker";
import { nodeRandom } from "@leeward/world";
import { eventually } from "./eventually.ts";

const execute = promisify(execFile);
const LOOPS_TRIED_MAX = 50;

export type FileSystemKind = "ext4" | "xfs";

/** A real block device on an image file, with a file system that is mounted and unmounted like any other. */
export class LoopDisk implements AsyncDisposable {
  readonly image: string;
  readonly device: string;
  readonly mountPoint: string;
  #isMounted = false;
  #isAttached = true;

  private constructor(image: string, device: string) {
    this.image = image;
    this.device = device;
    this.mountPoint = `${image}.mounted`;
  }

  /** A new image of zeroes; or one that exists. */
  static async attach(
    image: string,
    how: { readonly sizeBytes: number } | "read-only" | "as-it-is",
  ): Promise<LoopDisk> {
    if (typeof how === "object") {
      await (await open(image, "wx")).close();
      await truncate(image, how.sizeBytes);
    }
    const readOnly = how === "read-only" ? ["--read-only"] : [];
    // Devices are few, and whoever else uses them may take the one that was free.
    for (let tried = 1; ; tried += 1) {
      try {
        const { stdout } = await run("losetup", ["--find", "--show", ...readOnly, image]);
        const device = stdout.trim();
        // Quicker, where the file system of the image can do it: older kernels' tmpfs cannot.
        if (how !== "read-only") await run("losetup", ["--direct-io=on", device]).catch(() => undefined);
        return new LoopDisk(image, device);
      } catch (error) {
        if (tried === LOOPS_TRIED_MAX) throw error;
        await delay(500);
      }
    }
  }

  /** Whether there is a device that nobody uses, now. */
  static async isFree(): Promise<boolean> {
    return run("losetup", ["--find"]).then(
      () => true,
      () => false,
    );
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
    // Whoever made a mount namespace of his own meanwhile still has it: then its last writes come when that ends.
    await eventually("nothing has the device mounted any more", () => this.#isFree());
  }

  async #isFree(): Promise<true | undefined> {
    try {
      await (await open(this.device, constants.O_RDONLY | constants.O_EXCL)).close();
      return true;
    } catch {
      return undefined;
    }
  }

  /** Its image is longer from now on, and the device with it. */
  async grow(sizeBytes: number): Promise<void> {
    await truncate(this.image, sizeBytes);
    await run("losetup", ["--set-capacity", this.device]);
  }

  /** The same image under the same name; to the kernel it is another disk. */
  async reattach(): Promise<void> {
    await run("losetup", ["--detach", this.device]);
    await run("losetup", ["--direct-io=on", this.device, this.image]);
  }

  /** Detaches the device; the image stays. What nobody writes to any more is unmounted at once, else as soon as that is so. */
  async detach(): Promise<void> {
    if (!this.#isAttached) return;
    await this.unmount().catch(async () => {
      if (this.#isMounted) await run("umount", ["--lazy", this.mountPoint]);
    });
    await run("losetup", ["--detach", this.device]);
    this.#isAttached = false;
    await rmdir(this.mountPoint).catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.detach();
  }
}

/**
 * Has the kernel forget what an agent that is gone for good had it note of a device; or shows that it can note anything of it.
 * @throws Fault `tracking-unsupported`
 */
export async function endTracking(device: string, diskId = randomId(nodeRandom)): Promise<void> {
  await using tracker = await openChangeTracker({ path: device, diskId });
  await tracker.end();
}

/**
 * Whether the file system of an image is whole, as its own checker says it. One of ext4 is not changed. XFS leaves records in its log whenever it is
 * frozen, for files that were unlinked and are still open: it is mounted once, as whoever starts from the image does, before it is checked.
 */
export async function checkFileSystem(disk: LoopDisk, kind: FileSystemKind): Promise<void> {
  if (kind === "ext4") await run("e2fsck", ["-f", "-n", disk.device]);
  else {
    await disk.mount("nouuid");
    await disk.unmount();
    await run("xfs_repair", ["-n", disk.device]);
  }
}

/** Why there can be no loop device with a file system here, or false; with LEEWARD_REQUIRE_PEERS=1 the test runs, and fails. */
export function withoutLoopDisks(): string | false {
  if (process.env["LEEWARD_REQUIRE_PEERS"] === "1") return false;
  return process.getuid?.() === 0 && existsSync("/dev/loop-control") ? false : "loop devices and freezing need root";
}

/** Administrators' programs are not on everybody's PATH. */
function run(program: string, args: readonly string[]): Promise<{ readonly stdout: string }> {
  return execute(program, args, { env: { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` } });
}
