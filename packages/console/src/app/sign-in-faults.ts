import { isFault } from "@leeward/base";

/** Whether an answer says that nobody is signed in, or not any more. */
export function isSignedOut(fault: unknown): boolean {
  return isFault(fault, "token-required", "sign-in-required", "sign-in-ended");
}
