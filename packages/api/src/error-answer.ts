import type { Fault } from "@leeward/base";
import { Check } from "typebox/value";
import { faultOf, responseInvalid } from "./error-body.ts";
import { ErrorBody } from "./shapes/fault.ts";

/** The Fault in the body of a response that is not a success, or `response-invalid` when there is none. */
export function faultOfBody(body: unknown, status: number): Fault {
  if (Check(ErrorBody, body)) return faultOf(body.error);
  return responseInvalid(`The server answered with status ${status} and a body that is not one of its own.`);
}
