import { Fault } from "@leeward/base";
import type { Extent } from "./extent.ts";

export type DeviceOperation = "read" | "write" | "zero" | "discard" | "flush" | "allocation";

/** What a refused call was about: `disk` is a path or a name for people. */
export interface DeviceCall {
  readonly disk: string;
  readonly operation: DeviceOperation;
  readonly extent?: Extent;
}

/** A read that the disk, or what stands for it, refused: `disk-read-failed`. */
export function diskReadFailed(call: DeviceCall, cause: unknown): Fault {
  return deviceFault("disk-read-failed", call, cause);
}

/** A write, zero, discard or flush that was refused: `disk-write-failed`. What the range holds now is not known. */
export function diskWriteFailed(call: DeviceCall, cause: unknown): Fault {
  return deviceFault("disk-write-failed", call, cause);
}

/** There is no space to store what was written: `disk-full`. */
export function diskFull(call: DeviceCall, cause: unknown): Fault {
  return deviceFault("disk-full", call, cause);
}

/** The device was closed, or is being closed: `disk-closed`. */
export function diskClosed(call: DeviceCall): Fault {
  return deviceFault("disk-closed", call, undefined);
}

/** A change was asked of a device that takes none: `disk-read-only`. */
export function diskReadOnly(call: DeviceCall): Fault {
  return new Fault({
    code: "disk-read-only",
    kind: "operator",
    message: `${call.disk} is open for reading only.`,
    remedy: "Open the point with `--writable`, or attach a disk that can be written.",
    detail: detailOf(call),
  });
}

const SENTENCES = {
  "disk-read-failed": "could not be read",
  "disk-write-failed": "refused a change",
  "disk-full": "has no space left for a change",
  "disk-closed": "is closed",
} as const;

function deviceFault(code: keyof typeof SENTENCES, call: DeviceCall, cause: unknown): Fault {
  const errno = errnoOf(cause);
  return new Fault({
    code,
    kind: "transient",
    message: `${call.disk} ${SENTENCES[code]}${errno === undefined ? "" : ` (${errno})`}.`,
    detail: { ...detailOf(call), ...(errno === undefined ? {} : { errno }) },
    cause,
  });
}

function detailOf(call: DeviceCall): Record<string, string | number> {
  const { disk, operation, extent } = call;
  return { disk, operation, ...(extent === undefined ? {} : { offset: extent.offset, length: extent.length }) };
}

/** "EIO" of a system error, undefined of anything else. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** The Fault for a system error that `call` met. A Fault stays as it is. */
export function deviceFaultOf(error: unknown, call: DeviceCall): Fault {
  if (error instanceof Fault) return error;
  switch (errnoOf(error) ?? "") {
    case "ENOSPC":
    case "EDQUOT":
      return diskFull(call, error);
    case "EROFS":
      return diskReadOnly(call);
    default:
      return call.operation === "read" || call.operation === "allocation"
        ? diskReadFailed(call, error)
        : diskWriteFailed(call, error);
  }
}
