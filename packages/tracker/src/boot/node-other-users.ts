import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { deviceFacts } from "../kernel/node-device-facts.ts";

/*
 * Who else has a disk, or a part of it. What the kernel itself gives out once (a mount in whatever namespace, dm, md, swap, a file system's log) shows in
 * that it cannot be opened exclusively; who has it open without that shows in /proc, or in what hands it on: a loop device, a target of NVMe over
 * fabrics.
 */
/** The kernel gives it this number (PROC_PID_INIT_INO in include/linux/proc_ns.h). */
const FIRST_NAMESPACE = "pid:[4026531836]";
const NVME_TARGETS = "/sys/kernel/config/nvmet/subsystems";

/** A device that nobody else had when it was opened. Buffered writes of others are on the disk by then. */
export interface ClosedDevice extends Disposable {
  /** Who has it besides, in words; undefined when nobody is seen. */
  otherUser(): string | undefined;
}

/** Opens the device for itself alone, for reading; a string says who has it. @throws Fault `tracking-unsupported` */
export function openIfClosed(path: string): ClosedDevice | string {
  const { disk } = deviceFacts(path);
  const paths = devicesOf(disk).map((name) => `/dev/${name}`);
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_EXCL);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EBUSY")
      return "it is mounted, or part of something";
    return `it cannot be opened (${String(error)})`;
  }
  const closed: ClosedDevice = {
    otherUser: () => holderOf(disk) ?? handedOn(disk) ?? openerOf(paths),
    [Symbol.dispose]: () => closeSync(fd),
  };
  try {
    const user = closed.otherUser();
    if (user === undefined) {
      for (const each of paths) flush(each);
      return closed;
    }
    closeSync(fd);
    return user;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** The whole disk and its partitions: each has a page cache of its own. */
function devicesOf(disk: string): string[] {
  const inside = readdirSync(`/sys/block/${disk}`).filter((name) => existsSync(`/sys/block/${disk}/${name}/partition`));
  return [disk, ...inside];
}

function flush(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function holderOf(disk: string): string | undefined {
  const folders = devicesOf(disk).map((name) => (name === disk ? `/sys/block/${disk}` : `/sys/block/${disk}/${name}`));
  const [holder] = folders.flatMap((folder) => readdirSync(join(folder, "holders")));
  return holder === undefined ? undefined : `it is part of ${holder}`;
}

function handedOn(disk: string): string | undefined {
  if (existsSync(NVME_TARGETS) && readdirSync(NVME_TARGETS).length > 0)
    return "this machine hands disks on as NVMe targets";
  const numbers = numbersOf(devicesOf(disk).map((name) => `/dev/${name}`));
  for (const loop of readdirSync("/sys/block").filter((name) => name.startsWith("loop"))) {
    const file = `/sys/block/${loop}/loop/backing_file`;
    if (existsSync(file) && isOneOf(readFileSync(file, "utf8").trim(), numbers)) return `${loop} shows it`;
  }
  return undefined;
}

/** From root in the first process namespace no process is hidden. */
function openerOf(paths: readonly string[]): string | undefined {
  if (readlinkSync("/proc/self/ns/pid") !== FIRST_NAMESPACE)
    return "not all processes of the machine can be seen from here";
  const numbers = numbersOf(paths);
  for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    try {
      if (opens(id, numbers)) return `process ${id} has it open`;
    } catch (error) {
      if (isCode(error, "ENOENT", "ESRCH")) continue;
      if (!isCode(error, "EACCES", "EPERM")) throw error;
      // The first one may be more than root; it starts those who use disks, and uses none.
      if (id !== "1") return `it cannot be seen what process ${id} has open`;
    }
  }
  return undefined;
}

/** Whether a process has one of the devices open, or mapped. */
function opens(id: string, numbers: ReadonlySet<bigint>): boolean {
  const places = { fd: "/", map_files: "/dev/" };
  return Object.entries(places).some(([folder, prefix]) =>
    readdirSync(`/proc/${id}/${folder}`).some((name) => {
      const path = `/proc/${id}/${folder}/${name}`;
      return linkOf(path)?.startsWith(prefix) === true && isOneOf(path, numbers);
    }),
  );
}

function numbersOf(paths: readonly string[]): ReadonlySet<bigint> {
  return new Set(paths.map((path) => statSync(path, { bigint: true }).rdev));
}

function isOneOf(path: string, numbers: ReadonlySet<bigint>): boolean {
  const status = statSync(path, { bigint: true, throwIfNoEntry: false });
  return status?.isBlockDevice() === true && numbers.has(status.rdev);
}

/** A process may close what it has open while it is looked at. */
function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
