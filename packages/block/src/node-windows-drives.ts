// The drives and volumes of a Windows machine, as DeviceIoControl tells of them.

import { closeSync, fstatSync, openSync } from "node:fs";
import { type WindowsCalls, type WindowsHandle, windowsCalls } from "./node-windows-calls.ts";
import {
  type DriveDescription,
  diskSignature,
  driveDescription,
  lengthBytes,
  logicalSectorBytes,
  physicalSectorBytes,
  volumeExtents,
} from "./windows-drive.ts";

const IOCTL_DISK_GET_LENGTH_INFO = 0x0007_405c;
const IOCTL_DISK_GET_DRIVE_GEOMETRY = 0x0007_0000;
const IOCTL_DISK_GET_DRIVE_LAYOUT_EX = 0x0007_0050;
const IOCTL_STORAGE_QUERY_PROPERTY = 0x002d_1400;
const IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS = 0x0056_0000;
/** STORAGE_PROPERTY_QUERY of a standard answer. */
const DEVICE_PROPERTY = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
const ALIGNMENT_PROPERTY = Uint8Array.of(6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
/** Windows numbers drives without end; beyond this one it is not asked. */
const DRIVES_MAX = 128;
const LETTERS = 26;

/** What a drive tells of itself; what it does not is undefined or empty. */
export interface DriveFacts extends DriveDescription {
  readonly sizeBytes: number | undefined;
  readonly blockBytes: number | undefined;
  readonly physicalBlockBytes: number | undefined;
  /** Of its partition table. */
  readonly signature: string;
}

export function askDrive(
  calls: WindowsCalls,
  { handle, path }: { readonly handle: WindowsHandle; readonly path: string },
): DriveFacts {
  const ask = (code: number, question?: Uint8Array): Uint8Array =>
    calls.ask(handle, code, question) ?? new Uint8Array();
  return {
    ...driveDescription(ask(IOCTL_STORAGE_QUERY_PROPERTY, DEVICE_PROPERTY)),
    sizeBytes: lengthBytes(ask(IOCTL_DISK_GET_LENGTH_INFO)) ?? fileBytes(path),
    blockBytes: logicalSectorBytes(ask(IOCTL_DISK_GET_DRIVE_GEOMETRY)),
    physicalBlockBytes: physicalSectorBytes(ask(IOCTL_STORAGE_QUERY_PROPERTY, ALIGNMENT_PROPERTY)),
    signature: diskSignature(ask(IOCTL_DISK_GET_DRIVE_LAYOUT_EX)),
  };
}

/** Where a drive does not tell its length, as an image that stands for one in Wine: that of the file that it is. */
function fileBytes(path: string): number | undefined {
  try {
    const fd = openSync(path, "r");
    try {
      return fstatSync(fd).size || undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    // A device has no status of a file.
    return undefined;
  }
}

/** A physical drive, or a volume that Windows does not say which drives it lies on. */
export interface WindowsDrive extends DriveFacts {
  /** `\\.\PhysicalDrive0`, `\\.\E:`. */
  readonly path: string;
  /** Letters of the volumes that lie on it, "C:". */
  readonly volumes: readonly string[];
}

/**
 * The physical drives, and the volumes with a letter of which Windows does not tell the drives. Needs an administrator's rights: a drive that may not be opened has no
 * size. Empty on every other system.
 */
export async function windowsDrives(): Promise<WindowsDrive[]> {
  const calls = await windowsCalls();
  if (calls === undefined) return [];
  const volumes = lettersOf(calls.logicalDrives()).map((letter) => ({ letter, drives: drivesOf(calls, letter) }));
  const found: WindowsDrive[] = [];
  for (let number = 0; number < DRIVES_MAX; number += 1) {
    const path = `\\\\.\\PhysicalDrive${number}`;
    const on = volumes.filter(({ drives }) => drives.includes(number)).map(({ letter }) => letter);
    const facts = factsAt(calls, path);
    if (facts !== undefined) found.push({ path, volumes: on, ...facts });
  }
  for (const { letter, drives } of volumes) {
    const path = `\\\\.\\${letter}`;
    const facts = drives.length === 0 ? factsAt(calls, path) : undefined;
    if (facts !== undefined) found.push({ path, volumes: [letter], ...facts });
  }
  return found;
}

/** undefined where there is nothing, or nothing that can be read as a disk. */
function factsAt(calls: WindowsCalls, path: string): DriveFacts | undefined {
  let handle: WindowsHandle;
  try {
    handle = calls.open(path, "read");
  } catch {
    // No such drive, or one without a medium.
    return undefined;
  }
  try {
    return askDrive(calls, { handle, path });
  } finally {
    calls.close(handle);
  }
}

function drivesOf(calls: WindowsCalls, letter: string): number[] {
  let handle: WindowsHandle;
  try {
    handle = calls.open(`\\\\.\\${letter}`, "ask");
  } catch {
    // A letter of the network, or of a drive without a medium.
    return [];
  }
  try {
    const answer = calls.ask(handle, IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS) ?? new Uint8Array();
    return volumeExtents(answer).map(({ drive }) => drive);
  } finally {
    calls.close(handle);
  }
}

function lettersOf(bits: number): string[] {
  return Array.from({ length: LETTERS }, (_, index) => index)
    .filter((index) => (bits & (1 << index)) !== 0)
    .map((index) => `${String.fromCharCode(65 + index)}:`);
}
