import { Fault, isFault } from "@leeward/base";
import { type DeviceCall, diskClosed, diskFull, diskReadFailed, diskReadOnly, diskWriteFailed } from "@leeward/block";
import { ERROR } from "./protocol.ts";

/** The NBD error for what a device refused. */
export function errorOf(fault: Fault): number {
  if (isFault(fault, "disk-full")) return ERROR.noSpace;
  if (isFault(fault, "disk-read-only")) return ERROR.permission;
  if (isFault(fault, "disk-closed")) return ERROR.shutdown;
  return ERROR.io;
}

/** The Fault for an error that a server answered with. */
export function faultOfError(error: number, call: DeviceCall): Fault {
  const cause = new NbdError(error);
  switch (error) {
    case ERROR.noSpace:
      return diskFull(call, cause);
    case ERROR.permission:
      return diskReadOnly(call);
    case ERROR.shutdown:
      return diskClosed(call);
    default:
      return call.operation === "read" || call.operation === "allocation"
        ? diskReadFailed(call, cause)
        : diskWriteFailed(call, cause);
  }
}

const NAMES: Readonly<Record<number, string>> = {
  [ERROR.permission]: "EPERM",
  [ERROR.io]: "EIO",
  [ERROR.memory]: "ENOMEM",
  [ERROR.invalid]: "EINVAL",
  [ERROR.noSpace]: "ENOSPC",
  [ERROR.overflow]: "EOVERFLOW",
  [ERROR.notSupported]: "ENOTSUP",
  [ERROR.shutdown]: "ESHUTDOWN",
};

/** What the server said, as the cause of a Fault. */
class NbdError extends Error {
  override readonly name = "NbdError";
  readonly code: string;

  constructor(error: number) {
    const code = NAMES[error] ?? `NBD error ${error}`;
    super(`the server answered ${code}`);
    this.code = code;
  }
}
