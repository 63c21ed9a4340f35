// An enrolment token: `lw1.<secret>.<authority's certificate>`, both base64url. It carries the certificate itself, so that who enrols
// verifies the very first connection like every other (docs/decisions/0002-token-carries-ca.md).
import { createHash, timingSafeEqual } from "node:crypto";
import type { Random } from "@leeward/base";
import { fingerprintOf, parseCertificate } from "./certificate.ts";
import { tokenInvalid } from "./identity-fault.ts";

const PREFIX = "lw1";
const SECRET_BYTES = 32;
const TOKEN_CHARACTERS_MAX = 8_192;

export interface EnrolmentToken {
  /** Given to the config server once, over a connection verified by `caPem`. */
  readonly secret: string;
  readonly caPem: string;
  /** SHA-256 of the authority's certificate, hex. */
  readonly caFingerprint: string;
}

/** A new token for who shall trust the authority, and the digest of its secret, which is all that the config server keeps. */
export function createToken(random: Random, caPem: string): { readonly token: string; readonly secretDigest: string } {
  const secret = Buffer.from(random.bytes(SECRET_BYTES)).toString("base64url");
  const certificate = Buffer.from(parseCertificate(caPem).rawData).toString("base64url");
  return { token: `${PREFIX}.${secret}.${certificate}`, secretDigest: digestOfSecret(secret) };
}

/** @throws Fault `token-invalid` */
export function parseToken(text: string): EnrolmentToken {
  const trimmed = text.trim();
  if (trimmed.length > TOKEN_CHARACTERS_MAX) throw tokenInvalid(`has ${trimmed.length} characters`);
  const [prefix, secret, certificate, ...rest] = trimmed.split(".");
  if (prefix !== PREFIX || secret === undefined || certificate === undefined || rest.length > 0) {
    throw tokenInvalid(`does not have the form ${PREFIX}.SECRET.CERTIFICATE`);
  }
  if (Buffer.from(secret, "base64url").length !== SECRET_BYTES) throw tokenInvalid("has no secret of 32 bytes");
  const der = new Uint8Array(Buffer.from(certificate, "base64url"));
  try {
    return { secret, caPem: `${parseCertificate(der).toString("pem")}\n`, caFingerprint: fingerprintOf(der) };
  } catch (error) {
    throw tokenInvalid("holds no certificate", error);
  }
}

/** SHA-256 of the secret, hex: what the config server compares. */
export function digestOfSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Whether `secret` is the one that was kept as `secretDigest`; takes the same time for each wrong one. */
export function secretMatches(secret: string, secretDigest: string): boolean {
  const given = Buffer.from(digestOfSecret(secret));
  const kept = Buffer.from(secretDigest);
  return given.length === kept.length && timingSafeEqual(given, kept);
}
