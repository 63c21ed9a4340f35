import type { Fault } from "@leeward/base";
import type { ServerHostKeyAlgorithm } from "ssh2";
import { hostKeyMismatch, hostKeyUnpinned } from "../push-faults.ts";
import { hostKeyFingerprint } from "./host-key.ts";
import type { ShellTarget } from "./secure-shell.ts";

export type KeyFamily = readonly ServerHostKeyAlgorithm[];

/** What a server is asked for when its first key is not the one that was named. */
export const OTHER_FAMILIES: readonly KeyFamily[] = [
  ["ssh-ed25519"],
  ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"],
  ["rsa-sha2-512", "rsa-sha2-256"],
];

/** What was seen of a server before anything was given to it. */
export interface Met {
  fingerprint?: string;
  /** Why it was not believed. */
  refusal?: Fault;
}

/** Says whether a server's key is believed, and notes what was met. */
export function believer({ host, hostKey, acceptHostKey }: ShellTarget, met: Met): (key: Buffer) => boolean {
  return (key) => {
    const found = hostKeyFingerprint(key);
    // A key that was believed is the only one from then on: also when keys are exchanged anew within a connection.
    if (met.fingerprint !== undefined && met.fingerprint !== found)
      met.refusal = hostKeyMismatch(host, found, met.fingerprint);
    else if (hostKey !== undefined && hostKey !== found) met.refusal = hostKeyMismatch(host, found, hostKey);
    else if (hostKey === undefined && !acceptHostKey) met.refusal = hostKeyUnpinned(host, found);
    met.fingerprint ??= found;
    return met.refusal === undefined;
  };
}
