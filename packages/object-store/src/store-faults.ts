import { Fault, formatTime, isFault } from "@leeward/base";

/** Whether it is of the store itself, not of one object in it: all others would meet it too. */
export function isStoreFault(error: unknown): error is Fault {
  return isFault(error) && error.code.startsWith("store-");
}

/** A key that is to be read names nothing. */
export function objectMissing(key: string, cause?: unknown): Fault {
  return new Fault({
    code: "object-missing",
    kind: "corruption",
    message: `${key} is not in the store.`,
    detail: { key },
    cause,
  });
}

/** A condition does not hold, or the object is another one than was asked for. */
export function objectConflict(key: string, cause?: unknown): Fault {
  return new Fault({
    code: "object-conflict",
    kind: "discontinuity",
    message: `${key} is not what it was expected to be.`,
    detail: { key },
    cause,
  });
}

/** The store holds what was to be removed. */
export function objectHeld(key: string, untilMicros: number, cause?: unknown): Fault {
  const until = formatTime(untilMicros);
  return new Fault({
    code: "object-held",
    kind: "transient",
    message: `The store holds ${key} until ${until}; it was not removed.`,
    detail: { key, until },
    cause,
  });
}

/** A key that no store takes, or that this one has no place for. */
export function objectKeyInvalid(key: string, why: string, cause?: unknown): Fault {
  return new Fault({
    code: "object-key-invalid",
    kind: "operator",
    message: `${JSON.stringify(key)} is no key of an object: ${why}.`,
    remedy:
      "Keys are segments of letters, digits, '.', '_' and '-', joined by '/', at most 512 characters, and none lies below another.",
    detail: { key },
    cause,
  });
}

/** A put with a condition, where conditions are not honoured. */
export function storeUnconditional(place: string, key: string): Fault {
  return new Fault({
    code: "store-unconditional",
    kind: "operator",
    message: `${place} does not honour conditions, so ${key} was not put.`,
    remedy: "Use a store that honours conditional writes, or let one server alone write to it.",
    detail: { place, key },
  });
}

/** The store did not answer for about a minute, however often it was asked. */
export function storeUnreachable(place: string, why: string, cause?: unknown): Fault {
  return new Fault({
    code: "store-unreachable",
    kind: "transient",
    message: `${place} cannot be reached: ${why}.`,
    remedy: "Check the network, the store's address and whether it runs; it is tried again by itself.",
    detail: { place },
    cause,
  });
}

/** The store refuses who asks. */
export function storeDenied(place: string, why: string, cause?: unknown): Fault {
  return new Fault({
    code: "store-denied",
    kind: "operator",
    message: `${place} refuses access: ${why}.`,
    remedy:
      "Give the credentials the right to read, write, list and delete there; renew them if they have ended; check the clock.",
    detail: { place },
    cause,
  });
}

/** There is no such folder, bucket or container. */
export function storeMissing(place: string, cause?: unknown): Fault {
  return new Fault({
    code: "store-missing",
    kind: "operator",
    message: `${place} does not exist.`,
    remedy: "Make the container, the bucket or the folder (mount what should be there), or correct the address.",
    detail: { place },
    cause,
  });
}

/** An answer that is none of the others. */
export function storeFailed(place: string, why: string, cause?: unknown): Fault {
  return new Fault({
    code: "store-failed",
    kind: "transient",
    message: `${place} failed: ${why}.`,
    remedy: "Look up what the store says in its documentation or its own log; it is tried again on the schedule.",
    detail: { place },
    cause,
  });
}

/** The address of a store does not say one. */
export function storeUrlInvalid(why: string): Fault {
  return new Fault({
    code: "store-url-invalid",
    kind: "operator",
    message: `This is no address of a store: ${why}.`,
    remedy:
      "Write file:///folder, azure://ACCOUNT/CONTAINER/PREFIX or s3://BUCKET/PREFIX?region=REGION; secrets belong into the file of credentials.",
  });
}

/** The file of credentials is not what the store needs. */
export function storeCredentialsInvalid(path: string, why: string): Fault {
  return new Fault({
    code: "store-credentials-invalid",
    kind: "operator",
    message: `${path} holds no credentials of the store: ${why}.`,
    remedy:
      "Azure: accountKey, sas, or entra: default. S3: accessKeyId and secretAccessKey (sessionToken), or chain: default. The file is its owner's alone (chmod 600).",
    detail: { path },
  });
}

/** The file of certificates that are to be believed holds none. */
export function storeCaInvalid(path: string, why: string): Fault {
  return new Fault({
    code: "store-ca-invalid",
    kind: "operator",
    message: `${path} cannot vouch for the store: ${why}.`,
    remedy: "Give the PEM file of the authority that signed the store's certificate, or none where it is a public one.",
    detail: { path },
  });
}

/** The store's certificate is not one that is believed. It is never used all the same. */
export function storeUntrusted(place: string, why: string, cause?: unknown): Fault {
  return new Fault({
    code: "store-untrusted",
    kind: "operator",
    message: `${place} does not prove who it is (${why}).`,
    remedy:
      "Name the PEM file of the authority that signed its certificate; see that the certificate is for that host and has not ended.",
    detail: { place },
    cause,
  });
}
