import { Fault } from "@leeward/base";
import type { PlainFault } from "./disk-messages.ts";

/** A fault as it crosses threads; what is no Fault is a mistake of ours and named as such. */
export function plainFault(error: unknown): PlainFault {
  if (error instanceof Fault)
    return { code: error.code, kind: error.kind, message: error.message, detail: error.detail };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: "internal", kind: "operator", message, detail: {} };
}
