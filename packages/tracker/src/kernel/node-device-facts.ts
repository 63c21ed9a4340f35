import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Fault } from "@leeward/base";
import { nodeClock } from "@leeward/world";
import type { TrackedDevice } from "./tracked-device.ts";
import { unsupported } from "./tracking-faults.ts";

const QUIET_WAIT_MS = 10_000;
const QUIET_POLL_MS = 2;
const MAJOR_MINOR = /^(\d+):(\d+)$/;

/**
 * What sysfs says of a disk or partition.
 * @throws Fault `tracking-unsupported`
 */
export function deviceFacts(path: string): TrackedDevice {
  try {
    return factsOf(path);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw unsupported(path, "sysfs does not tell of it as a block device", { cause: error });
  }
}

/** Rises whenever another medium or file stands behind the device's number; undefined when the device is gone. */
export function diskSequence(disk: string): number | undefined {
  const path = `/sys/block/${disk}/diskseq`;
  if (existsSync(path)) return Number(readFileSync(path, "utf8"));
  return existsSync(`/sys/block/${disk}`) ? 0 : undefined;
}

/** Until no write is on its way to the device, or for QUIET_WAIT_MS under a load that never pauses: by then, what came before has landed. */
export async function quiet(device: TrackedDevice): Promise<void> {
  const until = nodeClock.monotonicMicros() + QUIET_WAIT_MS * 1_000;
  const never = new AbortController().signal;
  while (writesOnTheirWay(device) > 0 && nodeClock.monotonicMicros() < until)
    await nodeClock.sleep(QUIET_POLL_MS, never);
}

function writesOnTheirWay(device: TrackedDevice): number {
  const [, writes = "0"] = readFileSync(`/sys/block/${device.disk}/inflight`, "utf8").trim().split(/\s+/);
  return Number(writes);
}

function factsOf(path: string): TrackedDevice {
  const status = statSync(path);
  if (!status.isBlockDevice()) throw unsupported(path, "it is no block device");
  const [major, minor] = deviceNumber(status.rdev);
  const folder = realpathSync(`/sys/dev/block/${major}:${minor}`);
  const isPartition = existsSync(join(folder, "partition"));
  const whole = isPartition ? dirname(folder) : folder;
  const disk = basename(whole);
  const zoned = textOf(join(whole, "queue/zoned")) ?? "none";
  if (zoned !== "none") throw unsupported(path, `it is a zoned device (${zoned})`);
  const number = MAJOR_MINOR.exec(textOf(join(whole, "dev")) ?? "");
  const sequence = diskSequence(disk);
  if (number === null || sequence === undefined) throw unsupported(path, "sysfs does not tell its number");
  return {
    path,
    disk,
    major: Number(number[1]),
    minor: Number(number[2]),
    firstSector: isPartition ? Number(textOf(join(folder, "start"))) : 0,
    sectors: Number(textOf(join(folder, "size"))),
    diskSequence: sequence,
    byBios: existsSync(join(whole, "mq")) ? 0 : 1,
  };
}

/** glibc's makedev(3), as far as numbers of 32 bits go. */
function deviceNumber(device: number): readonly [number, number] {
  const high = Math.floor(device / 2 ** 32);
  const low = device % 2 ** 32;
  return [((low >>> 8) & 0xfff) | (high & ~0xfff), (low & 0xff) | ((low >>> 12) & ~0xff)];
}

function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
}
