import { Check } from "typebox/value";
import { SignedDrillReport } from "./shapes/drill.ts";

/** Whether it has the form of a drill's signed report; who signed it is another question. Fields of later releases are no hindrance. */
export function isSignedDrillReport(value: unknown): value is SignedDrillReport {
  return Check(SignedDrillReport, value);
}
