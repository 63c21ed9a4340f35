// What the authority signs: its own certificate, those that it issues, and its revocation list. Each is made from what it is given; nothing is kept.
import { MICROS_PER_SECOND } from "@leeward/base";
import type { World } from "@leeward/world";
import { alternativeNames, type Subject } from "./certificate.ts";
import { requestInvalid } from "./identity-fault.ts";
import {
  AUTHORITY_SECONDS,
  BACKDATE_SECONDS,
  CERTIFICATE_SECONDS,
  PEM_CHARACTERS_MAX,
  REVOCATION_LIST_SECONDS,
} from "./identity-limits.ts";
import { isKeyOfOurs, type KeyPairPem, publicPemOf, signingKeys } from "./node-key-pair.ts";
import * as x509 from "./x509.ts";

export type AuthorityWorld = Pick<World, "clock" | "files" | "random">;

const SIGNING = { name: "ECDSA", hash: "SHA-256" } as const;
const CRL_NUMBER = "2.5.29.20";

async function parseRequest(pem: string): Promise<x509.Pkcs10CertificateRequest> {
  if (pem.length > PEM_CHARACTERS_MAX) throw requestInvalid(`has ${pem.length} characters`);
  let request: x509.Pkcs10CertificateRequest;
  let proven = false;
  try {
    request = new x509.Pkcs10CertificateRequest(pem);
    proven = isKeyOfOurs(request.publicKey.toString("pem")) && (await request.verify());
  } catch (error) {
    throw requestInvalid("does not decode", error);
  }
  if (!proven) throw requestInvalid("is not for a P-256 key, or not signed by it");
  return request;
}

/**
 * The public key that a request (PEM) proves to have, as SubjectPublicKeyInfo.
 * @throws Fault `certificate-request-invalid`
 */
export async function publicPemOfRequest(pem: string): Promise<string> {
  return publicPemOf((await parseRequest(pem)).publicKey.toString("pem"));
}

/** The authority's key and certificate. */
export interface Issuer {
  readonly pair: KeyPairPem;
  readonly certificate: x509.X509Certificate;
}

/**
 * A certificate for `subject` on the key that the request (PEM) proves. Whatever else the request asks for is not looked at.
 * @throws Fault `certificate-request-invalid`, `certificate-invalid`
 */
export async function makeMemberCertificate(
  world: AuthorityWorld,
  issuer: Issuer,
  { requestPem, subject }: { readonly requestPem: string; readonly subject: Subject },
): Promise<x509.X509Certificate> {
  const request = await parseRequest(requestPem);
  const now = secondsOf(world);
  const { privateKey } = await signingKeys(issuer.pair);
  return await x509.X509CertificateGenerator.create({
    serialNumber: serialOf(world),
    subject: [{ CN: [subject.id] }, { OU: [subject.role] }],
    issuer: issuer.certificate.subjectName.toJSON(),
    notBefore: new Date((now - BACKDATE_SECONDS) * 1_000),
    notAfter: new Date((now + CERTIFICATE_SECONDS) * 1_000),
    publicKey: request.publicKey,
    signingKey: privateKey,
    signingAlgorithm: SIGNING,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyAgreement, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth, x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(alternativeNames(subject)),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(request.publicKey),
    ],
  });
}

/** The authority's own certificate, signed by itself. */
export async function makeAuthorityCertificate(world: AuthorityWorld, pair: KeyPairPem): Promise<x509.X509Certificate> {
  const now = secondsOf(world);
  const keys = await signingKeys(pair);
  const serialNumber = serialOf(world);
  return await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber,
    name: [{ CN: [`Leeward authority ${serialNumber.slice(0, 8)}`] }],
    notBefore: new Date((now - BACKDATE_SECONDS) * 1_000),
    notAfter: new Date((now + AUTHORITY_SECONDS) * 1_000),
    keys,
    signingAlgorithm: SIGNING,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
}

interface ListContent {
  readonly entries: readonly { readonly serialNumber: string; readonly revocationDate: Date }[];
  /** The list that it replaces: its time is always after that one's. */
  readonly after?: x509.X509Crl;
}

/** A revocation list of these entries, which holds from now on. */
export async function makeRevocationList(
  world: AuthorityWorld,
  { pair, certificate }: Issuer,
  { entries, after }: ListContent,
): Promise<x509.X509Crl> {
  const now = secondsOf(world);
  const earliest = after === undefined ? 0 : after.thisUpdate.getTime() / 1_000 + 1;
  const thisUpdate = Math.max(now - BACKDATE_SECONDS, earliest);
  const keys = await signingKeys(pair);
  return await x509.X509CrlGenerator.create({
    issuer: certificate.subjectName.toJSON(),
    thisUpdate: new Date(thisUpdate * 1_000),
    nextUpdate: new Date((thisUpdate + REVOCATION_LIST_SECONDS) * 1_000),
    signingAlgorithm: SIGNING,
    signingKey: keys.privateKey,
    entries: [...entries],
    extensions: [
      await x509.AuthorityKeyIdentifierExtension.create(certificate.publicKey),
      new x509.Extension(CRL_NUMBER, false, derInteger(thisUpdate)),
    ],
  });
}

/** 128 random bits whose first two are 01: positive, and of the same length always. */
function serialOf(world: AuthorityWorld): string {
  const bytes = world.random.bytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString("hex");
}

/** A non-negative whole number as ASN.1 INTEGER. */
function derInteger(value: number): Uint8Array<ArrayBuffer> {
  const hex = value.toString(16);
  const digits = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  const content = (digits[0] ?? 0) >= 0x80 ? [0, ...digits] : [...digits];
  return new Uint8Array([0x02, content.length, ...content]);
}

/** Now, in whole seconds since 1970. */
export function secondsOf(world: AuthorityWorld): number {
  return Math.floor(world.clock.wallMicros() / MICROS_PER_SECOND);
}

/** A certificate as PEM. */
export function pemOf(certificate: x509.X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}
