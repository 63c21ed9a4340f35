import { Fault } from "@leeward/base";

/** A certificate that does not prove what it should: foreign, expired, for another key or role. */
export function certificateInvalid(why: string, cause?: unknown): Fault {
  return new Fault({ code: "certificate-invalid", kind: "operator", message: `The certificate ${why}.`, cause });
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
    detail: { folder },
  });
}

/** Files of an identity that do not fit one another or do not decode. */
export function identityDamaged(folder: string, why: string, cause?: unknown): Fault {
  return new Fault({
    code: "identity-damaged",
    kind: "corruption",
    message: `The identity in ${folder} cannot be used: ${why}.`,
    detail: { folder },
    cause,
  });
}

export function tokenInvalid(why: string, cause?: unknown): Fault {
  return new Fault({ code: "token-invalid", kind: "operator", message: `The enrolment token ${why}.`, cause });
}

/** A wrapped key that this private key does not open. */
export function keyUnwrapFailed(keyId: string, why: string, cause?: unknown): Fault {
  return new Fault({
    code: "key-unwrap-failed",
    kind: "operator",
    message: `The data key ${keyId} cannot be unwrapped: ${why}.`,
    detail: { keyId },
    cause,
  });
}

/** The recovery key's private half is not here (any more). */
export function recoveryKeyExported(folder: string): Fault {
  return new Fault({
    code: "recovery-key-exported",
    kind: "operator",
    message: `The private half of the recovery key is not in ${folder}: it was exported and erased there.`,
    detail: { folder },
  });
}
