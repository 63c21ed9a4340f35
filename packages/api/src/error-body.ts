import { Fault, remedyOnPage } from "@leeward/base";
import type { ErrorBody, ErrorItem, Problem } from "./shapes/fault.ts";

/** A fault as routes and commands say it. What is not a Fault is a mistake of ours and tells nothing of itself. */
export function errorBodyOf(error: unknown): ErrorBody {
  if (!(error instanceof Fault)) {
    return {
      error: {
        code: "internal-error",
        kind: "transient",
        message: "Something went wrong that should not; the trace says what.",
        remedy: "Look into the trace, and report it.",
        detail: {},
      },
    };
  }
  const { code, kind, message, remedy, detail } = error;
  return { error: { code, kind, message, remedy, detail: { ...detail } } };
}

/** What a route answers instead of a success. */
export function problemOf(error: unknown, status: number): Problem {
  const body = errorBodyOf(error);
  const { code, message } = body.error;
  const words = code.replaceAll("-", " ");
  const title = `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  return { type: `urn:leeward:fault:${code}`, title, status, detail: message, ...body };
}

/** The Fault that an error item tells of. */
export function faultOf(item: ErrorItem): Fault {
  return new Fault({ ...item, remedy: item.remedy ?? remedyOnPage(item.code) });
}

/** What answered is not our server, or is of another release. */
export function responseInvalid(message: string, cause?: unknown): Fault {
  return new Fault({
    code: "response-invalid",
    kind: "protocol",
    message,
    remedy:
      "Check that the address is the server's own and no proxy answers; bring CLI and server to the same release.",
    cause,
  });
}
