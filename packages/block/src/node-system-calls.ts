import type { Extent } from "./extent.ts";

const FALLOC_FL_KEEP_SIZE = 0x01;
const FALLOC_FL_PUNCH_HOLE = 0x02;
const FALLOC_FL_ZERO_RANGE = 0x10;
const SEEK_DATA = 3;
const SEEK_HOLE = 4;
const BLKSSZGET = 0x1268;
const BLKPBSZGET = 0x127b;
const BLKGETSIZE64 = 0x80081272;
/** koffi refuses more than it has room for; what waits here waits in order. */
const CALLS_AT_ONCE_MAX = 32;

/** What the kernel says of a block device. */
export interface BlockDeviceFacts {
  readonly sizeBytes: number;
  readonly blockBytes: number;
  readonly physicalBlockBytes: number;
}

/** The few Linux calls that Node does not have. They answer false or undefined where the system does not support them. */
export interface SystemCalls {
  /** The extent reads as zeroes afterwards, and its space may be given back; on block devices only where the disk guarantees that. */
  punchHole(fd: number, extent: Extent): Promise<boolean>;
  /** The extent reads as zeroes afterwards, and its space is kept. */
  zeroRange(fd: number, extent: Extent): Promise<boolean>;
  /** The next offset at or after this one that may hold data; "none" when there is no more; undefined when it is not known. */
  seekData(fd: number, offset: number): number | "none" | undefined;
  /** The next offset at or after this one that is a hole (the end of the file at last); otherwise as `seekData`. */
  seekHole(fd: number, offset: number): number | "none" | undefined;
  blockDeviceFacts(fd: number): BlockDeviceFacts | undefined;
}

let loading: Promise<SystemCalls | undefined> | undefined;

/** Loads koffi and the C library at the first call; undefined on a system that has none of this. */
export function systemCalls(): Promise<SystemCalls | undefined> {
  loading ??= process.platform === "linux" ? load() : Promise.resolve(undefined);
  return loading;
}

type Fallocate = {
  async(fd: number, mode: number, offset: number, length: number, done: (error: unknown, result: number) => void): void;
};
type Lseek = (fd: number, offset: number, whence: number) => number;
type IoctlOut = (fd: number, request: number, value: number[]) => number;

async function load(): Promise<SystemCalls | undefined> {
  const { default: koffi } = await import("koffi");
  let library: ReturnType<typeof koffi.load>;
  try {
    library = koffi.load("libc.so.6");
  } catch {
    // Another C library: everything has a way without these calls.
    return undefined;
  }
  const fallocate: Fallocate = library.func("int fallocate64(int fd, int mode, int64_t offset, int64_t length)");
  const lseek: Lseek = library.func("int64_t lseek64(int fd, int64_t offset, int whence)");
  const ioctl32: IoctlOut = library.func("ioctl", "int", [
    "int",
    "unsigned long",
    koffi.out(koffi.pointer("uint32_t")),
  ]);
  const ioctl64: IoctlOut = library.func("ioctl", "int", [
    "int",
    "unsigned long",
    koffi.out(koffi.pointer("uint64_t")),
  ]);
  const limited = limitedCalls(fallocate);
  const seek = (fd: number, offset: number, whence: number): number | "none" | undefined => {
    const found = lseek(fd, offset, whence);
    if (found >= 0) return found;
    return koffi.errno() === koffi.os.errno["ENXIO"] ? "none" : undefined;
  };
  const outOf = (ioctl: IoctlOut, fd: number, request: number): number | undefined => {
    const value = [0];
    return ioctl(fd, request, value) === 0 ? Number(value[0]) : undefined;
  };
  return {
    punchHole: (fd, extent) => limited(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, extent),
    zeroRange: (fd, extent) => limited(fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, extent),
    seekData: (fd, offset) => seek(fd, offset, SEEK_DATA),
    seekHole: (fd, offset) => seek(fd, offset, SEEK_HOLE),
    blockDeviceFacts(fd) {
      const sizeBytes = outOf(ioctl64, fd, BLKGETSIZE64);
      const blockBytes = outOf(ioctl32, fd, BLKSSZGET);
      const physicalBlockBytes = outOf(ioctl32, fd, BLKPBSZGET) ?? blockBytes;
      if (sizeBytes === undefined || blockBytes === undefined || physicalBlockBytes === undefined) return undefined;
      return { sizeBytes, blockBytes, physicalBlockBytes };
    },
  };
}

/** fallocate on koffi's threads, CALLS_AT_ONCE_MAX at a time: it may take seconds on a real disk. True when it succeeded. */
function limitedCalls(fallocate: Fallocate): (fd: number, mode: number, extent: Extent) => Promise<boolean> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (fd, mode, extent) => {
    if (running === CALLS_AT_ONCE_MAX) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    fallocate.async(fd, mode, extent.offset, extent.length, (error, result) => resolve(error === null && result === 0));
    try {
      return await promise;
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
