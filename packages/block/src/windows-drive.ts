// What Windows tells of a drive or a volume, as DeviceIoControl gives it (winioctl.h, ntdddisk.h, ntddstor.h; little-endian, 64-bit layout). Pure: no bytes are
// believed further than they reach, and what is cut off reads as not told.
import { readUint64, viewOf } from "@leeward/base";
import type { Extent } from "./extent.ts";

/** What a drive says of itself (STORAGE_DEVICE_DESCRIPTOR). Empty texts are not told. */
export interface DriveDescription {
  readonly vendor: string;
  readonly product: string;
  readonly serial: string;
  readonly isRemovable: boolean;
}

const DESCRIPTOR_BYTES = 36;
/** 8-byte count and padding, then 24 bytes for each extent. */
const EXTENT_LIST_AT = 8;
const EXTENT_BYTES = 24;

/** Whether a path names a device of Windows (a drive, a volume, a shadow copy), and no file. */
export function isDevicePath(path: string): boolean {
  return /^\\\\\.\\[^\\]+$|^\\\\\?\\(GLOBALROOT\\Device\\[^\\]+|Volume\{[0-9a-f-]+\})$/i.test(path);
}

export function driveDescription(bytes: Uint8Array): DriveDescription {
  if (bytes.length < DESCRIPTOR_BYTES) return { vendor: "", product: "", serial: "", isRemovable: false };
  const view = viewOf(bytes);
  const textAt = (field: number): string => textOf(bytes, view.getUint32(field, true));
  return { vendor: textAt(12), product: textAt(16), serial: textAt(24), isRemovable: bytes[10] !== 0 };
}

/** Bytes of a physical sector (STORAGE_ACCESS_ALIGNMENT_DESCRIPTOR); undefined where it is not told. */
export function physicalSectorBytes(bytes: Uint8Array): number | undefined {
  return bytes.length < 24 ? undefined : viewOf(bytes).getUint32(20, true) || undefined;
}

/** Bytes of a logical sector (DISK_GEOMETRY); undefined where it is not told. */
export function logicalSectorBytes(bytes: Uint8Array): number | undefined {
  return bytes.length < 24 ? undefined : viewOf(bytes).getUint32(20, true) || undefined;
}

/** GET_LENGTH_INFORMATION; undefined where it is not told. */
export function lengthBytes(bytes: Uint8Array): number | undefined {
  return bytes.length < 8 ? undefined : readUint64(viewOf(bytes), 0);
}

/**
 * What a partition table calls its disk (DRIVE_LAYOUT_INFORMATION_EX): "gpt:" and the disk's GUID, "mbr:" and its signature, both in hexadecimal; empty for a disk
 * without a table.
 */
export function diskSignature(bytes: Uint8Array): string {
  if (bytes.length < 12) return "";
  const view = viewOf(bytes);
  const style = view.getUint32(0, true);
  if (style === 0) {
    const signature = view.getUint32(8, true);
    return signature === 0 ? "" : `mbr:${signature.toString(16).padStart(8, "0")}`;
  }
  return style === 1 && bytes.length >= 24 ? `gpt:${guidOf(bytes.subarray(8, 24))}` : "";
}

/** Where a volume lies on physical drives (VOLUME_DISK_EXTENTS); several when it is spanned, striped or mirrored. */
export function volumeExtents(bytes: Uint8Array): (Extent & { readonly drive: number })[] {
  if (bytes.length < EXTENT_LIST_AT) return [];
  const view = viewOf(bytes);
  const count = Math.min(view.getUint32(0, true), Math.floor((bytes.length - EXTENT_LIST_AT) / EXTENT_BYTES));
  return Array.from({ length: count }, (_, index) => index).flatMap((index) => {
    const at = EXTENT_LIST_AT + index * EXTENT_BYTES;
    const [offset, length] = [readUint64(view, at + 8), readUint64(view, at + 16)];
    return offset === undefined || length === undefined ? [] : [{ drive: view.getUint32(at, true), offset, length }];
  });
}

/** A GUID as Windows writes it, without braces: its first three parts are little-endian. */
export function guidOf(bytes: Uint8Array): string {
  const hex = (part: Uint8Array): string => Buffer.from(part).toString("hex");
  const parts = [bytes.slice(0, 4).reverse(), bytes.slice(4, 6).reverse(), bytes.slice(6, 8).reverse()];
  return [...parts, bytes.subarray(8, 10), bytes.subarray(10, 16)].map(hex).join("-");
}

/** Drives' texts are ASCII, end with a zero, and are filled with spaces on either side. */
function textOf(bytes: Uint8Array, at: number): string {
  if (at === 0 || at >= bytes.length) return "";
  const end = bytes.indexOf(0, at);
  const text = Buffer.from(bytes.subarray(at, end === -1 ? bytes.length : end)).toString("latin1");
  return /^[ -~]*$/.test(text) ? text.trim() : "";
}
