import { execFile } from "node:child_process";
import { promises as fs } from "node:fs";
import { release } from "node:os";
import { promisify } from "node:util";
import { bootDrivers } from "./boot-drivers.ts";

const run = promisify(execFile);
const LIMIT_MS = 120_000;
const OUTPUT_BYTES_MAX = 64 << 20;
const PATH = "/usr/sbin:/usr/bin:/sbin:/bin";
/** Where distributions have the initramfs of a kernel, and what lists it: Debian, Fedora and those like them. */
const LISTERS = [
  ["initrd.img-", "lsinitramfs"],
  ["initramfs-", "lsinitrd"],
] as const;

/** Of the kernel that runs; undefined where that cannot be told. It unpacks the initramfs, so it takes its time. */
export async function runningBootDrivers(): Promise<string[] | undefined> {
  const kernel = release();
  const builtIn = await fs.readFile(`/lib/modules/${kernel}/modules.builtin`, "utf8").catch(() => undefined);
  if (builtIn === undefined) return undefined;
  for (const [start, lister] of LISTERS) {
    const path = `/boot/${start}${kernel}${start === "initramfs-" ? ".img" : ""}`;
    if ((await fs.stat(path).catch(() => undefined)) === undefined) continue;
    const listed = await run("nice", ["-n", "19", lister, path], {
      env: { PATH, LC_ALL: "C" },
      timeout: LIMIT_MS,
      maxBuffer: OUTPUT_BYTES_MAX,
    }).catch(() => undefined);
    return listed === undefined ? undefined : bootDrivers(builtIn, listed.stdout);
  }
  return undefined;
}
