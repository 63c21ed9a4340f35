import { Fault } from "@leeward/base";
import type { PlainFault } from "./disk-messages.ts";

/** A fault as it crosses threads; what is no Fault is a mistake of ours and named as such. */
export function plainFault(error: unknown): PlainFault {
  if (error instanceof Fault) {
    const { code, kind, message: said, remedy, detail } = error;
    return { code, kind, message: said, remedy, detail };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: "internal", kind: "operator", message, remedy: "Look into the trace, and report it.", detail: {} };
}
