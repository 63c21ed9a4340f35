import { fstatSync } from "node:fs";
import { Fault } from "@leeward/base";
import { errnoOf } from "./device-fault.ts";
import type { SystemCalls } from "./node-system-calls.ts";

/** What makes a disk this one: when any of it differs from what was noted, the disk may have changed unseen. */
export interface DiskIdentity {
  readonly kind: "file" | "block-device";
  /** Of a file, the file system it lies on; of a block device, the device itself. "major:minor"; of a drive of Windows, serial number and disk signature. */
  readonly device: string;
  /** Of the file or the device node; decimal, since it may be above 2^53. */
  readonly inode: string;
  readonly sizeBytes: number;
  /** Microseconds since 1970; of a block device it says nothing. */
  readonly modifiedMicros: number;
}

export interface DiskFacts {
  readonly kind: "file" | "block-device";
  readonly sizeBytes: number;
  readonly blockBytes: number;
  readonly physicalBlockBytes: number;
}

/** @throws Fault `disk-unsuitable` */
export function factsOf(fd: number, path: string, fileBlockBytes: number, calls: SystemCalls | undefined): DiskFacts {
  const stat = fstatSync(fd);
  if (stat.isFile()) {
    const facts = { kind: "file", sizeBytes: stat.size, blockBytes: fileBlockBytes, physicalBlockBytes: 4096 } as const;
    return suitable(facts, path);
  }
  if (!stat.isBlockDevice()) throw unsuitable(path, "it is neither a file nor a block device");
  const facts = calls?.blockDeviceFacts(fd);
  if (facts === undefined) throw unsuitable(path, "the system does not tell its size");
  return suitable({ kind: "block-device", ...facts }, path);
}

/** Of what is open there; `sizeBytes` is that of a block device. */
export function identityOf(fd: number, sizeBytes: number): DiskIdentity {
  const stat = fstatSync(fd, { bigint: true });
  const isFile = stat.isFile();
  return {
    kind: isFile ? "file" : "block-device",
    device: deviceNumber(isFile ? stat.dev : stat.rdev),
    inode: String(stat.ino),
    sizeBytes: isFile ? Number(stat.size) : sizeBytes,
    modifiedMicros: Number(stat.mtimeNs / 1_000n),
  };
}

/** The Fault for a disk that could not be opened: `disk-missing`, `disk-denied`, `disk-busy` or `disk-unsuitable`. */
export function openFault(error: unknown, path: string): Fault {
  const errno = errnoOf(error) ?? "unknown";
  const detail = { path, errno };
  switch (errno) {
    case "ENOENT":
    case "ENXIO":
    case "ENODEV":
    case "ENOMEDIUM":
      return new Fault({
        code: "disk-missing",
        kind: "operator",
        message: `There is no disk at ${path}.`,
        remedy:
          "Attach it, or correct the path; after it was replaced by another, unprotect the old and protect the new one.",
        detail,
        cause: error,
      });
    case "EBUSY":
      return new Fault({
        code: "disk-busy",
        kind: "operator",
        message: `${path} is in use by another.`,
        remedy: "Unmount it or end the other use; who wants to write goes through the disk's NBD address instead.",
        detail,
        cause: error,
      });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new Fault({
        code: "disk-denied",
        kind: "operator",
        message: `${path} may not be opened.`,
        remedy: "Give its user the right to read and write the device or file; a read-only medium cannot be protected.",
        detail,
        cause: error,
      });
    default:
      return unsuitable(path, `it could not be opened (${errno})`, error);
  }
}

export function suitable(facts: DiskFacts, path: string): DiskFacts {
  if (facts.blockBytes !== 512 && facts.blockBytes !== 4096) {
    throw unsuitable(path, `its blocks have ${facts.blockBytes} bytes, not 512 or 4096`);
  }
  if (facts.sizeBytes === 0) throw unsuitable(path, "it holds no bytes");
  if (facts.sizeBytes % facts.blockBytes !== 0) {
    throw unsuitable(path, `its ${facts.sizeBytes} bytes are not a whole number of blocks of ${facts.blockBytes}`);
  }
  return facts;
}

export function unsuitable(path: string, reason: string, cause?: unknown): Fault {
  const message = `${path} cannot be used as a disk: ${reason}.`;
  return new Fault({
    code: "disk-unsuitable",
    kind: "operator",
    message,
    remedy: "Choose another path; let an image file have a whole number of blocks.",
    detail: { path },
    cause,
  });
}

/** Linux packs the two numbers into 64 bits (makedev(3)). */
function deviceNumber(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn);
  return `${major}:${minor}`;
}
