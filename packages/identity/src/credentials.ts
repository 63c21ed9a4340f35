import type { PeerIdentity } from "@leeward/world";
import { fingerprintOf, identityOfCertificate, parseCertificate } from "./certificate.ts";
import { certificateInvalid, revocationListInvalid } from "./identity-fault.ts";
import { AUTHORITIES_MAX } from "./identity-limits.ts";
import { type KeyPairPem, publicPemOf } from "./node-key-pair.ts";
import { joinPem, splitPem } from "./pem-list.ts";
import { issuerOfList, parseRevocationList, pemOfRevocationList } from "./revocation-list.ts";
import type { X509Certificate, X509Crl } from "./x509.ts";

/** What the authority gave: all PEM. */
export interface Credentials {
  readonly certificatePem: string;
  /** The authorities that are trusted, at most two: first the one that issues now. */
  readonly caPem: string;
  /** A revocation list of each authority. */
  readonly crlPem: string;
}

/** What of the credentials says whom to trust. */
export type TrustedPem = Pick<Credentials, "caPem" | "crlPem">;

/** Credentials that belong together and to this daemon's key. */
export interface Enrolled extends Credentials {
  readonly identity: PeerIdentity;
  readonly certificate: X509Certificate;
  /** First the one that issues now. */
  readonly authorities: readonly X509Certificate[];
  /** At most one of each authority. */
  readonly lists: readonly X509Crl[];
  /** Which of the authorities issued the certificate. */
  readonly issuer: X509Certificate;
}

/**
 * Whether key, certificate, authorities and lists belong together; not whether they hold now.
 * @throws Fault `certificate-invalid`, `revocation-list-invalid`
 */
export async function checkedCredentials(credentials: Credentials, pair: KeyPairPem): Promise<Enrolled> {
  const certificate = parseCertificate(credentials.certificatePem);
  const authorities = parseAuthorities(credentials.caPem);
  const identity = identityOfCertificate(new Uint8Array(certificate.rawData));
  if (publicPemOf(certificate.publicKey.toString("pem")) !== pair.publicPem)
    throw certificateInvalid("is for another key");
  const issuer = await issuerAmong(authorities, certificate);
  if (issuer === undefined) throw certificateInvalid("is not signed by the authority given");
  const lists = await parseLists(credentials.crlPem, authorities);
  // Without any list nobody would ask whether a certificate was revoked.
  if (!lists.some((list) => list.issuer === issuer.subject)) throw revocationListInvalid("of our authority is missing");
  return { ...credentials, identity, certificate, authorities, lists, issuer };
}

/** @throws Fault `certificate-invalid` */
export function parseAuthorities(caPem: string): X509Certificate[] {
  const blocks = splitPem(caPem);
  if (blocks.length > AUTHORITIES_MAX) throw certificateInvalid(`is one of ${blocks.length} authorities`);
  return blocks.map(parseCertificate);
}

/** Lists, each signed by one of `authorities`. @throws Fault `revocation-list-invalid` */
export async function parseLists(crlPem: string, authorities: readonly X509Certificate[]): Promise<X509Crl[]> {
  const blocks = splitPem(crlPem);
  if (blocks.length > AUTHORITIES_MAX) throw revocationListInvalid(`is one of ${blocks.length}`);
  return Promise.all(blocks.map((block) => parseRevocationList(block, authorities)));
}

/** Of lists that were stored with another set of authorities, those of these. What does not decode stays, for `parseLists` to refuse. */
export function listsOfAuthorities(crlPem: string, caPem: string): string {
  const subjects = parseAuthorities(caPem).map(({ subject }) => subject);
  return joinPem(splitPem(crlPem).filter((block) => subjects.includes(issuerOfList(block) ?? subjects[0] ?? "")));
}

/** Of each authority the newest list of all. */
export function newestLists(
  authorities: readonly X509Certificate[],
  ...sets: readonly (readonly X509Crl[])[]
): X509Crl[] {
  return authorities.flatMap(({ subject }) => {
    const ofIt = sets.flat().filter(({ issuer }) => issuer === subject);
    const [newest] = ofIt.toSorted((a, b) => b.thisUpdate.getTime() - a.thisUpdate.getTime());
    return newest === undefined ? [] : [newest];
  });
}

export function pemOfLists(lists: readonly X509Crl[]): string {
  return joinPem(lists.map(pemOfRevocationList));
}

async function issuerAmong(
  authorities: readonly X509Certificate[],
  certificate: X509Certificate,
): Promise<X509Certificate | undefined> {
  for (const authority of authorities) {
    if (certificate.issuer !== authority.subject) continue;
    if (await certificate.verify({ publicKey: authority.publicKey, signatureOnly: true })) return authority;
  }
  return undefined;
}

/** Whether the two name an authority in common: from one to the other nobody could lead a daemon astray who is not trusted already. */
export function overlap(left: readonly X509Certificate[], right: readonly X509Certificate[]): boolean {
  return left.some((one) => right.some((other) => one.equal(other)));
}

/** SHA-256 of each certificate, hex. */
export function fingerprintsOf(authorities: readonly X509Certificate[]): string[] {
  return authorities.map(({ rawData }) => fingerprintOf(new Uint8Array(rawData)));
}
