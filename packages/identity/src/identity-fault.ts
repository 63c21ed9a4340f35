import { Fault } from "@leeward/base";

/** A certificate that does not prove what it should: foreign, expired, for another key or role. */
export function certificateInvalid(why: string, cause?: unknown): Fault {
  return new Fault({
    code: "certificate-invalid",
    kind: "operator",
    message: `The certificate ${why}.`,
    remedy:
      "Check the clocks of both machines first: one that has ended is renewed by itself. Else enrol the daemon again with a new token: `leeward token create`.",
    cause,
  });
}

/** A request for a certificate that does not decode, or does not prove that who asks has the key. */
export function requestInvalid(why: string, cause?: unknown): Fault {
  return new Fault({
    code: "certificate-request-invalid",
    kind: "protocol",
    message: `The certificate request ${why}.`,
    cause,
  });
}

/** A revocation list that does not decode or is not our authority's. */
export function revocationListInvalid(why: string, cause?: unknown): Fault {
  return new Fault({
    code: "revocation-list-invalid",
    kind: "protocol",
    message: `The revocation list ${why}.`,
    cause,
  });
}

/** This daemon has no certificate yet. */
export function notEnrolled(folder: string): Fault {
  return new Fault({
    code: "not-enrolled",
    kind: "operator",
    message: `${folder} holds no certificate: this daemon has not been enrolled.`,
    remedy: "Enrol it: `leeward agent register`, or start the server's daemon with `--token-file`.",
    detail: { folder },
  });
}

/** Files of an identity that do not fit one another or do not decode. */
export function identityDamaged(folder: string, why: string, cause?: unknown): Fault {
  return new Fault({
    code: "identity-damaged",
    kind: "corruption",
    message: `The identity in ${folder} cannot be used: ${why}.`,
    remedy: "Restore the folder from a backup, or remove it and enrol again with a new token.",
    detail: { folder },
    cause,
  });
}

export function tokenInvalid(why: string, cause?: unknown): Fault {
  return new Fault({
    code: "token-invalid",
    kind: "operator",
    message: `The enrolment token ${why}.`,
    remedy: "Copy the file that `leeward token create` wrote, whole, or make a new token.",
    cause,
  });
}

/** A wrapped key that this private key does not open. */
export function keyUnwrapFailed(keyId: string, why: string, cause?: unknown): Fault {
  return new Fault({
    code: "key-unwrap-failed",
    kind: "operator",
    message: `The data key ${keyId} cannot be unwrapped: ${why}.`,
    remedy:
      "Give the recovery key of the installation under which the disk was protected; on a server, check that its `identity` folder is its own.",
    detail: { keyId },
    cause,
  });
}

/** The recovery key's private half is not here (any more). */
export function recoveryKeyExported(folder: string): Fault {
  return new Fault({
    code: "recovery-key-not-held",
    kind: "operator",
    message: `The private half of the recovery key is not in ${folder}: it was exported and erased there.`,
    remedy:
      "It was exported before, and is only where it was written then: use that file, with `leeward journal … --key FILE`.",
    detail: { folder },
  });
}

/** A document that is not what was signed, or that was not signed by who may. */
export function signatureInvalid(why: string, cause?: unknown): Fault {
  return new Fault({
    code: "signature-invalid",
    kind: "corruption",
    message: `The signature does not hold: ${why}.`,
    remedy:
      "Fetch the document again from the config server that made it, and take the authority's certificate (`ca.pem`) from there.",
    cause,
  });
}

/** A sealed secret that is not for us, or not for this. */
export function sealedUnreadable(why: string, cause?: unknown): Fault {
  return new Fault({
    code: "sealed-unreadable",
    kind: "operator",
    message: `What was sealed to this daemon cannot be opened: ${why}.`,
    remedy: "Give the order again: the daemon may have got another key since.",
    cause,
  });
}
