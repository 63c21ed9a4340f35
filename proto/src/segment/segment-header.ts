/** The first 4,096 bytes of a segment (proto/segment.md §2). */
import { assert, readUint64, viewOf, writeUint64 } from "@leeward/base";
import { checksumOf } from "./checksum.ts";
import { FRAME_CODEC, type FrameCodec } from "./frame.ts";
import { readId, readIdMaybe, writeId } from "./id-field.ts";
import { HEADER_BYTES, SEGMENT_VERSION } from "./limits.ts";
import { numbering } from "./numbering.ts";
import { looksLike, SEGMENT_MAGIC } from "./recognise.ts";
import { segmentDamaged, segmentForeign, segmentUnsupported } from "./segment-fault.ts";

export const SEGMENT_KIND = numbering(["log", "cut", "merged", "base", "index-run", "manifest"], 1);
export type SegmentKind = (typeof SEGMENT_KIND.names)[number];

export const CIPHER = numbering(["none", "aes-256-gcm"], 0);
export type Cipher = (typeof CIPHER.names)[number];

/** Bytes of a salt. */
export const SALT_BYTES = 32;

export interface SegmentHeader {
  readonly kind: SegmentKind;
  /** Id of this file alone. */
  readonly fileId: string;
  readonly machineId: string;
  readonly diskId: string;
  readonly branch: string;
  readonly parent?: { readonly branch: string; readonly sequence: number };
  /** First sequence covered. */
  readonly from: number;
  /** Last one; undefined when it is not known as the file begins: the footer has it. */
  readonly to?: number;
  /** Of the disk, in bytes. */
  readonly range: { readonly offset: number; readonly length: number };
  readonly diskBytes: number;
  readonly blockBytes: number;
  readonly physicalBlockBytes: number;
  /** Id. */
  readonly bootId: string;
  readonly wallMicros: number;
  readonly monotonicMicros: number;
  readonly codec: FrameCodec;
  /** undefined: the file is plain. */
  readonly encryption?: { readonly cipher: "aes-256-gcm"; readonly keyId: string; readonly salt: Uint8Array };
  /** Of a manifest: it tells of holes in branches, which a reader that does not know of them would read over. */
  readonly hasHoles?: boolean;
}

/** Bits without which a file cannot be read right. */
const INCOMPATIBLE = { holes: 1 } as const;

const AT = {
  crc: 8,
  version: 12,
  kind: 14,
  compatible: 16,
  readOnly: 20,
  incompatible: 24,
  reserved: 28,
  fileId: 32,
  machineId: 48,
  diskId: 64,
  branch: 80,
  parentBranch: 96,
  parentSequence: 112,
  from: 120,
  to: 128,
  rangeOffset: 136,
  rangeLength: 144,
  diskBytes: 152,
  blockBytes: 160,
  physicalBlockBytes: 164,
  bootId: 168,
  wallMicros: 184,
  monotonicMicros: 192,
  codec: 200,
  cipher: 202,
  reserved2: 204,
  keyId: 208,
  salt: 224,
} as const;

const NO_CRC = new Uint8Array(4);

export function encodeHeader(header: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = viewOf(bytes);
  bytes.set(SEGMENT_MAGIC, 0);
  view.setUint16(AT.version, SEGMENT_VERSION, true);
  view.setUint16(AT.kind, SEGMENT_KIND.numberOf(header.kind), true);
  if (header.hasHoles === true) view.setUint32(AT.incompatible, INCOMPATIBLE.holes, true);
  writeId(bytes, AT.fileId, header.fileId);
  writeId(bytes, AT.machineId, header.machineId);
  writeId(bytes, AT.diskId, header.diskId);
  writeId(bytes, AT.branch, header.branch);
  if (header.parent !== undefined) {
    writeId(bytes, AT.parentBranch, header.parent.branch);
    writeUint64(view, AT.parentSequence, header.parent.sequence);
  }
  writeUint64(view, AT.from, header.from);
  writeUint64(view, AT.to, header.to ?? 0);
  writeUint64(view, AT.rangeOffset, header.range.offset);
  writeUint64(view, AT.rangeLength, header.range.length);
  writeUint64(view, AT.diskBytes, header.diskBytes);
  view.setUint32(AT.blockBytes, header.blockBytes, true);
  view.setUint32(AT.physicalBlockBytes, header.physicalBlockBytes, true);
  writeId(bytes, AT.bootId, header.bootId);
  writeUint64(view, AT.wallMicros, header.wallMicros);
  writeUint64(view, AT.monotonicMicros, header.monotonicMicros);
  view.setUint16(AT.codec, FRAME_CODEC.numberOf(header.codec), true);
  if (header.encryption !== undefined) {
    assert(header.encryption.salt.length === SALT_BYTES, "a salt has 32 bytes");
    view.setUint16(AT.cipher, CIPHER.numberOf(header.encryption.cipher), true);
    writeId(bytes, AT.keyId, header.encryption.keyId);
    bytes.set(header.encryption.salt, AT.salt);
  }
  view.setUint32(AT.crc, headerChecksum(bytes), true);
  return bytes;
}

/**
 * The header that is the first 4,096 bytes.
 * @throws Fault `segment-foreign` (not ours), `segment-unsupported` (a newer version's), `segment-damaged`
 */
export function decodeHeader(bytes: Uint8Array): SegmentHeader {
  refuseForeign(bytes);
  const view = viewOf(bytes);
  const kind = SEGMENT_KIND.nameOf(view.getUint16(AT.kind, true));
  const hasHoles = view.getUint32(AT.incompatible, true) === INCOMPATIBLE.holes;
  const codec = FRAME_CODEC.nameOf(view.getUint16(AT.codec, true));
  const cipher = CIPHER.nameOf(view.getUint16(AT.cipher, true));
  if (kind === undefined || codec === undefined || cipher === undefined) {
    throw segmentDamaged("its header names a kind, codec or cipher that there is not");
  }
  if (hasHoles && kind !== "manifest") throw segmentDamaged("it has a feature of manifests");
  const blockBytes = view.getUint32(AT.blockBytes, true);
  const range = { offset: numberAt(view, AT.rangeOffset), length: numberAt(view, AT.rangeLength) };
  if (blockBytes !== 512 && blockBytes !== 4096) throw segmentDamaged("its block size is neither 512 nor 4096");
  if (!Number.isSafeInteger(range.offset + range.length)) throw segmentDamaged("its range ends beyond every disk");
  const parentBranch = readIdMaybe(bytes, AT.parentBranch);
  const to = numberAt(view, AT.to);
  const encryption = {
    cipher: "aes-256-gcm",
    keyId: readId(bytes, AT.keyId),
    salt: new Uint8Array(bytes.subarray(AT.salt, AT.salt + SALT_BYTES)),
  } as const;
  return {
    kind,
    fileId: readId(bytes, AT.fileId),
    machineId: readId(bytes, AT.machineId),
    diskId: readId(bytes, AT.diskId),
    branch: readId(bytes, AT.branch),
    ...(parentBranch === undefined
      ? {}
      : { parent: { branch: parentBranch, sequence: numberAt(view, AT.parentSequence) } }),
    from: numberAt(view, AT.from),
    ...(to === 0 ? {} : { to }),
    range,
    diskBytes: numberAt(view, AT.diskBytes),
    blockBytes,
    physicalBlockBytes: view.getUint32(AT.physicalBlockBytes, true),
    bootId: readId(bytes, AT.bootId),
    wallMicros: numberAt(view, AT.wallMicros),
    monotonicMicros: numberAt(view, AT.monotonicMicros),
    codec,
    ...(cipher === "none" ? {} : { encryption }),
    ...(hasHoles && { hasHoles }),
  };
}

function refuseForeign(bytes: Uint8Array): void {
  if (looksLike(bytes) === "hyper-v") throw segmentForeign("it is a log of Hyper-V Replica");
  if (looksLike(bytes) === undefined) throw segmentForeign("its first bytes are not those of one");
  if (bytes.length < HEADER_BYTES) throw segmentDamaged("its header is cut off");
  const view = viewOf(bytes);
  if (view.getUint32(AT.crc, true) !== headerChecksum(bytes))
    throw segmentDamaged("its header's checksum does not match");
  const version = view.getUint16(AT.version, true);
  const incompatible = view.getUint32(AT.incompatible, true);
  if (version !== SEGMENT_VERSION) throw segmentUnsupported(`it has format version ${version}`, { version });
  if ((incompatible & ~INCOMPATIBLE.holes) !== 0)
    throw segmentUnsupported("it has features that are not known", { incompatible });
  if (view.getUint32(AT.reserved, true) !== 0 || view.getUint32(AT.reserved2, true) !== 0) {
    throw segmentDamaged("a reserved field of its header is not 0");
  }
}

/** Whether whoever appends to or seals the file would break a feature that is not known here. */
export function mayAppendTo(header: Uint8Array): boolean {
  return viewOf(header).getUint32(AT.readOnly, true) === 0;
}

function headerChecksum(bytes: Uint8Array): number {
  return checksumOf([bytes.subarray(0, AT.crc), NO_CRC, bytes.subarray(AT.version, HEADER_BYTES)]);
}

function numberAt(view: DataView, position: number): number {
  const value = readUint64(view, position);
  if (value === undefined) throw segmentDamaged("a number in its header is above 2^53 - 1");
  return value;
}
