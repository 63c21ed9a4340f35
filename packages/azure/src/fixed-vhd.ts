// A fixed VHD: the disk as it is, and behind it a footer of one page. "Virtual Hard Disk Image Format Specification", Microsoft, version 1.0 of 2006; all numbers are big-endian.
//
//   0 cookie   8 features   12 version   16 data offset   24 timestamp   28 creator, its version, its host   40 original size   48 current size
//   56 geometry   60 disk type   64 checksum   68 unique id   84 saved state, and zeroes to the end
import { ceilTo, Fault, formatBytes, MiB, TiB } from "@leeward/base";
import { PAGE_BYTES } from "@leeward/object-store";

/** Azure takes disks of whole MiB alone. */
const GRAIN_BYTES = MiB;
/** The largest page blob. */
const BLOB_BYTES_MAX = 8 * TiB;
const EPOCH_SECONDS = Date.UTC(2000, 0, 1) / 1_000;
/** Who reads a VHD goes by its size alone when these made it; of others some believe the cylinders, which are too few. */
const CREATOR = { application: "win ", version: 0x000a_0000, host: "Wi2k" } as const;
const FIXED = 2;

/** Where the parts of a disk's page blob are, in bytes. */
export interface VhdLayout {
  /** What a machine sees: the disk, with zeroes behind it up to a whole MiB. */
  readonly virtualBytes: number;
  readonly blobBytes: number;
}

/** @throws Fault `disk-too-large-for-azure` */
export function vhdLayout(diskBytes: number): VhdLayout {
  const virtualBytes = ceilTo(diskBytes, GRAIN_BYTES);
  const blobBytes = virtualBytes + PAGE_BYTES;
  if (blobBytes <= BLOB_BYTES_MAX) return { virtualBytes, blobBytes };
  const bytesMax = BLOB_BYTES_MAX - GRAIN_BYTES;
  throw new Fault({
    code: "disk-too-large-for-azure",
    kind: "operator",
    message: `The disk has ${formatBytes(diskBytes)}, and a page blob with its footer holds ${formatBytes(bytesMax)} of a disk.`,
    remedy: "Save the point to a file or device, or open it, and bring it to Azure by other means.",
    detail: { diskBytes, bytesMax },
  });
}

/** The footer of a disk of `virtualBytes`; `id` has 16 bytes, `wallMicros` is when it was made. */
export function vhdFooter({
  virtualBytes,
  id,
  wallMicros,
}: {
  readonly virtualBytes: number;
  readonly id: Uint8Array;
  readonly wallMicros: number;
}): Uint8Array {
  const footer = new Uint8Array(PAGE_BYTES);
  const view = new DataView(footer.buffer);
  const text = new TextEncoder();
  const { cylinders, heads, sectors } = geometry(virtualBytes / PAGE_BYTES);
  footer.set(text.encode("conectix"), 0);
  view.setUint32(8, 2);
  view.setUint32(12, 0x0001_0000);
  view.setBigUint64(16, 0xffff_ffff_ffff_ffffn);
  view.setUint32(24, Math.max(0, Math.floor(wallMicros / 1e6) - EPOCH_SECONDS));
  footer.set(text.encode(CREATOR.application), 28);
  view.setUint32(32, CREATOR.version);
  footer.set(text.encode(CREATOR.host), 36);
  view.setBigUint64(40, BigInt(virtualBytes));
  view.setBigUint64(48, BigInt(virtualBytes));
  view.setUint16(56, cylinders);
  view.setUint8(58, heads);
  view.setUint8(59, sectors);
  view.setUint32(60, FIXED);
  footer.set(id, 68);
  const sum = footer.reduce((total, byte) => total + byte, 0);
  view.setUint32(64, ~sum >>> 0);
  return footer;
}

/** Cylinders, heads and sectors of a track, by the specification's appendix. */
function geometry(totalSectors: number): {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectors: number;
} {
  const total = Math.min(totalSectors, 65_535 * 16 * 255);
  const shaped = (sectors: number, heads: number) => ({
    cylinders: Math.floor(Math.floor(total / sectors) / heads),
    heads,
    sectors,
  });
  if (total >= 65_535 * 16 * 63) return shaped(255, 16);
  const tracks = Math.floor(total / 17);
  const heads = Math.max(4, Math.ceil(tracks / 1_024));
  if (heads <= 16 && tracks < heads * 1_024) return shaped(17, heads);
  return Math.floor(total / 31) < 16 * 1_024 ? shaped(31, 16) : shaped(63, 16);
}
