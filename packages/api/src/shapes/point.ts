import { type Static, Type } from "typebox";
import { Bytes, Id, nullable, Sequence, Time } from "./schema-words.ts";

export const Consistency = Type.Enum(["crash", "file-system", "application"]);
export type Consistency = Static<typeof Consistency>;

/** A recovery point of a machine; `disks` is keyed by disk id. */
export const Point = Type.Object({
  id: Id,
  machine: Id,
  time: Time,
  validUntil: Time,
  epoch: Type.Integer({ minimum: 0 }),
  kind: Type.Enum(["auto", "mark", "group"]),
  consistency: Consistency,
  disks: Type.Record(Type.String(), Type.Object({ branch: Type.String(), sequence: Sequence })),
  locked: Type.Boolean(),
  /** When the lock ends by itself; null when it does not, or there is none. */
  lockedUntil: nullable(Time),
});
export type Point = Static<typeof Point>;

/** A point that is served as a disk. */
export const Opened = Type.Object({
  id: Id,
  point: Id,
  machine: nullable(Id),
  disk: Id,
  nbdUri: Type.String(),
  readOnly: Type.Boolean(),
  sizeBytes: Bytes,
});
export type Opened = Static<typeof Opened>;

export const ImageFormat = Type.Enum(["raw", "qcow2", "vhd", "vhdx", "vmdk"]);
export type ImageFormat = Static<typeof ImageFormat>;

/** A point's content that was written to a file or device; `bytes` and `sha256` are of the disk, whatever the file's format. */
export const Saved = Type.Object({
  point: Id,
  disk: Id,
  file: Type.String(),
  bytes: Bytes,
  sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
  format: ImageFormat,
});
export type Saved = Static<typeof Saved>;

/** A disk that was compared with its replica, as a whole. */
export const Verified = Type.Object({
  disk: Id,
  comparedBytes: Bytes,
  /** Of blocks that were being written each time. */
  skippedBytes: Bytes,
  differingBytes: Bytes,
  repairedBytes: Bytes,
});
export type Verified = Static<typeof Verified>;
