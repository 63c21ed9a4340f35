import { Fault, remedyOnPage } from "@leeward/base";
import { Check } from "typebox/value";
import { ErrorBody, type ErrorItem } from "./shapes/fault.ts";

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

/** The Fault that an error item tells of. */
export function faultOf(item: ErrorItem): Fault {
  return new Fault({ ...item, remedy: item.remedy ?? remedyOnPage(item.code) });
}

/** The Fault in the body of a response that is not a success, or `response-invalid` when there is none. */
export function faultOfBody(body: unknown, status: number): Fault {
  if (Check(ErrorBody, body)) return faultOf(body.error);
  return responseInvalid(`The server answered with status ${status} and a body that is not one of its own.`);
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
